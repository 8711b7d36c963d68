"""Children side by side where there is room for them, else below each other."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

K = TypeVar("K")
W = TypeVar("W", bound=QWidget)


class Columns(QWidget):
    """Equal columns, as many as fit at `least_width` each, at most `most`."""

    def __init__(self, least_width: int, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least_width = least_width
        self._most = most
        self._widgets: list[QWidget] = []
        self._count = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(16)

    def set_widgets(self, widgets: list[QWidget]) -> None:
        """Show exactly these, in order; others must already be deleted by their owner."""
        self._widgets = list(widgets)
        self._count = 0
        self._arrange(self.width())

    def show_each(self, kept: dict[K, W], keys: Sequence[K], make: Callable[[K], W]) -> dict[K, W]:
        """The widgets of `keys`, shown in their order: `kept` ones stay, or go, others are made."""
        if list(kept) == list(keys):
            return kept
        for key in kept.keys() - set(keys):
            kept[key].hide()
            kept[key].deleteLater()
        shown = {key: kept[key] if key in kept else make(key) for key in keys}
        self.set_widgets(list(shown.values()))
        return shown

    def minimumSizeHint(self) -> QSize:
        """One column: the width is what decides how many there are."""
        hint = super().minimumSizeHint()
        widest = max((child.minimumSizeHint().width() for child in self._widgets), default=0)
        return QSize(min(hint.width(), widest), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew when another number of columns fits."""
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        spacing = self._grid.horizontalSpacing()
        # The least width is meant for the usual type size and grows with it.
        least = self._least_width * max(1.0, self.fontMetrics().height() / 18)
        fitting = max(1, int((width + spacing) // (least + spacing)))
        count = max(1, min(fitting, self._most, len(self._widgets) or 1))
        if count == self._count:
            return
        self._count = count
        # Not `takeAt`: the item would live on, and the widget would tell it, not the next one, when
        # its height changes.
        for number in reversed(range(self._grid.count())):
            item = self._grid.itemAt(number)
            held = item.widget() if item is not None else None
            if held is not None:
                self._grid.removeWidget(held)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < count else 0)
        for number, widget in enumerate(self._widgets):
            row, column = divmod(number, count)
            self._grid.addWidget(widget, row, column)
            widget.show()
        for column in range(count):
            self._grid.setColumnStretch(column, 1)
            self._grid.setColumnMinimumWidth(column, 1)
