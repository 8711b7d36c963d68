"""Text in a fixed font, to be read, searched and copied, however long it is.

A long text comes into the document in pieces, so that the window never stands still; what is copied
is the text itself, without the folds that long lines are given.
"""

from bisect import bisect_left

from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from desktop.widgets.find_bar import FindBar
from desktop.widgets.shown_text import ShownText, displayable, find_all

PIECE_CHARS = 32 * 1024
MARKED = 300
"""So many matches around the present one are marked."""


class CodeView(QWidget):
    """Read-only text; Ctrl+F searches it. `name` is its name for screen readers."""

    def __init__(self, name: str, *, wraps: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ShownText()
        self._in_document = 0
        self._found: list[int] = []
        self._more = False
        self._to_end = False
        self._at = -1
        self._colours = (QColor("#fff2a8"), QColor("#000000"))
        self._edit = _Text(self)
        self._edit.setReadOnly(True)
        self._edit.setProperty("code", True)
        self._edit.setTabChangesFocus(True)
        self._edit.setUndoRedoEnabled(False)
        self._edit.setAccessibleName(name)
        if not wraps:
            self._edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._bar = FindBar(self)
        self._bar.wanted.connect(self._search)
        self._bar.step_wanted.connect(self._step)
        self._bar.closed.connect(self._end_search)
        self._next_piece = QTimer(self)
        self._next_piece.setSingleShot(True)
        self._next_piece.setInterval(0)
        self._next_piece.timeout.connect(self._show_piece)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._bar)
        column.addWidget(self._edit, 1)
        self.setFocusProxy(self._edit)

    def set_colours(self, *, found: str, on_found: str) -> None:
        """The colours of a match."""
        self._colours = (QColor(found), QColor(on_found))

    def set_placeholder(self, text: str) -> None:
        """What stands there while there is no text."""
        self._edit.setPlaceholderText(text)
        self._edit.viewport().update()  # Qt leaves the one before standing there

    def text(self) -> str:
        """The whole text, also what is not in the document yet."""
        return self._shown.text

    def set_text(self, text: str) -> None:
        """Show `text`. One that goes on from the present text is added to it: a reader at its end
        stays at the end, and one who reads further up is not moved."""
        text = displayable(text)
        if text == self._shown.text:
            return
        goes_on = bool(self._shown.text) and text.startswith(self._shown.text)
        bar = self._edit.verticalScrollBar()
        follows = goes_on and bar.value() == bar.maximum()
        self._shown = ShownText(text)
        if not goes_on:
            self._edit.clear()
            self._in_document = 0
        self._show_piece()
        if follows:
            bar.setValue(bar.maximum())
        self._search(self._bar.text())

    def show_end(self) -> None:
        """Go to the end, also of what is not in the document yet."""
        self._to_end = True
        self._go_to_end()

    def _go_to_end(self) -> None:
        if self._to_end:
            bar = self._edit.verticalScrollBar()
            bar.setValue(bar.maximum())
            self._to_end = not self.is_whole

    @property
    def is_whole(self) -> bool:
        """All of the text is in the document."""
        return self._in_document >= len(self._shown.text)

    def open_search(self) -> None:
        """Open the search."""
        self._bar.open_with(self._edit.textCursor().selectedText())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the search."""
        if event.key() == Qt.Key.Key_Escape and self._bar.isVisible():
            self._bar.close_bar()
            self._edit.setFocus()
        elif not self._bar.take_key(event):
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """What is selected, without folds."""
        cursor = self._edit.textCursor()
        start = self._shown.offset(cursor.selectionStart())
        return self._shown.text[start : self._shown.offset(cursor.selectionEnd())]

    # --- pieces ----------------------------------------------------------------------------------

    def _show_piece(self) -> None:
        start = self._in_document
        end = min(start + PIECE_CHARS, len(self._shown.text))
        cursor = QTextCursor(self._edit.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._shown.folded(start, end))
        self._in_document = end
        self._go_to_end()
        if not self.is_whole:
            self._next_piece.start()
        elif self._at >= 0:
            self._show_match()

    # --- search ----------------------------------------------------------------------------------

    def _search(self, wanted: str) -> None:
        self._found, self._more = find_all(self._shown.text, wanted)
        self._at = -1
        if self._found:
            here = self._shown.offset(self._edit.textCursor().selectionStart())
            self._at = bisect_left(self._found, here) % len(self._found)
        self._show_match()

    def _step(self, way: int) -> None:
        if not self._bar.isVisible():
            self._bar.open_with()
        if self._found:
            self._at = (self._at + way) % len(self._found)
            self._show_match()

    def _end_search(self) -> None:
        self._found, self._at = [], -1
        self._edit.setExtraSelections([])
        self._edit.setFocus()

    def _show_match(self) -> None:
        self._bar.say(self._at + 1, len(self._found), more=self._more)
        if self._at < 0:
            self._edit.setExtraSelections([])
            return
        if self._found[self._at] + self._length > self._in_document:
            return  # shown as soon as it is there
        near = self._found[max(0, self._at - MARKED // 2) : self._at + MARKED // 2]
        marks = []
        for start in near:
            if start + self._length <= self._in_document:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = self._cursor(start)
                mark.format.setBackground(self._colours[0])
                mark.format.setForeground(self._colours[1])
                marks.append(mark)
        self._edit.setExtraSelections(marks)
        self._edit.setTextCursor(self._cursor(self._found[self._at]))
        self._edit.ensureCursorVisible()

    @property
    def _length(self) -> int:
        return len(self._bar.text())

    def _cursor(self, start: int) -> QTextCursor:
        cursor = QTextCursor(self._edit.document())
        cursor.setPosition(self._shown.place(start))
        end = self._shown.place(start + self._length)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor


class _Text(QPlainTextEdit):
    """The document; what is copied from it is its owner's text."""

    def __init__(self, owner: CodeView) -> None:
        super().__init__()
        self._owner = owner

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(self._owner.selected_text())
        return data
