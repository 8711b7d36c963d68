"""What the user chose about the desktop itself: its look, how it starts, what closing means."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DesktopChoices:
    """`starts_with_system` is None where the system offers no such thing.

    `frees_memory`: closing the window gives its memory back; opening it takes a moment longer.
    """

    theme: str = "auto"
    language: str = "auto"
    starts_with_system: bool | None = None
    start_minimized: bool = False
    frees_memory: bool = False


@dataclass(frozen=True, slots=True)
class ChoicesChanged:
    """These hold from now on."""

    choices: DesktopChoices
