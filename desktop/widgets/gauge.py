"""A bar that says how much of a limit is used, and what waits beyond it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.widgets.slim_picture import SlimPicture

WAITING_SHARE = 0.25
"""So much of the width is for what waits, while something does."""


class Gauge(SlimPicture):
    """Used of a limit; beyond a mark, hatched, what waits of the queue's room. Words are beside."""

    height_px, least_width_px = 14, 80

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used = self._waiting = 0.0
        self._bar, self._wait = QColor("blue"), QColor("orange")
        self._track, self._edge = QColor("white"), QColor("gray")

    def set_colours(self, *, bar: str, waiting: str, track: str, edge: str) -> None:
        """The used part, the waiting one, what is free, and the frame."""
        self._bar, self._wait = QColor(bar), QColor(waiting)
        self._track, self._edge = QColor(track), QColor(edge)
        self.update()

    def show_shares(self, used: float, waiting: float) -> None:
        """`used` of the limit and `waiting` of the queue, each from 0 to 1."""
        new = (min(1.0, max(0.0, used)), min(1.0, max(0.0, waiting)))
        if new != (self._used, self._waiting):
            self._used, self._waiting = new
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frame, bar, mark and hatching."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        radius = box.height() / 2
        painter.setPen(QPen(self._edge, 1))
        painter.setBrush(self._track)
        painter.drawRoundedRect(box, radius, radius)
        limit = box.width() * (1 - WAITING_SHARE if self._waiting else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._used:
            painter.setBrush(self._bar)
            wide = max(box.height(), limit * self._used)
            painter.drawRoundedRect(
                QRectF(box.left(), box.top(), wide, box.height()), radius, radius
            )
        if self._waiting:
            left = box.left() + limit
            wide = max(box.height(), box.width() * WAITING_SHARE * self._waiting)
            beyond = QRectF(left, box.top(), min(wide, box.right() - left), box.height())
            painter.setBrush(QBrush(self._wait, Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(beyond, radius, radius)
            painter.setPen(QPen(self._wait, 2))
            painter.drawLine(beyond.topLeft(), beyond.bottomLeft())
        painter.end()
