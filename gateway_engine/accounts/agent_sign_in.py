"""Signing in an ACP agent by its own login command, with what that prints shown as it comes.

The account is the agent's own: nothing of it passes through here but the command's lines and the
link in them. They are shown to whoever signs in and kept nowhere else.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.accounts.sign_in import GaveUp
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError
from gateway_engine.events import Emit, PrintedLine, SignInPrinted

KEPT_LINES: Final = 60
MAX_LINE_CHARS: Final = 500
TELL_EVERY_S: Final = 0.1

RunCommand = Callable[[InstanceName, Callable[[str, str], None]], Awaitable[int]]
"""Runs the login command of an instance, tells (line, link) as it prints, returns its exit code."""


class AgentSignIns:
    """The sign-ins of agents. Everything is called on the engine's loop."""

    def __init__(
        self,
        desk: AccountDesk,
        run: RunCommand,
        *,
        can: Callable[[InstanceName], bool],
        emit: Emit,
    ) -> None:
        """`can` says whether an instance has a login command that can be run here."""
        self._desk = desk
        self._run = run
        self._can = can
        self._emit = emit
        self._printed: dict[InstanceName, deque[PrintedLine]] = {}
        self._told: dict[InstanceName, float] = {}
        self._due: dict[InstanceName, asyncio.TimerHandle] = {}

    async def begin(self, name: InstanceName) -> None:
        """Start the login command of this instance. Raises GatewayErrors."""
        self._desk.known(name)
        if not self._can(name):
            raise ConflictError(
                f"{name} has no login command that can be run here: sign in with the agent itself,"
                " or set `login` in its [[instances]] table",
                reason="sign_in_unavailable",
            )
        await self._desk.begin_by_command(name, lambda: self._carry_out(name))

    def printed(self, name: InstanceName) -> tuple[PrintedLine, ...]:
        """The last lines of this instance's login command. Raises NotFoundError."""
        self._desk.known(name)
        return tuple(self._printed.get(name, ()))

    def snapshot(self) -> tuple[SignInPrinted, ...]:
        """What the commands have printed so far."""
        return tuple(SignInPrinted(name, tuple(lines)) for name, lines in self._printed.items())

    def forget(self, name: InstanceName) -> None:
        """This instance is gone: what its command has printed goes too."""
        for kept in (self._printed, self._told):
            kept.pop(name, None)
        due = self._due.pop(name, None)
        if due is not None:
            due.cancel()

    def close(self) -> None:
        """Tell nothing more."""
        for handle in self._due.values():
            handle.cancel()
        self._due.clear()

    async def _carry_out(self, name: InstanceName) -> GaveUp | None:
        self._printed[name] = deque(maxlen=KEPT_LINES)
        self._tell(name)
        try:
            code = await self._run(name, lambda line, link: self._take(name, line, link))
        finally:
            self._tell(name)
        last = next((each.line for each in reversed(self._printed[name]) if each.line.strip()), "")
        if code:
            return GaveUp(
                "login_command_failed",
                f"the login command ended with exit code {code}" + (f": {last}" if last else ""),
            )
        if not self._desk.known(name).login.usable:
            return GaveUp(
                "not_signed_in",
                "the login command has ended, but the agent still says that nobody is signed in;"
                " run it in a terminal, it may want to ask something",
            )
        return None

    def _take(self, name: InstanceName, line: str, link: str) -> None:
        self._printed[name].append(PrintedLine(line[:MAX_LINE_CHARS], link))
        if name not in self._due:
            loop = asyncio.get_running_loop()
            wait_s = self._told.get(name, 0.0) + TELL_EVERY_S - loop.time()
            self._due[name] = loop.call_later(max(0.0, wait_s), self._tell, name)

    def _tell(self, name: InstanceName) -> None:
        due = self._due.pop(name, None)
        if due is not None:
            due.cancel()
        self._told[name] = asyncio.get_running_loop().time()
        self._emit(SignInPrinted(name, tuple(self._printed[name])))
