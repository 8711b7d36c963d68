"""A row that becomes a column: where what keeps its size stands."""

from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.folding_row import FoldingRow
from tests.gui.alone import shown_alone


def test_what_stands_low_stands_low_after_a_fold_as_well(qtbot: QtBot) -> None:
    row = FoldingRow(0, 8)
    field, button = QWidget(), QPushButton("send")
    field.setMinimumSize(200, 80)
    row.add(field, stretches=True)
    row.add(button, stands_low=True)
    shown_alone(qtbot, row, 500, 80)
    for width in (500, 210, 500):
        row.resize(width, 80 if width == 500 else 200)
        QApplication.processEvents()
        if width == 500:
            assert button.geometry().bottom() == field.geometry().bottom()
        else:
            assert button.geometry().top() > field.geometry().bottom()
