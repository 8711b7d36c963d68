"""What a picture is taken of."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.main_window import MainWindow
from desktop.state import AppState
from desktop.try_it import TryIt

SIZE = (1160, 860)
NOT_ASKED = TryIt()


def _as_it_opens(_window: MainWindow) -> None:
    """Nobody has touched the window."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: what the window knows, what Try it shows, how large the window is.

    `panel` is a key of `desktop.panels.catalogue`; every panel has a scene. `prepare` does what a
    user would have done before the picture: turn to a tab, open a dialog (a dialog is in the
    picture when it is a child of the window). `made_at` is the time in the picture, whenever it is
    taken: what is "3 s ago" stays so.
    """

    name: str
    state: AppState
    try_it: TryIt = NOT_ASKED
    prompt: str = ""
    size: tuple[int, int] = SIZE
    type_scale: float = 1.0
    panel: str = "overview"
    prepare: Callable[[MainWindow], None] = _as_it_opens
    made_at: float = field(default_factory=time.time)
