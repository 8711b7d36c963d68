"""The code view: long texts in pieces, searched and copied as they are."""

import json

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop.i18n import Language
from desktop.widgets.code_view import CodeView
from desktop.widgets.find_bar import FindBar
from tests.gui.alone import shown_alone

ONE_LINE = json.dumps([f"number {n} 你好 😀" for n in range(9000)], ensure_ascii=False)


@pytest.fixture
def view(qtbot: QtBot, language: Language) -> CodeView:
    del language
    return shown_alone(qtbot, CodeView("Body"), height=300)


def edit(view: CodeView) -> QPlainTextEdit:
    found = view.findChild(QPlainTextEdit)
    assert found is not None
    return found


def count(view: CodeView) -> str:
    bar = view.findChild(FindBar)
    assert bar is not None
    (said,) = bar.findChildren(QLabel)
    return said.text()


def type_into_search(view: CodeView, text: str) -> None:
    QTest.keyClick(edit(view), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClicks(line, text)


def test_a_long_line_comes_in_pieces_and_is_copied_whole(qtbot: QtBot, view: CodeView) -> None:
    view.set_text(ONE_LINE)
    assert not view.is_whole
    qtbot.waitUntil(lambda: view.is_whole)
    assert edit(view).blockCount() > 100
    edit(view).selectAll()
    edit(view).copy()
    assert QApplication.clipboard().text() == ONE_LINE


def test_a_match_is_found_across_a_fold_and_beyond_odd_characters(
    qtbot: QtBot, view: CodeView
) -> None:
    view.set_text("x" * 995 + "😀 NEEDLE in the fold, and a needle")
    view.activateWindow()
    edit(view).setFocus()
    type_into_search(view, "needle")
    assert count(view) == "1 of 2"
    assert view.selected_text() == "NEEDLE"
    QTest.keyClick(edit(view), Qt.Key.Key_F3)
    assert (count(view), view.selected_text()) == ("2 of 2", "needle")
    QTest.keyClick(edit(view), Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert count(view) == "1 of 2"


def test_escape_closes_the_search(view: CodeView) -> None:
    view.set_text("one two")
    view.activateWindow()
    edit(view).setFocus()
    type_into_search(view, "nothing")
    assert count(view) == "No match"
    bar = view.findChild(FindBar)
    assert bar is not None
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert edit(view).hasFocus()


def test_a_match_far_down_is_shown_when_it_has_come(qtbot: QtBot, view: CodeView) -> None:
    view.set_text(ONE_LINE)
    view.activateWindow()
    view.open_search()
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClicks(line, "number 8999 ")
    qtbot.waitUntil(lambda: view.selected_text() == "number 8999 ")


def test_a_text_that_goes_on_follows_its_end_only_for_who_reads_there(view: CodeView) -> None:
    lines = "".join(f"line {n}\n" for n in range(200))
    view.set_text(lines)
    bar = edit(view).verticalScrollBar()
    bar.setValue(bar.maximum())
    view.set_text(lines + "one more\n" * 20)
    assert bar.value() == bar.maximum()
    bar.setValue(10)
    view.set_text(lines + "one more\n" * 40)
    assert bar.value() == 10
    assert view.text().endswith("one more\n")
    assert edit(view).toPlainText() == view.text()


def test_another_placeholder_takes_the_place_of_the_first(view: CodeView) -> None:
    painted: list[QEvent.Type] = []

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            painted.append(event.type())
            return False

    view.set_placeholder("Reading…")
    QApplication.processEvents()
    watch = Watch()
    edit(view).viewport().installEventFilter(watch)
    painted.clear()
    view.set_placeholder("It has printed nothing yet.")
    QApplication.processEvents()
    assert QEvent.Type.Paint in painted
