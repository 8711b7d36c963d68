"""The first steps in the window, by mouse and by keyboard, to a wish for every button."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
)
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.client_actions import ClientActions
from desktop.i18n import Language
from desktop.main_window import MainWindow
from desktop.panels.overview_try_it import TryItCard
from desktop.slices.clients import (
    ClientPlanned,
    ClientsLookedAt,
    ClientWorkBegan,
    ClientWorkEnded,
    Outcome,
    OutcomeKind,
)
from desktop.slices.first_run import (
    FirstRunMoved,
    FirstRunShown,
    FirstRunState,
    FirstRunStep,
    ProgramsFound,
)
from desktop.state import (
    ActionFailed,
    AppState,
    EnginePhase,
    PhaseChanged,
    PlanMade,
    reduce_all,
)
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from desktop.widgets.diff_view import DiffView
from gateway_engine.public import (
    Deed,
    InstallChanged,
    InstallState,
    InstanceChanged,
    InstanceName,
    InstanceRemoved,
    InstanceState,
    TaskOwner,
)
from tests.gui.seen_in_window import button, click, named, settle, shown, titles
from tests.shots.scenes import scenes
from tests.unit.desktop.samples import changed, listening, started, status

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
        actions.panel_wanted.connect(window.show_panel)
        qtbot.addWidget(window, before_close_func=lambda _window: window.close_for_good())
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        QCoreApplication.processEvents()
        return window

    return opened


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


# --- the client step -----------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the step asks of the clients' actions."""
    asked: list[tuple[object, ...]] = []
    for name in ("look", "plan", "do", "put_aside"):

        def note(_self: object, *given: object, _name: str = name) -> None:
            asked.append((_name, *given))

        monkeypatch.setattr(ClientActions, name, note)
    return asked


CLIENT_SCENES = {scene.name: scene.state.clients for scene in scenes() if scene.panel == "clients"}
FOUND = ClientsLookedAt(CLIENT_SCENES["connected"].views)
AT_CLIENTS = FirstRunMoved(FirstRunStep.CLIENT)


def test_the_client_step_looks_when_it_is_seen_and_again_when_the_window_is(
    open_steps: Open, asked: list[tuple[object, ...]], qapp: QApplication
) -> None:
    window = open_steps(AT_CLIENTS)
    assert asked
    assert set(asked) == {("look",)}
    asked.clear()
    qapp.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert asked == [("look",)]
    click(window, "Next")
    asked.clear()
    qapp.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert asked == []


def test_a_client_is_connected_after_its_change_was_shown(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_steps(FOUND, AT_CLIENTS)
    asked.clear()
    QTest.mouseClick(named(window, "Connect: Codex CLI"), Qt.MouseButton.LeftButton)
    assert asked == [("plan", "codex", Deed.APPLY)]
    change = CLIENT_SCENES["plan"].plans["claude"]
    window.store.dispatch(ClientPlanned("codex", change))
    (diff,) = [d for d in window.findChildren(DiffView) if d.isVisible()]
    assert "ANTHROPIC_BASE_URL" in diff.toPlainText()
    settle()
    apply = button(window, "Connect")
    assert window.focusWidget() is apply
    assert apply.visibleRegion().boundingRect() == apply.rect()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert asked[1:] == [("do", "codex")]
    settle()
    click(window, "Cancel")
    assert asked[2:] == [("put_aside", "codex")]
    window.store.dispatch(ClientWorkBegan("codex"))
    window.store.dispatch(ClientWorkEnded("codex", Outcome(OutcomeKind.APPLIED)))
    assert window.focusWidget() is named(window, "Connect: Codex CLI")


def test_by_keyboard_the_found_clients_come_first(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_steps(AT_CLIENTS)
    window.store.dispatch(FOUND)
    asked.clear()
    reached = []
    for _press in range(2):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget().accessibleName())
    assert reached == ["Undo: Claude Code", "Connect: Codex CLI"]
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert asked == [("plan", "codex", Deed.APPLY)]


def test_each_client_says_how_it_stands_and_offers_what_fits(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    window = open_steps(FOUND, AT_CLIENTS)
    assert "Connected, and it has asked." in shown(window)
    asked.clear()
    QTest.mouseClick(named(window, "Undo: Claude Code"), Qt.MouseButton.LeftButton)
    assert asked == [("plan", "claude", Deed.UNDO)]
    # Zed is not installed here; curl and the SDKs have no settings file.
    for absent in ("Zed", "curl", "OpenAI and Anthropic SDKs"):
        assert absent not in shown(window)
    QTest.mouseClick(named(window, "Details: Qwen Code"), Qt.MouseButton.LeftButton)
    assert (window.panel, window.store.state.clients.chosen) == ("clients", "qwen")


def test_what_is_refused_is_said_in_the_step(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    refused = CLIENT_SCENES["refused"].outcomes["codex"]
    window = open_steps(FOUND, AT_CLIENTS, ClientWorkEnded("codex", refused))
    assert any(text.startswith("Nothing was changed. ") for text in shown(window))
    assert named(window, "Connect: Codex CLI").isEnabled()
    window.store.dispatch(ClientWorkBegan("codex"))
    assert not named(window, "Connect: Codex CLI").isEnabled()


def test_a_client_that_asks_shows_at_once(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    del asked
    views = tuple(replace(view, last_seen=0.0) for view in FOUND.views)
    window = open_steps(ClientsLookedAt(views), AT_CLIENTS)
    assert "Connected, and it has asked." not in shown(window)
    window.store.dispatch(replace(started("r1"), client="client:claude"))
    assert "Connected, and it has asked." in shown(window)


def test_where_no_client_is_found_it_is_said(
    open_steps: Open, asked: list[tuple[object, ...]]
) -> None:
    del asked
    views = tuple(
        replace(view, status=replace(view.status, installed=False)) for view in FOUND.views
    )
    window = open_steps(AT_CLIENTS)
    assert "Looking for clients…" in shown(window)
    window.store.dispatch(ClientsLookedAt(views))
    assert any(text.startswith("None of the clients") for text in shown(window))
    click(window, "Open the clients page")
    assert window.panel == "clients"


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
