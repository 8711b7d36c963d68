"""What is to be said of the files that the application keeps: brought up to date, or too new."""

from dataclasses import dataclass

from gateway_engine.public import HistoryNoted

SETTINGS_UPGRADED = "settings_upgraded"
"""The settings file was brought to this version's form; as it was it lies beside."""
PREFERENCES_NEWER = "preferences_newer"
"""What the window remembers was written by a newer version: it is left alone."""


@dataclass(frozen=True, slots=True)
class FilesNoted:
    """This was found at the start."""

    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeRead:
    """The user has seen the first of the notices."""


FilesEvent = FilesNoted | NoticeRead


def reduce_files(notices: tuple[str, ...], event: FilesEvent | HistoryNoted) -> tuple[str, ...]:
    """What is left to be said after `event`, each once, the oldest first."""
    match event:
        case FilesNoted(found):
            return tuple(dict.fromkeys((*notices, *found)))
        case HistoryNoted(note):
            return tuple(dict.fromkeys((*notices, note.value)))
        case NoticeRead():
            return notices[1:]
