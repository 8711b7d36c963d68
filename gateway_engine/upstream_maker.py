"""Makes the upstreams that a plan names: the one place that knows every kind."""

from collections.abc import Callable, Iterable

from gateway_engine.agent_plan import AgentPlan
from gateway_engine.config import Settings
from gateway_engine.conversation import InstanceName
from gateway_engine.plan import InstancePlan
from gateway_engine.tools.mcp_host.host import McpHost
from gateway_engine.upstreams.acp.upstream import AcpConfig, AcpUpstream
from gateway_engine.upstreams.contract import Upstream, UpstreamFactory
from gateway_engine.upstreams.lingma.launch import LaunchMemory, LingmaProgram
from gateway_engine.upstreams.lingma.upstream import LingmaConfig, LingmaUpstream
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.version import __version__


class UpstreamMaker:
    """Gives each instance its factory. `agents` are the ACP agents made last, by instance.

    `learn_secrets` is told of what an upstream knows and nobody may read.
    """

    def __init__(
        self,
        guard: OrphanGuard,
        tool_host: McpHost,
        *,
        learn_secrets: Callable[[Iterable[str]], None],
    ) -> None:
        self._guard = guard
        self._tool_host = tool_host
        self._learn_secrets = learn_secrets
        self.agents: dict[InstanceName, AcpUpstream] = {}

    def factory(self, plan: InstancePlan, settings: Settings) -> UpstreamFactory:
        """Return what makes this instance's upstream, as often as it is restarted."""
        if plan.agent is not None:
            return self._agent(plan, plan.agent, settings)
        return self._lingma(plan, settings)

    def _agent(self, plan: InstancePlan, agent: AgentPlan, settings: Settings) -> UpstreamFactory:
        config = AcpConfig(
            name=agent.label,
            title=agent.title,
            argv=agent.argv,
            env=agent.env,
            work_dir=plan.work_dir,
            workspace=plan.workspace,
            record_file=plan.record_file,
            gateway_version=__version__,
            startup_timeout_s=settings.lingma_startup_timeout,
            rpc_timeout_s=settings.lingma_rpc_timeout,
            url=agent.url,
            models=agent.models,
            mode=agent.mode,
            login_command=agent.login,
        )

        def factory(on_change: Callable[[], None]) -> Upstream:
            upstream = AcpUpstream(config, self._guard, on_change, self._tool_host)
            self.agents[plan.name] = upstream
            return upstream

        return factory

    def _lingma(self, plan: InstancePlan, settings: Settings) -> UpstreamFactory:
        config = LingmaConfig(
            program=LingmaProgram(
                command=plan.command,
                cwd=plan.cwd,
                work_dir=plan.work_dir,
                env=plan.env,
                socket_port=plan.socket_port,
                endpoint_url=settings.dedicated_domain_url,
                extra_args=plan.args,
            ),
            workspace=plan.workspace,
            record_file=plan.record_file,
            gateway_version=__version__,
            startup_timeout_s=settings.lingma_startup_timeout,
            rpc_timeout_s=settings.lingma_rpc_timeout,
            auto_memory=settings.lingma_auto_memory,
            delete_sessions=settings.lingma_delete_sessions,
            learn_secrets=self._learn_secrets,
        )
        memory = LaunchMemory()

        def factory(on_change: Callable[[], None]) -> Upstream:
            return LingmaUpstream(config, memory, self._guard, on_change)

        return factory
