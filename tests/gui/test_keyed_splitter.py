"""A border between two parts that the keyboard reaches and moves."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QSplitterHandle, QWidget
from pytestqt.qtbot import QtBot

from desktop.layouts import Layouts
from desktop.panels.requests_split import LAYOUT, RequestsSplit
from desktop.widgets.keyed_splitter import KeyedSplitter

BESIDE, BELOW = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


Made = tuple[QWidget, KeyedSplitter, list[QPlainTextEdit], QSplitterHandle]


def made(qtbot: QtBot, orientation: Qt.Orientation) -> Made:
    splitter = KeyedSplitter(orientation, "Border between one and the other")
    splitter.setChildrenCollapsible(False)
    parts = [QPlainTextEdit() for _part in range(2)]
    for text in parts:
        text.setTabChangesFocus(True)
        text.setMinimumSize(60, 60)
        splitter.addWidget(text)
    splitter.arrange_focus()
    window = shown(qtbot, splitter)
    return window, splitter, parts, splitter.handle(1)


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    """In a window, which lives as long as somebody holds it."""
    window = QWidget()
    widget.setParent(window)
    qtbot.addWidget(window)
    for each in (window, widget):
        each.resize(600, 400)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    return window


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def test_tab_goes_from_one_part_over_the_border_to_the_other(qtbot: QtBot) -> None:
    _window, _splitter, (first, second), handle = made(qtbot, BESIDE)
    first.setFocus()
    press(Qt.Key.Key_Tab)
    assert handle.hasFocus()
    assert handle.accessibleName() == "Border between one and the other"
    press(Qt.Key.Key_Tab)
    assert second.hasFocus()


@pytest.mark.parametrize(
    ("orientation", "back", "on"),
    [(BESIDE, Qt.Key.Key_Left, Qt.Key.Key_Right), (BELOW, Qt.Key.Key_Up, Qt.Key.Key_Down)],
)
def test_keys_move_it_and_it_stays_within_its_bounds(
    qtbot: QtBot, orientation: Qt.Orientation, back: Qt.Key, on: Qt.Key
) -> None:
    _window, splitter, _parts, handle = made(qtbot, orientation)
    handle.setFocus()
    moved: list[int] = []
    splitter.splitterMoved.connect(lambda place, _number: moved.append(place))
    middle = splitter.sizes()[0]
    press(on)
    step = splitter.sizes()[0] - middle
    assert step > 10
    press(back)
    assert splitter.sizes()[0] == middle
    press(Qt.Key.Key_PageDown)
    assert splitter.sizes()[0] > middle + step
    press(Qt.Key.Key_Home)
    assert splitter.sizes()[0] == 60
    press(Qt.Key.Key_End)
    assert splitter.sizes()[1] == 60
    assert len(moved) == 5
    press(Qt.Key.Key_A)
    assert len(moved) == 5


def test_where_the_keyboard_is_can_be_seen(qtbot: QtBot) -> None:
    _window, _splitter, (first, _second), handle = made(qtbot, BESIDE)
    first.setFocus()
    before = handle.grab().toImage()
    handle.setFocus()
    assert handle.grab().toImage() != before


def test_a_border_moved_by_keys_is_where_it_was_the_next_time(qtbot: QtBot) -> None:
    layouts = Layouts()
    split = RequestsSplit(QPlainTextEdit(), QPlainTextEdit(), layouts)
    _window = shown(qtbot, split)
    split.handle(1).setFocus()
    press(Qt.Key.Key_PageUp)
    assert "below" in layouts.get(LAYOUT)
    again = RequestsSplit(QPlainTextEdit(), QPlainTextEdit(), layouts)
    _other = shown(qtbot, again)
    assert abs(again.sizes()[0] - split.sizes()[0]) <= 2
