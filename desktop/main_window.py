"""The window: a sidebar with the panels of the catalogue and the page of the chosen one.

While the first steps are open they take the whole window. It renders only while it is visible, and
builds a panel when it is first looked at. What closing means is not decided here: `close_wanted`
asks.
"""

import base64
import binascii
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.actions import Actions
from desktop.first_run.page import FirstRunPage
from desktop.looking import Looking
from desktop.panels.catalogue import PANELS
from desktop.panels.makers import MAKERS
from desktop.panels.panel import Panel, PanelContext
from desktop.sidebar import Sidebar
from desktop.state import AppState
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.widgets.return_key import press_focused
from desktop.widgets.scroll_places import scroll_again, scroll_places
from desktop.widgets.tab_order import bring_into_sight, follow_layout
from desktop.window_banners import WindowBanners

LEAST_WIDTH, LEAST_HEIGHT = 720, 480
FIRST_SIZE = QSize(1180, 880)
FRAME_PX = 64
"""For the window's frame, and a little of the desktop around it."""


class MainWindow(QMainWindow):
    """Shows `store.state`; asks through `actions`."""

    close_wanted = Signal()

    def __init__(
        self, store: StateStore, actions: Actions, theme: Theme, *, panel: str = "overview"
    ) -> None:
        super().__init__()
        self._store = store
        self._actions = actions
        self._theme = theme
        self._panels: dict[int, Panel] = {}
        self._places: list[QVBoxLayout] = []
        self._first_run: FirstRunPage | None = None
        self._current = _number_of(panel)
        self._may_close = False
        self._look = (store.state.choices.theme, store.state.choices.language)
        self.setWindowTitle("Lingma Gateway")
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        room = self.screen().availableSize() - QSize(FRAME_PX, FRAME_PX)
        self.resize(FIRST_SIZE.boundedTo(room))
        self._rebuild_soon = QTimer(self)
        # One change of language arrives once per translator: build once.
        self._rebuild_soon.setSingleShot(True)
        self._rebuild_soon.setInterval(0)
        self._rebuild_soon.timeout.connect(self.rebuild)
        self.rebuild()
        self._add_shortcuts()
        store.changed.connect(self._render)
        theme.changed.connect(self.rebuild)
        self._looking = Looking(self, actions.health.look)

    def rebuild(self) -> None:
        """Build sidebar and panels anew: the theme or the language is another one."""
        state = self._store.state
        self._context = PanelContext(self._actions, self._theme.tokens)
        self._look = (state.choices.theme, state.choices.language)
        self._panels.clear()
        self._first_run = None
        self._pages = QStackedWidget()
        self._places = []
        for _entry in PANELS:
            place = QWidget()
            self._places.append(QVBoxLayout(place))
            self._places[-1].setContentsMargins(0, 0, 0, 0)
            self._pages.addWidget(place)
        self._sidebar = Sidebar(
            self._actions,
            self._theme.tokens,
            theme=state.choices.theme,
            language=state.choices.language,
        )
        self._sidebar.chosen.connect(self._choose)
        self._banners = WindowBanners(self._context)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._banners)
        right.addWidget(self._pages, 1)
        usual = QWidget()
        usual.setObjectName("page")
        row = QHBoxLayout(usual)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._sidebar)
        row.addLayout(right, 1)
        self._whole = QStackedWidget()
        self._whole.setObjectName("page")
        self._whole.addWidget(usual)
        focused = self._place_of_focus()
        old = self.takeCentralWidget()
        scrolled = () if old is None else scroll_places(old)
        self.setCentralWidget(self._whole)
        self._whole.show()  # at once: Qt's layout would show it a round of events later
        self._whole.setFocus()  # of the page: no button is marked before a key is used
        if old is not None:
            old.hide()
            old.deleteLater()
        self._show_current()
        self._render_all(state)
        self._focus_again(focused)
        scroll_again(self._whole, scrolled)

    def show_panel(self, place: str) -> None:
        """Turn to the panel that the catalogue calls so; the first steps are left for it. With
        `/PART` behind its name, that part of the panel gets the keyboard.
        """
        key, _slash, part = place.partition("/")
        number = _number_of(key)
        self._choose(number)
        if part:
            self._panels[number].take_keyboard(part)

    @property
    def panel(self) -> str:
        """The key of the chosen panel, on the screen or behind the first steps."""
        return PANELS[self._current].key

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
        self._render_all(self._store.state)

    def changeEvent(self, event: QEvent) -> None:
        """Another language: other words everywhere."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._rebuild_soon.start()

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Tab goes down the page as it is laid out; from a page itself to its first control."""
        page = self._whole.currentWidget()
        stops = [] if page is None else follow_layout(page)
        at = self.focusWidget()
        around = self if at in (None, page) else at
        within = [n for n, stop in enumerate(stops) if around.isAncestorOf(stop)]
        if at in stops or within:
            # Qt's own chain leads back to a bar of tabs from wherever its frame was made.
            reason = Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason
            after = stops.index(at) + 1 if at in stops else within[0]
            before = stops.index(at) - 1 if at in stops else within[0] - 1
            stops[(after if is_next else before) % len(stops)].setFocus(reason)
            has_moved = True
        else:
            has_moved = super().focusNextPrevChild(is_next)
        focused = self.focusWidget()
        if focused is not None:
            bring_into_sight(focused)
        return has_moved

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the keyboard, on every page."""
        if not press_focused(self, event):
            super().keyPressEvent(event)

    def _place_of_focus(self) -> int | None:
        places = self._focusable()
        focused = self.focusWidget()
        return places.index(focused) if focused in places else None

    def _focus_again(self, place: int | None) -> None:
        """Whoever changes theme or language by keyboard stays where they were."""
        places = self._focusable()
        if place is not None and place < len(places):
            _chosen_beside(places[place]).setFocus()

    def _focusable(self) -> list[QWidget]:
        return [
            widget
            for widget in self.findChildren(QWidget)
            # Of buttons that exclude each other only one is reached by Tab, now this, now that.
            if widget.isVisible() and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        ]

    def _add_shortcuts(self) -> None:
        wishes: dict[str, Callable[[], object]] = {
            "Ctrl+W": self.close,
            "Ctrl+Q": self._actions.quit,
        }
        for number, entry in enumerate(PANELS):
            wishes[f"Ctrl+{number + 1}"] = self._chooser(number)
            if entry.key == "about":
                wishes["F1"] = self._chooser(number)
        for key, wish in wishes.items():
            QShortcut(QKeySequence(key), self).activated.connect(wish)

    def _chooser(self, number: int) -> Callable[[], None]:
        return lambda: self._choose(number)

    def _choose(self, number: int) -> None:
        self._current = number
        self._show_current()
        self._actions.desktop.leave_first_run()

    def _show_current(self) -> None:
        self._sidebar.choose(self._current)
        if self._current not in self._panels:
            panel = MAKERS[PANELS[self._current].key](self._context)
            self._panels[self._current] = panel
            self._places[self._current].addWidget(panel)
        panel = self._panels[self._current]
        had_keyboard = self._pages.isAncestorOf(self.focusWidget())
        is_another = self._pages.currentIndex() != self._current
        self._pages.setCurrentIndex(self._current)
        panel.render_state(self._store.state)
        took_it = panel.isAncestorOf(self.focusWidget())
        if had_keyboard and is_another and not took_it:
            panel.setFocus()  # Qt would hand the keyboard to the first entry of the sidebar
        self._banners.keep_to(panel.most_width)

    def _render(self, state: AppState) -> None:
        if self._look != (state.choices.theme, state.choices.language):
            self._rebuild_soon.start()
        if self.isVisible() and not self.windowState() & Qt.WindowState.WindowMinimized:
            self._render_seen(state)

    def _render_seen(self, state: AppState) -> None:
        """What is on the screen, and no other panel."""
        # Above every page and in the task bar: only some pages have a word about it. The name is
        # its end, as Qt would add it there otherwise.
        title = self.tr("Demo answers – Lingma Gateway") if state.demo else "Lingma Gateway"
        self.setWindowTitle(title)
        had_keyboard = self._banners.isAncestorOf(self.focusWidget())
        self._banners.render_state(state)
        if state.first_run.is_open:
            if self._first_run is None:
                self._first_run = FirstRunPage(self._context)
                self._whole.addWidget(self._first_run)
            self._first_run.render_state(state)
            if self._whole.currentWidget() is not self._first_run:
                self._whole.setCurrentWidget(self._first_run)
                self._first_run.take_keyboard()
        else:
            panel = self._panels[self._current]
            if self._whole.currentIndex() != 0:
                # Of the page, not of whichever button comes next after the steps' own.
                self._whole.setFocus()
                self._whole.setCurrentIndex(0)
            panel.render_state(state)  # in sight already: unseen it asks for nothing
            self._banners.keep_to(panel.most_width)
            if had_keyboard and not self._banners.isAncestorOf(self.focusWidget()):
                panel.setFocus()  # what was said there is over

    def _render_all(self, state: AppState) -> None:
        for panel in self._panels.values():
            panel.render_state(state)
        self._render_seen(state)


def _chosen_beside(widget: QWidget) -> QWidget:
    """Of buttons that exclude each other the one that is down: Qt gives it the keyboard only after
    it was chosen, and from any other an arrow key would choose nothing.
    """
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return (group and group.exclusive() and group.checkedButton()) or widget


def _number_of(key: str) -> int:
    return [entry.key for entry in PANELS].index(key)
