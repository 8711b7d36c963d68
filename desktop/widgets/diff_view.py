"""A unified diff to be read: signs, colours, the numbers of the lines; nothing can be changed.

It is a text field like others (arrows, Home, End, selecting, copying with the signs) with two keys
of its own: F7 goes to the next place that differs, Shift+F7 to the one before.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.widgets.diff_lines import Diff, DiffLine, Kind, diff_from, diff_of

GUTTER_PAD_PX = 6
FRAME_PX = 7
"""Border and padding of a text, by the style sheet."""
LEAST_DIGITS = 2


@dataclass(frozen=True, slots=True)
class DiffWords:
    """What the view says. `left_out` holds `{count}`."""

    title: str
    no_difference: str
    left_out: str
    keys: str


@dataclass(frozen=True, slots=True)
class DiffColours:
    """Text and surface of each kind of line; `soft` is for numbers and heads."""

    text: str
    soft: str
    surface: str
    added: str
    added_surface: str
    removed: str
    removed_surface: str


class DiffView(QPlainTextEdit):
    """Shows a `Diff`; where there is none, says so."""

    def __init__(
        self, words: DiffWords, colours: DiffColours, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._colours = colours
        self._lines: tuple[DiffLine, ...] = ()
        self._changes: list[int] = []
        self.setReadOnly(True)
        self.setProperty("code", True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setAccessibleName(words.title)
        self.setAccessibleDescription(words.keys)
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self._gutter = _Gutter(self)
        self.updateRequest.connect(self._follow)

    def show_texts(self, old: str, new: str) -> None:
        """Compare two texts here and now: for large ones make the `Diff` off the UI's thread."""
        self.show_diff(diff_of(old, new))

    def show_unified(self, text: str) -> None:
        """Show what `diff -u` wrote."""
        self.show_diff(diff_from(text))

    def show_diff(self, diff: Diff) -> None:
        """Show `diff` from its beginning."""
        self._lines = diff.lines
        self._changes = [
            number
            for number, line in enumerate(diff.lines)
            if line.kind in (Kind.ADDED, Kind.REMOVED)
            and (number == 0 or diff.lines[number - 1].kind in (Kind.SAME, Kind.HUNK))
        ]
        self.setPlaceholderText("" if diff.lines else self._words.no_difference)
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for number, line in enumerate(diff.lines):
            self._write(cursor, line, is_first=number == 0)
        if diff.left_out:
            told = self._words.left_out.format(count=f"{diff.left_out:,}")
            self._write(cursor, DiffLine(Kind.HUNK, told), is_first=False)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._make_room()

    def fit_to(self, most_lines: int) -> None:
        """Be as high as what is shown, up to `most_lines`; the rest is scrolled to."""
        self.ensurePolished()  # the letters are those of the style sheet
        lines = min(most_lines, max(1, self.blockCount()))
        around = 2 * (FRAME_PX + round(self.document().documentMargin()))
        bar = self.horizontalScrollBar().sizeHint().height()  # long lines are scrolled to
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + around + bar)

    def go_to_change(self, step: int) -> None:
        """Put the cursor at the next (1) or previous (-1) place that differs, if there is one."""
        here = self.textCursor().blockNumber()
        others = [n for n in self._changes if (n > here if step > 0 else n < here)]
        if not others:
            return
        block = self.document().findBlockByNumber(others[0] if step > 0 else others[-1])
        self.setTextCursor(QTextCursor(block))
        self.centerCursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F7 and Shift+F7; else as in any text."""
        if event.key() == Qt.Key.Key_F7:
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.go_to_change(-1 if is_back else 1)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The numbers stay beside their lines."""
        super().resizeEvent(event)
        self._place_gutter()

    def sizeHint(self) -> QSize:
        """Room for some lines."""
        return QSize(super().sizeHint().width(), self.fontMetrics().lineSpacing() * 12)

    # --- inside ----------------------------------------------------------------------------------

    def _write(self, cursor: QTextCursor, line: DiffLine, *, is_first: bool) -> None:
        colour, surface = self._look(line.kind)
        block, letters = QTextBlockFormat(), QTextCharFormat()
        if surface:
            block.setBackground(QBrush(QColor(surface)))
        letters.setForeground(QBrush(QColor(colour)))
        if is_first:
            cursor.setBlockFormat(block)
            cursor.setBlockCharFormat(letters)
        else:
            cursor.insertBlock(block, letters)
        if line.kind is Kind.HUNK:
            cursor.insertText(line.text, letters)
            return
        low, high = line.marked
        cursor.insertText(f"{line.kind.value} {line.text[:low]}", letters)
        if low < high:
            strong = QTextCharFormat(letters)
            strong.setFontWeight(QFont.Weight.Bold)
            strong.setFontUnderline(True)
            cursor.insertText(line.text[low:high], strong)
        cursor.insertText(line.text[high:], letters)

    def _look(self, kind: Kind) -> tuple[str, str]:
        colours = self._colours
        if kind is Kind.ADDED:
            return colours.added, colours.added_surface
        if kind is Kind.REMOVED:
            return colours.removed, colours.removed_surface
        return (colours.soft if kind is Kind.HUNK else colours.text), ""

    def _digits(self) -> int:
        return max(
            LEAST_DIGITS, *(len(str(max(line.old, line.new))) for line in self._lines or (_NONE,))
        )

    def gutter_width(self) -> int:
        """Room for both columns of numbers."""
        if not self._lines:
            return 0
        one = self.fontMetrics().horizontalAdvance("0" * self._digits())
        return 2 * one + 3 * GUTTER_PAD_PX

    def _make_room(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        inside = self.viewport().geometry()
        width = self.gutter_width()
        self._gutter.setVisible(width > 0)
        self._gutter.setGeometry(QRect(inside.x() - width, inside.y(), width, inside.height()))

    def _follow(self, rect: QRect, moved: int) -> None:
        if moved:
            self._gutter.scroll(0, moved)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Draw the numbers of the lines that can be seen."""
        painter = QPainter(self._gutter)
        painter.setFont(self.font())
        painter.fillRect(event.rect(), QColor(self._colours.surface))
        column = (self._gutter.width() - 3 * GUTTER_PAD_PX) // 2
        high = self.fontMetrics().height()
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            number, height = block.blockNumber(), self.blockBoundingRect(block).height()
            if number < len(self._lines) and top + height >= event.rect().top():
                line = self._lines[number]
                colour, surface = self._look(line.kind)
                if surface:
                    area = QRect(0, round(top), self._gutter.width(), round(height))
                    painter.fillRect(area, QColor(surface))
                is_changed = line.kind in (Kind.ADDED, Kind.REMOVED)
                painter.setPen(QColor(colour if is_changed else self._colours.soft))
                for place, shown in enumerate((line.old, line.new)):
                    x = GUTTER_PAD_PX + place * (column + GUTTER_PAD_PX)
                    area = QRect(x, round(top), column, high)
                    if shown:
                        painter.drawText(area, Qt.AlignmentFlag.AlignRight, str(shown))
            top += height
            block = block.next()
        painter.end()


_NONE = DiffLine(Kind.SAME, "")


class _Gutter(QWidget):
    """The strip of numbers left of the text."""

    def __init__(self, view: DiffView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        """As wide as the numbers."""
        return QSize(self._view.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The view knows its lines."""
        self._view.paint_gutter(event)
