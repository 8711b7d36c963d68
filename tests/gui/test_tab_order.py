"""Tab follows what is seen, not the order in which it was made."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QTableWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.widgets.keyed_splitter import KeyedSplitter
from desktop.widgets.tab_order import bring_into_sight, follow_layout


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    QVBoxLayout(page)
    page.setMinimumSize(50, 50)
    page.resize(400, 600)
    with qtbot.waitExposed(page):
        page.show()
    return page


def column(page: QWidget) -> QVBoxLayout:
    layout = page.layout()
    assert isinstance(layout, QVBoxLayout)
    return layout


def goes_through(first: QWidget, count: int) -> list[QWidget]:
    order = [first]
    at = first.nextInFocusChain()
    while at is not None and len(order) < count:
        if at.focusPolicy() and at.focusProxy() is None and at.isVisible():
            order.append(at)
        at = at.nextInFocusChain()
    return order


def test_what_was_made_late_comes_where_it_stands(page: QWidget) -> None:
    last = QPushButton("last")
    column(page).addWidget(last)
    row = QHBoxLayout()
    column(page).insertLayout(0, row)
    second, first = QLineEdit(), QSpinBox()
    row.addWidget(second)
    row.insertWidget(0, first)
    for widget in (last, first, second):
        widget.show()
    assert follow_layout(page) == [first, second, last]
    assert goes_through(first, 3) == [first, second, last]
    assert follow_layout(page) == [first, second, last]


def test_hidden_ones_are_left_out_and_scrolled_ones_are_not(page: QWidget) -> None:
    area, inside = QScrollArea(), QWidget()
    last = QPushButton("last")
    for widget in (area, last):
        column(page).addWidget(widget)
    there, hidden = QPushButton("there"), QPushButton("hidden")
    within = QVBoxLayout(inside)
    within.addWidget(hidden)
    within.addWidget(there)
    area.setWidget(inside)
    hidden.hide()
    for widget in (area, last):
        widget.show()
    assert follow_layout(page) == [area, there, last]


def test_tabs_come_before_what_they_turn_to_and_a_table_is_one_stop(page: QWidget) -> None:
    tabs, table = QTabWidget(), QTableWidget(2, 2)
    tabs.addTab(table, "one")
    tabs.addTab(QPushButton("behind"), "two")
    column(page).addWidget(tabs)
    tabs.show()
    assert follow_layout(page) == [tabs.tabBar(), table]


def test_a_border_that_keys_move_stands_between_its_parts(page: QWidget) -> None:
    splitter = KeyedSplitter(Qt.Orientation.Vertical, "Border")
    above, below = QLineEdit(), QLineEdit()
    for part in (above, below):
        splitter.addWidget(part)
    column(page).addWidget(splitter)
    splitter.show()
    assert follow_layout(page) == [above, splitter.handle(1), below]
    assert goes_through(above, 3) == [above, splitter.handle(1), below]
    below.hide()
    splitter.refresh()
    assert follow_layout(page) == [above]


def test_what_is_out_of_sight_is_scrolled_to(page: QWidget) -> None:
    area, inside = QScrollArea(), QWidget()
    column(page).addWidget(area)
    within = QVBoxLayout(inside)
    buttons = [QPushButton(str(number)) for number in range(80)]
    for button in buttons:
        within.addWidget(button)
    area.setWidget(inside)
    area.show()
    assert buttons[-1].visibleRegion().isEmpty()
    bring_into_sight(buttons[-1])
    assert not buttons[-1].visibleRegion().isEmpty()
