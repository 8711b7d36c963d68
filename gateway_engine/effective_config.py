"""The settings in force: each value with its origin, secrets hidden. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final

from gateway_engine.config import LoadedSettings, Settings
from gateway_engine.engine_report import EffectiveSetting
from gateway_engine.setting_values import InstanceSettings

HIDDEN: Final = "***"


def effective_config(loaded: LoadedSettings) -> dict[str, EffectiveSetting]:
    """Return every setting under its environment name."""
    shown: dict[str, EffectiveSetting] = {}
    for spec in fields(Settings):
        value = getattr(loaded.settings, spec.name)
        secret = bool(spec.metadata.get("secret"))
        shown[spec.name.upper()] = EffectiveSetting(
            value=shown_value(value, hidden=secret),
            origin=loaded.origins[spec.name].value,
            secret=secret,
        )
    return shown


def shown_value(value: Any, *, hidden: bool) -> Any:
    """A setting's value as JSON has it; of one that is `hidden` only whether there is one."""
    return HIDDEN if hidden and value else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, InstanceSettings):
        # What an instance is given in its environment may be a key.
        return asdict(value) | {"args": list(value.args), "env": dict.fromkeys(value.env, HIDDEN)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value
