"""Paints the cells of the table of requests straight from its rows: quick enough to grow live."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.models import request_cells as cells
from desktop.models.request_cells import FIGURES, Column, Row
from desktop.models.request_table import RequestTableModel
from desktop.panels.marks import tone_colour
from desktop.theme import Tokens
from desktop.widgets.status_shapes import Shape, paint_shape

PAD = 8
MARK_GAP = 6
BAR_SHARE = 0.42
"""Height of a bar, as a share of the row."""
LEAST_BAR_PX = 3.0
PIN_WIDTH = 3


class RequestDelegate(QStyledItemDelegate):
    """One for all columns. `now` and `scale_ms` are set by the table before it paints."""

    def __init__(self, view: QAbstractItemView, model: RequestTableModel, tokens: Tokens) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._tokens = tokens
        self._colours = {
            tone: QColor(tone_colour(tokens, tone))
            for tone in ("ok", "info", "warn", "error", "quiet")
        }
        self._text = QColor(tokens.text)
        self._soft = QColor(tokens.text_soft)
        self._surface = QColor(tokens.surface)
        self._selected = QColor(tokens.accent_soft)
        self._hover = QColor(tokens.hover)
        self._accent = QColor(tokens.accent)
        self._line = QColor(tokens.border)
        self._marks: dict[tuple[Shape, str, bool, int], QPixmap] = {}
        self.now = 0.0
        self.scale_ms = 1000.0

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one cell."""
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, self._selected)
        row = self._model.row(index.row())
        column = Column(index.column())
        if row is None:
            self._paint_absent(painter, rect)
        elif column is Column.TIMELINE:
            self._paint_timeline(painter, rect, row)
        else:
            self._paint_words(painter, rect, column, row, is_selected=is_selected)
        if is_selected and rect.left() <= 0 and self._view.hasFocus():
            painter.fillRect(rect.left(), rect.top(), PIN_WIDTH, rect.height(), self._accent)

    def _paint_words(
        self, painter: QPainter, rect: QRect, column: Column, row: Row, *, is_selected: bool
    ) -> None:
        words = cells.text(column, row, self.now)
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        side = Qt.AlignmentFlag.AlignLeft
        colour = self._text
        if column is Column.STATUS:
            tone = self._paint_mark(painter, inner, row, is_selected=is_selected)
            colour = self._colours[tone] if tone in ("error", "warn") else self._text
        elif column in FIGURES:
            side = Qt.AlignmentFlag.AlignRight
        elif column is Column.TIME:
            self._paint_pin(painter, inner, row)
        elif column in (Column.PROTOCOL, Column.INSTANCE, Column.SESSION):
            colour = self._soft
        if words == cells.NONE:
            colour = self._soft
        painter.setPen(colour)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_mark(self, painter: QPainter, inner: QRect, row: Row, *, is_selected: bool) -> str:
        shape, tone = cells.mark(row)
        size = painter.fontMetrics().ascent() + 2
        pixmap = self._mark(shape, tone, size, painter, is_selected=is_selected)
        top = inner.top() + (inner.height() - size) // 2
        painter.drawPixmap(inner.left(), top, size, size, pixmap)
        inner.setLeft(inner.left() + size + MARK_GAP)
        return tone

    def _mark(
        self, shape: Shape, tone: str, size: int, painter: QPainter, *, is_selected: bool
    ) -> QPixmap:
        ratio = painter.device().devicePixelRatioF()
        pixels = round(size * ratio)
        known = self._marks.get((shape, tone, is_selected, pixels))
        if known is None:
            known = QPixmap(pixels, pixels)
            known.fill(Qt.GlobalColor.transparent)
            inside = self._selected if is_selected else self._surface
            drawing = QPainter(known)
            paint_shape(drawing, QRectF(0, 0, pixels, pixels), shape, self._colours[tone], inside)
            drawing.end()
            known.setDevicePixelRatio(ratio)
            self._marks[shape, tone, is_selected, pixels] = known
        return known

    def _paint_pin(self, painter: QPainter, inner: QRect, row: Row) -> None:
        """A pin's head and needle, before the time."""
        if not row.line.pinned:
            return
        size = painter.fontMetrics().ascent()
        middle = inner.left() + size / 2
        top = inner.top() + (inner.height() - size) / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._accent)
        painter.drawLine(QPointF(middle, top + size / 2), QPointF(middle, top + size))
        painter.setBrush(self._accent)
        painter.drawEllipse(QPointF(middle, top + size * 0.32), size * 0.28, size * 0.28)
        painter.restore()
        inner.setLeft(inner.left() + size + 2)

    def _paint_timeline(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Waiting as an outline, streaming full, on the scale that all rows share."""
        left, width = rect.left() + PAD, max(1.0, float(rect.width() - 2 * PAD))
        elapsed = row.elapsed_ms(self.now)
        waited = elapsed if row.line.ttft_ms is None else min(row.line.ttft_ms, elapsed)
        height = max(4.0, rect.height() * BAR_SHARE)
        top = rect.top() + (rect.height() - height) / 2
        end = min(width, max(LEAST_BAR_PX, width * elapsed / self.scale_ms))
        middle = min(end, width * waited / self.scale_ms)
        _shape, tone = cells.mark(row)
        colour = self._colours["info" if row.runs else tone]
        painter.setPen(colour)
        painter.drawRect(QRectF(left + 0.5, top + 0.5, end - 1, height - 1))
        if row.line.ttft_ms is not None:
            painter.fillRect(QRectF(left + middle, top, max(1.0, end - middle), height), colour)
        if row.runs:
            # Open at its end: it goes on.
            tip = left + end
            painter.fillRect(QRectF(tip, top + height / 2 - 1, min(4.0, width - end), 2), colour)

    def _paint_absent(self, painter: QPainter, rect: QRect) -> None:
        height = painter.fontMetrics().xHeight()
        top = rect.top() + (rect.height() - height) // 2
        painter.fillRect(
            rect.left() + PAD, top, max(0, min(48, rect.width() - 2 * PAD)), height, self._line
        )
