"""Buttons beside each other, in as many lines as the width asks for."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class WrappingRow(QWidget):
    """Children keep their own size; what does not fit into a line begins the next one."""

    def __init__(self, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spacing = spacing
        self._children: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Add a child at the end."""
        widget.setParent(self)
        self._children.append(widget)
        widget.installEventFilter(self)
        widget.show()

    def event(self, event: QEvent) -> bool:
        """A child whose words have changed asks for another width here."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._arrange(self.width())
        return super().event(event)

    def eventFilter(self, _watched: object, event: QEvent) -> bool:
        """A child that comes or goes moves the others."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.updateGeometry()
            self._arrange(self.width())
        return False

    def heightForWidth(self, width: int) -> int:
        """As many lines as that takes."""
        return self._place(width, moves=False)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [child.sizeHint() for child in self._shown()]
        wide = sum(size.width() for size in sizes) + self._spacing * max(0, len(sizes) - 1)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest child."""
        sizes = [child.sizeHint() for child in self._shown()]
        widest = max((size.width() for size in sizes), default=0)
        return QSize(widest, self._place(max(self.width(), widest), moves=False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew."""
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        height = self._place(width, moves=True)
        if self.minimumHeight() != height:
            self.setMinimumHeight(height)

    def _shown(self) -> list[QWidget]:
        return [child for child in self._children if not child.isHidden()]

    def _place(self, width: int, *, moves: bool) -> int:
        """The height that takes; with `moves` the children go to their places."""
        x = y = line = 0
        shown = self._shown()
        height = max((child.sizeHint().height() for child in shown), default=0)
        for child in shown:
            size = QSize(child.sizeHint().width(), height)
            if x and x + size.width() > width:
                x, y, line = 0, y + line + self._spacing, 0
            if moves:
                place = QRect(QPoint(x, y), size)
                if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                    place.moveRight(width - x)
                child.setGeometry(place)
            x += size.width() + self._spacing
            line = max(line, size.height())
        return y + line
