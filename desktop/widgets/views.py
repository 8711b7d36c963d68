"""Several views of one thing, of which one is shown: a small bar of tabs above a stack."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget


class Views(QWidget):
    """Tab reaches the bar, arrow keys move inside it; where it is too narrow it can be scrolled."""

    chosen = Signal(str)
    """The key of the view that a person has turned to."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[str] = []
        self._bar = QTabBar()
        self._bar.setProperty("sub", True)
        self._bar.setAccessibleName(title)
        self._bar.setExpanding(False)
        self._bar.setDrawBase(False)
        self._bar.setUsesScrollButtons(True)
        self._stack = QStackedWidget()
        self._bar.currentChanged.connect(self._turned)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)

    def add(self, key: str, title: str, view: QWidget) -> None:
        """Add a view at the end."""
        self._keys.append(key)
        self._stack.addWidget(view)
        self._bar.addTab(title)

    def set_title(self, key: str, title: str) -> None:
        """Call a view otherwise."""
        self._bar.setTabText(self._keys.index(key), title)

    def set_there(self, key: str, *, is_there: bool) -> None:
        """Offer a view, or do not; the first one takes the place of one that goes."""
        number = self._keys.index(key)
        self._bar.setTabVisible(number, is_there)
        if not is_there and self._bar.currentIndex() == number:
            self._bar.setCurrentIndex(0)

    def key(self) -> str:
        """The view that is shown."""
        return self._keys[self._stack.currentIndex()]

    def choose(self, key: str) -> None:
        """Turn to a view."""
        self._bar.setCurrentIndex(self._keys.index(key))

    def view(self) -> QWidget | None:
        """The widget that is shown."""
        return self._stack.currentWidget()

    def _turned(self, number: int) -> None:
        if 0 <= number < self._stack.count():
            self._stack.setCurrentIndex(number)
            self.chosen.emit(self._keys[number])
