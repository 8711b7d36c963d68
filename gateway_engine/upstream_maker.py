"""Makes the upstreams that a plan names: each by its kind."""

from collections.abc import Callable

from gateway_engine.config import Settings
from gateway_engine.conversation import InstanceName
from gateway_engine.upstreams.contract import Upstream, UpstreamFactory
from gateway_engine.upstreams.kind import InstancePlan, Means


class UpstreamMaker:
    """Gives each instance its factory. `made` are the upstreams made last, by instance."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.made: dict[InstanceName, Upstream] = {}

    def factory(self, plan: InstancePlan, settings: Settings) -> UpstreamFactory:
        """Return what makes this instance's upstream, as often as it is restarted."""
        make = plan.of.make(plan, settings, self._means)

        def factory(on_change: Callable[[], None]) -> Upstream:
            upstream = self.made[plan.name] = make(on_change)
            return upstream

        return factory
