"""Rows of the table of requests as pictures: drawn once, shown again and again.

Every call into Qt gives the interpreter's lock away, and while the engine's thread works it comes
back late. A table of a thousand cells painted call by call would stand still for tenths of a
second; rows that are pictures need one call each, and two cells more where a request still runs.
Where many rows are new at once, a few are drawn in each painting: until its turn a row is shown as
it was, or as one whose line is not here yet.
"""

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

from desktop.models import request_cells as cells
from desktop.models.request_cells import FIGURES, Column, Row
from desktop.panels.marks import tone_colour
from desktop.slices.live_requests import RequestPhase
from desktop.theme import Tokens
from desktop.widgets.status_shapes import Shape, paint_shape
from gateway_engine.public import Summary

PAD = 8
MARK_GAP = 6
BAR_SHARE = 0.42
"""Height of a bar, as a share of the row."""
LEAST_BAR_PX = 3.0
LEAST_ASKED = 0.4
CURSOR_PX = 3
MOST_BYTES = 24 * 1024 * 1024
MOST_WORDS = 4000
GROWING = (Column.TOTAL, Column.TIMELINE)
SOFT = (Column.PROTOCOL, Column.INSTANCE, Column.SESSION)


@dataclass(frozen=True, slots=True)
class RowStyle:
    """What all rows have in common: columns with their places, height, type and scale."""

    columns: tuple[tuple[Column, int, int], ...]
    """Column, left edge, width."""
    size: QSize
    ratio: float
    font: QFont
    scale_ms: float
    day: int
    """Times of another day have their date."""


@dataclass(frozen=True, slots=True)
class _Picture:
    line: Summary
    phase: RequestPhase
    title: str
    style: RowStyle
    pixmap: QPixmap


def _shape(style: RowStyle) -> tuple[object, ...]:
    return style.columns, style.size, style.ratio, style.font


