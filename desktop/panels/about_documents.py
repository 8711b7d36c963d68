"""What is new, in the user's language, and the licence and the notices as they were shipped."""

from typing import Final

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QStackedWidget

import resources
from desktop.panels.panel import PanelContext
from desktop.panels.texts import code_view, markdown_view
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.segments import Segments
from desktop.widgets.styling import label

LINES = 16
FOLD_BELOW_EM = 22
DOCUMENTS: Final = {"licence": "LICENSE", "notices": "THIRD_PARTY_NOTICES.md"}
NEWS_LANGUAGES: Final = ("en", "zh_CN")
"""A file each in resources/news. Another language reads the first."""


def news() -> str:
    """What is new, for those who use the program, in the language of the window."""
    code = QLocale().name()
    return resources.text("news", f"{code if code in NEWS_LANGUAGES else NEWS_LANGUAGES[0]}.md")


class DocumentsCard(Card):
    """One document at a time, read when it is chosen and laid out in pieces."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
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
        self._rendered = markdown_view(context.tokens, title)
        self._rendered.link_wanted.connect(context.actions.desktop.open_page)
        self._plain = code_view(context.tokens, self.tr("Licence"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._rendered)
        self._pages.addWidget(self._plain)
        self._pages.setMinimumHeight(self.fontMetrics().lineSpacing() * LINES)
        self.body.setSpacing(12)
        self._original = label(
            self.tr("The original text, in English: it is the one that holds."), "small", wraps=True
        )
        self.body.addWidget(head)
        self.body.addWidget(self._original)
        self.body.addWidget(self._pages)
        self._show("news")

    def _show(self, key: str) -> None:
        text = news() if key == "news" else resources.document(DOCUMENTS[key])
        self._original.setVisible(key != "news")
        if key == "licence":
            self._plain.set_text(text)
            self._pages.setCurrentWidget(self._plain)
        else:
            self._rendered.set_text(text)
            self._pages.setCurrentWidget(self._rendered)

    def render_state(self, state: AppState) -> None:
        """Nothing here depends on the state: the documents are those of this version."""
        del state
