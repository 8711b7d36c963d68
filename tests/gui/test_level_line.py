"""Cells of a list whose letters come from several fonts."""

from PySide6.QtCore import QRect, QStringListModel
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.widgets.level_line import LevelLine

RATIO = 2
"""On a screen of twice the points a text may lie a half of one higher."""


def test_letters_of_another_font_leave_the_text_where_it_is(qtbot: QtBot, theme: Theme) -> None:
    theme.apply("light")
    plain, mixed, other = _beginnings(qtbot, ["Height", "Height 请修复。", "Weight"])
    assert plain == mixed
    assert plain != other


def _beginnings(qtbot: QtBot, texts: list[str]) -> list[QImage]:
    """How the first word of each looks within its row."""
    shown = QListView()
    qtbot.addWidget(shown)
    shown.setModel(QStringListModel(texts, shown))
    shown.setItemDelegate(LevelLine(shown))
    shown.setUniformItemSizes(True)
    shown.resize(300, 160)
    with qtbot.waitExposed(shown):
        shown.show()
    shown.clearFocus()
    picture = QImage(shown.viewport().size() * RATIO, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(RATIO)
    shown.viewport().render(picture)
    rows = [shown.visualRect(shown.model().index(n, 0)) for n in range(len(texts))]
    return [
        picture.copy(QRect(row.left() * RATIO, row.top() * RATIO, 80, row.height() * RATIO))
        for row in rows
    ]
