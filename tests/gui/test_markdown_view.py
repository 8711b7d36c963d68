"""Markdown: laid out in pieces, nothing loaded, nothing lost."""

import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument, QTextFormat, QTextFrameFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTextBrowser
from pytestqt.qtbot import QtBot

from desktop.i18n import Language
from desktop.widgets.find_bar import FindBar
from desktop.widgets.markdown_view import FEATURES, PIECE_CHARS, MarkdownView, cut_markdown
from tests.gui.alone import shown_alone

MIXED = (
    "# Title\n\nSome *text* and `code`.\n\n```py\nx = 1\n\n```\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
)


@pytest.fixture
def view(qtbot: QtBot, language: Language) -> MarkdownView:
    del language
    return shown_alone(qtbot, MarkdownView("Answer"))


def browser(view: MarkdownView) -> QTextBrowser:
    found = view.findChild(QTextBrowser)
    assert found is not None
    return found


def test_a_table_has_one_thin_line_and_air_around_it(view: MarkdownView) -> None:
    view.set_text(MIXED)
    (table,) = browser(view).document().rootFrame().childFrames()
    shape = table.frameFormat()
    assert shape.borderStyle() is QTextFrameFormat.BorderStyle.BorderStyle_Solid
    assert (shape.border(), shape.topMargin(), shape.bottomMargin()) == (1, 8, 8)


def test_markdown_is_rendered_and_html_is_text(view: MarkdownView) -> None:
    view.set_text("**bold** <script>alert(1)</script>\n\n<b>tag</b>")
    shown = browser(view).toPlainText()
    assert "bold <script>alert(1)</script>" in shown
    assert "<b>tag</b>" in shown


def test_pieces_put_together_are_the_whole() -> None:
    text = MIXED * 100
    assert "".join(cut_markdown(text)) == text
    one_line = "word " * 2000
    assert "".join(cut_markdown(one_line)) == one_line
    assert list(cut_markdown("")) == []


def test_a_long_fence_is_closed_and_opened_again() -> None:
    code = "```\n" + "x = 1\n" * PIECE_CHARS + "```\nafter\n"
    pieces = list(cut_markdown(code))
    assert len(pieces) > 2
    for piece in pieces[:-1]:
        assert len(re.findall("^```", piece, re.MULTILINE)) == 2
    assert "".join(pieces).count("x = 1") == PIECE_CHARS


def test_a_long_answer_comes_in_pieces_and_the_rest_when_asked_for(
    qtbot: QtBot, view: MarkdownView
) -> None:
    text = MIXED * 500
    view.set_text(text)
    (more,) = view.findChildren(QPushButton)
    qtbot.waitUntil(more.isVisible)
    assert not view.is_whole
    assert "characters left: " in more.text()
    before = len(browser(view).toPlainText())
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.is_whole or more.isVisible())
    assert len(browser(view).toPlainText()) > before
    view.set_text("short")
    qtbot.waitUntil(lambda: view.is_whole)
    assert not more.isVisible()
    assert browser(view).toPlainText() == "short"


def test_nothing_is_loaded(view: MarkdownView) -> None:
    view.set_text("![picture](file:///etc/hostname.png)")
    kind = QTextDocument.ResourceType.ImageResource.value
    assert browser(view).loadResource(kind, QUrl("file:///etc/hostname")) is None


def test_only_addresses_of_the_web_are_told_and_none_is_opened(
    view: MarkdownView, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    view.link_wanted.connect(told.append)
    for url in ("https://exаmple.com/", "file:///etc/passwd", "javascript:alert(1)"):
        browser(view).anchorClicked.emit(QUrl(url))
    # The second letter of it is Cyrillic: what is told cannot be taken for another address.
    assert told == ["https://xn--exmple-4nf.com/"]
    assert opened == []


def test_where_a_link_leads_is_seen_whatever_its_words_say(view: MarkdownView) -> None:
    view.set_text("[https://good.example](https://bad.example/?q=1)")
    browser(view).highlighted.emit(QUrl("https://bad.example/?q=1"))
    assert browser(view).toolTip() == "https://bad.example/?q=1"


def test_headings_are_hardly_larger_than_the_text(view: MarkdownView) -> None:
    view.set_text("# One\n\nText\n\n## Two")
    document = browser(view).document()
    sizes = []
    block = document.begin()
    while block.isValid():
        formats = block.textFormats()
        sizes.append(formats[0].format.intProperty(QTextFormat.Property.FontSizeAdjustment))
        block = block.next()
    assert sizes == [1, 0, 0]


@pytest.mark.parametrize(
    "begin", ["### Head\n\n", "- item\n\n", "```\ncode\n```\n\n", "Words.\n\n"]
)
def test_a_piece_after_a_list_has_a_form_of_its_own(
    qtbot: QtBot, view: MarkdownView, begin: str
) -> None:
    items = "".join(f"- item {n} {'word ' * 20}\n" for n in range(PIECE_CHARS // 100)) + "\n"
    view.set_text(items + begin)
    qtbot.waitUntil(lambda: view.is_whole)
    alone = QTextDocument()
    alone.setMarkdown(begin, FEATURES)
    last, wanted = browser(view).document().lastBlock(), alone.lastBlock()
    assert last.text() == wanted.text()
    for name in ("headingLevel", "marker"):
        assert getattr(last.blockFormat(), name)() == getattr(wanted.blockFormat(), name)()
    assert (last.textList() is None) is (wanted.textList() is None)
    code = QTextFormat.Property.BlockCodeFence
    assert last.blockFormat().hasProperty(code) is wanted.blockFormat().hasProperty(code)


def test_the_answer_is_searched(view: MarkdownView) -> None:
    view.set_text("one **needle**, two needles")
    browser(view).setFocus()
    QTest.keyClick(browser(view), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClicks(line, "needle")
    bar = view.findChild(FindBar)
    assert bar is not None
    assert bar.findChildren(QLabel)[0].text() == "1 of 2"
    assert browser(view).textCursor().selectedText() == "needle"
