"""The JSON tree: rows made when opened, search through what has no row yet, long texts in full."""

from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTreeView
from pytestqt.qtbot import QtBot

from desktop.i18n import Language
from desktop.widgets.code_view import CodeView
from desktop.widgets.find_bar import FindBar
from desktop.widgets.json_items import MADE_AT_ONCE, JsonItems, Root
from desktop.widgets.json_tree import JsonTree
from tests.gui.alone import shown_alone

LONG = "first line\n" + "word " * 200
VALUE: dict[str, Any] = {
    "model": "qmodel",
    "messages": [{"role": "user", "content": f"message {n}"} for n in range(500)],
    "text": LONG,
    "none": None,
    "empty": {},
}


@pytest.fixture
def tree(qtbot: QtBot, language: Language) -> JsonTree:
    del language
    return shown_alone(qtbot, JsonTree("Body"))


def view(tree: JsonTree) -> QTreeView:
    found = tree.findChild(QTreeView)
    assert found is not None
    return found


def chosen(tree: JsonTree) -> tuple[str, str]:
    index = view(tree).currentIndex()
    return index.siblingAtColumn(0).data(), index.siblingAtColumn(1).data()


def search_for(tree: JsonTree, text: str) -> None:
    view(tree).setFocus()
    QTest.keyClick(view(tree), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClicks(line, text)


def count(tree: JsonTree) -> str:
    bar = tree.findChild(FindBar)
    assert bar is not None
    return bar.findChildren(QLabel)[0].text()


def test_rows_are_made_when_somebody_looks() -> None:
    items = JsonItems()
    items.show_value(VALUE)
    messages = items.index(1, 0)
    assert items.rowCount(messages) == 0
    assert items.hasChildren(messages)
    items.fetchMore(messages)
    assert items.rowCount(messages) == MADE_AT_ONCE
    while items.canFetchMore(messages):
        items.fetchMore(messages)
    assert items.rowCount(messages) == 500
    deep = items.open_path((1, 499, 1))
    assert deep.siblingAtColumn(1).data() == '"message 499"'
    assert items.item(deep).path() == "messages[499].content"
    assert not items.hasChildren(items.index(4, 0)), "an empty object has nothing to open"
    assert items.index(3, 1).data() == "null"


def test_a_roots_value_is_made_when_it_is_opened() -> None:
    loaded: list[str] = []

    def load() -> dict[str, int]:
        loaded.append("first")
        return {"id": 7}

    items = JsonItems()
    items.show_roots([Root(lambda: ("+12 ms", "chat/ask"), load)])
    assert items.index(0, 1).data() == "chat/ask"
    assert loaded == []
    items.fetchMore(items.index(0, 0))
    items.fetchMore(items.index(0, 0))
    assert (loaded, items.rowCount(items.index(0, 0))) == (["first"], 1)


def test_many_first_rows_come_as_somebody_looks_or_searches(qtbot: QtBot, tree: JsonTree) -> None:
    def words(number: int) -> tuple[str, str]:
        return f"message {number}", "chat/answer"

    made: list[int] = []

    def load(number: int) -> list[int]:
        made.append(number)
        return [number]

    tree.set_roots([Root(partial(words, n), partial(load, n)) for n in range(1000)])
    assert view(tree).model().rowCount() < 1000
    assert made == []
    search_for(tree, "message 999")
    qtbot.waitUntil(lambda: count(tree) == "1 of 1")
    assert chosen(tree)[0] == "message 999"


def test_search_opens_what_was_never_opened(qtbot: QtBot, tree: JsonTree) -> None:
    tree.set_value(VALUE)
    search_for(tree, "MESSAGE 49")
    qtbot.waitUntil(lambda: count(tree) == "1 of 11")
    assert chosen(tree) == ("content", '"message 49"')
    QTest.keyClick(view(tree), Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert chosen(tree) == ("content", '"message 499"')


def test_names_are_found_too_and_nothing_is_said_to_be_found_that_is_not(
    qtbot: QtBot, tree: JsonTree
) -> None:
    tree.set_value(VALUE)
    search_for(tree, "model")
    qtbot.waitUntil(lambda: count(tree) == "1 of 1")
    search_for(tree, "nowhere at all")
    qtbot.waitUntil(lambda: count(tree) == "No match")


def test_a_long_text_is_shown_in_full_when_it_is_chosen(tree: JsonTree) -> None:
    tree.set_value(VALUE)
    text = tree.findChild(CodeView)
    assert text is not None
    assert not text.isVisible()
    view(tree).setCurrentIndex(view(tree).model().index(2, 0))
    assert text.isVisible()
    assert text.text() == LONG
    view(tree).setCurrentIndex(view(tree).model().index(0, 0))
    assert not text.isVisible()


def test_what_is_copied_is_the_value_itself(tree: JsonTree) -> None:
    tree.set_value(VALUE)
    view(tree).setFocus()
    view(tree).setCurrentIndex(view(tree).model().index(2, 0))
    QTest.keyClick(view(tree), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == LONG


def test_a_bare_value_is_shown_too(tree: JsonTree) -> None:
    tree.set_value("just text")
    assert view(tree).model().index(0, 1).data() == '"just text"'
