"""The settings as a list to make windows, commands and references of: read from the model. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from gateway_engine.config import Effect, Group, Settings, Shape
from gateway_engine.setting_values import read_value


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """What there is to know of one setting. `type` is its field's; `maximum` None = no limit."""

    name: str
    type: Any
    default: Any
    about: str
    group: Group
    effect: Effect
    secret: bool
    file_only: bool
    choices: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    unit: str
    shape: Shape

    def read(self, raw: Any) -> Any:
        """Return `raw` as a value of this setting. Raises SettingProblem."""
        return read_value(self.type, _RULES[self.name], raw)


_RULES: Final[Mapping[str, Mapping[str, Any]]] = {f.name: f.metadata for f in fields(Settings)}
_DEFAULTS: Final = Settings()


def setting_specs() -> tuple[SettingSpec, ...]:
    """Every setting, in the model's order."""
    return tuple(
        SettingSpec(
            name=f.name,
            type=f.type,
            default=getattr(_DEFAULTS, f.name),
            about=f.metadata["about"],
            group=f.metadata["group"],
            effect=f.metadata["effect"],
            secret=bool(f.metadata.get("secret")),
            file_only=bool(f.metadata.get("file_only")),
            choices=f.metadata.get("choices", ()),
            minimum=f.metadata.get("minimum"),
            maximum=f.metadata.get("maximum"),
            unit=f.metadata.get("unit", ""),
            shape=f.metadata.get("shape", Shape.PLAIN),
        )
        for f in fields(Settings)
    )
