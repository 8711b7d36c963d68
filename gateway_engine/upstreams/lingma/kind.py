"""Lingma as a kind of upstream: a program found, fetched or named, with a browser's sign-in."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway_engine.config import Settings, SettingsError
from gateway_engine.setting_values import InstanceSettings
from gateway_engine.upstreams.contract import Upstream, UpstreamFactory
from gateway_engine.upstreams.kind import InstancePlan, Kind, Means, Outline, Surroundings
from gateway_engine.upstreams.lingma.binary import is_program
from gateway_engine.upstreams.lingma.launch import LaunchMemory, LingmaProgram
from gateway_engine.upstreams.lingma.upstream import LingmaConfig, LingmaUpstream
from gateway_engine.version import __version__

NAME: Final = "lingma"


def _plan(own: InstanceSettings, around: Surroundings) -> Outline:
    named = own.command or around.settings.lingma_bin
    if named:
        program = _program(named, around.source or f"command of instance {own.name}")
    elif around.found is not None:
        program = str(around.found)
    else:
        raise SettingsError(
            f"instances: {own.name} has no command and no Lingma program was found",
            "instance_without_program",
            instance=own.name,
        )
    return Outline(
        command=(program,),
        env={**around.env, **own.env},
        label=NAME,
        work_dir=around.settings.lingma_work_dir,
        asks_version=(program, "version"),
        named_by="LINGMA_BIN",
    )


def _program(name: str, source: str) -> str:
    file = Path(os.path.abspath(os.path.expanduser(name)))  # noqa: PTH100, PTH111 - keeps links
    if not file.exists():
        raise SettingsError(
            f"{source}: {file} does not exist", "no_such_program", source=source, file=str(file)
        )
    if not is_program(file):
        raise SettingsError(
            f"{source}: {file} is not a program this user may run",
            "no_program_to_run",
            source=source,
            file=str(file),
        )
    return str(file)


def _make(plan: InstancePlan, settings: Settings, means: Means) -> UpstreamFactory:
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
        learn_secrets=means.learn_secrets,
    )
    memory = LaunchMemory()

    def factory(on_change: Callable[[], None]) -> Upstream:
        return LingmaUpstream(config, memory, means.guard, on_change)

    return factory


KIND: Final = Kind(
    name=NAME,
    title="Lingma",
    plan=_plan,
    make=_make,
    settings_used=("lingma_auto_memory", "lingma_delete_sessions", "dedicated_domain_url"),
    is_fetched=True,
    has_accounts=True,
)
