"""An on/off switch."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget


class ToggleSwitch(QAbstractButton):
    """A checkable switch: the knob's place and a mark inside tell its state, not colour alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._on, self._off = QColor("green"), QColor("gray")
        self._knob, self._focus = QColor("white"), QColor("blue")

    def set_colours(self, *, on: str, off: str, knob: str, focus: str) -> None:
        """Colours of the track in both states, the knob and the focus ring."""
        self._on, self._off = QColor(on), QColor(off)
        self._knob, self._focus = QColor(knob), QColor(focus)
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the text around it asks for, room for the focus ring included."""
        height = max(24, round(self.fontMetrics().height() * 1.35))
        return QSize(round(height * 1.8) + 8, height + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, knob, mark and focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        radius = track.height() / 2
        if self.hasFocus():
            painter.setPen(QPen(self._focus, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._on if self.isChecked() else self._off)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        painter.drawRoundedRect(track, radius, radius)
        size = track.height() - 6
        x = track.right() - size - 3 if self.isChecked() else track.left() + 3
        painter.setBrush(self._knob)
        painter.drawEllipse(QRectF(x, track.top() + 3, size, size))
        painter.setPen(QPen(self._knob, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle = track.center().y()
        if self.isChecked():
            mark = track.left() + radius
            painter.drawLine(round(mark), round(middle - 4), round(mark), round(middle + 4))
        else:
            painter.drawEllipse(QRectF(track.right() - radius - 4, middle - 4, 8, 8))
        painter.end()
