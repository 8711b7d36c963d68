"""The small widgets of the health panel: whatever they are given, they paint and find room."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.gauge import Gauge
from desktop.widgets.sparkline import Sparkline
from desktop.widgets.wrapping_row import WrappingRow

LINE, GROUND, FREE = "#ff0000", "#00ff00", "#0000ff"


def painted(widget: QWidget, colour: str) -> int:
    """How many pixels of a picture of it have this colour."""
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = QColor(colour).rgb()
    places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return sum(picture.pixel(x, y) == wanted for x, y in places)


@pytest.mark.parametrize("bars", [True, False])
@pytest.mark.parametrize(
    ("values", "shows"),
    [
        ((), False),
        ((None,) * 60, False),
        ((None, 5.0, None), True),
        ((0.0, 3.0, 1.0, None, 2.0), True),
        ((1e9, 1.0), True),
    ],
)
def test_a_curve_of_anything(
    qtbot: QtBot, values: Sequence[float | None], shows: bool, bars: bool
) -> None:
    curve = Sparkline(bars=bars)
    qtbot.addWidget(curve)
    curve.set_colours(line=LINE, area=GROUND, ground=FREE)
    curve.resize(120, 34)
    curve.show_values(values)
    assert (painted(curve, LINE) > 0) is shows


@pytest.mark.parametrize(
    ("used", "waiting"), [(0.0, 0.0), (0.5, 0.0), (1.0, 0.5), (1.0, 1.0), (7.0, -1.0)]
)
def test_a_gauge_of_anything(qtbot: QtBot, used: float, waiting: float) -> None:
    gauge = Gauge()
    qtbot.addWidget(gauge)
    gauge.set_colours(bar=LINE, waiting=GROUND, track=FREE, edge="#000000")
    gauge.resize(200, 14)
    gauge.show_shares(used, waiting)
    assert (painted(gauge, LINE) > 0) is (used > 0)
    assert (painted(gauge, GROUND) > 0) is (waiting > 0)


def test_buttons_go_on_in_the_next_line(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = WrappingRow(8, window)
    buttons = [QPushButton(text) for text in ("Restart", "Stop", "Details", "Sign out of it")]
    for button in buttons:
        row.add(button)
    window.resize(900, 300)
    window.show()
    line = max(button.sizeHint().height() for button in buttons)
    assert row.heightForWidth(900) == line
    narrow = max(button.sizeHint().width() for button in buttons)
    assert row.heightForWidth(narrow) == 4 * line + 3 * 8
    assert row.minimumSizeHint().width() == narrow
    row.resize(900, line)
    assert len({button.y() for button in buttons}) == 1
    row.resize(narrow, 300)
    assert len({button.y() for button in buttons}) == 4
    buttons[0].hide()
    assert row.heightForWidth(narrow) == 3 * line + 2 * 8


def test_a_button_whose_words_grow_gets_the_room_for_them(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = WrappingRow(8, window)
    grows, beside = QPushButton("Pin"), QPushButton("Copy ids")
    row.add(grows)
    row.add(beside)
    row.resize(900, 40)
    with qtbot.waitExposed(window):
        window.show()
    before = grows.width()
    grows.setText("Unpin all of these")
    QCoreApplication.processEvents()
    assert grows.width() == grows.sizeHint().width() > before
    assert beside.x() == grows.geometry().right() + 1 + 8
