"""What the window knows of the settings: how they are, and what became of the last change."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

from gateway_engine.public import EngineEvent, ImportPreview, SettingsApplied, SettingsView


class Saving(Enum):
    """How far the last change is."""

    IDLE = auto()
    UNDER_WAY = auto()
    SAVED = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file of settings, and what taking it over would change."""

    file: Path
    text: str = field(repr=False)
    preview: ImportPreview


@dataclass(frozen=True, slots=True)
class SettingsSlice:
    """`view` is None before it was read, `is_stale` when it is to be read again. `refusal` says why
    the last change was not saved; `overridden` names what was saved but is overridden. `incoming`
    was looked into and waits for a word; `imported` is the file of the last change, if that can
    be taken back.
    """

    view: SettingsView | None = None
    is_stale: bool = True
    saving: Saving = Saving.IDLE
    refusal: str = ""
    overridden: tuple[str, ...] = ()
    incoming: Incoming | None = None
    imported: Path | None = None


@dataclass(frozen=True, slots=True)
class SettingsRead:
    """This is how they are."""

    view: SettingsView


@dataclass(frozen=True, slots=True)
class SettingsSaving:
    """The user has asked for a change."""


@dataclass(frozen=True, slots=True)
class SettingsSaved:
    """The change is in the file and in force, but for what the environment overrides. `imported`
    is the file that it came from.
    """

    overridden: tuple[str, ...] = ()
    imported: Path | None = None


@dataclass(frozen=True, slots=True)
class SettingsRefused:
    """Nothing was changed; `message` says why."""

    message: str


@dataclass(frozen=True, slots=True)
class SettingsNoteRead:
    """What became of the last change has been read."""


@dataclass(frozen=True, slots=True)
class ImportLookedInto:
    """The user has chosen a file to import; nothing is changed yet."""

    incoming: Incoming


@dataclass(frozen=True, slots=True)
class ImportPutAside:
    """It is not to be imported."""


SettingsEvent = (
    SettingsRead
    | SettingsSaving
    | SettingsSaved
    | SettingsRefused
    | SettingsNoteRead
    | ImportLookedInto
    | ImportPutAside
)


def reduce_settings(settings: SettingsSlice, event: EngineEvent | SettingsEvent) -> SettingsSlice:
    """The slice after `event`; the same object when nothing of it has changed."""
    match event:
        case SettingsRead(view):
            return replace(settings, view=view, is_stale=False)
        case SettingsSaving():
            return replace(_silent(settings), saving=Saving.UNDER_WAY)
        case SettingsSaved(overridden, imported):
            return replace(
                settings,
                saving=Saving.SAVED,
                overridden=overridden,
                imported=imported,
                incoming=None,
                is_stale=True,
            )
        case SettingsRefused(message):
            return replace(
                settings, saving=Saving.REFUSED, refusal=message, incoming=None, is_stale=True
            )
        case SettingsNoteRead():
            return replace(_silent(settings), saving=Saving.IDLE)
        case ImportLookedInto(incoming):
            return replace(_silent(settings), saving=Saving.IDLE, incoming=incoming)
        case ImportPutAside():
            return replace(settings, incoming=None)
        case SettingsApplied():
            return replace(settings, is_stale=True)
        case _:
            return settings


def _silent(settings: SettingsSlice) -> SettingsSlice:
    return replace(settings, refusal="", overridden=(), imported=None)
