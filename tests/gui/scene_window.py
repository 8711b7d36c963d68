"""A scene in a window, for the tests of the window."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.main_window import MainWindow
from desktop.panels.panel import Panel
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from gateway_engine.public import TaskOwner
from tests.gui.seen_in_window import settle, visible
from tests.shots.scenes import Scene, scenes

EVERY_SCENE = {f"{scene.panel}-{scene.name}": scene for scene in scenes()}


class Opened(MainWindow):
    """A window with what a test needs of its surroundings."""

    store: StateStore
    wishes: Actions

    @property
    def panel_shown(self) -> Panel:
        (panel,) = visible(self, Panel)
        return panel


Open = Callable[[Scene], Opened]


@pytest.fixture
def open_window(qtbot: QtBot, theme: Theme) -> Open:
    def open_scene(scene: Scene) -> Opened:
        store = StateStore(scene.state)
        session = TryItSession()
        session.view, session.prompt = scene.try_it, scene.prompt
        actions = Actions(store, TaskOwner("test"), session)
        window = Opened(store, actions, theme, panel=scene.panel)
        window.store, window.wishes = store, actions
        window.resize(*scene.size)
        qtbot.addWidget(window, before_close_func=lambda _window: window.close_for_good())
        with qtbot.waitExposed(window):
            window.show()
        settle()
        return window

    return open_scene
