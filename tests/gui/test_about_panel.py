"""About: documents that hold nothing up, and links of our own that lead to the browser."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QTextBrowser
from pytestqt.qtbot import QtBot

from desktop import desktop_actions
from desktop.actions import Actions
from desktop.i18n import Language
from desktop.panels.about import AboutPanel
from desktop.panels.about_documents import DocumentsCard
from desktop.panels.panel import PanelContext
from desktop.slices.support import SupportCollected
from desktop.state import AppState
from desktop.store import StateStore
from desktop.theme import LIGHT
from desktop.try_it import TryItSession
from desktop.widgets.code_view import CodeView
from desktop.widgets.markdown_view import MarkdownView
from gateway_engine.public import SupportFile, TaskOwner


@pytest.fixture
def documents(qtbot: QtBot, language: Language) -> DocumentsCard:
    language.install("en")
    actions = Actions(StateStore(AppState()), TaskOwner("test"), TryItSession())
    card = DocumentsCard(PanelContext(actions, LIGHT))
    qtbot.addWidget(card)
    card.setMinimumSize(50, 50)  # else its layout asks the platform for another
    card.resize(700, 500)
    return card


def test_the_notices_come_in_pieces_and_whole(qtbot: QtBot, documents: DocumentsCard) -> None:
    (button,) = [b for b in documents.findChildren(QPushButton) if b.text() == "Notices"]
    button.click()
    (view,) = documents.findChildren(MarkdownView)
    assert not view.is_whole  # the page is on the screen before all of it is laid out
    with qtbot.waitExposed(documents):
        documents.show()
    qtbot.waitUntil(lambda: view.is_whole)
    (shown,) = view.findChildren(QTextBrowser)
    assert shown.toPlainText().startswith("Third-party notices")
    assert shown.textCursor().position() == 0
    documents.resize(500, 600)
    assert shown.verticalScrollBar().value() == 0


def test_the_news_are_in_the_language_of_the_window(qtbot: QtBot, language: Language) -> None:
    shown = {}
    for code in ("en", "zh_CN"):
        language.install(code)
        actions = Actions(StateStore(AppState()), TaskOwner("test"), TryItSession())
        card = DocumentsCard(PanelContext(actions, LIGHT))
        qtbot.addWidget(card)
        (view,) = card.findChildren(MarkdownView)
        card.setMinimumSize(50, 50)
        with qtbot.waitExposed(card):
            card.show()
        qtbot.waitUntil(partial(getattr, view, "is_whole"))
        (text,) = view.findChildren(QTextBrowser)
        shown[code] = text.toPlainText()
    assert "The first version." in shown["en"]
    assert "首个版本。" in shown["zh_CN"]


def test_the_licence_is_plain_text(qtbot: QtBot, documents: DocumentsCard) -> None:
    with qtbot.waitExposed(documents):
        documents.show()
    (button,) = [b for b in documents.findChildren(QPushButton) if b.text() == "Licence"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    (plain,) = documents.findChildren(CodeView)
    assert plain.isVisible()
    (said,) = [t for t in documents.findChildren(QLabel) if t.text().startswith("The original")]
    assert said.isVisible()
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


def test_the_keyboard_stays_with_the_bundle(
    qtbot: QtBot, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it went on to the news while the bundle was being collected."""
    language.install("en")
    asked: list[str] = []
    store = StateStore(AppState())
    actions = Actions(store, TaskOwner("test"), TryItSession())

    def spawn(work: Coroutine[Any, Any, None], *, name: str) -> None:
        work.close()
        asked.append(name)

    monkeypatch.setattr(actions.asker, "spawn", spawn)
    panel = AboutPanel(PanelContext(actions, LIGHT))
    store.changed.connect(panel.render_state)
    panel.render_state(store.state)
    qtbot.addWidget(panel)
    panel.setMinimumSize(50, 50)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    (collect,) = [b for b in panel.findChildren(QPushButton) if b.text() == "Collect…"]
    collect.setFocus()
    for _press in range(2):
        QTest.keyClick(collect, Qt.Key.Key_Space)
    assert asked == ["support/collect"]
    assert panel.focusWidget() is collect
    assert collect.text() == "Collecting…"
    store.dispatch(SupportCollected((SupportFile("a.txt", b"a"),)))
    (files,) = [f for f in panel.findChildren(QListWidget) if f.isVisible()]
    assert panel.focusWidget() is files
    (discard,) = [b for b in panel.findChildren(QPushButton) if b.text() == "Discard"]
    discard.setFocus()
    QTest.keyClick(discard, Qt.Key.Key_Space)
    assert panel.focusWidget() is collect
