"""A list of things with a mark, a title and a line below it; one of them is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.widgets.status_shapes import Shape, paint_shape

Index = QModelIndex | QPersistentModelIndex
PAD_PX = 8
MARK_GAP_PX = 10


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """One line of the list. `colour` is the mark's and of what stands below the title."""

    key: str
    title: str
    text: str
    shape: Shape
    colour: str


@dataclass(frozen=True, slots=True)
class ListColours:
    """Text, the surface behind, and that of the chosen line."""

    text: str
    surface: str
    chosen: str
    focus: str


class MarkedList(QListView):
    """Choose one by mouse or arrow keys."""

    chosen = Signal(str)
    """The key of the new choice, of the user's making."""

    def __init__(self, name: str, colours: ListColours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._rows = _Rows(self)
        self._is_told = False
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(colours, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.selectionModel().currentChanged.connect(self._moved)

    def set_rows(self, rows: Sequence[MarkedRow]) -> None:
        """Show exactly these; the choice stays where it was."""
        if tuple(rows) == self._rows.rows:
            return
        key = self.key()
        self._is_told = True
        self._rows.take(tuple(rows))
        self._is_told = False
        self.choose(key)

    def key(self) -> str:
        """The key of the chosen line, "" for none."""
        row = self.currentIndex().row()
        return self._rows.rows[row].key if 0 <= row < len(self._rows.rows) else ""

    def choose(self, key: str) -> None:
        """Choose a line without announcing it."""
        keys = [row.key for row in self._rows.rows]
        if key not in keys or key == self.key():
            return
        self._is_told = True
        self.setCurrentIndex(self._rows.index(keys.index(key), 0))
        self._is_told = False

    def _moved(self, now: QModelIndex, _before: QModelIndex) -> None:
        if not self._is_told and now.isValid():
            self.chosen.emit(self._rows.rows[now.row()].key)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[MarkedRow, ...] = ()

    def take(self, rows: tuple[MarkedRow, ...]) -> None:
        """Other lines; where only words have changed, the list stays as it is scrolled."""
        if [row.key for row in rows] == [row.key for row in self.rows]:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """So many lines."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The line itself for the painter, words for screen readers."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{row.title}: {row.text}"
        return None


class _Painter(QStyledItemDelegate):
    def __init__(self, colours: ListColours, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Two lines of text."""
        small = QFontMetrics(_small(option.font)).height()
        return QSize(10, option.fontMetrics.height() + small + 2 * PAD_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Surface, mark, title, text."""
        row = index.data(Qt.ItemDataRole.UserRole)
        rect = option.rect.adjusted(2, 1, -2, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._colours.chosen))
            painter.drawRoundedRect(rect, 6, 6)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(self._colours.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        side = max(16, option.fontMetrics.height())
        mark = QRectF(rect.left() + PAD_PX, rect.center().y() - side / 2, side, side)
        inner = self._colours.chosen if is_chosen else self._colours.surface
        paint_shape(painter, mark, row.shape, QColor(row.colour), QColor(inner))
        left = round(mark.right()) + MARK_GAP_PX
        words = QRect(left, rect.top() + PAD_PX - 1, rect.right() - left - PAD_PX, rect.height())
        painter.setFont(_strong(option.font))
        painter.setPen(QColor(self._colours.text))
        _line(painter, words, row.title)
        words.translate(0, option.fontMetrics.height())
        painter.setFont(_small(option.font))
        painter.setPen(QColor(row.colour))
        _line(painter, words, row.text)
        painter.restore()


def _line(painter: QPainter, rect: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.9)
    return small


def _strong(font: QFont) -> QFont:
    strong = QFont(font)
    strong.setWeight(QFont.Weight.DemiBold)
    return strong
