"""One request in time: its phases as bars, its messages as ticks, its silences as hatched gaps.

Everything it shows is handed to it in words and colours; what is under the mouse or chosen with the
arrow keys is told below, so that nothing depends on seeing a colour or hitting a pixel.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

MARGIN_PX: Final = 10
NEAR_PX: Final = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time on one of the lanes (0 is the top); `hatched` for what is missing."""

    start_ms: float
    end_ms: float
    lane: int
    name: str
    words: str
    colour: str
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on one of the lanes."""

    at_ms: float
    lane: int
    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class TimelineColours:
    """Colours of what is not a bar or a tick."""

    text: str
    soft: str
    line: str
    ground: str
    focus: str


class Timeline(QWidget):
    """Left and Right go from one thing to the next, Home and End to the first and the last."""

    told = Signal(str)
    """What is under the mouse or chosen, in words; "" for nothing."""

    def __init__(
        self, name: str, moment: Callable[[float, float], str], parent: QWidget | None = None
    ) -> None:
        """`moment` words a moment of the axis, given its end, both in milliseconds."""
        super().__init__(parent)
        self._axis_words = moment
        self._total = 1.0
        self._bars: tuple[Bar, ...] = ()
        self._ticks: tuple[Tick, ...] = ()
        self._lanes: tuple[str, ...] = ()
        self._stops: list[Bar | Tick] = []
        self._chosen = -1
        self._colours = TimelineColours("#000", "#444", "#888", "#fff", "#00f")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_colours(self, colours: TimelineColours) -> None:
        """The colours of the axis, the names and the focus."""
        self._colours = colours
        self.update()

    def show_times(
        self, total_ms: float, lanes: Sequence[str], bars: Sequence[Bar], ticks: Sequence[Tick]
    ) -> None:
        """Show these; `lanes` are the names of the rows, from the top."""
        self._total = max(total_ms, 1.0)
        self._lanes, self._bars, self._ticks = tuple(lanes), tuple(bars), tuple(ticks)
        self._stops = sorted([*bars, *ticks], key=_moment)
        self._chosen = -1
        self.setAccessibleDescription("; ".join(bar.words for bar in bars))
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What is chosen, in words."""
        return self._stops[self._chosen].words if self._chosen >= 0 else ""

    def sizeHint(self) -> QSize:
        """A row a lane, and one for the axis."""
        return QSize(400, self._lane_height() * (len(self._lanes) + 1) + 2 * MARGIN_PX)

    def minimumSizeHint(self) -> QSize:
        """As high as it wants to be, however narrow."""
        return QSize(120, self.sizeHint().height())

    # --- input -----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the stops."""
        last = len(self._stops) - 1
        steps = {
            Qt.Key.Key_Right: min(last, self._chosen + 1),
            Qt.Key.Key_Left: max(0, self._chosen - 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        wanted = steps.get(Qt.Key(event.key()))
        if wanted is None or last < 0:
            super().keyPressEvent(event)
            return
        self._choose(wanted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the mouse."""
        found = self._at(event.position())
        self.told.emit(found.words if found is not None else self.words())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the mouse."""
        super().mousePressEvent(event)
        found = self._at(event.position())
        if found is not None:
            self._choose(self._stops.index(found))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell what is chosen again."""
        super().leaveEvent(event)
        self.told.emit(self.words())

    def _choose(self, number: int) -> None:
        self._chosen = number
        self.told.emit(self.words())
        self.update()

    def _at(self, point: QPointF) -> Bar | Tick | None:
        lane = int((point.y() - MARGIN_PX) // self._lane_height())
        ticks = [t for t in self._ticks if t.lane == lane]
        if ticks:
            nearest = min(ticks, key=lambda t: abs(self._x(t.at_ms) - point.x()))
            if abs(self._x(nearest.at_ms) - point.x()) <= NEAR_PX:
                return nearest
        for bar in reversed(self._bars):
            if bar.lane == lane and self._x(bar.start_ms) <= point.x() <= self._x(bar.end_ms):
                return bar
        return None

    # --- drawing ---------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw lanes, bars, ticks and the axis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self._lane_height()
        for number, name in enumerate(self._lanes):
            top = MARGIN_PX + number * height
            painter.setPen(QColor(self._colours.soft))
            painter.drawText(
                QRectF(MARGIN_PX, top, self._left() - 2 * MARGIN_PX, height),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                name,
            )
            painter.setPen(QPen(QColor(self._colours.line), 1))
            y = top + height / 2
            painter.drawLine(QPointF(self._left(), y), QPointF(self.width() - MARGIN_PX, y))
        for bar in self._bars:
            self._draw_bar(painter, bar)
        for tick in self._ticks:
            self._draw_tick(painter, tick)
        self._draw_axis(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._colours.focus), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _draw_bar(self, painter: QPainter, bar: Bar) -> None:
        height = self._lane_height()
        left, right = self._x(bar.start_ms), self._x(bar.end_ms)
        rect = QRectF(left, MARGIN_PX + bar.lane * height + 4, max(2.0, right - left), height - 8)
        colour = QColor(bar.colour)
        painter.setPen(QPen(colour, 2 if self._is_chosen(bar) else 1))
        if bar.hatched:
            painter.setBrush(QColor(self._colours.ground))
            painter.drawRoundedRect(rect, 3, 3)
            painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern))
        else:
            soft = QColor(colour)
            soft.setAlpha(70)
            painter.setBrush(soft)
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(QColor(self._colours.text))
        if not bar.hatched and self.fontMetrics().horizontalAdvance(bar.name) + 8 < rect.width():
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, bar.name)

    def _draw_tick(self, painter: QPainter, tick: Tick) -> None:
        height = self._lane_height()
        is_chosen = self._is_chosen(tick)
        inset = 2 if is_chosen else 6
        x, top = self._x(tick.at_ms), MARGIN_PX + tick.lane * height
        painter.setPen(QPen(QColor(tick.colour), 4 if is_chosen else 2))
        painter.drawLine(QPointF(x, top + inset), QPointF(x, top + height - inset))

    def _draw_axis(self, painter: QPainter) -> None:
        top = MARGIN_PX + len(self._lanes) * self._lane_height()
        painter.setPen(QColor(self._colours.soft))
        last_right = -1.0
        for moment in _round_moments(self._total):
            text = self._axis_words(moment, self._total)
            width = self.fontMetrics().horizontalAdvance(text)
            left = min(self._x(moment) - width / 2, self.width() - MARGIN_PX - width)
            if left > last_right + 8:
                at = QRectF(left, top, width + 2, self._lane_height())
                painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, text)
                last_right = left + width

    def _is_chosen(self, what: Bar | Tick) -> bool:
        return self._chosen >= 0 and self._stops[self._chosen] is what

    def _lane_height(self) -> int:
        return self.fontMetrics().height() + 12

    def _left(self) -> float:
        widest = max((self.fontMetrics().horizontalAdvance(n) for n in self._lanes), default=0)
        return min(widest + 3.0 * MARGIN_PX, self.width() / 2)

    def _x(self, moment_ms: float) -> float:
        width = self.width() - self._left() - MARGIN_PX
        return self._left() + width * min(1.0, max(0.0, moment_ms / self._total))


def _moment(what: Bar | Tick) -> tuple[float, int]:
    return (what.start_ms, 0) if isinstance(what, Bar) else (what.at_ms, 1)


def _round_moments(total_ms: float) -> list[float]:
    """Some round moments from 0 to `total_ms`."""
    step = 1.0
    while total_ms / step > 8:
        step *= 2.5 if str(step).startswith("2") else 2
    return [number * step for number in range(int(total_ms / step) + 1)]
