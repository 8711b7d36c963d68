"""`python -m tests.bench.window`: how long the window stands still while much goes on behind it.

A heart beats on the UI's thread every few milliseconds; the longest silence between two beats is
what a user would feel. Behind it runs an engine thread with a real history of 100,000 records and
200 streams that tell, end and are recorded with bodies of 100 KB. Of the longest silence it says
also what the whole program worked in it and how much of it the machine itself took (a process
that does nothing was not woken either); `cpu` is the most the UI's thread worked between two beats.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.actions import Actions
from desktop.application import GatewayApplication
from desktop.bridge import EngineBridge
from desktop.engine_thread import EngineThread
from desktop.interpreter import tune_interpreter
from desktop.main_window import MainWindow
from desktop.panels.request_detail import RequestDetail
from desktop.panels.requests_table import RequestTable
from desktop.slices.request_filter import RequestFilter
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.try_it import TryItSession
from gateway_engine.conversation import (
    ChatRequest,
    InstanceName,
    Message,
    ModelId,
    RequestId,
    Role,
    SessionUse,
    TextPart,
    TurnRouted,
)
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.recorder import Recorder
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.inspector.trace import Arrival
from gateway_engine.public import (
    Emit,
    RequestFinished,
    RequestProgressed,
    RequestRecorded,
    RequestRouted,
    RequestStarted,
    Summary,
    TaskOwner,
)
from gateway_engine.storage.database import Database, Statements
from gateway_engine.storage.history import SqliteHistory
from gateway_engine.storage.history_queries import COLUMNS
from tests.bench.machine import MachineWatch
from tests.gui.fake_engine import FakeEngine
from tests.support.recorded_turns import turn

BEAT_MS: Final = 4
TICK_S: Final = 0.1
KB: Final = 1024
LONG_S: Final = 0.05


class Silence(NamedTuple):
    """Between two beats; all in seconds."""

    length: float
    began: float  # time.perf_counter
    thread: float  # CPU of the UI's thread
    program: float  # CPU of all threads


def _clocks() -> tuple[float, float, float]:
    return time.perf_counter(), time.thread_time(), time.process_time()


class Heart:
    """Beats on the UI's thread."""

    def __init__(self, machine: MachineWatch) -> None:
        self.silences: list[Silence] = []
        self._machine = machine
        self._last, self._worked, self._all = _clocks()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, worked, everyone = _clocks()
        self.silences.append(
            Silence(now - self._last, self._last, worked - self._worked, everyone - self._all)
        )
        self._last, self._worked, self._all = now, worked, everyone

    def begin(self) -> None:
        """Forget what was."""
        self._beat()
        self.silences.clear()

    def report(self, title: str) -> None:
        """One line of figures."""
        self._beat()
        silences = sorted(self.silences, key=lambda silence: silence.length)
        lengths = [silence.length * 1000 for silence in silences]
        high = lengths[int(len(lengths) * 0.999) - 1] if len(lengths) > 1 else lengths[-1]
        long = [silence for silence in silences if silence.length > LONG_S]
        machine = [self._taken_s(silence) for silence in long]
        own = sum(
            silence.length - taken > LONG_S for silence, taken in zip(long, machine, strict=True)
        )
        worst = silences[-1]
        print(
            f"{title:<34} worst {lengths[-1]:6.1f} ms (program's cpu {worst.program * 1000:6.1f},"
            f" machine took {self._taken_s(worst) * 1000:6.1f})   p99.9 {high:5.1f}"
            f"   median {statistics.median(lengths):4.1f}"
            f"   cpu {max(silence.thread for silence in silences) * 1000:5.1f}"
            f"   over {LONG_S * 1000:.0f} ms: {len(long)}, {own} of its own",
            flush=True,
        )

    def _taken_s(self, silence: Silence) -> float:
        return self._machine.taken_s(silence.began, silence.began + silence.length)


