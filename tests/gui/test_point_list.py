"""Points below each other: every line of one stands clear of its mark."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.widgets.point_list import MARK, PointList
from tests.gui.seen_in_window import settle, shown

LONG = "a long sentence that does not fit in a line of this list and goes on in the next one"


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_several_points_are_marked_and_hang_and_a_single_one_is_not(qtbot: QtBot) -> None:
    points = PointList("soft")
    qtbot.addWidget(points)
    points.show_points((LONG, "Short."), tone="warn")
    points.resize(200, points.heightForWidth(200))
    settle()
    assert shown(points) == [MARK, LONG, MARK, "Short."]
    first, second = [w for w in points.findChildren(QLabel) if w.text() in (LONG, "Short.")]
    mark = next(w for w in points.findChildren(QLabel) if w.text() == MARK)
    assert first.height() > 2 * second.height()  # over several lines
    assert first.x() == second.x() > mark.geometry().right()
    assert {w.property("tone") for w in points.findChildren(QLabel)} == {"warn"}
    points.show_points(("Alone.",))
    settle()
    assert shown(points) == ["Alone."]
    points.show_points(())
    assert not points.isVisible()
