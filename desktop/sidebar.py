"""The window's left edge: the product, the panels, theme and language, the version.

Where the window is too low for all of it (large type), the version goes and the panels scroll.
"""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.actions import Actions
from desktop.icons import line_icon
from desktop.panels.catalogue import PANELS
from desktop.theme import Tokens
from desktop.widgets.button_icon import show_icon
from desktop.widgets.styling import label
from gateway_engine.public import __version__

ICON_PX = 18
ROOMY_EM = 24
"""Line heights from which on everything has its place."""


class Sidebar(QFrame):
    """Chooses a panel; theme and language at the foot."""

    chosen = Signal(int)
    """The number of a panel in the catalogue."""

    def __init__(self, actions: Actions, tokens: Tokens, *, theme: str, language: str) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self._tokens = tokens
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.chosen.emit)

        column = QVBoxLayout(self)
        column.setContentsMargins(12, 20, 12, 12)
        column.setSpacing(4)
        column.addLayout(self._brand())
        column.addSpacing(12)
        column.addWidget(self._entries(), 1)
        column.addWidget(
            self._menu_button(
                "theme",
                self.tr("Theme"),
                (
                    ("auto", self.tr("Like the system")),
                    ("light", self.tr("Light")),
                    ("dark", self.tr("Dark")),
                ),
                theme,
                actions.desktop.choose_theme,
            )
        )
        column.addWidget(
            self._menu_button(
                "language",
                self.tr("Language"),
                (("auto", self.tr("Like the system")), ("en", "English"), ("zh_CN", "简体中文")),
                language,
                actions.desktop.choose_language,
            )
        )
        self._version = label(self.tr("Version {version}").format(version=__version__), "small")
        self._version.setContentsMargins(13, 4, 0, 0)
        column.addWidget(self._version)
        self.setMinimumWidth(max(184, self.sizeHint().width()))
        self.setMaximumWidth(max(216, self.sizeHint().width()))

    def choose(self, number: int) -> None:
        """Press the button of a panel, and bring it into view."""
        button = self._group.button(number)
        button.setChecked(True)
        self._scroll.ensureWidgetVisible(button, 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the version where the panels need its room."""
        super().resizeEvent(event)
        has_room = event.size().height() >= self.fontMetrics().height() * ROOMY_EM
        self._version.setVisible(has_room)

    def _entries(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("entries")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for number, entry in enumerate(PANELS):
            button = QPushButton(entry.title())
            button.setProperty("nav", True)
            button.setCheckable(True)
            show_icon(button, line_icon(entry.icon, self._tokens.accent), self._icon_side())
            keys = QKeySequence(f"Ctrl+{number + 1}")
            button.setToolTip(keys.toString(QKeySequence.SequenceFormat.NativeText))
            self._group.addButton(button, number)
            column.addWidget(button)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("entries")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(content)
        # As wide as its entries, and the bar beside them while there is one.
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(content.sizeHint().width() + bar)
        return self._scroll

    def _icon_side(self) -> int:
        return max(ICON_PX, self.fontMetrics().height())

    def _brand(self) -> QHBoxLayout:
        mark = QLabel()
        ratio = self.devicePixelRatioF()
        from_icon = line_icon("gateway", self._tokens.accent)
        side = self._icon_side() * 3 // 2
        mark.setPixmap(from_icon.pixmap(QSize(side, side), ratio))
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(mark)
        row.addWidget(label("Lingma Gateway", "heading"), 1)
        return row

    def _menu_button(
        self,
        icon: str,
        title: str,
        choices: tuple[tuple[str, str], ...],
        present: str,
        choose: Callable[[str], None],
    ) -> QWidget:
        button = QToolButton()
        button.setText(title)
        button.setAccessibleName(title)
        show_icon(button, line_icon(icon, self._tokens.text_soft), self._icon_side())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        menu = QMenu(button)
        group = QActionGroup(menu)
        for key, text in choices:
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(key == present)
            action.triggered.connect(lambda _checked=False, key=key: choose(key))
            group.addAction(action)
            menu.addAction(action)
        button.clicked.connect(
            lambda _checked=False: menu.popup(
                button.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4))
            )
        )
        return button
