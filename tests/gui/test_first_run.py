"""The first steps in the window, by mouse and by keyboard, to a wish for every button."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
)

from desktop.panels.overview_try_it import TryItCard
from desktop.request_actions import RequestActions
from desktop.slices.first_run import (
    FirstRunMoved,
    FirstRunState,
    FirstRunStep,
    ProgramsFound,
)
from desktop.state import (
    ActionFailed,
    EnginePhase,
    PhaseChanged,
    PlanMade,
)
from desktop.theme import Theme
from gateway_engine.public import (
    InstallChanged,
    InstallState,
    InstanceChanged,
    InstanceName,
    InstanceRemoved,
    InstanceState,
)
from tests.gui.first_steps import Open
from tests.gui.seen_in_window import button, click, named, settle, shown, titles
from tests.unit.desktop.samples import status

AGENT = ("qwen-code", "Qwen Code", "/usr/bin/qwen")


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
    # No button of the overview has the keyboard: another key would press what nobody looks at.
    assert not isinstance(window.focusWidget(), QPushButton)


def test_no_button_is_marked_before_a_key_is_used_and_tab_begins_at_the_top(
    open_steps: Open,
) -> None:
    for step, first in (
        (FirstRunStep.WELCOME, "Language: Like the system"),
        (FirstRunStep.SIGN_IN, "Sign in: inst-0"),
        (FirstRunStep.PROGRAM, ""),  # the first of its controls cannot be chosen
    ):
        out = InstanceChanged(replace(status(state=InstanceState.NEEDS_LOGIN), signs_in=True))
        window = open_steps(PlanMade("lingma", "127.0.0.1", 8317), FirstRunMoved(step), out)
        assert not isinstance(window.focusWidget(), QPushButton)
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert isinstance(window.focusWidget(), QAbstractButton)
        assert window.focusWidget().accessibleName() == first


def test_a_locked_keyring_is_told_of_and_can_be_gone_on_without(open_steps: Open) -> None:
    """Once the first steps said nothing, while nothing could start."""
    window = open_steps(PhaseChanged(EnginePhase.WAITING_FOR_KEYRING))
    given_up: list[bool] = []
    window.wishes.keyring_given_up.connect(lambda: given_up.append(True))
    assert "The system's key store is locked" in shown(window)
    click(window, "Go on without it")
    assert given_up == [True]
    window.store.dispatch(PhaseChanged(EnginePhase.RUNNING))
    settle()
    assert "The system's key store is locked" not in shown(window)


def test_without_a_lingma_the_sign_in_leads_back_to_who_answers(open_steps: Open) -> None:
    """Once it only said that none was found."""
    window = open_steps(
        PlanMade("lingma", "127.0.0.1", 8317, ("no_upstream",)),
        InstanceRemoved(InstanceName("inst-0"), 1.0),
        FirstRunMoved(FirstRunStep.SIGN_IN),
    )
    assert any("No Lingma was found" in text for text in shown(window))
    click(window, "Choose who answers")
    assert window.store.state.first_run.step is FirstRunStep.PROGRAM
    assert button(window, "Download Lingma").isEnabled()


def test_a_program_that_does_not_run_is_not_said_to_start(open_steps: Open) -> None:
    failed = InstanceChanged(status(state=InstanceState.FAILED, last_error="start_failed"))
    window = open_steps(
        PlanMade("lingma", "127.0.0.1", 8317), FirstRunMoved(FirstRunStep.SIGN_IN), failed
    )
    assert not any("It is starting" in text for text in shown(window))
    click(window, "Open the health page")
    assert window.panel == "health"


def test_tab_goes_down_the_step_and_then_along_its_foot(open_steps: Open) -> None:
    out = InstanceChanged(replace(status(state=InstanceState.NEEDS_LOGIN), signs_in=True))
    window = open_steps(
        PlanMade("lingma", "127.0.0.1", 8317), FirstRunMoved(FirstRunStep.SIGN_IN), out
    )
    second = replace(status("inst-1", InstanceState.NEEDS_LOGIN), signs_in=True)
    window.store.dispatch(InstanceChanged(second))
    settle()
    reached = []
    for _press in range(7):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        focused = window.focusWidget()
        assert isinstance(focused, QPushButton)
        reached.append(focused.accessibleName() or focused.text())
    assert reached == [
        "Sign in: inst-0",
        "Sign in: inst-1",
        "Open the accounts page",
        "Back",
        "Set up later",
        "Next",
        "Sign in: inst-0",
    ]


def test_by_keyboard_to_the_end(open_steps: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_steps()
    asked: list[str] = []
    monkeypatch.setattr(window.wishes, "try_prompt", lambda prompt, _kind: asked.append(prompt))
    for _step in range(len(FirstRunStep)):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert asked == ["Count to 20"]
    for _press in range(20):
        focused = window.focusWidget()
        if isinstance(focused, QPushButton) and focused.text() == "Finish":
            break
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.store.state.first_run.state is FirstRunState.DONE


def test_what_failed_is_said_in_the_step(open_steps: Open) -> None:
    window = open_steps(FirstRunMoved(FirstRunStep.SIGN_IN), ActionFailed("the disk is full"))
    assert "the disk is full" in shown(window)


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
    click(window, "Set up later")
    assert not window.store.state.first_run.is_open
    click(window, "Continue")
    assert titles(window) == ["Sign in"]
    click(window, "Set up later")
    click(window, "Not needed")
    assert window.store.state.first_run.state is FirstRunState.DONE


def test_a_panel_that_is_wanted_leaves_the_steps(open_steps: Open) -> None:
    window = open_steps()
    window.show_panel("about")
    assert window.store.state.first_run.state is FirstRunState.LEFT
    assert window.panel == "about"


def test_a_panel_that_is_wanted_instead_of_the_steps_reads_what_it_shows(
    open_steps: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the history was not read, as nobody saw the panel yet: an empty table without words."""
    read: list[bool] = []
    monkeypatch.setattr(RequestActions, "read_history", lambda *_asked: read.append(True))
    window = open_steps(PhaseChanged(EnginePhase.RUNNING))
    assert not read
    window.show_panel("requests")
    settle()
    assert read


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
    click(window, "Download Lingma")
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
        assert any(text.startswith("Demo: answers do not come") for text in shown(window)), step


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
    assert window.focusWidget() is not dark
    assert window.focusWidget().accessibleName() == name


