"""One instance: an upstream kept alive, and the state a user sees.

    stopped --run--> starting --> ready <--> needs_login
                        |           |            |
                        |           +-- upstream ended by itself --+
                        v                                          v
                      failed <-- FAILURES_TO_GIVE_UP in a row -- reconnecting --> ready
    any --close--> closed

The first restart comes at once, later ones back off (0, 1, 2, 4 … 60 s) until the upstream has
answered a turn or stayed up for STABLE_S. `failed` still tries, up to a minute apart; requests no
longer wait for it. `pause` ends the upstream and leaves it stopped until `resume`; so does `stop`,
a person's wish, until `start`, and then nobody waits for it. One that hangs
(gateway_engine.pool.liveness) is `reconnecting` too. A start error that cannot heal by itself
(`retry` False) stays `failed` until `restart` is called.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from gateway_engine.conversation import InstanceName, ModelId
from gateway_engine.errors import (
    GatewayError,
    UpstreamQuotaError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from gateway_engine.events import Emit, InstanceChanged, InstanceState, InstanceStatus, LifeStep
from gateway_engine.pool.backoff import backoff_s
from gateway_engine.pool.life import Life
from gateway_engine.pool.liveness import Liveness
from gateway_engine.pool.reasons import NOT_ANSWERING, end_reason, login_reason, start_error
from gateway_engine.pool.turn_count import TurnCount
from gateway_engine.tasks import finish
from gateway_engine.upstreams.contract import (
    Login,
    LoginState,
    SigningIn,
    Upstream,
    UpstreamFactory,
    UpstreamModel,
)

logger = logging.getLogger(__name__)

STABLE_S: Final = 30.0
FAILURES_TO_GIVE_UP: Final = 5
MAX_TO_FORGET: Final = 1024
KEPT_LINES: Final = 400
UP: Final = (InstanceState.READY, InstanceState.NEEDS_LOGIN)
"""States in which there is a process that answers, login apart."""
COMING: Final = (InstanceState.STOPPED, InstanceState.STARTING, InstanceState.RECONNECTING)


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
        title: str = "",
        hung_after_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.title = name, title
        self.kind = kind
        self.label = label or kind  # tells its models from another upstream's of the same name
        self._factory = factory
        self._emit = emit
        self._wall_clock = wall_clock
        self._on_change = on_change
        self._hung_after_s = hung_after_s
        self._upstream: Upstream | None = None
        self._liveness: Liveness | None = None
        self._life = Life(wall_clock, clock)
        self._state = InstanceState.STOPPED
        self._since = wall_clock()
        self.turns = TurnCount()
        self._restarts = self._generation = self._failures = 0
        self._error = ("", "")
        self._again = asyncio.Event()
        self._to_forget: deque[str] = deque(maxlen=MAX_TO_FORGET)
        self._may_run = asyncio.Event()
        self._may_run.set()
        self._at_rest = asyncio.Event()
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._retry_at = self._silent_since = 0.0
        self._last_output: list[str] = []
        self._log_file: Path | None = None

    # --- what others see ---

    @property
    def state(self) -> InstanceState:
        """Its state now."""
        return self._state

    @property
    def coming(self) -> bool:
        """Whether it is not ready but will be, by itself: a request may wait for it."""
        return self._state in COMING and self._wanted.is_set()

    @property
    def doubtful(self) -> bool:
        """Whether another one should be asked first: silent now, or out of quota for a while."""
        silent = self._liveness is not None and self._liveness.silent_for_s > 0
        return silent or self._life.out_of_quota(now=True) is not None

    @property
    def stopped(self) -> bool:
        """Whether a person has stopped it."""
        return not self._wanted.is_set()

    @property
    def in_flight(self) -> int:
        """Turns it is answering now."""
        return self.turns.now

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

    @property
    def log_file(self) -> Path | None:
        """Where its upstream, or the last one it had, writes a log."""
        return self._upstream.log_file if self._upstream is not None else self._log_file

    def output(self, lines: int) -> list[str]:
        """What its upstream's process printed last; of the one before while it has said nothing."""
        said = self._upstream.output(lines) if self._upstream is not None else []
        return said or self._last_output[-lines:]

    def status(self) -> InstanceStatus:
        """Everything a user may know about it."""
        up = self._upstream
        login = up.login if up is not None else Login(LoginState.UNKNOWN)
        silent_s = self._liveness.silent_for_s if self._liveness is not None else 0.0
        out_of_quota = self._life.out_of_quota()
        error = self._error
        if not error[0] and silent_s:
            error = ("not_answering", NOT_ANSWERING)
        elif not error[0] and out_of_quota is not None:
            error = (UpstreamQuotaError.code, out_of_quota.message)
        return InstanceStatus(
            name=self.name,
            title=self.title,
            kind=self.kind,
            state=self._state,
            since=self._since,
            logged_in=login.usable,
            account=login.account,
            in_flight=self.turns.now,
            restarts=self._restarts,
            last_error=error[0],
            last_error_message=error[1],
            pid=up.pid if up is not None else 0,
            upstream_version=up.version if up is not None else "",
            models=tuple(ModelId(model.key) for model in self.models),
            plan=login.plan,
            quota=login.quota,
            signs_in=self.signing_in is not None,
            stopped=self.stopped,
            silent_since=self._silent_since,
            retry_at=self._retry_at,
            out_of_quota=out_of_quota,
            life=self._life.events,
        )

    # --- turns ---

    def acquire(self) -> None:
        """A turn begins here."""
        self.turns.begin()
        self._tell()

    def release(self) -> None:
        """A turn has ended here."""
        self.turns.end()
        self._tell()

    def went_well(self) -> None:
        """A turn here came to what its client wanted."""
        self._life.quota_is_back()
        self._failures = 0 if self._state in UP else self._failures

    def failed(self, error: GatewayError) -> None:
        """A turn here failed of `error`."""
        if isinstance(error, UpstreamQuotaError):
            self._life.quota_is_spent(error)
        elif isinstance(error, UpstreamTimeoutError) and self._liveness is not None:
            self._liveness.check_now()

    # --- questions ---

    def look(self) -> None:
        """Somebody looks at it: what befalls it is to be known at once."""
        if self._liveness is not None:
            self._liveness.look()

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
                await self._wait_for_next(wait_s)
        finally:
            self._enter(InstanceState.CLOSED)

    def restart(self, why: LifeStep = LifeStep.RESTART_ASKED) -> None:
        """End the present upstream, if any, and start a new one now: a person's wish."""
        if self.stopped:
            self.start()
            return
        self._failures = 0
        self._life.note(why)
        if self._state is InstanceState.FAILED:
            self._enter(InstanceState.RECONNECTING)
        self._again.set()

    async def stop(self) -> None:
        """End the upstream and start none until `start`: a person's wish, which stays.

        Returns once it is at rest; `run` must have begun.
        """
        if not self.stopped:
            self._wanted.clear()
            self._life.note(LifeStep.STOP_ASKED)
            self._again.set()
            self._tell()
        await self._at_rest.wait()

    def start(self) -> None:
        """Start again what a person had stopped."""
        if self.stopped:
            self._failures = 0
            self._life.note(LifeStep.START_ASKED)
            self._wanted.set()
            self._tell()

    def change(self, factory: UpstreamFactory, *, kind: str, label: str) -> None:
        """The next upstream is made so, and this one takes no further turn: `renew` it."""
        self._factory = factory
        self.kind, self.label = kind, label or kind
        if self._state in UP:
            self._enter(InstanceState.RECONNECTING)

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
        self._may_run.set()

    async def _rest_while_paused(self) -> None:
        # Asked again after the wait: a pause may have followed a resume before this task woke.
        while not (self._may_run.is_set() and self._wanted.is_set()):
            self._error = ("", "")
            self._enter(InstanceState.STOPPED)
            self._at_rest.set()
            await self._may_run.wait()
            await self._wanted.wait()
        self._at_rest.clear()

    async def _wait_for_next(self, wait_s: float | None) -> None:
        if wait_s:
            self._retry_at = self._wall_clock() + wait_s
            self._tell()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._again.wait()
        self._retry_at = 0.0

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
            self._upstream = self._liveness = None
            self._last_output = upstream.output(KEPT_LINES)
            self._log_file = upstream.log_file
            if self._state in UP:
                # Before the process is gone: no request may choose it any more.
                task = asyncio.current_task()
                closing = task is not None and task.cancelling() > 0
                after = InstanceState.STOPPED if self.stopped else InstanceState.RECONNECTING
                self._enter(InstanceState.CLOSED if closing else after)
            await finish(upstream.stop(), name=f"{self.name}/stop")

    async def _live(self, upstream: Upstream) -> float | None:
        loop = asyncio.get_running_loop()
        try:
            if not await self._unless_again(upstream.start()):
                return 0.0
        except Exception as problem:  # noqa: BLE001 - one bad start must not end the instance
            error = start_error(problem)
            logger.warning("%s could not start: %s", self.name, error)
            self._failures += 1
            self._error = (error.code, str(error))
            self._life.note(LifeStep.START_FAILED, error.code, str(error))
            given_up = not error.retry or self._failures >= FAILURES_TO_GIVE_UP
            self._enter(InstanceState.FAILED if given_up else InstanceState.RECONNECTING)
            return backoff_s(self._failures) if error.retry else None
        up_since = loop.time()
        upstream.closed.add_done_callback(lambda _: self._ended(upstream))
        self._liveness = Liveness(
            upstream,
            hung_after_s=self._hung_after_s,
            busy=lambda: self.turns.now > 0,
            silence_changed=self._silence_changed,
        )
        self._error = ("", "")
        self._life.note(LifeStep.STARTED, detail=upstream.version)
        self._enter(_state_of(upstream.login))
        self._changed()
        while self._to_forget:
            upstream.forget_session(self._to_forget.popleft())
        hung = await self._until_over(upstream, self._liveness)
        if not self.stopped:
            self._restarts += 1
        if hung and not upstream.closed.done():
            self._hangs()
        elif not upstream.closed.done():
            return 0.0
        self._failures = 1 if loop.time() - up_since >= STABLE_S else self._failures + 1
        return backoff_s(self._failures)

    async def _unless_again(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do `work` to its end; False when it was given up for a restart or a stop."""
        async with asyncio.TaskGroup() as group:
            working = group.create_task(_outcome(work))
            again = group.create_task(self._again.wait())
            await asyncio.wait((working, again), return_when=asyncio.FIRST_COMPLETED)
            again.cancel()
            working.cancel()
        if working.cancelled():
            return False
        problem = working.result()
        if problem is not None:
            raise problem
        return True

    async def _until_over(self, upstream: Upstream, liveness: Liveness) -> bool:
        """Stay until the upstream ended, somebody wants it to, or it hangs: only then True."""
        async with asyncio.TaskGroup() as group:
            again = group.create_task(self._again.wait())
            hangs = group.create_task(liveness.watch())
            ends = (upstream.closed, again, hangs)
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            hung = hangs.done() and not self._again.is_set()
            again.cancel()
            hangs.cancel()
        return hung

    def _hangs(self) -> None:
        """It is given up, before any of its turns hears of it."""
        self._error = end_reason("hung")
        self._life.note(LifeStep.HUNG)
        logger.warning("%s: %s", self.name, self._error[1])
        self._enter(InstanceState.RECONNECTING)

    def _silence_changed(self) -> None:
        silent_s = self._liveness.silent_for_s if self._liveness is not None else 0.0
        self._silent_since = self._wall_clock() - silent_s if silent_s else 0.0
        self._life.note(LifeStep.SILENT if silent_s else LifeStep.ANSWERS)
        logger.info("%s %s", self.name, "answers no more" if silent_s else "answers again")
        self._tell()

    def _ended(self, upstream: Upstream) -> None:
        """At once, before any of its turns hears of it and asks for another instance."""
        if upstream is not self._upstream:
            return
        code = upstream.closed.result()
        self._error = end_reason(code)
        self._life.note(LifeStep.ENDED, code, exit_code=upstream.exit_code)
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
                self._error = ("", "") if login.usable else login_reason(login)
                self._life.login_is(usable=login.usable, code=self._error[0], who=login.account)
                self._enter(_state_of(login))
                return
        self._tell()

    def _enter(self, state: InstanceState) -> None:
        if state is not self._state:
            self._state = state
            self._since = self._wall_clock()
        if state not in UP:
            self._silent_since = 0.0
        self._tell()

    def _tell(self) -> None:
        self._emit(InstanceChanged(self.status()))
        self._on_change()


def _state_of(login: Login) -> InstanceState:
    return InstanceState.READY if login.usable else InstanceState.NEEDS_LOGIN


async def _outcome(work: Coroutine[Any, Any, None]) -> Exception | None:
    try:
        await work
    except Exception as problem:  # noqa: BLE001 - told by whoever asked for the work
        return problem
    return None
