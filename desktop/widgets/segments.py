"""A row of buttons of which exactly one is down."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QWidget


class Segments(QFrame):
    """Choose one of a few. Tab reaches the group, arrow keys move inside it."""

    chosen = Signal(str)
    """The key of the new choice."""

    def __init__(
        self, title: str, choices: tuple[tuple[str, str], ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("segments", True)
        self.setAccessibleName(title)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._keys = [key for key, _text in choices]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (_key, text) in enumerate(choices):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAccessibleName(f"{title}: {text}")
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.button(0).setChecked(True)
        self._group.idToggled.connect(self._let_tab_reach)
        self._group.idClicked.connect(lambda number: self.chosen.emit(self._keys[number]))
        for number in range(len(choices)):
            self._let_tab_reach(number, number == 0)

    def _let_tab_reach(self, number: int, checked: bool) -> None:
        """Tab stops at the button that is down: from there the arrow keys choose."""
        policy = Qt.FocusPolicy.StrongFocus if checked else Qt.FocusPolicy.ClickFocus
        self._group.button(number).setFocusPolicy(policy)

    def key(self) -> str:
        """The present choice."""
        return self._keys[self._group.checkedId()]

    def choose(self, key: str) -> None:
        """Press one without announcing it."""
        self._group.button(self._keys.index(key)).setChecked(True)
