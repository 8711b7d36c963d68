"""A page that is built anew, for another theme or language, stays where it was scrolled to."""

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QScrollArea, QScrollBar, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.main_window import MainWindow
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from desktop.widgets.scroll_places import scroll_again, scroll_places
from gateway_engine.public import TaskOwner
from tests.gui.seen_in_window import settle
from tests.shots.scenes import scenes


class Page(QWidget):
    """A page of one view that can be filled in pieces."""

    def __init__(self) -> None:
        super().__init__()
        content = QWidget()
        self.column = QVBoxLayout(content)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(content)
        QVBoxLayout(self).addWidget(area)
        self.bar: QScrollBar = area.verticalScrollBar()
        self.resize(200, 200)

    def fill(self, lines: int) -> None:
        for number in range(lines):
            words = QLabel(str(number))
            words.setFixedHeight(40)
            self.column.addWidget(words)
        settle()


def page(qtbot: QtBot, lines: int) -> Page:
    made = Page()
    qtbot.addWidget(made)
    made.show()
    made.fill(lines)
    return made


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_a_page_that_fills_in_pieces_is_scrolled_when_it_reaches_that_far(qtbot: QtBot) -> None:
    old = page(qtbot, 20)
    old.column.addWidget(QPlainTextEdit("a field of a later piece"))
    settle()
    old.bar.setValue(300)
    new = page(qtbot, 0)
    scroll_again(new, scroll_places(old))
    new.fill(6)
    assert 0 < new.bar.value() == new.bar.maximum() < 300
    assert scroll_places(new) == (300,)  # built anew once more before it is there
    new.fill(20)
    assert new.bar.value() == 300


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_who_scrolls_meanwhile_is_not_pulled_back(qtbot: QtBot) -> None:
    new = page(qtbot, 6)
    scroll_again(new, (300,))
    new.bar.triggerAction(QScrollBar.SliderAction.SliderToMinimum)
    settle()
    new.fill(20)
    assert new.bar.value() == 0


def test_another_theme_leaves_the_page_where_it_is(qtbot: QtBot, theme: Theme) -> None:
    theme.apply("light")
    (scene,) = [s for s in scenes() if (s.panel, s.name) == ("about", "small")]
    window = MainWindow(
        StateStore(scene.state),
        Actions(StateStore(scene.state), TaskOwner("test"), TryItSession()),
        theme,
        panel="about",
    )
    qtbot.addWidget(window, before_close_func=lambda _window: window.close_for_good())
    window.resize(900, 600)
    with qtbot.waitExposed(window):
        window.show()
    settle()
    before = _longest(window)
    before.setValue(before.maximum())
    place = before.value()
    assert place > 0
    theme.apply("dark")
    for _round in range(5):
        QCoreApplication.processEvents()
    after = _longest(window)
    assert after is not before
    assert after.value() == place


def _longest(window: MainWindow) -> QScrollBar:
    bars = [a.verticalScrollBar() for a in window.findChildren(QScrollArea) if a.isVisible()]
    return max(bars, key=lambda bar: bar.maximum())
