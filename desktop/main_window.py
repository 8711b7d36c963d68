"""The window: a sidebar with the panels of the catalogue and the page of the chosen one.

It renders only while it is visible. What closing means is not decided here: `close_wanted` asks.
"""

import base64
import binascii

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from desktop.actions import Actions
from desktop.panels.catalogue import PANELS
from desktop.panels.panel import Panel, PanelContext
from desktop.sidebar import Sidebar
from desktop.state import AppState
from desktop.store import StateStore
from desktop.theme import Theme

LEAST_WIDTH, LEAST_HEIGHT = 720, 480
FIRST_SIZE = QSize(1180, 880)
FRAME_PX = 64
"""For the window's frame, and a little of the desktop around it."""


class MainWindow(QMainWindow):
    """Shows `store.state`; asks through `actions`."""

    close_wanted = Signal()

    def __init__(self, store: StateStore, actions: Actions, theme: Theme) -> None:
        super().__init__()
        self._store = store
        self._actions = actions
        self._theme = theme
        self._panels: list[Panel] = []
        self._current = 0
        self._may_close = False
        self._theme_choice = self._language_choice = "auto"
        self.setWindowTitle("Lingma Gateway")
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        room = self.screen().availableSize() - QSize(FRAME_PX, FRAME_PX)
        self.resize(FIRST_SIZE.boundedTo(room))
        self.rebuild()
        store.changed.connect(self._render)
        theme.changed.connect(self.rebuild)
        # One change of language arrives once per translator: build once.
        self._rebuild_soon = QTimer(self)
        self._rebuild_soon.setSingleShot(True)
        self._rebuild_soon.setInterval(0)
        self._rebuild_soon.timeout.connect(self.rebuild)

    def rebuild(self) -> None:
        """Build sidebar and panels anew: the theme or the language is another one."""
        context = PanelContext(self._actions, self._theme.tokens)
        self._panels = [entry.make(context) for entry in PANELS]
        pages = QStackedWidget()
        for panel in self._panels:
            pages.addWidget(panel)
        sidebar = Sidebar(
            self._actions,
            self._theme.tokens,
            theme=self._theme_choice,
            language=self._language_choice,
        )
        sidebar.chosen.connect(self._choose)
        self._sidebar, self._pages = sidebar, pages
        self._show_current()
        content = QWidget()
        content.setObjectName("page")
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(sidebar)
        row.addWidget(pages, 1)
        old = self.takeCentralWidget()
        self.setCentralWidget(content)
        content.show()  # at once: Qt's layout would show it a round of events later
        content.setFocus()  # of the page: no button is marked before a key is used
        if old is not None:
            old.hide()
            old.deleteLater()
        self._render_panels(self._store.state)

    def show_panel(self, key: str) -> None:
        """Turn to the panel that the catalogue calls `key`."""
        self._choose([entry.key for entry in PANELS].index(key))

    def show_preferences(self, theme: str, language: str) -> None:
        """Which theme and language the sidebar's menus mark as chosen."""
        if (theme, language) != (self._theme_choice, self._language_choice):
            self._theme_choice, self._language_choice = theme, language
            self._rebuild_soon.start()

    def show_icon(self, icon: QIcon) -> None:
        """The icon the task bar shows."""
        if icon.cacheKey() != self.windowIcon().cacheKey():
            self.setWindowIcon(icon)

    def bring_to_front(self) -> None:
        """Show the window, un-minimised and active."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def geometry_text(self) -> str:
        """Place and size as text, for the preferences."""
        return base64.b64encode(self.saveGeometry().data()).decode("ascii")

    def restore_geometry_text(self, text: str) -> None:
        """Take a place and size back; nonsense is ignored."""
        try:
            data = base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            return
        if data:
            self.restoreGeometry(QByteArray(data))

    def close_for_good(self) -> None:
        """Close without asking: the application leaves."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the application what closing means here."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.close_wanted.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._render_panels(self._store.state)

    def changeEvent(self, event: QEvent) -> None:
        """Another language: other words everywhere."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._panels:
            self._rebuild_soon.start()

    def _choose(self, number: int) -> None:
        self._current = number
        self._show_current()
        self._panels[number].render_state(self._store.state)

    def _show_current(self) -> None:
        self._sidebar.choose(self._current)
        self._pages.setCurrentIndex(self._current)

    def _render(self, state: AppState) -> None:
        if self.isVisible() and not self.windowState() & Qt.WindowState.WindowMinimized:
            self._panels[self._current].render_state(state)

    def _render_panels(self, state: AppState) -> None:
        for panel in self._panels:
            panel.render_state(state)
