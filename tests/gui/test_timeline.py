"""The timeline: whatever it shows can be reached with keys and is told in words."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.durations import on_scale
from desktop.widgets.timeline import Bar, Tick, Timeline
from tests.gui.alone import shown_alone

BARS = (
    Bar(0, 100, 0, "Placing", "Placing 0.1 s", "#12703f"),
    Bar(400, 900, 1, "", "Stall", "#b00", True),
)
TICKS = (Tick(50, 1, "asked at 50 ms", "#1c5bb8"), Tick(950, 1, "said at 950 ms", "#1c5bb8"))


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    timeline = Timeline("Timeline", on_scale)
    timeline.show_times(1000, ("Phases", "Lingma"), BARS, TICKS)
    return shown_alone(qtbot, timeline, 600, 140)


def test_keys_go_from_one_thing_to_the_next_in_time(qtbot: QtBot, timeline: Timeline) -> None:
    said: list[str] = []
    timeline.told.connect(said.append)
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_End,
        Qt.Key.Key_Left,
    ):
        QTest.keyClick(timeline, key)
    assert said == ["Placing 0.1 s", "asked at 50 ms", "Stall", "said at 950 ms", "Stall"]
    assert timeline.words() == "Stall"


def test_what_is_under_the_mouse_is_told(qtbot: QtBot, timeline: Timeline) -> None:
    said: list[str] = []
    timeline.told.connect(said.append)
    y = timeline.sizeHint().height() // 2
    for x in range(0, 600, 2):
        QTest.mouseMove(timeline, QPoint(x, y))
    assert {"asked at 50 ms", "Stall", "said at 950 ms"} <= set(said)


def test_a_screen_reader_is_told_the_bars(timeline: Timeline) -> None:
    assert timeline.accessibleDescription() == "Placing 0.1 s; Stall"


def test_an_empty_timeline_is_no_trouble(timeline: Timeline) -> None:
    timeline.show_times(0, (), (), ())
    QTest.keyClick(timeline, Qt.Key.Key_Right)
    assert timeline.words() == ""
    assert not timeline.grab().isNull()
