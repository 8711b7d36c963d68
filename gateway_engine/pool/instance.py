"""One instance: an upstream kept alive, and the state a user sees.

    stopped --run--> starting --> ready <--> needs_login
                        |           |            |
                        |           +-- upstream ended by itself --+
                        v                                          v
                      failed <-- FAILURES_TO_GIVE_UP in a row -- reconnecting --> ready
    any --close--> closed

The first restart comes at once, later ones back off (0, 1, 2, 4 … 60 s) until the upstream has
stayed up for STABLE_S. `failed` still tries, up to a minute apart; requests no longer wait for it.
`pause` ends the upstream and leaves it stopped until `resume`.
A start error that cannot heal by itself (`retry` False) stays `failed` until `restart` is called.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from gateway_engine.conversation import InstanceName, ModelId
from gateway_engine.errors import UpstreamUnavailableError
from gateway_engine.events import Emit, InstanceChanged, InstanceState, InstanceStatus
from gateway_engine.tasks import finish
from gateway_engine.upstreams.contract import (
    Login,
    LoginState,
    SigningIn,
    Upstream,
    UpstreamFactory,
    UpstreamModel,
    UpstreamStartError,
)

logger = logging.getLogger(__name__)

STABLE_S: Final = 30.0
MAX_BACKOFF_S: Final = 60.0
FAILURES_TO_GIVE_UP: Final = 5
MAX_TO_FORGET: Final = 1024
UP: Final = (InstanceState.READY, InstanceState.NEEDS_LOGIN)
"""States in which there is a process that answers, login apart."""

_ENDED: Final = {
    "exited": "the upstream process ended; it is being restarted",
    "connection_lost": "the connection to the upstream was lost; it is being restarted",
    "hung": "the upstream stopped answering; it is being restarted",
}
_LOGIN_CODES: Final = {
    LoginState.LOGGED_OUT: "login_required",
    LoginState.EXPIRED: "login_expired",
    LoginState.FORBIDDEN: "upstream_forbidden",
    LoginState.UNKNOWN: "login_unknown",
}


def backoff_s(failures: int) -> float:
    """Seconds to wait before the next start, after `failures` ends in a row (first: none)."""
    return 0.0 if failures <= 1 else min(MAX_BACKOFF_S, 2.0 ** (failures - 2))


class Instance:
    """A named upstream with its state. `run` keeps it alive until cancelled."""

    def __init__(
        self,
        name: InstanceName,
        kind: str,
        factory: UpstreamFactory,
        *,
        emit: Emit,
        wall_clock: Callable[[], float],
        on_change: Callable[[], None],
        label: str = "",
    ) -> None:
        self.name = name
        self.kind = kind
        self.label = label or kind
        """What tells its models from another upstream's of the same name."""
        self._factory = factory
        self._emit = emit
        self._wall_clock = wall_clock
        self._on_change = on_change
        self._upstream: Upstream | None = None
        self._state = InstanceState.STOPPED
        self._since = wall_clock()
        self._in_flight = 0
        self._restarts = 0
        self._generation = 0
        self._failures = 0
        self._error = ("", "")
        self._again = asyncio.Event()
        self._to_forget: deque[str] = deque(maxlen=MAX_TO_FORGET)
        self._may_run = asyncio.Event()
        self._may_run.set()
        self._at_rest = asyncio.Event()

    # --- what others see ---

    @property
    def state(self) -> InstanceState:
        """Its state now."""
        return self._state

    @property
    def in_flight(self) -> int:
        """Turns it is answering now."""
        return self._in_flight

    @property
    def generation(self) -> int:
        """How many upstreams it has had: sessions of an earlier one are gone."""
        return self._generation

    @property
    def upstream(self) -> Upstream | None:
        """The live upstream; None while there is none that can be asked."""
        return self._upstream if self._state is InstanceState.READY else None

    @property
    def login(self) -> Login:
        """What is known of its account."""
        return self._upstream.login if self._upstream is not None else Login(LoginState.UNKNOWN)

    @property
    def signing_in(self) -> SigningIn | None:
        """The live upstream, when its account is signed in through a browser."""
        up: object = self._upstream
        alive = self._state in (InstanceState.READY, InstanceState.NEEDS_LOGIN)
        return up if alive and isinstance(up, SigningIn) else None

    @property
    def models(self) -> tuple[UpstreamModel, ...]:
        """The models of the live upstream."""
        return tuple(self._upstream.models) if self._upstream is not None else ()

    def status(self) -> InstanceStatus:
        """Everything a user may know about it."""
        up = self._upstream
        login = up.login if up is not None else Login(LoginState.UNKNOWN)
        return InstanceStatus(
            name=self.name,
            kind=self.kind,
            state=self._state,
            since=self._since,
            logged_in=login.usable,
            account=login.account,
            in_flight=self._in_flight,
            restarts=self._restarts,
            last_error=self._error[0],
            last_error_message=self._error[1],
            pid=up.pid if up is not None else 0,
            upstream_version=up.version if up is not None else "",
            models=tuple(ModelId(model.key) for model in self.models),
        )

    # --- turns ---

    def acquire(self) -> None:
        """A turn begins here."""
        self._in_flight += 1
        self._tell()

    def release(self) -> None:
        """A turn has ended here."""
        self._in_flight -= 1
        self._tell()

    # --- questions ---

    async def check_login(self) -> Login:
        """Ask the upstream now whether its account can be used. Raises GatewayErrors."""
        return await self._up().check_login()

    async def raw_models(self) -> Any:
        """Ask the upstream now for its models, in its own words. Raises GatewayErrors."""
        return await self._up().raw_models()

    def forget_session(self, session_id: str) -> None:
        """Nobody goes on in this session any more: told to the upstream, or to the next one."""
        if self._upstream is not None and self._state in UP:
            self._upstream.forget_session(session_id)
        else:
            self._to_forget.append(session_id)

    def _up(self) -> Upstream:
        if self._upstream is None or self._state not in UP:
            reason = f": {self._error[1]}" if self._error[1] else ""
            raise UpstreamUnavailableError(f"{self.name} is {self._state.value}{reason}")
        return self._upstream

    # --- life ---

    async def run(self) -> None:
        """Keep the upstream alive until cancelled; then it is ended and the state is closed."""
        try:
            while True:
                await self._rest_while_paused()
                self._again.clear()
                wait_s = await self._one_life()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._again.wait()
        finally:
            self._enter(InstanceState.CLOSED)

    def restart(self) -> None:
        """End the present upstream, if any, and start a new one now."""
        self._failures = 0
        if self._state is InstanceState.FAILED:
            self._enter(InstanceState.RECONNECTING)
        self._again.set()

    async def pause(self) -> None:
        """End the upstream and start none until `resume`; its files may be changed meanwhile.

        Returns once it is at rest; `run` must have begun.
        """
        self.hold()
        await self._at_rest.wait()

    def hold(self) -> None:
        """Start none from now on, as `pause`, without waiting."""
        self._may_run.clear()
        self._again.set()

    def resume(self) -> None:
        """Start an upstream again, at once."""
        self._failures = 0
        self._at_rest.clear()
        self._may_run.set()

    async def _rest_while_paused(self) -> None:
        # Asked again after the wait: a pause may have followed a resume before this task woke.
        while not self._may_run.is_set():
            self._error = ("", "")
            self._enter(InstanceState.STOPPED)
            self._at_rest.set()
            await self._may_run.wait()

    async def _one_life(self) -> float | None:
        """Start one upstream and stay until it ends. Returns the seconds to wait before the
        next.
        """
        first = self._state is InstanceState.STOPPED
        if self._state is not InstanceState.FAILED:
            self._enter(InstanceState.STARTING if first else InstanceState.RECONNECTING)
        self._generation += 1
        upstream = self._factory(self._changed)
        self._upstream = upstream
        try:
            return await self._live(upstream)
        finally:
            self._upstream = None
            if self._state in UP:
                # Before the process is gone: no request may choose it any more.
                task = asyncio.current_task()
                closing = task is not None and task.cancelling() > 0
                self._enter(InstanceState.CLOSED if closing else InstanceState.RECONNECTING)
            await finish(upstream.stop(), name=f"{self.name}/stop")

    async def _live(self, upstream: Upstream) -> float | None:
        loop = asyncio.get_running_loop()
        try:
            await upstream.start()
        except Exception as problem:  # noqa: BLE001 - one bad start must not end the instance
            error = _start_error(problem)
            logger.warning("%s could not start: %s", self.name, error)
            self._failures += 1
            self._error = (error.code, str(error))
            given_up = not error.retry or self._failures >= FAILURES_TO_GIVE_UP
            self._enter(InstanceState.FAILED if given_up else InstanceState.RECONNECTING)
            return backoff_s(self._failures) if error.retry else None
        up_since = loop.time()
        upstream.closed.add_done_callback(lambda _: self._ended(upstream))
        self._error = ("", "")
        self._enter(_state_of(upstream.login))
        self._changed()
        while self._to_forget:
            upstream.forget_session(self._to_forget.popleft())
        async with asyncio.TaskGroup() as group:
            again = group.create_task(self._again.wait())
            await asyncio.wait((upstream.closed, again), return_when=asyncio.FIRST_COMPLETED)
            again.cancel()
        self._restarts += 1
        if not upstream.closed.done():
            return 0.0
        self._failures = 1 if loop.time() - up_since >= STABLE_S else self._failures + 1
        return backoff_s(self._failures)

    def _ended(self, upstream: Upstream) -> None:
        """At once, before any of its turns hears of it and asks for another instance."""
        if upstream is not self._upstream:
            return
        code = upstream.closed.result()
        self._error = (code, _ENDED.get(code, "the upstream ended; it is being restarted"))
        logger.warning("%s: %s", self.name, self._error[1])
        self._enter(InstanceState.RECONNECTING)

    def _changed(self) -> None:
        """The upstream's login or models changed."""
        upstream = self._upstream
        if upstream is not None and self._state in (
            InstanceState.READY,
            InstanceState.NEEDS_LOGIN,
            InstanceState.RECONNECTING,
        ):
            login = upstream.login
            if self._state is not InstanceState.RECONNECTING:
                self._error = ("", "") if login.usable else _login_error(login)
                self._enter(_state_of(login))
                return
        self._tell()

    def _enter(self, state: InstanceState) -> None:
        if state is not self._state:
            self._state = state
            self._since = self._wall_clock()
        self._tell()

    def _tell(self) -> None:
        self._emit(InstanceChanged(self.status()))
        self._on_change()


def _state_of(login: Login) -> InstanceState:
    return InstanceState.READY if login.usable else InstanceState.NEEDS_LOGIN


def _start_error(problem: Exception) -> UpstreamStartError:
    if isinstance(problem, UpstreamStartError):
        return problem
    logger.error("an upstream could not start for an unforeseen reason", exc_info=problem)
    return UpstreamStartError("internal_error", f"{type(problem).__name__}; see the log")


def _login_error(login: Login) -> tuple[str, str]:
    return _LOGIN_CODES[login.state], login.message
