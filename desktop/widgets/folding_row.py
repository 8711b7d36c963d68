"""A row that becomes a column where it is too narrow, as with large type in a small window."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget


class FoldingRow(QWidget):
    """Children beside each other from `fold_below_em` line heights of width on and where they fit,
    else stacked.
    """

    def __init__(self, fold_below_em: float, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fold_below_em = fold_below_em
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(spacing)
        self._fixed: dict[QWidget, Qt.AlignmentFlag] = {}
        self._is_whole = False

    def keep_whole(self, on: bool) -> None:
        """Whether it folds already where a child would have less than it would like."""
        if on is not self._is_whole:
            self._is_whole = on
            self._look(self.width())

    def add(self, widget: QWidget, *, stretches: bool = False, stands_low: bool = False) -> None:
        """Add a child; one that does not stretch keeps its own width in both directions, and stands
        in the middle of its row or low in it."""
        self._row.addWidget(widget, 1 if stretches else 0)
        if not stretches:
            side = Qt.AlignmentFlag.AlignBottom if stands_low else Qt.AlignmentFlag.AlignVCenter
            self._fixed[widget] = side
            if stands_low:
                self._row.setAlignment(widget, side)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest child: when it gets that narrow, it folds."""
        hint = super().minimumSizeHint()
        items = map(self._row.itemAt, range(self._row.count()))
        return QSize(
            max((item.minimumSize().width() for item in items if item), default=0), hint.height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        super().resizeEvent(event)
        self._look(event.size().width())

    def event(self, event: QEvent) -> bool:
        """A child that needs another width, as one whose words turn bold, may not fit any more."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._look(self.width())
        return super().event(event)

    def _look(self, width: int) -> None:
        items = [
            item for n in range(self._row.count()) if (item := self._row.itemAt(n)) is not None
        ]
        sizes = [
            item.sizeHint() if self._is_whole else item.minimumSize()
            for item in items
            if not item.isEmpty()
        ]
        needs = [size.width() for size in sizes]
        least = sum(needs) + self._row.spacing() * max(0, len(needs) - 1)
        is_narrow = width < max(least, self._fold_below_em * self.fontMetrics().height())
        direction = (
            QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        )
        if direction is self._row.direction():
            return
        self._row.setDirection(direction)
        for widget, side in self._fixed.items():
            self._row.setAlignment(widget, Qt.AlignmentFlag.AlignLeft if is_narrow else side)
