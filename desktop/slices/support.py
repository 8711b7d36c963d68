"""The support bundle on its way: collected, looked at, saved."""

from dataclasses import dataclass
from typing import assert_never

from gateway_engine.public import SupportFile


@dataclass(frozen=True, slots=True)
class Support:
    """`files` are what would be saved; `saved` is where it was, "" before that."""

    is_collecting: bool = False
    files: tuple[SupportFile, ...] = ()
    saved: str = ""


@dataclass(frozen=True, slots=True)
class SupportAsked:
    """Somebody wants a bundle."""


@dataclass(frozen=True, slots=True)
class SupportCollected:
    """This is what it would hold; nothing when it could not be collected, or is not wanted."""

    files: tuple[SupportFile, ...]


@dataclass(frozen=True, slots=True)
class SupportSaved:
    """It lies there now."""

    file: str


SupportEvent = SupportAsked | SupportCollected | SupportSaved


def reduce_support(support: Support, event: SupportEvent) -> Support:
    """The bundle after `event`."""
    match event:
        case SupportAsked():
            return Support(is_collecting=True)
        case SupportCollected(files):
            return Support(files=files)
        case SupportSaved(file):
            return Support(files=support.files, saved=file)
        case _:
            assert_never(event)
