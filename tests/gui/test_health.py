"""The health panel: the card tells the truth, its button mends it, and looking asks the engine."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.engine_thread import EngineThread
from desktop.health_actions import HealthActions
from desktop.i18n import Language
from desktop.looking import Looking
from desktop.panels import health_card
from desktop.panels.health import HealthPanel
from desktop.panels.health_remedy import RemedyBanner
from desktop.panels.panel import PanelContext
from desktop.slices.health import InstanceOpened, InstanceTestBegan, LogTailRead
from desktop.state import AppState
from desktop.store import StateStore
from desktop.theme import LIGHT, Theme
from desktop.try_it import TryItSession
from desktop.widgets.code_view import CodeView
from gateway_engine.public import (
    InstanceChanged,
    InstanceName,
    InstanceState,
    InstanceStatus,
    InstanceTested,
    LogTail,
    QuotaSpent,
    SmokeStep,
    TaskOwner,
)
from tests.gui.conftest import RunOnQt
from tests.gui.fake_engine import FakeEngine
from tests.gui.seen_in_window import settle
from tests.unit.desktop.samples import status

ME = InstanceName("inst-0")
SILENT = replace(status(last_error="not_answering"), silent_since=1.0)
SPENT = replace(status(last_error="upstream_quota"), out_of_quota=QuotaSpent(1.0, 2.0, "none"))
STOPPED = replace(status(state=InstanceState.STOPPED), stopped=True)
SIGNED_OUT = status(state=InstanceState.NEEDS_LOGIN, last_error="login_required")
FAILED = status(state=InstanceState.FAILED, last_error="exited")


class Shown:
    """A panel with its store; what its buttons ask of the engine is kept in `asked`."""

    def __init__(self, qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
        theme.apply("light")
        self.asked: list[str] = []
        for wish in ("restart", "stop", "start", "test"):
            monkeypatch.setattr(HealthActions, wish, self._noting(wish))
        self.store = StateStore(AppState())
        self.actions = Actions(self.store, TaskOwner("test"), TryItSession())
        self.actions.panel_wanted.connect(self.asked.append)
        self.panel = HealthPanel(PanelContext(self.actions, LIGHT))
        self.store.changed.connect(self.panel.render_state)
        self.window = QWidget()
        self.panel.setParent(self.window)
        self.window.resize(1000, 900)
        self.panel.resize(1000, 900)
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()

    def _noting(self, wish: str) -> Callable[[HealthActions, InstanceName], None]:
        return lambda _self, name: self.asked.append(f"{wish} {name}")

    def show(self, told: InstanceStatus) -> None:
        self.store.dispatch(InstanceChanged(told))

    @property
    def looked_into(self) -> InstanceName | None:
        return self.store.state.health.open

    def texts(self) -> list[str]:
        return [each.text() for each in visible(self.panel, QLabel)]

    def buttons(self) -> list[str]:
        return [each.text() for each in visible(self.panel, QPushButton)]

    def press(self, text: str) -> None:
        button = next(b for b in visible(self.panel, QPushButton) if b.text() == text)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def shown(qtbot: QtBot, theme: Theme, language: Language, monkeypatch: pytest.MonkeyPatch) -> Shown:
    return Shown(qtbot, theme, monkeypatch)


def visible(parent: QWidget, kind: type[Any]) -> list[Any]:
    return [each for each in parent.findChildren(kind) if each.isVisible()]


@pytest.mark.parametrize(
    ("told", "title", "button", "asked"),
    [
        (SILENT, "inst-0 · Not answering", "Restart it", "restart inst-0"),
        (SPENT, "inst-0 · Out of quota", "Sign in…", "accounts/inst-0"),
        (SPENT, "inst-0 · Out of quota", "Test it", "test inst-0"),
        (STOPPED, "inst-0 · Stopped by you", "Start it", "start inst-0"),
        (
            replace(STOPPED, title="Work"),
            "Work · inst-0 · Stopped by you",
            "Start it",
            "start inst-0",
        ),
        (SIGNED_OUT, "inst-0 · Sign-in needed", "Sign in…", "accounts/inst-0"),
        (
            status(state=InstanceState.RECONNECTING, last_error="exited"),
            "inst-0 · Reconnecting",
            "Restart it",
            "restart inst-0",
        ),
        (
            status(state=InstanceState.FAILED, last_error="not_ready_in_time"),
            "inst-0 · Failed",
            "Show the log",
            "health",
        ),
    ],
)
def test_the_card_tells_the_truth_and_its_button_mends_it(
    shown: Shown, told: InstanceStatus, title: str, button: str, asked: str
) -> None:
    shown.show(told)
    assert title in shown.texts()
    shown.press(button)
    assert shown.asked == [asked]
    shown.show(status())
    assert "inst-0 · Ready" in shown.texts()
    assert button not in [each.text() for each in visible(shown.panel, QPushButton)]


def test_a_banner_that_goes_does_not_hand_the_keyboard_to_stop(shown: Shown) -> None:
    shown.window.activateWindow()
    for told in (SILENT, SPENT, SIGNED_OUT):
        shown.show(told)
        button = visible(visible(shown.panel, RemedyBanner)[0], QPushButton)[0]
        button.setFocus()
        shown.show(status())
        focused = QApplication.focusWidget()
        assert isinstance(focused, QPushButton)
        assert focused.text() == "Restart"


def test_a_button_that_moves_into_a_banner_takes_the_keyboard_along(shown: Shown) -> None:
    shown.window.activateWindow()
    shown.show(status())
    next(b for b in visible(shown.panel, QPushButton) if b.text() == "Restart").setFocus()
    shown.show(SILENT)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Restart it"
    shown.show(status())
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Restart"


def test_what_comes_to_a_card_finds_room(shown: Shown) -> None:
    for name in ("inst-0", "inst-1", "inst-2"):
        shown.show(status(name))
    settle()
    for width in (500, 1000):  # in one column, and anew in two
        shown.panel.resize(width, 900)
        settle()
    shown.show(SILENT)
    settle()
    [banner] = visible(shown.panel, RemedyBanner)
    assert banner.height() >= banner.heightForWidth(banner.width())
    shown.show(status())
    settle()
    assert visible(shown.panel, RemedyBanner) == []


def test_one_that_answers_is_stopped_only_after_a_question(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[tuple[str, Callable[[], None]]] = []

    def ask(_parent: QWidget, text: str, _yes: str, then: Callable[[], None], **_: object) -> None:
        questions.append((text, then))

    monkeypatch.setattr(health_card, "ask", ask)
    shown.show(status(in_flight=2))
    shown.press("Stop")
    assert shown.asked == []
    [(text, then)] = questions
    assert text == "inst-0 has requests in flight: 2. Stop it anyway?"
    shown.show(replace(status(in_flight=2), title="Work"))
    shown.press("Stop")
    text, then = questions[-1]
    assert text == "Work · inst-0 has requests in flight: 2. Stop it anyway?"
    assert "Stop: Work · inst-0" in [b.accessibleName() for b in visible(shown.panel, QPushButton)]
    then()
    assert shown.asked == ["stop inst-0"]
    shown.show(status())
    shown.press("Stop")
    assert shown.asked == ["stop inst-0"] * 2


def test_the_page_of_one_and_the_way_back(shown: Shown) -> None:
    shown.show(status())
    shown.press("Details")
    assert shown.asked == ["health"]
    assert shown.looked_into == ME
    tail = LogTail(ME, 1.0, ("printed",), "/tmp/log", ("a line", "the last one"))
    shown.store.dispatch(LogTailRead(tail))
    [log] = visible(shown.panel, CodeView)
    assert log.text() == "a line\nthe last one"
    shown.press("‹ All instances")
    assert [shown.looked_into] == [None]
    assert "inst-0 · Ready" in shown.texts()


def told_test(*steps: SmokeStep, running: str = "") -> InstanceTested:
    return InstanceTested(ME, 1.0, steps, running)


def test_a_test_shows_each_step_as_it_is_taken(shown: Shown) -> None:
    shown.show(status())
    shown.press("Details")
    shown.store.dispatch(InstanceTestBegan(ME, 1.0), told_test(running="instance"))
    assert "It runs" in shown.texts()
    assert shown.texts().count("now…") == 1
    assert "Test" not in shown.buttons()
    assert "Testing…" in shown.buttons()
    up = SmokeStep("instance", True, 2.0)
    shown.store.dispatch(told_test(up, running="login"))
    assert "2 ms" in shown.texts()
    failed = SmokeStep("login", False, 3.0, "login_expired: sign in again")
    shown.store.dispatch(told_test(up, failed))
    assert "Test" in shown.buttons()
    assert "Its account can be used: no" in shown.texts()
    assert "It names its models" not in shown.texts()
    shown.press("Sign in…")
    assert shown.asked == ["health", "accounts/inst-0"]
    shown.store.dispatch(told_test(up))
    assert "The test was broken off." in shown.texts()
    slow = SmokeStep("turn", False, 3.0, "upstream_timeout: nothing came for 60 s")
    shown.store.dispatch(told_test(up, slow))
    assert any(words.endswith(". Details: nothing came for 60 s") for words in shown.texts())


@pytest.mark.parametrize("told", [SILENT, SPENT, STOPPED, SIGNED_OUT, FAILED])
def test_everything_is_offered_once(shown: Shown, told: InstanceStatus) -> None:
    shown.show(told)
    shown.press("Details")
    error = f"upstream_unavailable: {told.last_error}"
    shown.store.dispatch(told_test(SmokeStep("instance", False, 1.0, error)))
    assert len(visible(shown.panel, RemedyBanner)) == 1
    doing = {"Restart it": "Restart", "Start it": "Start", "Test it": "Test"}
    buttons = [doing.get(b.text(), b.text()) for b in visible(shown.panel, QPushButton)]
    assert sorted(buttons) == sorted(set(buttons))
    assert ("Restart" in buttons) is (told is not STOPPED)


def test_the_log_is_shown_where_it_is(shown: Shown) -> None:
    shown.show(FAILED)
    shown.press("Details")
    shown.store.dispatch(LogTailRead(LogTail(ME, 1.0, ("printed",), "/tmp/log", ("a line",))))
    shown.press("Show the log")
    focused = QApplication.focusWidget()
    [log] = visible(shown.panel, CodeView)
    assert focused is not None
    assert focused is log or log.isAncestorOf(focused)


def test_a_page_of_what_is_gone_is_left(shown: Shown) -> None:
    shown.store.dispatch(InstanceOpened(InstanceName("gone")))
    shown.show(status())
    assert "inst-0 · Ready" in shown.texts()
    assert visible(shown.panel, CodeView) == []


def test_figures_are_taken_only_while_somebody_looks(
    run_on_qt: RunOnQt[None], qtbot: QtBot, theme: Theme, language: Language
) -> None:
    async def live() -> None:
        theme.apply("light")
        tasks = TaskOwner("test")
        store = StateStore(AppState())
        actions = Actions(store, tasks, TryItSession())
        engine = FakeEngine(lambda _: None)
        thread = EngineThread(lambda: engine, on_crash=lambda _: None)
        thread.start()
        window = QWidget()
        panel = HealthPanel(PanelContext(actions, LIGHT))
        panel.setParent(window)
        panel._clock.setInterval(10)
        qtbot.addWidget(window)
        try:
            actions.attach(thread)
            await asyncio.sleep(0.05)
            assert engine.asked == ["start"]  # no window, no question
            panel.hide()  # the window shows another panel: looked at, not sampled
            looking = Looking(window, actions.health.look, every_ms=10)
            window.show()
            await until(lambda: engine.asked.count("look") > 1)
            assert "vitals" not in engine.asked
            panel.show()
            await until(lambda: engine.asked.count("vitals") > 1)
            assert store.state.health.vitals is not None
            store.dispatch(InstanceChanged(status()), InstanceOpened(ME))
            panel.render_state(store.state)
            await until(lambda: store.state.health.tail is not None)
            actions.health.test(ME)
            await until(lambda: not store.state.health.tests[ME].runs)
            actions.health.stop(ME)
            await until(lambda: "stop inst-0" in engine.asked)
            window.hide()
            looking.tell()
            await asyncio.sleep(0.05)
            asked = len(engine.asked)
            await asyncio.sleep(0.1)
            assert len(engine.asked) == asked
        finally:
            actions.attach(None)
            await tasks.aclose()
            await asyncio.to_thread(thread.stop)

    run_on_qt(live())


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - the engine's side has no event for the window's loop
        await asyncio.sleep(0.01)
