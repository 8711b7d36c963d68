"""How an ACP agent of the settings is started or attached to. Touches no file but to look."""

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway_engine.config import SettingsError
from gateway_engine.setting_values import InstanceSettings
from gateway_engine.upstreams.acp.presets import PRESETS, Preset, find_program, preset_of_program
from gateway_engine.upstreams.acp.websocket_link import is_attachable

ACP = "acp"

_RUNS_OTHERS: Final = re.compile(
    r"python[\d.w]*|pypy[\d.]*|node|deno|bun|bunx|tsx|ruby|perl|java|npx|npm|pnpm|yarn|uv|uvx|pipx"
    "|sh|bash|zsh|dash|cmd|env"
)
_VERBS: Final = ("run", "exec", "dlx", "x", "tool")
_SCRIPTS: Final = (".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".rb", ".pl", ".jar", ".sh")


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """One agent. `label` tells its models from others' of the same name; `url` is set where a
    running program is attached to, else `argv` is.
    """

    title: str
    label: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    url: str = ""
    models: tuple[str, ...] = ()
    mode: str = ""
    login: tuple[str, ...] = ()


def plan_agent(item: InstanceSettings, env: Mapping[str, str]) -> AgentPlan:
    """Lay out the agent of one `[[instances]]` table. Raises SettingsError.

    `command` is a preset's name, a program's name or path, or the address of a WebSocket on this
    machine. A program that a preset starts is that preset, wherever it lies. A preset's arguments
    come before the table's own; a word that both begin with stands there once.
    """
    if "://" in item.command:
        return _attached(item)
    preset = PRESETS.get(item.command)
    if preset is not None:
        return _known(item, preset, env)
    program = _program(item.command, env)
    preset = preset_of_program(program) if program is not None else None
    if preset is not None:
        return _known(item, preset, env, program)
    if program is None:
        raise SettingsError(
            f"instances: command {item.command!r} of {item.name} is no program on PATH, no path of"
            f" one, and none of {', '.join(PRESETS)}",
            "unknown_agent",
            instance=item.name,
            command=item.command,
            presets=", ".join(PRESETS),
        )
    name = _title(program, item.args)
    return AgentPlan(
        title=name,
        label=name,
        argv=(program, *item.args),
        env={**env, **item.env},
        models=item.models,
        mode=item.mode,
        login=_login(item),
    )


def _title(program: str, args: Sequence[str]) -> str:
    """What to call an agent nobody knows: its program, or the script or package that this runs."""
    name = Path(program).stem
    if _RUNS_OTHERS.fullmatch(name) is None:
        return name
    words = [Path(arg) for arg in args if not arg.startswith("-") and arg not in _VERBS]
    scripts = [word.stem for word in words if word.suffix in _SCRIPTS]
    packages = [word.name.partition("@")[0] for word in words]
    return next((word for word in (*scripts, *packages) if word), name)


def _attached(item: InstanceSettings) -> AgentPlan:
    if not is_attachable(item.command):
        raise SettingsError(
            f"instances: command of {item.name} must be ws://127.0.0.1:PORT/PATH: only programs on"
            " this machine are attached to",
            "agent_address",
            instance=item.name,
        )
    return AgentPlan(
        title=item.name,
        label=ACP,
        argv=(),
        env={},
        url=item.command,
        models=item.models,
        mode=item.mode,
        login=_login(item),
    )


def _known(
    item: InstanceSettings, preset: Preset, env: Mapping[str, str], program: str | None = None
) -> AgentPlan:
    env = {**env, **preset.env, **item.env}
    program = program or find_program(preset.program, env.get("PATH"))
    if program is None:
        raise SettingsError(
            f"instances: {preset.title} ({preset.program}) of {item.name} is not on PATH: install"
            " it, or name its program in command",
            "agent_missing",
            instance=item.name,
            title=preset.title,
            program=preset.program,
        )
    return AgentPlan(
        title=preset.title,
        label=preset.name,
        argv=(program, *preset.args, *_own_args(item, preset)),
        env=env,
        models=item.models,
        mode=item.mode,
        login=_login(item) or ((program, *preset.login) if preset.login else ()),
    )


def _own_args(item: InstanceSettings, preset: Preset) -> tuple[str, ...]:
    # Who writes the whole command line (`qwen --acp …`) says the preset's first word again.
    repeats = item.args[:1] == preset.args[:1]
    return tuple(item.args[1:] if repeats else item.args)


def _program(name: str, env: Mapping[str, str]) -> str | None:
    if os.path.dirname(name):  # noqa: PTH120 - whether it names a folder at all
        path = os.path.abspath(os.path.expanduser(name))  # noqa: PTH100, PTH111 - keeps links
        return find_program(path, None)
    return find_program(name, env.get("PATH"))


def _login(item: InstanceSettings) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(item.login))
    except ValueError as error:
        raise SettingsError(
            f"instances: login of {item.name}: {error}", "agent_login", instance=item.name
        ) from None
