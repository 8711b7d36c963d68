"""Tells the engine that somebody looks, while the window is on the screen, whatever page it shows.

An instance that hangs is then known within two seconds; else it may take some more.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

EVERY_MS = 2000


class Looking(QTimer):
    """Calls `look` now and then while `window` can be seen."""

    def __init__(self, window: QWidget, look: Callable[[], None], every_ms: int = EVERY_MS) -> None:
        super().__init__(window)
        self._window = window
        self._look = look
        self.setInterval(every_ms)
        self.timeout.connect(self.tell)
        self.start()

    def tell(self) -> None:
        """Look now, if anybody can see anything."""
        if self._window.isVisible():
            is_minimized = self._window.windowState() & Qt.WindowState.WindowMinimized
            if not is_minimized:
                self._look()
