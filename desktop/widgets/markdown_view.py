"""Markdown as rich text, to be read, searched and copied. It loads nothing and opens nothing: where
a link leads is told, and what becomes of that is not decided here.

A long text is laid out in pieces, cut between paragraphs: first as much as a reader sees soon, the
rest when it is asked for.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import QPushButton, QTextBrowser, QTextEdit, QVBoxLayout, QWidget

from desktop.widgets.find_bar import FindBar

SHOWN_AT_ONCE: Final = 24 * 1024
"""So much comes by itself and with every press of the button."""
PIECE_CHARS: Final = 1500
"""Laid out in a few milliseconds, on a slow machine too."""
MAX_MARKED: Final = 300
MARGIN_PX: Final = 10
INDENT_PX: Final = 24
HEAD_ABOVE_PX: Final = 12
HEAD_BELOW_PX: Final = 4
TABLE_GAP_PX: Final = 8
CELL_PADDING_PX: Final = 4
OPENED_SCHEMES: Final = ("http", "https")
FEATURES: Final = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
_CODE: Final = QTextFormat.Property.BlockCodeFence
_FENCE: Final = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)


class MarkdownView(QWidget):
    """Read-only. `name` is its name for screen readers."""

    link_wanted = Signal(str)
    """The address of a link that was clicked; only those of the web."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._coming: str | None = None
        self._pieces: Iterator[str] = iter(())
        self._shown = 0
        self._limit = SHOWN_AT_ONCE
        self._found: list[QTextCursor] = []
        self._at = -1
        self._colours = (QColor("#fff2a8"), QColor("#000000"))
        self._ground = QColor(0, 0, 0, 0)
        self._line = QColor("#808080")
        self._browser = _Browser()
        self._browser.setAccessibleName(name)
        self._browser.setOpenLinks(False)
        self._browser.setTabChangesFocus(True)
        self._browser.setUndoRedoEnabled(False)
        self._browser.document().setDocumentMargin(MARGIN_PX)
        self._browser.document().setIndentWidth(INDENT_PX)
        self._browser.anchorClicked.connect(self._follow)
        self._browser.highlighted.connect(self._show_target)
        self._bar = FindBar(self)
        self._bar.wanted.connect(self._search)
        self._bar.step_wanted.connect(self._step)
        self._bar.closed.connect(self._end_search)
        self._more = QPushButton()
        self._more.clicked.connect(self._show_more)
        self._more.hide()
        self._next_piece = QTimer(self)
        self._next_piece.setSingleShot(True)
        self._next_piece.setInterval(0)
        self._next_piece.timeout.connect(self._show_piece)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._bar)
        column.addWidget(self._browser, 1)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self._browser)

    def set_colours(self, *, found: str, on_found: str, code: str, line: str) -> None:
        """The colours of a match, of the ground of code and of the lines of a table."""
        self._colours = (QColor(found), QColor(on_found))
        self._ground = QColor(code)
        self._line = QColor(line)

    def text(self) -> str:
        """The whole Markdown, also what is not laid out yet."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show this Markdown."""
        if text == self._text:
            return
        self._text = text
        self._next_piece.stop()
        self._pieces = cut_markdown(text)
        self._coming = next(self._pieces, None)
        self._shown = 0
        self._limit = SHOWN_AT_ONCE
        self._browser.clear()
        self._show_piece()
        # What is inserted where the cursor stands takes it along, and Qt keeps it in sight.
        self._browser.moveCursor(QTextCursor.MoveOperation.Start)

    @property
    def is_whole(self) -> bool:
        """All of the text is laid out."""
        return self._coming is None

    def open_search(self) -> None:
        """Open the search."""
        self._bar.open_with(self._browser.textCursor().selectedText())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the search."""
        if not self._bar.take_key(event):
            super().keyPressEvent(event)

    # --- links -----------------------------------------------------------------------------------

    def _follow(self, url: QUrl) -> None:
        if url.scheme() in OPENED_SCHEMES:
            self.link_wanted.emit(_whole_address(url))

    def _show_target(self, url: QUrl) -> None:
        """Whoever points at a link sees where it leads, whatever its words say."""
        self._browser.setToolTip(_whole_address(url))

    # --- pieces ----------------------------------------------------------------------------------

    def _show_piece(self) -> None:
        if self._coming is not None:
            self._add(self._coming)
            self._coming = next(self._pieces, None)
        if self._coming is not None and self._shown < self._limit:
            self._next_piece.start()
            return
        left = max(0, len(self._text) - self._shown)
        self._more.setVisible(not self.is_whole)
        count = self.locale().toString(left)
        self._more.setText(self.tr("Show more (characters left: {count})").format(count=count))
        self._search(self._bar.text())

    def _add(self, piece: str) -> None:
        document = self._browser.document()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertFragment(self._laid_out(piece, follows=not document.isEmpty()))
        cursor.endEditBlock()
        self._shown += len(piece)

    def _laid_out(self, piece: str, *, follows: bool) -> QTextDocumentFragment:
        document = QTextDocument()
        document.setDefaultFont(self._browser.document().defaultFont())
        document.setMarkdown(piece, FEATURES)
        block = document.firstBlock()
        while block.isValid():
            cursor = QTextCursor(block)
            level = block.blockFormat().headingLevel()
            if level:
                calm = QTextCharFormat()
                calm.setProperty(QTextFormat.Property.FontSizeAdjustment, int(level == 1))
                cursor.movePosition(
                    QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
                )
                cursor.mergeCharFormat(calm)
                air = QTextBlockFormat()
                is_first = block == document.firstBlock() and not follows
                air.setTopMargin(0 if is_first else HEAD_ABOVE_PX)
                air.setBottomMargin(HEAD_BELOW_PX)
                cursor.mergeBlockFormat(air)
            if block.blockFormat().hasProperty(_CODE):
                shape = QTextBlockFormat()
                shape.setBackground(self._ground)
                cursor.mergeBlockFormat(shape)
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _mend_head(frame)
                _draw_calmly(frame, self._line)
        if follows:
            # What is inserted begins in the block that is there, an item of a list perhaps: an
            # empty one ends that, and the first of the piece keeps its own form.
            QTextCursor(document).insertBlock()
        return QTextDocumentFragment(document)

    def _show_more(self) -> None:
        self._more.hide()
        self._limit = self._shown + SHOWN_AT_ONCE
        self._show_piece()

    # --- search ----------------------------------------------------------------------------------

    def _search(self, wanted: str) -> None:
        self._found, self._at = [], -1
        document = self._browser.document()
        cursor = QTextCursor(document)
        while wanted and len(self._found) < MAX_MARKED:
            cursor = document.find(wanted, cursor)
            if cursor.isNull():
                break
            self._found.append(QTextCursor(cursor))
        if self._found:
            self._at = 0
        self._show_match()

    def _step(self, way: int) -> None:
        if self._bar.isHidden():
            self._bar.open_with()
        if self._found:
            self._at = (self._at + way) % len(self._found)
            self._show_match()

    def _show_match(self) -> None:
        is_more = not self.is_whole or len(self._found) == MAX_MARKED
        self._bar.say(self._at + 1, len(self._found), more=is_more and bool(self._found))
        marks = []
        for cursor in self._found:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(self._colours[0])
            mark.format.setForeground(self._colours[1])
            marks.append(mark)
        self._browser.setExtraSelections(marks)
        if self._at >= 0:
            self._browser.setTextCursor(self._found[self._at])
            self._browser.ensureCursorVisible()

    def _end_search(self) -> None:
        self._found, self._at = [], -1
        self._browser.setExtraSelections([])
        self._browser.setFocus()


class _Browser(QTextBrowser):
    """Loads no picture and no file, whatever the text points to."""

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        return None


def _whole_address(url: QUrl) -> str:
    """With every character that could be taken for another spelt out."""
    return bytes(url.toEncoded().data()).decode("ascii")


def cut_markdown(text: str) -> Iterator[str]:
    """Yield pieces of about PIECE_CHARS that can be laid out one after another.

    They are cut at empty lines outside of code; a fence that is too long is closed and opened
    again, and a line that is too long is cut where it must be.
    """
    piece: list[str] = []
    size, fence = 0, ""
    for line in _lines(text):
        mark = _FENCE.match(line)
        if mark is not None and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        piece.append(line)
        size += len(line)
        is_break = not line.strip() and not fence
        if size >= PIECE_CHARS and (is_break or size >= 2 * PIECE_CHARS):
            yield "".join(piece) + (f"\n{fence}" if fence else "")
            piece = [f"{fence}\n"] if fence else []
            size = 0
    if "".join(piece).strip():
        yield "".join(piece)


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends; one that is too long comes in several."""
    at = 0
    while at < len(text):
        end = text.find("\n", at, at + PIECE_CHARS)
        end = min(len(text), at + PIECE_CHARS) if end < 0 else end + 1
        yield text[at:end]
        at = end


def _mend_head(table: QTextTable) -> None:
    """Qt leaves an empty line in the first cell of a table that follows code (seen with 6.11)."""
    cursor = table.cellAt(0, 0).firstCursorPosition()
    while (
        not cursor.block().text()
        and cursor.block() != table.cellAt(0, 0).lastCursorPosition().block()
    ):
        cursor.deleteChar()
    bold = QTextCharFormat()
    bold.setFontWeight(QFont.Weight.Bold)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(bold)


def _draw_calmly(table: QTextTable, line: QColor) -> None:
    """One thin line between cells, and air around; by itself Qt draws a box in relief."""
    shape = table.format()
    shape.setBorder(1)
    shape.setBorderCollapse(True)
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderBrush(line)
    shape.setCellSpacing(0)
    shape.setCellPadding(CELL_PADDING_PX)
    shape.setTopMargin(TABLE_GAP_PX)
    shape.setBottomMargin(TABLE_GAP_PX)
    table.setFormat(shape)
