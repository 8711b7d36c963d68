"""How one emulator process is set up: its flags, its environment, ``<workDir>/emulator.json``.

``emulator.json`` wins over the environment: a test edits it between two starts of a process whose
environment it cannot reach. Keys there are the field names below plus ``scenario``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway_engine.emulator.scenario import Scenario, ScenarioError

SETTINGS_FILE = "emulator.json"


class OptionsError(Exception):
    """A setting that cannot be used; its text is the one line a user reads."""


@dataclass(frozen=True, slots=True)
class StartFlags:
    """The flags of ``start``; a port of 0 means any free one."""

    work_dir: Path
    socket_port: int = 0
    http_port: int = 0
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What a process needs to know to run.

    ``prefill_ms`` is milliseconds per 1000 new prompt characters, ``delta_ms`` the pause before
    each streamed token, ``seed`` makes ids, nonces and tokens repeatable, ``machine`` stands for
    the machine id a login is tied to, ``tool_wait_s`` is how long a native call waits.
    """

    flags: StartFlags
    scenario: Scenario = field(default_factory=lambda: Scenario({}))
    prefill_ms: float = 2.0
    delta_ms: float = 15.0
    seed: str = ""
    machine: str = "emulated-machine"
    account: str = "demo"
    tool_wait_s: float = 600.0


_ENVIRONMENT: Mapping[str, str] = {
    "scenario": "LINGMA_EMULATOR_SCENARIO",
    "prefill_ms": "LINGMA_EMULATOR_PREFILL_MS",
    "delta_ms": "LINGMA_EMULATOR_DELTA_MS",
    "seed": "LINGMA_EMULATOR_SEED",
    "machine": "LINGMA_EMULATOR_MACHINE",
    "account": "LINGMA_EMULATOR_ACCOUNT",
    "tool_wait_s": "LINGMA_EMULATOR_TOOL_WAIT_S",
}
_NUMBERS = ("prefill_ms", "delta_ms", "tool_wait_s")


def load_options(flags: StartFlags, environment: Mapping[str, str]) -> Options:
    """The set-up from every source. Raises OptionsError."""
    raw: dict[str, Any] = {
        name: environment[variable]
        for name, variable in _ENVIRONMENT.items()
        if environment.get(variable)
    }
    raw |= _settings_file(flags.work_dir / SETTINGS_FILE)
    unknown = sorted(set(raw) - set(_ENVIRONMENT))
    if unknown:
        raise OptionsError(f"{SETTINGS_FILE}: unknown key {unknown[0]!r}")
    try:
        scenario = Scenario.parse(str(raw.pop("scenario", "")))
    except ScenarioError as error:
        raise OptionsError(str(error)) from None
    values: dict[str, Any] = {}
    for name, value in raw.items():
        values[name] = _number(name, value) if name in _NUMBERS else str(value)
    return Options(flags=flags, scenario=scenario, **values)


def _settings_file(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise OptionsError(f"{path.name}: {error}") from None
    if not isinstance(content, dict):
        raise OptionsError(f"{path.name}: must be an object")
    return content


def _number(name: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        raise OptionsError(f"{name} must be a number, not {value!r}") from None
    if number < 0:
        raise OptionsError(f"{name} must not be negative")
    return number
