"""A window on the requests panel, with a history behind it on the engine's thread."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.bridge import EngineBridge
from desktop.engine_thread import EngineThread
from desktop.i18n import Language
from desktop.main_window import MainWindow
from desktop.panels.requests import RequestsPanel
from desktop.panels.requests_table import RequestTable
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.public import (
    Details,
    EngineEvent,
    Exchange,
    KeptText,
    Record,
    RequestRecorded,
    Summary,
    TaskOwner,
)
from tests.gui.conftest import RunOnQt
from tests.gui.fake_engine import FakeEngine
from tests.unit.desktop.samples import NOON, URL

LINES = 900


def record(number: int) -> Record:
    """One of the history; the later the number, the later it came."""
    line = Summary(
        f"old_{number}",
        NOON + number,
        "openai_chat",
        "/v1/chat/completions",
        "curl" if number % 2 else "Zed",
        "kmodel",
        "kmodel",
        "inst-0",
        status=502 if number % 10 == 0 else 200,
        error_code="upstream_error" if number % 10 == 0 else "",
        total_ms=1200.0,
    )
    body = KeptText('{"model": "kmodel"}', 19)
    return Record(line, Details(Exchange("POST", f"{URL}/v1/chat/completions", (), body)))


class House:
    """A window on the requests panel, and an engine with a history in memory."""

    def __init__(self, theme: Theme, lines: int) -> None:
        self.bridge = EngineBridge()
        self.engine = FakeEngine(self.bridge.emit_event)
        self.engine.records = RecentRecords(max_records=5000, max_bytes=1 << 30)
        self.lines = lines
        self.thread = EngineThread(lambda: self.engine, on_crash=lambda _reason: None)
        self.tasks = TaskOwner("test")
        self.store = StateStore()
        self.bridge.received.connect(self.store.dispatch_all)
        self.news = asyncio.Event()
        self.store.changed.connect(lambda _state: self.news.set())
        QGuiApplication.clipboard().dataChanged.connect(self.news.set)
        self.actions = Actions(self.store, self.tasks, TryItSession())
        self.window = MainWindow(self.store, self.actions, theme)
        self.window.resize(1160, 700)
        self.window.show_panel("requests")
        (self.table,) = self.window.findChildren(RequestTable)
        (self.panel,) = self.window.findChildren(RequestsPanel)
        self._told = 0

    async def open(self) -> None:
        await self.engine.records.add([record(number) for number in range(self.lines)])
        self.thread.start()
        self.actions.attach(self.thread)
        self.window.show()
        await self.until(lambda: self.store.state.requests.view is not None)

    def tell(self, *events: EngineEvent) -> None:
        self.store.dispatch_all(events)

    def tell_recorded(self, name: str) -> None:
        self._told += 1
        line = replace(record(1).summary, id=name, started_at=NOON + 5000 + self._told)
        self.tell(RequestRecorded(line, self._told))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be true; the test's deadline ends it."""
        while not condition():
            self.news.clear()
            await self.news.wait()

    async def close(self) -> None:
        await self.tasks.aclose()
        QGuiApplication.clipboard().dataChanged.disconnect(self.news.set)
        self.window.close_for_good()
        assert await asyncio.to_thread(self.thread.stop)
        self.bridge.close()

    def shown(self, row: int) -> str:
        found = self.table.rows.row(row)
        return "" if found is None else found.line.id

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        QTest.keyClick(self.table, key, modifiers or Qt.KeyboardModifier.NoModifier)


Make = Callable[..., House]


def houses(theme: Theme, language: Language, qtbot: QtBot) -> Make:
    """Makes windows in English and light; the test's end closes them."""
    language.install("en")
    theme.apply("light")

    def make(lines: int = LINES) -> House:
        made = House(theme, lines)
        qtbot.addWidget(made.window, before_close_func=lambda _w: made.window.close_for_good())
        return made

    return make


def run(run_on_qt: RunOnQt[None], house: House, scenario: Callable[[], object]) -> None:
    async def whole() -> None:
        await house.open()
        try:
            result = scenario()
            if asyncio.iscoroutine(result):
                await result
        finally:
            await house.close()

    run_on_qt(whole())


def is_pinned(made: House, row: int) -> bool:
    found = made.table.rows.row(row)
    return found is not None and found.line.pinned


def buttons(window: QWidget) -> list[QPushButton]:
    return [button for button in window.findChildren(QPushButton) if button.isVisible()]


def opened_record(made: House) -> str:
    opened = made.store.state.requests.opened
    return opened.record.summary.id if opened is not None and opened.record is not None else ""
