"""Light mode: while no window is open and nothing is asked, memory goes back to the system.

    awake ──no window, nothing under way──► dozing ──IDLE_MS──► asleep: the engine has let go of
      ▲                                       │                 what it can read again, and what
      └──────a window, or a request───────────┴──────◄──────────is free was given back

Asleep, the first request reads the vocabulary again (0.2 s).
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from desktop.asking import EngineAsker
from desktop.engine_thread import EngineControl, EngineThreadGoneError
from desktop.os_integration.memory import release_unused_memory
from desktop.state import AppState

IDLE_MS: Final = 60_000


class LightMode(QObject):
    """Call `consider` whenever the state or the window's being there has changed."""

    def __init__(self, asker: EngineAsker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._is_awake = True
        self.dozing = QTimer(self)
        self.dozing.setSingleShot(True)
        self.dozing.setInterval(IDLE_MS)
        self.dozing.timeout.connect(self._fall_asleep)

    def consider(self, state: AppState, *, has_window: bool) -> None:
        """Fall asleep soon, or wake up."""
        is_awake = has_window or not state.choices.frees_memory or bool(state.running)
        if is_awake is not self._is_awake:
            self._is_awake = is_awake
            (self.dozing.stop if is_awake else self.dozing.start)()

    def _fall_asleep(self) -> None:
        self._asker.spawn(self._rest(), name="rest")

    async def _rest(self) -> None:
        async def rest(engine: EngineControl) -> None:
            await engine.rest()

        try:
            await self._asker.ask_or_raise(rest)
        except (EngineThreadGoneError, TimeoutError):
            return  # nothing of it is left that could be given back
        release_unused_memory()
