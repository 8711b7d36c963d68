"""ACP agents as a kind of upstream: known by name or not, signed in by a command of their own."""

import shlex
from collections.abc import Callable
from typing import Final

from gateway_engine.config import Settings
from gateway_engine.setting_values import InstanceSettings, SettingProblem, Wrong
from gateway_engine.upstreams.acp.agent_plan import ACP, AgentPlan, plan_agent
from gateway_engine.upstreams.acp.login import LoginOutput, LoginWay, run_login
from gateway_engine.upstreams.acp.presets import PRESETS, agents_on_path
from gateway_engine.upstreams.acp.upstream import AcpConfig, AcpUpstream
from gateway_engine.upstreams.contract import Upstream, UpstreamFactory
from gateway_engine.upstreams.kind import (
    InstancePlan,
    Kind,
    Means,
    Outline,
    SignInByCommand,
    Surroundings,
)
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.version import __version__


def _check(own: InstanceSettings) -> None:
    if not own.command:
        raise SettingProblem(
            Wrong.NO_COMMAND, "tables whose command names the agent when their kind is acp"
        )
    try:
        shlex.split(own.login)
    except ValueError:
        raise SettingProblem(
            Wrong.NO_LOGIN, "tables whose login is a command line with its quotes closed"
        ) from None


def _plan(own: InstanceSettings, around: Surroundings) -> Outline:
    agent = plan_agent(own, around.env)
    return Outline(
        command=agent.argv,
        env=agent.env,
        label=agent.label,
        models=agent.models or (agent.label,),
        details=agent,
        # Attached to, that folder is the IDE's own.
        works_there=bool(agent.argv),
        asks_version=(agent.argv[0], "--version") if agent.argv else (agent.url,),
    )


def agent_of(plan: InstancePlan) -> AgentPlan:
    """What this kind has planned for that instance of it."""
    agent = plan.outline.details
    if not isinstance(agent, AgentPlan):
        raise TypeError(f"{plan.name} is no agent")
    return agent


def _make(plan: InstancePlan, settings: Settings, means: Means) -> UpstreamFactory:
    agent = agent_of(plan)
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
        return AcpUpstream(config, means.guard, on_change, means.tool_host)

    return factory


def _ways(upstream: Upstream) -> tuple[LoginWay, ...]:
    return upstream.login_ways if isinstance(upstream, AcpUpstream) else ()


async def _sign_in(
    upstream: Upstream, plan: InstancePlan, guard: OrphanGuard, take: Callable[[str, str], None]
) -> int:
    def told(said: LoginOutput) -> None:
        take(said.line, said.link)

    way = _ways(upstream)[0]
    return await run_login(way, cwd=plan.workspace, env=plan.env, guard=guard, on_output=told)


KIND: Final = Kind(
    name=ACP,
    title="ACP agent",
    plan=_plan,
    make=_make,
    check=_check,
    fields=frozenset({"models", "mode", "login"}),
    programs={preset.name: preset.title for preset in PRESETS.values()},
    on_path=agents_on_path,
    by_command=SignInByCommand(can=lambda upstream: bool(_ways(upstream)), run=_sign_in),
)
