"""The window's life: built when someone wants to see it, hidden or given up when it is closed.

none ──wanted──► shown ──closed──► hidden ──wanted──► shown
                   └──closed, memory is to be freed──► none
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop.actions import Actions
from desktop.os_integration.memory import release_unused_memory
from desktop.store import StateStore
from desktop.theme import Theme

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

FIRST_PANEL = "overview"
FIRST_RUN = "first_run"
"""What is seen while the first steps are open."""


class WindowKeeper(QObject):
    """Owns the one window, if there is one now."""

    close_wanted = Signal()
    """The user closes the window; what that means is not decided here."""
    came_or_went = Signal()
    """There is a window now, or none any more."""

    def __init__(
        self, store: StateStore, actions: Actions, theme: Theme, *, geometry: str = ""
    ) -> None:
        super().__init__()
        self._store = store
        self._actions = actions
        self._theme = theme
        self._geometry = geometry
        self._panel = FIRST_PANEL
        self._icon = QIcon()
        self.window: MainWindow | None = None

    def bring_to_front(self) -> None:
        """Show the window, built if need be, un-minimised and active."""
        self._built().bring_to_front()

    def show(self) -> None:
        """Show the window as it opens."""
        self._built().show()

    def show_minimized(self) -> None:
        """Show it in the task bar only."""
        self._built().showMinimized()

    def show_panel(self, place: str) -> None:
        """Show the window, in front, turned to a panel, or to a part of one as PANEL/PART."""
        window = self._built()
        window.show_panel(place)
        window.bring_to_front()

    def hide(self) -> None:
        """Take it off the screen; it comes back at once."""
        if self.window is not None:
            self._geometry = self.window.geometry_text()
            self.window.hide()

    def give_up(self) -> None:
        """Take it off the screen and give its memory back."""
        window, self.window = self.window, None
        if window is None:
            return
        self._geometry = window.geometry_text()
        self._panel = window.panel
        window.close_for_good()
        window.deleteLater()
        QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
        self._theme.forget_widgets()
        release_unused_memory()
        self.came_or_went.emit()

    def close_for_good(self) -> None:
        """The application leaves."""
        if self.window is not None:
            self.window.close_for_good()

    def geometry_text(self) -> str:
        """Place and size as text, for the preferences."""
        return self.window.geometry_text() if self.window is not None else self._geometry

    def shows(self) -> str:
        """The key of what the user can see now, "first_run" for the first steps; "" for nothing."""
        window = self.window
        if window is None or not window.isVisible():
            return ""
        if window.windowState() & Qt.WindowState.WindowMinimized:
            return ""
        return FIRST_RUN if self._store.state.first_run.is_open else window.panel

    def show_icon(self, icon: QIcon) -> None:
        """The icon the task bar shows."""
        self._icon = icon
        if self.window is not None:
            self.window.show_icon(icon)

    def _built(self) -> "MainWindow":
        if self.window is None:
            # Started in the tray, the program does without all of this until somebody looks.
            from desktop.main_window import MainWindow

            window = MainWindow(self._store, self._actions, self._theme, panel=self._panel)
            window.restore_geometry_text(self._geometry)
            window.show_icon(self._icon)
            window.close_wanted.connect(self.close_wanted)
            self.window = window
            self.came_or_went.emit()
        return self.window
