"""A picture before a button's words: sharp at its size, and not too close to them."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktop.icons import line_icon
from desktop.theme import Theme
from desktop.widgets.button_icon import beside_words, show_icon

RED = QColor("#ff0000")
QT_GAP_PX = 4


def columns_of(image: QImage, colour: QColor) -> list[int]:
    """The columns in which `colour` is found."""
    return [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) == colour for y in range(image.height()))
    ]


@pytest.mark.parametrize("size", [16, 18, 20, 36])
def test_the_strip_is_at_the_right_and_empty(qtbot: QtBot, size: int) -> None:
    icon = line_icon("stop", RED.name())
    plain = icon.pixmap(QSize(size, size), 1.0).toImage()
    wide = beside_words(icon).pixmap(QSize(round(size * 1.25), size), 1.0).toImage()
    assert wide.width() > plain.width()
    assert columns_of(wide, RED) == columns_of(plain, RED) != []


@pytest.mark.parametrize("kind", [QPushButton, QToolButton])
def test_words_begin_after_a_gap(
    qtbot: QtBot, theme: Theme, kind: type[QPushButton | QToolButton]
) -> None:
    theme.apply("light")
    widths = []
    for shows in (QPushButton.setIcon, show_icon):
        button = kind()
        button.setText("Copy")
        if isinstance(button, QToolButton):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        qtbot.addWidget(button)
        shows(button, line_icon("copy", "#000000"))
        widths.append(button.sizeHint().width() - button.iconSize().height())
    assert widths[1] - widths[0] >= QT_GAP_PX


def test_disabled_keeps_its_own_picture(qtbot: QtBot) -> None:
    icon = beside_words(line_icon("stop", "#000000", RED.name()))
    off = icon.pixmap(QSize(20, 16), 1.0, QIcon.Mode.Disabled).toImage()
    assert columns_of(off, RED) != []


def test_another_picture_takes_the_place_of_the_one_before(qtbot: QtBot) -> None:
    button = QPushButton("Pause")
    qtbot.addWidget(button)
    show_icon(button, line_icon("pause", "#000000"))
    first = button.icon().cacheKey()
    show_icon(button, line_icon("pause", "#000000"))
    assert button.icon().cacheKey() == first
    show_icon(button, line_icon("play", "#000000"))
    assert button.icon().cacheKey() != first
