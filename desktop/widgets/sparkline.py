"""A small curve without axes: how a figure went of late. Its owner says the figure in words."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.widgets.slim_picture import SlimPicture

BAR_GAP = 0.25


class Sparkline(SlimPicture):
    """Values from left to right, the newest last; None is a gap. As `bars`, each stands alone.

    The lowest line is 0, the highest the largest value, but no less than `least_most`.
    """

    height_px, least_width_px = 34, 48

    def __init__(
        self, *, bars: bool = False, least_most: float = 1.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bars = bars
        self._least_most = least_most
        self._values: tuple[float | None, ...] = ()
        self._line, self._area, self._ground = QColor("blue"), QColor("lightblue"), QColor("gray")
        self.setMinimumWidth(self.least_width_px)

    def set_colours(self, *, line: str, area: str, ground: str) -> None:
        """The curve, what is below it, and the line it stands on."""
        self._line, self._area, self._ground = QColor(line), QColor(area), QColor(ground)
        self.update()

    def show_values(self, values: Sequence[float | None]) -> None:
        """Draw these."""
        new = tuple(values)
        if new != self._values:
            self._values = new
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground line, then bars or curve."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 3, -1, -2)
        painter.setPen(QPen(self._ground, 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if self._bars:
            self._paint_bars(painter, box)
        else:
            self._paint_curve(painter, box)
        painter.end()

    def _paint_bars(self, painter: QPainter, box: QRectF) -> None:
        width = box.width() / max(1, len(self._values))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._line)
        for number, value in enumerate(self._values):
            if value:
                height = max(2.0, box.height() * value / self._most())
                left = box.left() + number * width
                wide = max(1.0, width * (1 - BAR_GAP))
                painter.drawRect(QRectF(left, box.bottom() - height, wide, height))

    def _paint_curve(self, painter: QPainter, box: QRectF) -> None:
        for run in self._runs(box):
            if len(run) == 1:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._line)
                painter.drawEllipse(run[0], 1.6, 1.6)
                continue
            curve = QPainterPath(run[0])
            for point in run[1:]:
                curve.lineTo(point)
            area = QPainterPath(curve)
            area.lineTo(run[-1].x(), box.bottom())
            area.lineTo(run[0].x(), box.bottom())
            area.closeSubpath()
            painter.fillPath(area, self._area)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._line, 1.6))
            painter.drawPath(curve)

    def _runs(self, box: QRectF) -> list[list[QPointF]]:
        """The points, parted where there is a gap."""
        step = box.width() / max(1, len(self._values) - 1)
        runs: list[list[QPointF]] = [[]]
        for number, value in enumerate(self._values):
            if value is None:
                runs.append([])
                continue
            y = box.bottom() - box.height() * value / self._most()
            runs[-1].append(QPointF(box.left() + number * step, y))
        return [run for run in runs if run]

    def _most(self) -> float:
        return max(self._least_most, *(value or 0.0 for value in self._values))