def test_every_arrow_key_chooses_though_each_builds_the_window_anew(
    open_steps: Open, theme: Theme
) -> None:
    window = open_steps()
    window.store.changed.connect(lambda state: theme.apply(state.choices.theme))
    named(window, "Theme: Like the system").setFocus()
    chosen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(window.focusWidget(), key)
        chosen.append(window.store.state.choices.theme)
    assert chosen == ["light", "dark", "light"]
    assert window.focusWidget().accessibleName() == "Theme: Light"


def test_the_first_step_has_no_way_back(open_steps: Open) -> None:
    window = open_steps()
    texts = [b.text() for b in window.findChildren(QPushButton) if b.isVisible()]
    assert "Next" in texts
    assert "Back" not in texts
    click(window, "Next")
    click(window, "Back")
    assert titles(window) == ["Welcome to Lingma Gateway"]
    assert "Back" not in [b.text() for b in window.findChildren(QPushButton) if b.isVisible()]


@pytest.mark.parametrize(("width", "height"), [(720, 480), (900, 600), (1160, 1000)])
def test_the_foot_ends_where_the_step_ends_with_a_scroll_bar_or_without(
    open_steps: Open, width: int, height: int
) -> None:
    window = open_steps(FirstRunMoved(FirstRunStep.ANSWER))
    window.resize(width, height)
    settle()
    (card,) = [c for c in window.findChildren(TryItCard) if c.isVisible()]
    foot = button(window, "Finish")
    right = [w.mapTo(window, w.rect().topRight()).x() for w in (card, foot)]
    left = [w.mapTo(window, w.rect().topLeft()).x() for w in (card, button(window, "Back"))]
    assert abs(right[0] - right[1]) <= 1, right
    assert abs(left[0] - left[1]) <= 1, left


def test_what_explains_a_choice_stands_below_its_words(open_steps: Open) -> None:
    window = open_steps(
        ProgramsFound("/usr/bin/lingma", (AGENT,), "auto", is_fixed=False),
        FirstRunMoved(FirstRunStep.PROGRAM),
    )
    (choice,) = [r for r in window.findChildren(QRadioButton) if r.text() == AGENT[1]]
    (words,) = [w for w in window.findChildren(QLabel) if w.text() == AGENT[2]]
    option = QStyleOptionButton()
    choice.initStyleOption(option)
    element = QStyle.SubElement.SE_RadioButtonContents
    inner = choice.style().subElementRect(element, option, choice)
    begins = choice.mapTo(window, inner.topLeft()).x()
    below = words.mapTo(window, words.contentsRect().topLeft()).x()
    assert abs(begins - below) <= 1
