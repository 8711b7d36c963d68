"""What operators ask of a running engine: the engine's side of the server's `AdminBackend`."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway_engine.chat.service import ChatService
from gateway_engine.conversation import InstanceName, RequestId
from gateway_engine.effective_config import HIDDEN, effective_config
from gateway_engine.engine_report import EffectiveSetting, EngineStats, SmokeReport
from gateway_engine.errors import NotFoundError
from gateway_engine.events import Emit, EngineEvent, InstanceStatus, InstanceTested, SmokeStep
from gateway_engine.inspector.redaction import sensitive_name
from gateway_engine.loop_lag import LoopLag
from gateway_engine.metrics import CONTENT_TYPE, Metrics
from gateway_engine.plan import EnginePlan
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.pool import Pool
from gateway_engine.smoke import SmokeTest
from gateway_engine.under_way import RequestsUnderWay


class Operations:
    """Tells about one engine. `take` wants every event of it."""

    def __init__(
        self,
        plan: EnginePlan,
        pool: Pool,
        chat: ChatService,
        smoke: SmokeTest,
        *,
        new_id: Callable[[], str],
        emit: Emit,
        wall_clock: Callable[[], float],
    ) -> None:
        self._plan = plan
        self._emit = emit
        self._wall_clock = wall_clock
        self._pool = pool
        self._chat = chat
        self._smoke = smoke
        self._new_id = new_id
        self.under_way = RequestsUnderWay()
        self.lag = LoopLag()
        self._metrics = Metrics(self.stats, lambda: self.lag.worst_s)

    def take(self, event: EngineEvent) -> None:
        """Take note of one event."""
        self.under_way.take(event)
        self._metrics.take(event)

    def take_plan(self, plan: EnginePlan) -> None:
        """The plan that now holds."""
        self._plan = plan

    def instances(self) -> tuple[InstanceStatus, ...]:
        """Every instance of the pool, in order."""
        return tuple(instance.status() for instance in self._pool.instances)

    def upstream(self) -> str:
        """What answers here: lingma, acp, mixed or demo."""
        return self._plan.upstream

    def stats(self) -> EngineStats:
        """The figures of this moment."""
        return EngineStats(
            requests=self.under_way.started_total,
            concurrency=self._chat.concurrency(),
            pool=self.instances(),
            session_cache=self._chat.session_cache(),
            parked=self._chat.parked().parked,
        )

    def effective_config(self) -> Mapping[str, EffectiveSetting]:
        """Every setting with its origin, secrets hidden."""
        return effective_config(self._plan.loaded)

    def metrics(self) -> tuple[bytes, str]:
        """Prometheus' text and its content type."""
        return self._metrics.render(), CONTENT_TYPE

    async def raw_models(self, name: InstanceName) -> Any:
        """What this instance's upstream says of its models now, in its own words but for secrets.

        Raises NotFoundError, and the GatewayErrors of an upstream that does not answer.
        """
        return _without_secrets(await self.instance(name).raw_models())

    async def smoke(self, name: InstanceName) -> SmokeReport:
        """Try this instance, told step by step as InstanceTested. Raises NotFoundError."""
        instance, began = self.instance(name), self._wall_clock()

        def tell(steps: tuple[SmokeStep, ...], running: str) -> None:
            self._emit(InstanceTested(name, began, steps, running))

        return await self._smoke.run(instance, RequestId(f"smoke_{self._new_id()}"), tell)

    def every_instance(self) -> tuple[Instance, ...]:
        """The pool's instances themselves."""
        return self._pool.instances

    def instance(self, name: InstanceName) -> Instance:
        """The instance of that name. Raises NotFoundError."""
        for instance in self._pool.instances:
            if instance.name == name:
                return instance
        known = ", ".join(instance.name for instance in self._pool.instances) or "none"
        raise NotFoundError(f"there is no instance {name[:100]!r}; there are: {known}")


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: HIDDEN
            if isinstance(held, str) and held and sensitive_name(str(name))
            else _without_secrets(held)
            for name, held in value.items()
        }
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value
