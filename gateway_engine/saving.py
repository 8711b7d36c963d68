"""A change of the settings file: worked out with every check of a start, and what it did. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway_engine.config import LoadedSettings, Origin
from gateway_engine.conversation import InstanceName
from gateway_engine.live_settings import Difference
from gateway_engine.plan import EnginePlan
from gateway_engine.settings_file import SettingsText

EditText = Callable[[str, LoadedSettings], str]
"""Makes another text of the file's; what it says now is loaded with it. Raises RefusedEditError."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change did. `overridden`: saved, but the environment or the command line says
    otherwise. `instance` is the one that was added.
    """

    difference: Difference
    overridden: tuple[str, ...] = ()
    instance: InstanceName | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """An edit that holds every check and is not written yet: the file `before` and what it says
    (`loaded`), its `text` afterwards and the `plan` made of that.
    """

    before: SettingsText
    loaded: LoadedSettings
    text: str = field(repr=False)
    plan: EnginePlan
    names: tuple[str, ...]

    @property
    def overridden(self) -> tuple[str, ...]:
        """The settings that are written and yet do not come from the file."""
        origins = self.plan.loaded.origins
        return tuple(n for n in self.names if origins[n] in (Origin.ENV, Origin.CLI))
