"""A status shape as a widget."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.widgets.status_shapes import Shape, paint_shape

USUAL_LINE_PX = 18


class StatusMark(QWidget):
    """Draws one shape, `size` pixels large at the usual size of type and growing with it.

    The text beside it carries the same meaning.
    """

    def __init__(self, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._shape = Shape.RING
        self._colour = QColor("gray")
        self._inner = QColor("white")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_shape(self, shape: Shape, colour: str, inner: str) -> None:
        """Draw `shape` in `colour`; `inner` is what is cut into it, the surface behind."""
        new = (shape, QColor(colour), QColor(inner))
        if new != (self._shape, self._colour, self._inner):
            self._shape, self._colour, self._inner = new
            self.update()

    def sizeHint(self) -> QSize:
        """Square."""
        size = round(self._size * max(1.0, self.fontMetrics().height() / USUAL_LINE_PX))
        return QSize(size, size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the shape over the whole widget."""
        painter = QPainter(self)
        rect = QRectF(0, 0, self.width(), self.height())
        paint_shape(painter, rect, self._shape, self._colour, self._inner)
        painter.end()
