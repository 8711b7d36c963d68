"""Children beside each other, and on further lines where they do not fit: a toolbar that wraps."""

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class FlowRow(QWidget):
    """Lays out its visible children in order; the one that stretches takes what is left of its
    line."""

    def __init__(self, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spacing = spacing
        self._children: list[QWidget] = []
        self._stretches: set[QWidget] = set()
        self._needs = (0, 0)
        """The height and the least width that the last arrangement had."""
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget, *, stretches: bool = False) -> None:
        """Add a child at the end."""
        widget.setParent(self)
        self._children.append(widget)
        if stretches:
            self._stretches.add(widget)
        widget.show()

    def arrange(self) -> None:
        """A child has come, gone or grown: lay out anew, and what is around only where it must."""
        needs = (self._place(self.width()), self._least_width())
        if needs != self._needs:
            self._needs = needs
            self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines."""
        return self._place(width, moves=False)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [child.sizeHint() for child in self._shown()]
        width = sum(size.width() for size in sizes) + self._spacing * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest child."""
        width = self._least_width()
        return QSize(width, self.heightForWidth(max(width, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width."""
        super().resizeEvent(event)
        self._place(event.size().width())
        self.updateGeometry()

    def _least_width(self) -> int:
        return max((_least(child).width() for child in self._shown()), default=0)

    def _shown(self) -> list[QWidget]:
        return [child for child in self._children if not child.isHidden()]

    def _place(self, width: int, *, moves: bool = True) -> int:
        top = 0
        for line in self._lines(width):
            height = max(size.height() for _child, size in line)
            if moves:
                self._place_line(line, top, height, width)
            top += height + self._spacing
        return max(0, top - self._spacing)

    def _lines(self, width: int) -> list[list[tuple[QWidget, QSize]]]:
        lines: list[list[tuple[QWidget, QSize]]] = []
        used = 0
        for child in self._shown():
            least = _least(child)
            size = child.sizeHint().expandedTo(least)
            size.setWidth(min(size.width(), max(width, least.width())))
            if lines and used + self._spacing + size.width() <= width:
                lines[-1].append((child, size))
                used += self._spacing + size.width()
            else:
                lines.append([(child, size)])
                used = size.width()
        return lines

    def _place_line(
        self, line: list[tuple[QWidget, QSize]], top: int, height: int, width: int
    ) -> None:
        used = sum(size.width() for _child, size in line) + self._spacing * (len(line) - 1)
        left = 0
        for child, size in line:
            here = size.width()
            if child in self._stretches:
                here += max(0, width - used)
            corner = QPoint(left, top + (height - size.height()) // 2)
            child.setGeometry(QRect(corner, QSize(here, size.height())))
            left += here + self._spacing


def _least(child: QWidget) -> QSize:
    return child.minimumSizeHint().expandedTo(child.minimumSize())
