"""The first steps in the window, by mouse and by keyboard, to a wish for every button."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.i18n import Language
from desktop.main_window import MainWindow
from desktop.slices.first_run import (
    FirstRunMoved,
    FirstRunShown,
    FirstRunState,
    FirstRunStep,
    ProgramsFound,
)
from desktop.state import AppState, PlanMade, reduce_all
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from gateway_engine.public import InstallChanged, InstallState, TaskOwner
from tests.unit.desktop.samples import changed, listening

DEMO = reduce_all(
    AppState(), [PlanMade("demo", "127.0.0.1", 8317), listening(), changed(), FirstRunShown()]
)
AGENT = ("qwen-code", "Qwen Code", "/usr/bin/qwen")


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
        qtbot.addWidget(window, before_close_func=lambda _window: window.close_for_good())
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        QCoreApplication.processEvents()
        return window

    return opened


def button(window: QWidget, text: str) -> QPushButton:
    (found,) = [b for b in window.findChildren(QPushButton) if b.isVisible() and b.text() == text]
    return found


def click(window: QWidget, text: str) -> None:
    QTest.mouseClick(button(window, text), Qt.MouseButton.LeftButton)


def titles(window: QWidget) -> list[str]:
    labels = [w for w in window.findChildren(QLabel) if w.isVisible()]
    return [w.text() for w in labels if w.property("type") == "title"]


def test_by_mouse_from_the_first_step_to_the_last(open_steps: Open) -> None:
    window = open_steps()
    seen = []
    for step in FirstRunStep:
        assert window.store.state.first_run.step is step
        seen += titles(window)
        click(window, "Finish" if step is FirstRunStep.ANSWER else "Next")
    assert seen[0] == "Welcome to Lingma Gateway"
    assert len(set(seen)) == len(FirstRunStep)
    assert window.store.state.first_run.state is FirstRunState.DONE
    assert titles(window) == ["Ready – demo answers"]


def test_by_keyboard_there_and_back(open_steps: Open) -> None:
    window = open_steps()
    for _step in range(3):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert titles(window) == ["Connect a client"]
    button(window, "Back").setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.store.state.first_run.step is FirstRunStep.SIGN_IN
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.store.state.first_run.state is FirstRunState.LEFT


def test_return_in_the_question_sends_it_and_does_not_finish(
    open_steps: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_steps(FirstRunMoved(FirstRunStep.ANSWER))
    asked: list[str] = []
    monkeypatch.setattr(window.wishes, "try_prompt", lambda prompt, _kind: asked.append(prompt))
    focused = window.focusWidget()
    assert isinstance(focused, QLineEdit)
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert asked == ["Count to 20"]
    assert window.store.state.first_run.is_open


def test_what_was_left_is_offered_at_the_head_of_the_window(open_steps: Open) -> None:
    window = open_steps(FirstRunMoved(FirstRunStep.SIGN_IN))
    click(window, "Later")
    assert not window.store.state.first_run.is_open
    click(window, "Continue")
    assert titles(window) == ["Sign in"]
    click(window, "Later")
    click(window, "Not needed")
    assert window.store.state.first_run.state is FirstRunState.DONE


def test_a_panel_that_is_wanted_leaves_the_steps(open_steps: Open) -> None:
    window = open_steps()
    window.show_panel("about")
    assert window.store.state.first_run.state is FirstRunState.LEFT
    assert window.panel == "about"


def test_next_takes_the_program_that_is_chosen(open_steps: Open) -> None:
    window = open_steps(
        ProgramsFound("/usr/bin/lingma", (AGENT,), "auto", is_fixed=False),
        FirstRunMoved(FirstRunStep.PROGRAM),
    )
    chosen: list[str] = []
    window.wishes.upstream.chosen.connect(chosen.append)
    radios = {r.property("choice"): r for r in window.findChildren(QRadioButton) if r.isVisible()}
    assert set(radios) == {
        "auto",
        "qwen-code",
        "demo",
    }
    assert radios["auto"].isChecked()
    QTest.mouseClick(radios["qwen-code"], Qt.MouseButton.LeftButton)
    click(window, "Next")
    assert chosen == ["qwen-code"]


def test_the_demo_for_want_of_anything_else_is_no_choice(open_steps: Open) -> None:
    window = open_steps(
        ProgramsFound("", (), "auto", is_fixed=False), FirstRunMoved(FirstRunStep.PROGRAM)
    )
    chosen: list[str] = []
    window.wishes.upstream.chosen.connect(chosen.append)
    click(window, "Next")
    assert chosen == []


def test_without_lingma_it_can_be_fetched_and_the_fetch_stopped(
    open_steps: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_steps(
        ProgramsFound("", (), "auto", is_fixed=False), FirstRunMoved(FirstRunStep.PROGRAM)
    )
    asked: list[str] = []
    upstream = window.wishes.upstream
    monkeypatch.setattr(upstream, "fetch", lambda: asked.append("fetch"))
    monkeypatch.setattr(upstream, "stop_fetching", lambda: asked.append("stop"))
    click(window, "Fetch Lingma")
    window.store.dispatch(InstallChanged(InstallState.DOWNLOADING, 1.0, 5, 10))
    click(window, "Stop")
    assert asked == ["fetch", "stop"]


def test_what_the_settings_fix_cannot_be_chosen(open_steps: Open) -> None:
    window = open_steps(
        ProgramsFound("/usr/bin/lingma", (AGENT,), "auto", is_fixed=True),
        FirstRunMoved(FirstRunStep.PROGRAM),
    )
    assert [r for r in window.findChildren(QRadioButton) if r.isVisible()] == []
    chosen: list[str] = []
    window.wishes.upstream.chosen.connect(chosen.append)
    click(window, "Next")
    assert chosen == []


def test_the_demo_is_named_on_every_step_that_could_be_taken_for_the_real_thing(
    open_steps: Open,
) -> None:
    for step in list(FirstRunStep)[1:]:
        window = open_steps(FirstRunMoved(step))
        words = [w.text() for w in window.findChildren(QLabel) if w.isVisible()]
        assert any(text.startswith("Demo: answers do not come") for text in words), step


def test_tab_stops_at_what_is_chosen_and_arrows_choose_another(open_steps: Open) -> None:
    window = open_steps()
    reached = []
    for _step in range(4):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
    names = [widget.accessibleName() for widget in reached]
    assert "Language: Like the system" in names
    assert not any(name.endswith("Dark") for name in names)
    segment = next(w for w in reached if w.accessibleName() == "Theme: Like the system")
    segment.setFocus()
    QTest.keyClick(segment, Qt.Key.Key_Right)
    assert window.store.state.choices.theme == "light"


def test_whoever_changes_the_theme_by_keyboard_stays_there(open_steps: Open) -> None:
    window = open_steps()
    dark = button(window, "Dark")
    dark.setFocus()
    name = dark.accessibleName()
    dark.click()
    assert window.store.state.choices.theme == "dark"
    window.rebuild()
    focused = window.focusWidget()
    assert focused is not dark
    assert focused.accessibleName() == name
