"""Everything about accounts, put together: the desk, the ways in, the logins that travel."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway_engine.accounts.agent_sign_in import AgentSignIns
from gateway_engine.accounts.auto_login import AutoLogin
from gateway_engine.accounts.carrying import Carrying
from gateway_engine.accounts.credentials import (
    KEYRING_TIMEOUT_S,
    PROMPT_TIMEOUT_S,
    PasswordBook,
)
from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.accounts.given_bundle import bundle_of
from gateway_engine.accounts.internal_api import AccountApi
from gateway_engine.accounts.sealed_passwords import first_line
from gateway_engine.accounts.signed_out import SignedOut
from gateway_engine.accounts.ways_in import WaysIn
from gateway_engine.accounts.window_sign_in import SignInWindows
from gateway_engine.conversation import InstanceName
from gateway_engine.engine_rules import auto_login_rules, credentials
from gateway_engine.errors import ConflictError, GatewayError
from gateway_engine.events import Emit, EngineEvent, InstanceChanged, SignInChanged
from gateway_engine.plan import EnginePlan
from gateway_engine.pool.instance import Instance
from gateway_engine.upstream_maker import UpstreamMaker
from gateway_engine.upstreams.kind import InstancePlan, SignInByCommand
from gateway_engine.upstreams.processes.guard import OrphanGuard

SECRET_BYTES: Final = 1024
"""So much of a bundle is enough to know it by."""


@dataclass(frozen=True, slots=True)
class AccountsKnown:
    """What no event tells of accounts: the enterprise `domain` ("" for the usual one), whose
    password is `remembered` here or `given` by the settings, and which instances are signed in
    `by_command` of their own.
    """

    domain: str = ""
    remembered: frozenset[InstanceName] = frozenset()
    given: frozenset[InstanceName] = frozenset()
    by_command: frozenset[InstanceName] = frozenset()
    locked: bool = False
    """Passwords are kept in a file whose passphrase is not at hand."""


class AccountSide:
    """The accounts of one engine. Everything is called on its loop."""

    def __init__(
        self,
        plan: EnginePlan,
        upstreams: UpstreamMaker,
        guard: OrphanGuard,
        *,
        emit: Emit,
        wall_clock: Callable[[], float],
        learn_secrets: Callable[[Iterable[str]], None],
        has_window: bool = False,
    ) -> None:
        """`has_window`: somebody may be there to unlock a keyring."""
        self._plan = plan
        self._upstreams = upstreams
        self._guard = guard
        self._learn_secrets = learn_secrets
        self.desk = AccountDesk(emit=emit, wall_clock=wall_clock)
        self._passwords = PasswordBook(
            plan.paths,
            timeout_s=PROMPT_TIMEOUT_S if has_window else KEYRING_TIMEOUT_S,
            passphrase=lambda: first_line(plan.settings.passphrase_file),
        )
        self._auto_login = AutoLogin(
            self.desk,
            auto_login_rules(plan),
            guard,
            pictures=plan.paths.state_dir / "sign-in",
            passwords=self._passwords,
            signed_out=SignedOut(plan.paths.data_dir),
            hide=learn_secrets,
        )
        self._agents = AgentSignIns(
            self.desk, self._run_login, can=self._has_login_command, emit=emit
        )
        self._windows = SignInWindows(self.desk, guard)
        self.ways_in = WaysIn(self.desk, self._auto_login, self._agents, self._windows)
        self.carrying = Carrying(self.desk)
        self.api = AccountApi(self.desk, self.ways_in, self._agents)

    def take(self, event: InstanceChanged) -> None:
        """Follow what an instance says of its account. Call it with every such event."""
        self.desk.take(event)
        self._auto_login.consider(event.status)

    def serve(
        self, plan: EnginePlan, instances: Sequence[Instance], new: Sequence[InstancePlan]
    ) -> None:
        """Look after the accounts of `instances`, those of `plan`, from now on, as it says.

        `new` ones may have a bundle to begin with: call it before they run.
        """
        self._plan = plan
        folders = [item.work_dir for item in plan.instances]
        self.desk.serve(list(zip(instances, folders, strict=True)))
        given = credentials(plan)
        kept = set(self._passwords.names())
        others = [i.name for i in plan.instances if i.name in kept and i.name not in given]
        self._auto_login.follow(auto_login_rules(plan))
        self._auto_login.serve(given, others)
        for item in new:
            data = bundle_of(item.account)
            if data:
                self._learn_secrets([data[:SECRET_BYTES].decode("ascii", "replace").strip()])
                self.desk.inject(item.name, data, _passphrase_of(plan))

    async def leave(self, name: InstanceName) -> None:
        """This instance goes: nothing of its sign-in stays open."""
        await self.ways_in.cancel(name)

    def forget(self, name: InstanceName) -> None:
        """This instance has gone: keep nothing of it."""
        self._agents.forget(name)

    async def known(self) -> AccountsKnown:
        """What no event tells."""
        plan = self._plan
        names = set(await asyncio.to_thread(self._passwords.names))
        return AccountsKnown(
            domain=plan.settings.dedicated_domain_url,
            remembered=frozenset(i.name for i in plan.instances if i.name in names),
            given=frozenset(credentials(plan)),
            locked=await asyncio.to_thread(lambda: self._passwords.is_locked),
            by_command=frozenset(i.name for i in plan.instances if i.of.by_command is not None),
        )

    def snapshot(self) -> tuple[EngineEvent, ...]:
        """Events that rebuild the present."""
        statuses = tuple(SignInChanged(status) for status in self.desk.statuses())
        return (*statuses, *self._agents.snapshot())

    async def aclose(self) -> None:
        """Give up what is under way; no browser is left."""
        async with contextlib.AsyncExitStack() as closing:
            closing.callback(self._agents.close)
            closing.push_async_callback(self.desk.aclose)
            closing.push_async_callback(self._windows.aclose)
            closing.push_async_callback(self._auto_login.aclose)

    def _has_login_command(self, name: InstanceName) -> bool:
        upstream = self._upstreams.made.get(name)
        _, way = self._login_command(name)
        return way is not None and upstream is not None and way.can(upstream)

    async def _run_login(self, name: InstanceName, take: Callable[[str, str], None]) -> int:
        """Run the login command of an instance to its end. Raises UpstreamStartError."""
        upstream = self._upstreams.made[name]
        plan, way = self._login_command(name)
        if plan is None or way is None:
            raise ConflictError(f"{name} has no login command any more")
        code = await way.run(upstream, plan, self._guard, take)
        await _look_again(upstream.check_login)
        return code

    def _login_command(
        self, name: InstanceName
    ) -> tuple[InstancePlan | None, SignInByCommand | None]:
        plan = next((item for item in self._plan.instances if item.name == name), None)
        return plan, plan.of.by_command if plan is not None else None


def _passphrase_of(plan: EnginePlan) -> str:
    """What opens a sealed bundle of the settings, "" where it is not at hand."""
    try:
        return first_line(plan.settings.passphrase_file)
    except (OSError, UnicodeDecodeError):
        return ""


async def _look_again(check_login: Callable[[], Awaitable[object]]) -> None:
    try:
        await check_login()
    except GatewayError:
        return  # its own watch goes on looking
