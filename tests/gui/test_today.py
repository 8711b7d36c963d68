"""The figures of this day: filled from the history at the start, anew at midnight."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.engine_thread import EngineThread
from desktop.i18n import Language
from desktop.panels.overview import OverviewPanel
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.store import StateStore
from desktop.theme import LIGHT, Theme
from desktop.today_actions import TodayActions
from desktop.try_it import TryItSession
from gateway_engine.errors import GatewayError
from gateway_engine.public import Record, RecordQuery, Summary, Survey, TaskOwner
from tests.gui.conftest import RunOnQt
from tests.gui.fake_engine import FakeEngine
from tests.unit.desktop.samples import listening

MIDNIGHT = datetime(2026, 3, 29)  # noqa: DTZ001 - the user's own; in much of the world 23 h long
YESTERDAY = (MIDNIGHT - timedelta(minutes=1)).timestamp()


def line(number: int, at: float, error_code: str = "") -> Record:
    status = 502 if error_code else 200
    return Record(
        Summary(f"r{number}", at, "openai_chat", "/v1", status=status, error_code=error_code)
    )


class Shown:
    """The overview, and an engine with a history of two days."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        theme.apply("light")
        self.tasks = TaskOwner("test")
        self.store = StateStore(AppState())
        self.actions = Actions(self.store, self.tasks, TryItSession())
        self.now = MIDNIGHT.timestamp() + 60
        self.actions.today = TodayActions(self.actions.asker, clock=lambda: self.now)
        self.engine = FakeEngine(lambda _: None)
        self.thread = EngineThread(lambda: self.engine, on_crash=lambda _: None)
        self.panel = OverviewPanel(PanelContext(self.actions, LIGHT))
        self.store.changed.connect(self.panel.render_state)
        self.news = asyncio.Event()
        self.store.changed.connect(lambda _state: self.news.set())
        self.window = QWidget()
        self.panel.setParent(self.window)
        qtbot.addWidget(self.window)
        for each in (self.window, self.panel):
            each.resize(900, 700)

    async def start(self) -> None:
        early, now = MIDNIGHT.timestamp() + 1, MIDNIGHT.timestamp() + 50
        await self.engine.records.add(
            [line(1, YESTERDAY), line(2, early), line(3, now, "busy"), line(4, now)]
        )
        self.thread.start()
        self.actions.attach(self.thread)
        self.window.show()
        self.store.dispatch(listening())

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.news.clear()
            await self.news.wait()

    async def close(self) -> None:
        self.actions.attach(None)
        await self.tasks.aclose()
        await asyncio.to_thread(self.thread.stop)

    def figure(self, title: str) -> str:
        (label,) = [f for f in self.panel.findChildren(QLabel) if f.property("caption") == title]
        return label.text()


@pytest.fixture
def shown(qtbot: QtBot, theme: Theme, language: Language) -> Shown:
    language.install("en")
    return Shown(qtbot, theme)


def test_the_history_of_the_day_is_part_of_them(run_on_qt: RunOnQt[None], shown: Shown) -> None:
    async def live() -> None:
        await shown.start()
        try:
            await shown.until(lambda: shown.store.state.today.is_whole)
            figures = [shown.figure(title) for title in ("Requests today", "Failed today")]
            assert figures == ["3", "1"]
            shown.now = (MIDNIGHT + timedelta(days=1)).timestamp()
            shown.panel._refresh_ages()  # its timer's wish: nothing else happens
            assert shown.figure("Requests today") == "0"
        finally:
            await shown.close()

    run_on_qt(live())


def test_a_history_that_cannot_be_read_is_tried_again(
    run_on_qt: RunOnQt[None], shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[RecordQuery] = []
    loop_of_test: list[asyncio.AbstractEventLoop] = []

    async def refuse(query: RecordQuery, _locate: str = "") -> Survey:
        asked.append(query)
        loop_of_test[0].call_soon_threadsafe(shown.news.set)
        raise GatewayError("not now")

    async def live() -> None:
        loop_of_test.append(asyncio.get_running_loop())
        with monkeypatch.context() as patched:
            patched.setattr(shown.engine.records, "survey", refuse)
            await shown.start()
            await shown.until(lambda: bool(asked))
        try:
            while not shown.store.state.today.is_whole:
                shown.actions.today.look()
                await asyncio.sleep(0.01)
            assert shown.figure("Requests today") == "3"
            assert not shown.store.state.action_error
        finally:
            await shown.close()

    run_on_qt(live())
