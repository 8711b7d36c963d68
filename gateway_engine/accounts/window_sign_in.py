"""Signing in within a browser window of ours: a program of its own, told the address on stdin.

Which program that is, the desktop says. It prints what became of it as the last line meant for us:

    closed        its user closed the window                         the sign-in is cancelled
    handed_over   the address was opened in the system's browser     the sign-in goes on
    (nothing)     it crashed, or could not be started                the sign-in has failed

Once the sign-in has come to an end, however, the window is closed.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway_engine import json_text
from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.conversation import InstanceName
from gateway_engine.tasks import TaskOwner, finish
from gateway_engine.upstreams.processes.child import ChildProcess, start_child
from gateway_engine.upstreams.processes.guard import OrphanGuard

logger = logging.getLogger(__name__)

WINDOW_MARK: Final = "lingma-gateway-window "
"""Begins the line of the window that is meant for us."""
WINDOW_CLOSED: Final = "closed"
WINDOW_HANDED_OVER: Final = "handed_over"
GRACE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class WindowProgram:
    """How the window is started, and what it is told beside the address."""

    argv: Sequence[str]
    env: Mapping[str, str] = field(repr=False)
    order: Mapping[str, str] = field(default_factory=dict)


class SignInWindows:
    """The windows that are open, one an instance. Everything is called on the engine's loop."""

    def __init__(self, desk: AccountDesk, guard: OrphanGuard) -> None:
        self._desk = desk
        self._guard = guard
        self._open: dict[InstanceName, TaskOwner] = {}

    async def open(self, name: InstanceName, url: str, program: WindowProgram) -> None:
        """Show `url`, the address of a sign-in that has begun; returns at once."""
        await self.close(name)
        owner = self._open[name] = TaskOwner(f"sign-in-window/{name}")
        owner.spawn(self._run(name, url, program), name="run")

    async def close(self, name: InstanceName) -> None:
        """Close the window of this instance, if there is one; the sign-in goes on."""
        owner = self._open.pop(name, None)
        if owner is not None:
            await owner.aclose()

    async def aclose(self) -> None:
        """Close all windows."""
        for name in list(self._open):
            await self.close(name)

    async def _run(self, name: InstanceName, url: str, program: WindowProgram) -> None:
        try:
            child = await start_child(
                program.argv,
                cwd=Path.cwd(),
                env=program.env,
                guard=self._guard,
                given=json_text.render({**program.order, "url": url}) + b"\n",
            )
        except OSError as error:
            await self._desk.give_up(
                name,
                "browser_broken",
                f"the browser window could not be opened: {error.strerror};"
                " use the system's browser",
            )
            return
        try:
            word = await self._last_word(name, child)
        finally:
            await finish(child.stop(grace_s=GRACE_S), name=f"{name}/window")
        if word == WINDOW_CLOSED:
            await self._desk.cancel(name)
        elif word == "":
            # What it printed last may hold addresses of the sign-in: it is not logged.
            logger.info("%s: the sign-in window ended unexpectedly", name)
            await self._desk.give_up(
                name,
                "browser_broken",
                "the browser window ended unexpectedly; try again, or use the system's browser",
            )

    async def _last_word(self, name: InstanceName, child: ChildProcess) -> str | None:
        """What the window said when it ended; None when the sign-in was over before."""
        async with asyncio.TaskGroup() as group:
            ended = group.create_task(child.wait())
            settled = group.create_task(self._desk.until_settled(name))
            await asyncio.wait((ended, settled), return_when=asyncio.FIRST_COMPLETED)
            is_over = settled.done()
            ended.cancel()
            settled.cancel()
        if is_over:
            return None
        said = [
            line.removeprefix(WINDOW_MARK)
            for line in child.output()
            if line.startswith(WINDOW_MARK)
        ]
        return said[-1].strip() if said else ""
