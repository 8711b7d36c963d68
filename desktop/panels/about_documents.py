"""What is new, the licence and the notices: the project's own documents, as they were shipped."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextBrowser

import resources
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.segments import Segments
from desktop.widgets.styling import label

LINES = 16
MARGIN = 10
FOLD_BELOW_EM = 22
DOCUMENTS = {"news": "CHANGELOG.md", "licence": "LICENSE", "notices": "THIRD_PARTY_NOTICES.md"}


class DocumentsCard(Card):
    """One document at a time."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._desktop = context.actions.desktop
        title = self.tr("What is new, licences")
        self.setAccessibleName(title)
        self._which = Segments(
            self.tr("Document"),
            (
                ("news", self.tr("News")),
                ("licence", self.tr("Licence")),
                ("notices", self.tr("Notices")),
            ),
        )
        self._which.chosen.connect(self._show)
        head = FoldingRow(FOLD_BELOW_EM, 8)
        head.add(label(title, "heading", wraps=True), stretches=True)
        head.add(self._which)
        self._text = QTextBrowser()
        self._text.setOpenLinks(False)
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName(title)
        self._text.anchorClicked.connect(self._open)
        self._text.document().setDocumentMargin(MARGIN)
        self._text.setMinimumHeight(self._text.fontMetrics().lineSpacing() * LINES)
        self.body.setSpacing(12)
        self.body.addWidget(head)
        self.body.addWidget(self._text)
        self._show("news")

    def _show(self, key: str) -> None:
        text = resources.document(DOCUMENTS[key])
        if key == "licence":
            self._text.setPlainText(text)
        else:
            self._text.setMarkdown(text)
            self._calm_headings()

    def _calm_headings(self) -> None:
        """No heading in a document is larger than the card's own."""
        cursor = QTextCursor(self._text.document())
        block = self._text.document().begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            if level:
                size = QTextCharFormat()
                size.setProperty(QTextFormat.Property.FontSizeAdjustment, int(level == 1))
                cursor.setPosition(block.position())
                cursor.movePosition(
                    QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
                )
                cursor.mergeCharFormat(size)
            block = block.next()
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    def _open(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https"):
            self._desktop.open_page(url.toString())

    def render_state(self, state: AppState) -> None:
        """Nothing here depends on the state: the documents are those of this version."""
        del state
