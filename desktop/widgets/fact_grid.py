"""Names and values in two columns, below each other where there is little room. All selectable."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop.widgets.styling import label

FOLD_BELOW_EM: Final = 22
READ: Final = (
    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. `tone` is a tone of the style sheet, "" for plain."""

    name: str
    value: str
    tone: str = ""


class FactGrid(QWidget):
    """Shows facts; those without a value are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self._is_narrow = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show exactly these."""
        shown = tuple(fact for fact in facts if fact.value)
        if shown != self._facts:
            self._facts = shown
            self._lay_out()

    def minimumSizeHint(self) -> QSize:
        """Narrow enough to fold."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), 8 * self.fontMetrics().height()), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < FOLD_BELOW_EM * self.fontMetrics().height()
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self._lay_out()

    def _lay_out(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for number, fact in enumerate(self._facts):
            name = label(fact.name, "small", wraps=self._is_narrow)
            value = _value(fact)
            top = Qt.AlignmentFlag.AlignTop
            if self._is_narrow:
                self._grid.addWidget(name, 2 * number, 0, 1, 2)
                self._grid.addWidget(value, 2 * number + 1, 0, 1, 2)
            else:
                self._grid.addWidget(name, number, 0, top)
                self._grid.addWidget(value, number, 1)
            name.show()
            value.show()


def _value(fact: Fact) -> QLabel:
    value = label(fact.value, wraps=True)
    value.setTextFormat(Qt.TextFormat.PlainText)
    value.setTextInteractionFlags(READ)
    value.setAccessibleName(fact.name)
    value.setAccessibleDescription(fact.value)
    value.setMinimumWidth(1)
    if fact.tone:
        value.setProperty("tone", fact.tone)
    return value
