"""A toolbar that wraps: what is around it lays out anew only where it must."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.flow_row import FlowRow
from tests.gui.alone import shown_alone


class Layouts(QObject):
    """How often a widget was asked to lay out."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    row = FlowRow(8)
    row.add(QPushButton("what is looked for"), stretches=True)
    row.add(QPushButton("100 rows"))
    column.addWidget(row)
    column.addStretch(1)
    shown_alone(qtbot, page, 400, 200)
    row.arrange()
    QApplication.processEvents()
    return page


def test_a_child_that_grows_within_its_line_moves_nothing_around(page: QWidget) -> None:
    (row,) = page.findChildren(FlowRow)
    search, figures = row.findChildren(QPushButton)
    around = Layouts(page)
    width = figures.width()
    figures.setText("100,000 rows")
    row.arrange()
    QApplication.processEvents()
    assert figures.width() > width
    assert search.geometry().right() < figures.geometry().left()
    assert not around.count


def test_a_child_that_needs_a_line_of_its_own_gets_it(page: QWidget) -> None:
    (row,) = page.findChildren(FlowRow)
    search, figures = row.findChildren(QPushButton)
    height = row.height()
    figures.setText("many rows " * 8)
    row.arrange()
    QApplication.processEvents()
    assert figures.geometry().top() > search.geometry().bottom()
    assert row.height() > height
