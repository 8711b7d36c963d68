"""Marks of our own are round, large enough, and in the theme's colours."""

import math
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QStyle, QStyleOptionButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.theme import DARK, LIGHT, Theme
from desktop.widgets.question import ask
from desktop.widgets.radio_choice import RadioChoice


@pytest.fixture(params=[1.0, 2.0])
def scaled(request: pytest.FixtureRequest, qapp: QApplication, theme: Theme) -> Iterator[None]:
    usual = qapp.font()
    font = qapp.font()
    font.setPointSizeF(usual.pointSizeF() * request.param)
    qapp.setFont(font)
    theme.apply("light")
    yield
    qapp.setFont(usual)


def drawn(widget: QWidget, ratio: int = 3) -> QImage:
    pixmap = QPixmap(widget.size() * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.white)
    widget.render(pixmap)
    return pixmap.toImage()


def near(one: QColor, other: str) -> bool:
    known = QColor(other)
    parts = ((one.red(), known.red()), (one.green(), known.green()), (one.blue(), known.blue()))
    return all(abs(a - b) < 40 for a, b in parts)


@pytest.mark.usefixtures("scaled")
def test_a_chosen_radio_button_is_round(qtbot: QtBot) -> None:
    button = RadioChoice("")
    qtbot.addWidget(button)
    button.setChecked(True)
    button.resize(button.sizeHint())
    option = QStyleOptionButton()
    button.initStyleOption(option)
    place = button.style().subElementRect(QStyle.SubElement.SE_RadioButtonIndicator, option, button)
    ratio = 3
    image = drawn(button, ratio)
    middle = (place.x() + place.width() / 2, place.y() + place.height() / 2)
    reach = []
    for degrees in range(0, 360, 9):
        way = (math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))
        steps = range(ratio * place.width())
        points = [
            QPoint(*(round(ratio * m + w * step) for m, w in zip(middle, way, strict=True)))
            for step in steps
        ]
        inside = [
            n
            for n, point in enumerate(points)
            if image.rect().contains(point) and near(image.pixelColor(point), LIGHT.accent)
        ]
        reach.append(max(inside) / ratio)
    assert max(reach) - min(reach) < 0.9, reach  # an octagon differs by a twelfth of its width
    assert max(reach) * 2 > place.width() - 2


def test_the_check_mark_of_a_menu_grows_with_its_words(
    qapp: QApplication, qtbot: QtBot, theme: Theme
) -> None:
    heights = {}
    usual = qapp.font()
    for scale in (1.0, 2.0):
        font = qapp.font()
        font.setPointSizeF(usual.pointSizeF() * scale)
        qapp.setFont(font)
        try:
            theme.apply("light")
            menu = QMenu()
            qtbot.addWidget(menu)
            action = QAction("Local endpoint on", menu)
            action.setCheckable(True)
            menu.addAction(action)
            off = drawn_menu(menu)
            action.setChecked(True)
            on = drawn_menu(menu)
        finally:
            qapp.setFont(usual)
        rows = [
            y
            for y in range(on.height())
            if any(on.pixel(x, y) != off.pixel(x, y) for x in range(on.width()))
        ]
        heights[scale] = max(rows) - min(rows)
    assert heights[2.0] > 1.6 * heights[1.0]


def drawn_menu(menu: QMenu) -> QImage:
    menu.resize(menu.sizeHint())
    return drawn(menu, 1)


@pytest.mark.qt_log_ignore("propagateSizeHints")  # what the offscreen screen says of any dialog
@pytest.mark.parametrize(("look", "tokens"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("destructive", [False, True])
def test_questions_wear_the_houses_marks(
    qtbot: QtBot, theme: Theme, look: str, tokens: object, destructive: bool
) -> None:
    theme.apply(look)
    parent = QWidget()
    qtbot.addWidget(parent)
    box = ask(parent, "Really?", "Yes", lambda: None, destructive=destructive)
    assert box.icon() is QMessageBox.Icon.NoIcon
    image = box.iconPixmap().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(8, 24)}
    wanted = getattr(tokens, "error" if destructive else "accent")
    assert wanted in colours
    box.reject()
