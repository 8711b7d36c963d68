"""A widget shown by itself, without the window it belongs to."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)


def shown_alone(qtbot: QtBot, widget: W, width: int = 500, height: int = 400) -> W:
    """Show it and give it the keyboard; the test's end closes it."""
    qtbot.addWidget(widget)
    widget.setMinimumSize(50, 50)  # else its layout asks the platform for another
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.activateWindow()
    return widget
