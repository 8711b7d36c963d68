"""About: documents that hold nothing up, and links of our own that lead to the browser."""

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTextBrowser
from pytestqt.qtbot import QtBot

from desktop import desktop_actions
from desktop.actions import Actions
from desktop.i18n import Language
from desktop.panels.about_documents import DocumentsCard, news_of
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.store import StateStore
from desktop.theme import LIGHT
from desktop.try_it import TryItSession
from desktop.widgets.code_view import CodeView
from desktop.widgets.markdown_view import MarkdownView
from gateway_engine.public import TaskOwner


@pytest.fixture
def documents(qtbot: QtBot, language: Language) -> DocumentsCard:
    language.install("en")
    actions = Actions(StateStore(AppState()), TaskOwner("test"), TryItSession())
    card = DocumentsCard(PanelContext(actions, LIGHT))
    qtbot.addWidget(card)
    card.setMinimumSize(50, 50)  # else its layout asks the platform for another
    card.resize(700, 500)
    return card


def test_the_news_come_in_pieces_and_whole(qtbot: QtBot, documents: DocumentsCard) -> None:
    (view,) = documents.findChildren(MarkdownView)
    assert not view.is_whole  # the page is on the screen before all of it is laid out
    with qtbot.waitExposed(documents):
        documents.show()
    qtbot.waitUntil(lambda: view.is_whole)
    (shown,) = view.findChildren(QTextBrowser)
    assert shown.toPlainText().startswith("In this version")
    assert shown.textCursor().position() == 0
    documents.resize(500, 600)
    assert shown.verticalScrollBar().value() == 0


@pytest.mark.parametrize(
    ("changelog", "shown"),
    [
        ("# Changelog\n\nThe format.\n\n## [Unreleased]\n\n- a [b] c\n", "## Now\n\n- a [b] c\n"),
        ("# C\n\n## [0.2.0] - 2026-11-01\n\n## [0.1.0]\n", "## 0.2.0 - 2026-11-01\n\n## 0.1.0\n"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)  # fmt: skip
def test_the_news_begin_with_a_version(changelog: str, shown: str) -> None:
    assert news_of(changelog, "Now") == shown


def test_the_licence_is_plain_text(qtbot: QtBot, documents: DocumentsCard) -> None:
    with qtbot.waitExposed(documents):
        documents.show()
    (button,) = [b for b in documents.findChildren(QPushButton) if b.text() == "Licence"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    (plain,) = documents.findChildren(CodeView)
    assert plain.isVisible()
    assert "MIT License" in plain.text()


def test_a_link_of_ours_opens_in_the_browser(
    documents: DocumentsCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def note(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(desktop_actions, "open_page", note)
    (shown,) = documents.findChildren(QTextBrowser)
    shown.anchorClicked.emit(QUrl("https://example.com/notes"))
    assert opened == ["https://example.com/notes"]
