"""Draws the cells of a list on one line: letters of another font do not lift their cell's text."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem


class LevelLine(QStyledItemDelegate):
    """Qt puts a text in the middle by its highest letter, and Chinese ones are higher."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell without its text, then that by the font's own height."""
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        style = cell.widget.style()
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, cell, cell.widget)
        text, cell.text = cell.text, ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        is_selected = bool(cell.state & QStyle.StateFlag.State_Selected)
        metrics = cell.fontMetrics
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, cell, cell.widget) + 1
        room.adjust(margin, 0, -margin, 0)
        shown = metrics.elidedText(text, cell.textElideMode, room.width())
        above = (room.height() - metrics.height()) / 2 + metrics.ascent()
        role = QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text
        painter.save()
        painter.setFont(cell.font)
        painter.setPen(cell.palette.color(role))
        painter.setClipRect(room, Qt.ClipOperation.IntersectClip)
        painter.drawText(QPointF(room.left(), room.top() + above), shown)
        painter.restore()
