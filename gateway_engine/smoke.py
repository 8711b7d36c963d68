"""Whether one instance really answers: its state, its login, its models, one short real turn.

    instance -> login -> models -> turn

Nothing is taken from what is known already: upstream is asked each time, and the turn takes a
ticket and a lease as any client's does. The first step that fails ends it.
"""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Final

from gateway_engine.backpressure import BackPressure
from gateway_engine.conversation import ModelId, RequestId, TextDelta
from gateway_engine.engine_report import SmokeReport
from gateway_engine.errors import (
    GatewayError,
    LoginRequiredError,
    UpstreamError,
    UpstreamForbiddenError,
)
from gateway_engine.events import SMOKE_STEPS, SmokeStep
from gateway_engine.models import resolve_model
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.pool import Pool
from gateway_engine.upstreams.contract import Deadlines, LoginState, TurnEnd, UpstreamAsk

PROMPT: Final = "Reply with the word OK and nothing else."
ENOUGH_CHARS: Final = 200

Tell = Callable[[tuple[SmokeStep, ...], str], None]
"""Given the steps that were taken and the one under way, "" at the end."""


class SmokeTest:
    """Tests the instances of `pool`. `clock` gives monotonic seconds."""

    def __init__(
        self,
        pool: Pool,
        pressure: BackPressure,
        *,
        deadlines: Deadlines,
        queue_timeout_s: float,
        default_model: str,
        clock: Callable[[], float],
        hide: Callable[[str], str] = str,
    ) -> None:
        self._pool = pool
        self._pressure = pressure
        self._deadlines = deadlines
        self._queue_timeout_s = queue_timeout_s
        self._default_model = default_model
        self._clock = clock
        self._hide = hide

    def follow(self, *, deadlines: Deadlines, queue_timeout_s: float, default_model: str) -> None:
        """These hold from the next test on."""
        self._deadlines = deadlines
        self._queue_timeout_s = queue_timeout_s
        self._default_model = default_model

    async def run(
        self, instance: Instance, request_id: RequestId, tell: Tell = lambda *_: None
    ) -> SmokeReport:
        """Take the steps, and tell each. Raises nothing that an upstream can cause: it is in the
        report."""
        steps: list[SmokeStep] = []
        works: tuple[Callable[[], Awaitable[None]], ...] = (
            lambda: self._up(instance),
            lambda: self._login(instance),
            lambda: self._models(instance),
            lambda: self._turn(instance, request_id),
        )
        try:
            for name, work in zip(SMOKE_STEPS, works, strict=True):
                tell(tuple(steps), name)
                steps.append(await self._step(name, work))
                if not steps[-1].ok:
                    break
        finally:
            tell(tuple(steps), "")
        return SmokeReport(tuple(steps))

    async def _step(self, name: str, work: Callable[[], Awaitable[None]]) -> SmokeStep:
        began = self._clock()
        error = ""
        try:
            await work()
        except GatewayError as failure:
            error = self._hide(f"{failure.code}: {failure}")
        return SmokeStep(name, not error, round((self._clock() - began) * 1000, 1), error)

    async def _up(self, instance: Instance) -> None:
        await self._pool.wait_until_up(instance, timeout_s=self._queue_timeout_s)

    async def _login(self, instance: Instance) -> None:
        login = await instance.check_login()
        if login.state is LoginState.FORBIDDEN:
            raise UpstreamForbiddenError(login.message)
        if not login.usable:
            raise LoginRequiredError(login.message or "not signed in: sign in first")

    async def _models(self, instance: Instance) -> None:
        await instance.raw_models()
        if not instance.models:
            raise UpstreamError("the upstream names no models for this account")

    async def _turn(self, instance: Instance, request_id: RequestId) -> None:
        async with (
            self._pressure.ticket(),
            self._pool.lease(
                lambda models: resolve_model("", models, aliases={}, default=self._default_model),
                timeout_s=self._queue_timeout_s,
                only=instance,
            ) as lease,
        ):
            ask = UpstreamAsk(request_id, ModelId(lease.model), PROMPT)
            said = 0
            async with aclosing(lease.upstream.ask(ask, self._deadlines)) as items:
                async for item in items:
                    if isinstance(item, TurnEnd):
                        lease.instance.forget_session(item.session_id)
                    elif isinstance(item, list | tuple):
                        said += sum(len(e.text) for e in item if isinstance(e, TextDelta))
                    if said > ENOUGH_CHARS:
                        break  # leaving the block stops upstream
        if not said:
            raise UpstreamError("the upstream ended its answer without any text")
