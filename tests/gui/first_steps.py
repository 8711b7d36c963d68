"""The first steps in a window, for the tests of them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.main_window import MainWindow
from desktop.slices.first_run import (
    FirstRunShown,
)
from desktop.state import (
    AppState,
    PlanMade,
    reduce_all,
)
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from gateway_engine.public import (
    TaskOwner,
)
from tests.unit.desktop.samples import changed, listening

DEMO = reduce_all(
    AppState(), [PlanMade("demo", "127.0.0.1", 8317), listening(), changed(), FirstRunShown()]
)


class Steps(MainWindow):
    """The window with what a test needs of its surroundings."""

    store: StateStore
    wishes: Actions


Open = Callable[..., Steps]


@pytest.fixture
def open_steps(qtbot: QtBot, theme: Theme, language: Language) -> Open:
    language.install("en")
    theme.apply("light")

    def opened(*events: object) -> Steps:
        store = StateStore(reduce_all(DEMO, events))  # type: ignore[arg-type]
        actions = Actions(store, TaskOwner("test"), TryItSession())
        window = Steps(store, actions, theme)
        window.store, window.wishes = store, actions
        actions.panel_wanted.connect(window.show_panel)
        qtbot.addWidget(window, before_close_func=lambda _window: window.close_for_good())
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        QCoreApplication.processEvents()
        return window

    return opened
