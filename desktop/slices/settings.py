"""What the window knows of the settings: how they are, and what became of the last change."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from gateway_engine.public import EngineEvent, SettingsApplied, SettingsView


class Saving(Enum):
    """How far the last change is."""

    IDLE = auto()
    UNDER_WAY = auto()
    SAVED = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class SettingsSlice:
    """`view` is None before it was read, `is_stale` when it is to be read again. `refusal` says why
    the last change was not saved; `overridden` names what was saved but is overridden.
    """

    view: SettingsView | None = None
    is_stale: bool = True
    saving: Saving = Saving.IDLE
    refusal: str = ""
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsRead:
    """This is how they are."""

    view: SettingsView


@dataclass(frozen=True, slots=True)
class SettingsSaving:
    """The user has asked for a change."""


@dataclass(frozen=True, slots=True)
class SettingsSaved:
    """The change is in the file and in force, but for what the environment overrides."""

    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsRefused:
    """Nothing was changed; `message` says why."""

    message: str


@dataclass(frozen=True, slots=True)
class SettingsNoteRead:
    """What became of the last change has been read."""


SettingsEvent = SettingsRead | SettingsSaving | SettingsSaved | SettingsRefused | SettingsNoteRead


def reduce_settings(settings: SettingsSlice, event: EngineEvent | SettingsEvent) -> SettingsSlice:
    """The slice after `event`; the same object when nothing of it has changed."""
    match event:
        case SettingsRead(view):
            return replace(settings, view=view, is_stale=False)
        case SettingsSaving():
            return replace(settings, saving=Saving.UNDER_WAY, refusal="", overridden=())
        case SettingsSaved(overridden):
            return replace(settings, saving=Saving.SAVED, overridden=overridden, is_stale=True)
        case SettingsRefused(message):
            return replace(settings, saving=Saving.REFUSED, refusal=message, is_stale=True)
        case SettingsNoteRead():
            return replace(settings, saving=Saving.IDLE, refusal="", overridden=())
        case SettingsApplied():
            return replace(settings, is_stale=True)
        case _:
            return settings