class RowPictures:
    """Draws rows; those in sight are kept, and more as long as they are small."""

    def __init__(self, tokens: Tokens) -> None:
        self._colours = {
            tone: QColor(tone_colour(tokens, tone))
            for tone in ("ok", "info", "warn", "error", "quiet")
        }
        self._text = QColor(tokens.text)
        self._soft = QColor(tokens.text_soft)
        self._surface = QColor(tokens.surface)
        self._selected = QColor(tokens.accent_soft)
        self._accent = QColor(tokens.accent)
        self._absent = QColor(tokens.border)
        self._style: RowStyle | None = None
        self._metrics = QFontMetrics(QFont())
        self._pictures: OrderedDict[tuple[str, bool, bool], _Picture] = OrderedDict()
        self._most = 1
        self._may_draw = 1
        self._marks: dict[tuple[Shape, str, bool], QPixmap] = {}
        self._elided: dict[tuple[str, int], str] = {}
        self._absent_row: QPixmap | None = None

    def begin(self, style: RowStyle, in_sight: int, at_once: int = MOST_WORDS) -> None:
        """Rows look like this from now on, and so many can be seen at once.

        `at_once`: how many may be drawn anew before the next `begin`; with other columns or sizes
        all of them are.
        """
        size = style.size.width() * style.size.height() * 4 * style.ratio**2
        self._most = max(in_sight, int(MOST_BYTES / max(1.0, size)))
        self._may_draw = at_once
        before = self._style
        if before == style:
            return
        self._style = style
        if before is None or style.font != before.font:
            self._marks.clear()
            self._elided.clear()
        if before is None or _shape(style) != _shape(before):
            self._pictures.clear()
            self._may_draw = self._most
        self._metrics = QFontMetrics(style.font)
        self._absent_row = None

    def draw(
        self, painter: QPainter, left: int, top: int, row: Row | None, now: float, *,
        is_selected: bool, has_focus: bool,
    ) -> bool:  # fmt: skip
        """Draw a row with its upper left corner there; False: it is not yet as it should be."""
        style = self._style
        if style is None:
            return True
        if row is None:
            self._draw_absent(painter, left, top, style)
            return True
        key = (row.line.id, is_selected, has_focus)
        known = self._pictures.get(key)
        is_right = (
            known is not None
            and known.line is row.line
            and known.phase is row.phase
            and known.title == row.title
            and known.style is style
        )
        if not is_right and self._may_draw > 0:
            self._may_draw -= 1
            is_right = True
            pixmap = self._picture(row, now, style, is_selected=is_selected, has_focus=has_focus)
            known = _Picture(row.line, row.phase, row.title, style, pixmap)
            self._pictures[key] = known
            while len(self._pictures) > self._most:
                self._pictures.popitem(last=False)
        if known is None:
            self._draw_absent(painter, left, top, style)
            return False
        self._pictures.move_to_end(key)
        painter.drawPixmap(left, top, known.pixmap)
        if row.runs and known.phase is row.phase:
            for column, place, width in style.columns:
                if column in GROWING:
                    cell = QRect(left + place, top, width, style.size.height())
                    self._draw_cell(painter, cell, column, row, now)
        return is_right

    def _draw_absent(self, painter: QPainter, left: int, top: int, style: RowStyle) -> None:
        if self._absent_row is None:
            self._absent_row = self._picture_of_absent(style)
        painter.drawPixmap(left, top, self._absent_row)

    def _picture(
        self, row: Row, now: float, style: RowStyle, *, is_selected: bool, has_focus: bool
    ) -> QPixmap:
        pixmap = _blank(style)
        if is_selected:
            pixmap.fill(self._selected)
        painter = QPainter(pixmap)
        painter.setFont(style.font)
        for column, place, width in style.columns:
            cell = QRect(place, 0, width, style.size.height())
            if column is Column.STATUS:
                self._draw_mark(painter, cell, row, style, is_selected=is_selected)
            if not (row.runs and column in GROWING):
                self._draw_cell(painter, cell, column, row, now)
        if has_focus:
            painter.fillRect(0, 0, CURSOR_PX, style.size.height(), self._accent)
        painter.end()
        return pixmap

    def _draw_cell(
        self, painter: QPainter, cell: QRect, column: Column, row: Row, now: float
    ) -> None:
        if column is Column.TIMELINE:
            self._draw_timeline(painter, cell, row, now)
            return
        words = cells.text(column, row, now)
        left, right = cell.left() + PAD, PAD
        colour = self._soft if column in SOFT or words == cells.NONE else self._text
        if column is Column.STATUS:
            left += self._mark_size + MARK_GAP
            tone = cells.mark(row)[1]
            colour = self._colours[tone] if tone in ("error", "warn") else self._text
        elif column is Column.TIME and row.line.pinned:
            self._draw_pin(painter, left, cell)
            left += self._mark_size
        width = max(0, cell.right() - left - right)
        # What grows is another text each time, and short.
        fitting = words if row.runs and column in GROWING else self._fitting(words, width)
        if fitting != words and (short := cells.short(column, row, now)):
            fitting = self._fitting(short, width)
        side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
        painter.setPen(colour)
        painter.drawText(
            QRect(left, cell.top(), width, cell.height()),
            side | Qt.AlignmentFlag.AlignVCenter,
            fitting,
        )

    def _fitting(self, words: str, width: int) -> str:
        known = self._elided.get((words, width))
        if known is None:
            if len(self._elided) > MOST_WORDS:
                self._elided.clear()
            known = self._elide(words, width)
            self._elided[words, width] = known
        return known

    def _elide(self, words: str, width: int) -> str:
        """Which model answered is not what may be missing: the one asked for gives way to it."""
        fit, right = self._metrics.elidedText, Qt.TextElideMode.ElideRight
        asked, arrow, used = words.partition(cells.BECAME)
        if not arrow or self._metrics.horizontalAdvance(words) <= width:
            return fit(words, right, width)
        rest = self._metrics.horizontalAdvance(arrow + used)
        asked = fit(asked, right, max(width - rest, round(width * LEAST_ASKED)))
        room = width - self._metrics.horizontalAdvance(asked + arrow)
        return f"{asked}{arrow}{fit(used, right, max(0, room))}"

    @property
    def _mark_size(self) -> int:
        return self._metrics.ascent() + 2

    def _draw_mark(
        self, painter: QPainter, cell: QRect, row: Row, style: RowStyle, *, is_selected: bool
    ) -> None:
        shape, tone = cells.mark(row)
        size = self._mark_size
        known = self._marks.get((shape, tone, is_selected))
        if known is None or known.devicePixelRatio() != style.ratio:
            pixels = round(size * style.ratio)
            known = QPixmap(pixels, pixels)
            known.fill(Qt.GlobalColor.transparent)
            inside = self._selected if is_selected else self._surface
            drawing = QPainter(known)
            whole = QRectF(0, 0, pixels, pixels)
            paint_shape(drawing, whole, shape, self._colours[tone], inside)
            drawing.end()
            known.setDevicePixelRatio(style.ratio)
            self._marks[shape, tone, is_selected] = known
        painter.drawPixmap(cell.left() + PAD, cell.top() + (cell.height() - size) // 2, known)

    def _draw_pin(self, painter: QPainter, left: int, cell: QRect) -> None:
        """A pin's head and needle, before the time."""
        size = self._metrics.ascent()
        middle = left + size / 2
        top = cell.top() + (cell.height() - size) / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._accent)
        painter.drawLine(QPointF(middle, top + size / 2), QPointF(middle, top + size))
        painter.setBrush(self._accent)
        painter.drawEllipse(QPointF(middle, top + size * 0.32), size * 0.28, size * 0.28)
        painter.restore()

    def _draw_timeline(self, painter: QPainter, cell: QRect, row: Row, now: float) -> None:
        """Waiting as an outline, answering full, on the scale that all rows share."""
        scale_ms = self._style.scale_ms if self._style is not None else 1.0
        left, width = cell.left() + PAD, max(1.0, float(cell.width() - 2 * PAD))
        elapsed = row.elapsed_ms(now)
        waited = elapsed if row.line.ttft_ms is None else min(row.line.ttft_ms, elapsed)
        height = max(4.0, cell.height() * BAR_SHARE)
        top = cell.top() + (cell.height() - height) / 2
        end = min(width, max(LEAST_BAR_PX, width * elapsed / scale_ms))
        middle = min(end, width * waited / scale_ms)
        colour = self._colours["info" if row.runs else cells.mark(row)[1]]
        painter.setPen(colour)
        painter.drawRect(QRectF(left + 0.5, top + 0.5, end - 1, height - 1))
        if row.line.ttft_ms is not None:
            painter.fillRect(QRectF(left + middle, top, max(1.0, end - middle), height), colour)
        if row.runs:
            # Open at its end: it goes on.
            painter.fillRect(
                QRectF(left + end, top + height / 2 - 1, min(4.0, width - end), 2), colour
            )

    def _picture_of_absent(self, style: RowStyle) -> QPixmap:
        """A place whose line is not here yet; all look alike."""
        pixmap = _blank(style)
        height = self._metrics.xHeight()
        middle = (style.size.height() - height) // 2
        painter = QPainter(pixmap)
        for _column, place, width in style.columns:
            there = max(0, min(48, width - 2 * PAD))
            painter.fillRect(place + PAD, middle, there, height, self._absent)
        painter.end()
        return pixmap


def _blank(style: RowStyle) -> QPixmap:
    pixmap = QPixmap(style.size * style.ratio)
    pixmap.setDevicePixelRatio(style.ratio)
    # The table's own ground and border show through.
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
