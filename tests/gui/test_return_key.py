"""Return presses the button that has the keyboard, on every page and in every window."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import SIGNAL, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.main_window import MainWindow
from desktop.panels.catalogue import PANELS
from desktop.slices.first_run import FirstRunMoved, FirstRunShown, FirstRunStep, ProgramsFound
from desktop.state import AppState, reduce_all
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from desktop.widgets.return_key import press_focused
from desktop.widgets.tab_order import follow_layout
from gateway_engine.public import TaskOwner
from tests.gui.seen_in_window import named, titles
from tests.shots.scenes import Scene, scenes

PAGES = {
    f"{scene.panel}-{scene.name}": scene
    for scene in scenes()
    if scene.name in {"ready", "support", "instance_error", "typical", "plan"}
}


def shown(qtbot: QtBot, theme: Theme, scene: Scene) -> MainWindow:
    store = StateStore(scene.state)
    actions = Actions(store, TaskOwner("test"), TryItSession())
    window = MainWindow(store, actions, theme, panel=scene.panel)
    qtbot.addWidget(window, before_close_func=lambda _window: window.close_for_good())
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    scene.prepare(window)
    return window


@pytest.mark.parametrize("name", list(PAGES))
def test_return_and_enter_press_every_button_that_tab_reaches(
    qtbot: QtBot, theme: Theme, name: str
) -> None:
    window = shown(qtbot, theme, PAGES[name])
    central = window.centralWidget()
    assert central is not None
    reached = [stop for stop in follow_layout(central) if isinstance(stop, QAbstractButton)]
    assert len(reached) > len(PANELS)  # those of the sidebar, and the page's own
    for button in reached:
        pressed: list[bool] = []
        for signal, form in (
            (button.clicked, "clicked(bool)"),
            (button.pressed, "pressed()"),
            (button.toggled, "toggled(bool)"),
        ):
            if button.receivers(SIGNAL(form)) > 0:
                signal.disconnect()  # what it would do is another test's matter
        button.clicked.connect(lambda *_: pressed.append(True))  # noqa: B023
        for count, code in enumerate((Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space), 1):
            button.setFocus()
            QTest.keyClick(button, code)
            assert len(pressed) == count, (button.text() or button.accessibleName(), code)


@pytest.fixture
def pressed(qtbot: QtBot) -> Iterator[tuple[QPushButton, list[bool]]]:
    window, button = QMainWindow(), QPushButton("one")
    clicks: list[bool] = []
    qtbot.addWidget(window)
    window.setCentralWidget(button)
    button.clicked.connect(lambda *_: clicks.append(True))
    button.setFocus()
    yield button, clicks
    window.close()


def key(
    code: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    *,
    repeats: bool = False,
) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, code, modifiers, "", repeats)


def test_a_key_held_down_presses_once(pressed: tuple[QPushButton, list[bool]]) -> None:
    button, clicks = pressed
    held = key(Qt.Key.Key_Return, repeats=True)
    assert press_focused(button.window(), key(Qt.Key.Key_Return))
    assert press_focused(button.window(), held)
    assert len(clicks) == 1


def test_what_means_something_else_presses_nothing(
    pressed: tuple[QPushButton, list[bool]],
) -> None:
    button, clicks = pressed
    assert not press_focused(button.window(), key(Qt.Key.Key_A))
    control = Qt.KeyboardModifier.ControlModifier
    assert not press_focused(button.window(), key(Qt.Key.Key_Return, control))
    button.setEnabled(False)
    assert not press_focused(button.window(), key(Qt.Key.Key_Return))
    assert clicks == []


def test_where_a_button_is_the_next_return_in_a_choice_goes_on(qtbot: QtBot, theme: Theme) -> None:
    """As in the dialogs of every platform: Space and the arrow keys choose, Return goes on."""
    agent = ("qwen-code", "Qwen Code", "/usr/bin/qwen")
    found = ProgramsFound("/usr/bin/Lingma", (agent,), choice="lingma", is_fixed=False)
    steps = reduce_all(AppState(), [found, FirstRunShown(), FirstRunMoved(FirstRunStep.WELCOME)])
    store = StateStore(steps)
    actions = Actions(store, TaskOwner("test"), TryItSession())
    window = MainWindow(store, actions, theme)
    qtbot.addWidget(window, before_close_func=lambda _window: window.close_for_good())
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    segment = named(window, "Language: Like the system")
    segment.setFocus()
    QTest.keyClick(segment, Qt.Key.Key_Return)
    assert titles(window) == ["Who should answer?"]
    radios = [r for r in window.findChildren(QRadioButton) if r.isVisible()]
    (choice,) = [r for r in radios if r.property("choice") == agent[0]]
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Space)
    assert choice.isChecked()
    chosen: list[str] = []
    actions.upstream.chosen.connect(chosen.append)
    QTest.keyClick(choice, Qt.Key.Key_Return)
    assert chosen == [agent[0]]
    assert titles(window) == ["Sign in"]