class BusyEngine(FakeEngine):
    """An engine without upstreams: its streams are told, recorded and kept for real."""

    def __init__(self, emit: Emit, folder: Path, rows: int, streams: int, body: int) -> None:
        super().__init__(emit)
        self._tell = emit
        self._rows, self._streams, self._body = rows, streams, body
        self._database = Database(folder / "history.db")
        self._recorder = Recorder(
            RecentRecords(),
            Secrets(["lgw-secret-0123456789"]),
            bodies=True,
            clock=time.monotonic,
            tell=lambda *told: emit(RequestRecorded(*told)),
        )
        self.records = self._recorder  # type: ignore[assignment]
        self._tasks = TaskOwner("streams")
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Fill the history."""
        await self._database.open()
        history = SqliteHistory(
            self._database, RecentRecords(), max_mb=4096, max_days=0, clock=time.time
        )
        self._recorder.history = history
        await history.add([turn(4, record_id="req_seed")])
        await self._database.run(lambda statements: _multiply(statements, self._rows))
        for size in (100 * KB, 4 * KB * KB):
            body = json.dumps({"model": "m", "messages": [{"content": "x y " * (size // 4)}]})
            answer = "".join(f'data: {{"delta": "{"word " * 20}"}}\n\n' for _ in range(size // 120))
            await history.add([turn(4, record_id=f"req_{size}", body=body, answer=answer)])
        await super().start()

    async def stop(self) -> None:
        """Let go of everything."""
        await self.pour(False)
        await self._recorder.aclose()
        await self._database.aclose()

    async def pour(self, on: bool) -> None:
        """Start or end the streams."""
        await self._tasks.aclose()
        if on:
            for number in range(self._streams):
                self._tasks.spawn(self._stream(number), name=f"stream-{number}")

    async def _stream(self, number: int) -> None:
        dice = random.Random(number)
        await asyncio.sleep(dice.random())
        count = 0
        while True:
            count += 1
            await self._one(RequestId(f"live_{number}_{count}"), dice)

    async def _one(self, request_id: RequestId, dice: random.Random) -> None:
        began, at = time.monotonic(), time.time()
        client = f"client-{dice.randrange(6)}"
        arrival = Arrival(
            request_id, at, began, "openai_chat", "POST", "/v1/chat/completions",
            "http://127.0.0.1:8317/v1/chat/completions", client, "key-1", (),
        )  # fmt: skip
        trace = self._recorder.begin(arrival)
        text = "Please read this once more. " * (self._body // 28)
        trace.received(json.dumps({"messages": [{"role": "user", "content": text}]}).encode())
        trace.understood(ChatRequest("m", (Message(Role.USER, (TextPart(text),)),)), stream=True)
        self._tell(RequestStarted(request_id, at, "openai_chat", "/v1", client, "gpt-4o", True))
        self._tell(
            RequestRouted(request_id, InstanceName("inst-0"), ModelId("kmodel"), SessionUse.HIT)
        )
        await asyncio.sleep(dice.uniform(0.2, 1.5))
        ttft_ms = (time.monotonic() - began) * 1000
        for step in range(dice.randrange(10, 150)):
            self._tell(RequestProgressed(request_id, step * 30, ttft_ms))
            trace.answered(b'data: {"choices": [{"delta": {"content": "word "}}]}\n\n')
            await asyncio.sleep(TICK_S)
        total_ms = (time.monotonic() - began) * 1000
        finished = RequestFinished(
            request_id, time.time(), 200, "", "", ttft_ms, total_ms, 25_000, 400
        )
        routed = TurnRouted(InstanceName("inst-0"), ModelId("kmodel"), "x", SessionUse.HIT, 1)
        trace.ended(finished, routed)
        trace.outcome.status, trace.outcome.total_ms = 200, total_ms
        self._tell(finished)
        self._recorder.finish(trace)


def _multiply(statements: Statements, rows: int) -> None:
    columns = ", ".join(name for name in COLUMNS if name not in ("id", "started_at"))
    statements.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"  # noqa: S608
        f" WHERE i < {rows}) INSERT INTO requests (id, started_at, {columns}, bytes)"
        f" SELECT 'req_' || i, {time.time() - 90_000} + i * 0.8, {columns}, bytes"
        " FROM n, requests WHERE id = 'req_seed'"
    )
    statements.change(
        "INSERT OR REPLACE INTO searched SELECT seq, id || ' ' || hex(randomblob(200))"
        " FROM requests"
    )


@dataclass
class Stage:
    """The window, and how to wait in it."""

    window: MainWindow
    actions: Actions
    engine: BusyEngine
    thread: EngineThread
    heart: Heart
    seconds: float
    dice: random.Random = field(default_factory=lambda: random.Random(3))

    @property
    def table(self) -> RequestTable:
        """The table of requests."""
        return self.window.findChildren(RequestTable)[0]

    @property
    def details(self) -> RequestDetail:
        """The details beside it."""
        return self.window.findChildren(RequestDetail)[0]

    @contextmanager
    def measured(self, title: str) -> Iterator[None]:
        """Report what the heart felt."""
        self.heart.begin()
        yield
        self.heart.report(title)

    async def repeat(self, what: Callable[[], object], every_s: float) -> None:
        """Do something again and again for the time of one stage."""
        end = time.perf_counter() + self.seconds
        while time.perf_counter() < end:
            what()
            await asyncio.sleep(every_s)


async def play(stage: Stage) -> None:
    """All that a user does."""
    table, heart = stage.table, stage.heart
    with stage.measured("idle"):
        await asyncio.sleep(stage.seconds)
    await stage.thread.ask(lambda engine: stage.engine.pour(True))
    await asyncio.sleep(3)
    with stage.measured("streams, the newest in sight"):
        await asyncio.sleep(2 * stage.seconds)
    with stage.measured("… turning the wheel"):
        await stage.repeat(lambda: wheel(table, -360), 0.03)
    with stage.measured("… dragging through the history"):
        await stage.repeat(lambda: drag(table, stage.dice), 0.03)
    with stage.measured("… End, Home, page keys"):
        keys = [Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_Home]
        await stage.repeat(lambda: QTest.keyClick(table, stage.dice.choice(keys)), 0.1)
    with stage.measured("… another filter now and then"):
        filters = [RequestFilter(text=f"req_{n}7") for n in range(9)] + [RequestFilter()]
        await stage.repeat(
            lambda: stage.actions.requests.filter_by(stage.dice.choice(filters)), 0.4
        )
    stage.actions.requests.filter_by(RequestFilter())
    table.select_row(0)
    QTest.keyClick(table, Qt.Key.Key_Return)
    with stage.measured("… details follow the keys"):
        await stage.repeat(lambda: QTest.keyClick(table, Qt.Key.Key_Down), 0.25)
    for title, size in (("100 KB", 100 * KB), ("4 MB", 4 * KB * KB)):
        for tab in ("client", "conversation", "upstream", "answer", "timeline"):
            stage.actions.requests.close_record()
            stage.details.choose(tab)
            await asyncio.sleep(0.5)
            with stage.measured(f"… {title} bodies, {tab}"):
                line = Summary(f"req_{size}", time.time(), "openai_chat", "/v1")
                stage.actions.requests.open_record(line)
                await asyncio.sleep(3)
    stage.actions.requests.close_record()
    heart.begin()


def wheel(table: RequestTable, pixels: int) -> None:
    """One notch or more."""
    place = QPointF(table.viewport().rect().center())
    QApplication.sendEvent(
        table.viewport(),
        QWheelEvent(
            place, table.viewport().mapToGlobal(place), QPoint(0, pixels), QPoint(0, pixels),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )  # fmt: skip


def drag(table: RequestTable, dice: random.Random) -> None:
    """The bar, somewhere else."""
    bar = table.verticalScrollBar()
    bar.setValue(dice.randrange(bar.maximum() + 1))


async def run(
    arguments: argparse.Namespace,
    folder: Path,
    application: QApplication,
    machine: MachineWatch,
) -> None:
    """Build everything, play, and take it down."""
    bridge, store, tasks = EngineBridge(), StateStore(), TaskOwner("bench")
    bridge.received.connect(store.dispatch_all)
    engine = BusyEngine(
        bridge.emit_event, folder, arguments.rows, arguments.streams, arguments.body_kb * KB
    )
    thread = EngineThread(lambda: engine, on_crash=lambda reason: print(reason, file=sys.stderr))
    theme = Theme(application)
    theme.apply("light")
    actions = Actions(store, tasks, TryItSession())
    window = MainWindow(store, actions, theme)
    window.resize(1600, 1000)
    window.show_panel("requests")
    thread.start()
    actions.attach(thread)
    window.show()
    changed = asyncio.Event()
    store.changed.connect(lambda _state: changed.set())
    while store.state.requests.view is None:
        changed.clear()
        await changed.wait()
    stage = Stage(window, actions, engine, thread, Heart(machine), arguments.seconds)
    try:
        await play(stage)
        requests = store.state.requests
        print(
            f"rows {stage.table.rows.rowCount()}, live {len(requests.live)}, pages"
            f" {len(requests.view.pages) if requests.view else 0}, readings {requests.readings}"
        )
    finally:
        await tasks.aclose()
        await asyncio.to_thread(thread.stop)
        bridge.close()
        window.close_for_good()


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.window", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each stage")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--body-kb", type=int, default=100)
    chosen = parser.parse_args(arguments)
    tune_interpreter()
    application = GatewayApplication(["window"])
    with (
        tempfile.TemporaryDirectory() as folder,
        MachineWatch(Path(folder)) as machine,
        qasync.QEventLoop(application) as loop,
    ):
        loop.run_until_complete(run(chosen, Path(folder), application, machine))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
