"""The window's life: hidden and shown again, or given up and built anew; its keys."""

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.panels.catalogue import PANELS
from desktop.panels.makers import MAKERS
from desktop.state import AppState, PlanMade, reduce_all
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from desktop.window_keeper import WindowKeeper
from gateway_engine.public import TaskOwner
from tests.gui.seen_in_window import settle
from tests.unit.desktop.samples import changed, listening

READY = reduce_all(AppState(), [PlanMade("lingma", "127.0.0.1", 8317), listening(), changed()])


class Kept:
    """A keeper with what a test needs of its surroundings."""

    def __init__(self, theme: Theme) -> None:
        self.store = StateStore(READY)
        self.actions = Actions(self.store, TaskOwner("test"), TryItSession())
        self.windows = WindowKeeper(self.store, self.actions, theme)


@pytest.fixture
def kept(qtbot: QtBot, theme: Theme, language: Language) -> Kept:
    del qtbot
    language.install("en")
    return Kept(theme)


def test_no_window_is_built_before_someone_wants_one(kept: Kept) -> None:
    assert kept.windows.window is None
    assert kept.windows.shows() == ""
    kept.windows.show()
    assert kept.windows.shows() == "overview"
    kept.windows.give_up()


def test_what_was_given_up_is_gone_and_comes_back_where_it_was(kept: Kept) -> None:
    kept.windows.show()
    window = kept.windows.window
    assert window is not None
    window.show_panel("about")
    settle()
    window.resize(763, 521)
    assert window in QApplication.topLevelWidgets()
    kept.windows.give_up()
    assert not isValid(window)
    assert kept.windows.shows() == ""
    kept.store.dispatch(changed(name="inst-1"))  # nothing of it listens any more
    kept.windows.show()
    settle()
    again = kept.windows.window
    assert again is not None
    assert (again.panel, again.width(), again.height()) == ("about", 763, 521)
    kept.windows.give_up()


def test_what_was_hidden_is_the_same_window(kept: Kept) -> None:
    kept.windows.show()
    window = kept.windows.window
    kept.windows.hide()
    assert kept.windows.shows() == ""
    kept.windows.show()
    assert kept.windows.window is window
    kept.windows.give_up()


def test_keys_lead_to_every_panel(kept: Kept, qtbot: QtBot) -> None:
    kept.windows.show()
    window = kept.windows.window
    assert window is not None
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    for number, entry in reversed(list(enumerate(PANELS[:9]))):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.panel == entry.key
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.panel == "about"
    with qtbot.waitSignal(kept.windows.close_wanted, timeout=5000):
        QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(kept.actions.quit_wanted, timeout=5000):
        QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    kept.windows.give_up()


def test_no_panel_is_loaded_before_somebody_looks() -> None:
    told = "import sys, desktop.app; print(*(n for n in sys.modules if n.startswith('desktop.')))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, text=True)
    loaded = set(done.stdout.split())
    assert "desktop.tray_menu" in loaded
    assert {name for name in loaded if name.startswith("desktop.panels.")} == {
        "desktop.panels.catalogue"
    }
    assert "desktop.main_window" not in loaded


def test_every_panel_of_the_catalogue_can_be_made() -> None:
    assert list(MAKERS) == [entry.key for entry in PANELS], (
        "list every panel of the catalogue in desktop/panels/makers.py, in the same order"
    )
