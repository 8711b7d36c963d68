"""Records are made off the path of requests, in order, within bounds, and shown to whoever asks."""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Sequence

import pytest

from gateway_engine.conversation import Change, ChatRequest
from gateway_engine.credential_text import MARK
from gateway_engine.inspector import recorder as module
from gateway_engine.inspector.query import RecordQuery
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.record import Record, search_text
from gateway_engine.inspector.recorder import MAX_UNREAD, Recorder
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.inspector.trace import Trace
from tests.support.hygiene import ExpectedLogs
from tests.unit.inspector.samples import arrival, request, trace

LOGGER = "gateway_engine.inspector"


class SlowHistory(RecentRecords):
    """Waits before it keeps anything, and counts the batches."""

    def __init__(self) -> None:
        super().__init__(max_records=10_000)
        self.gate = asyncio.Event()
        self.batches: list[int] = []

    async def add(self, records: Sequence[Record]) -> None:
        self.batches.append(len(records))
        await self.gate.wait()
        await super().add(records)


def make(history: RecentRecords | None = None, *, bodies: bool = True) -> Recorder:
    clock = itertools.count(1000)
    return Recorder(
        history or RecentRecords(),
        Secrets(["lgw-Canary_012345"]),
        bodies=bodies,
        clock=lambda: next(clock) / 10,
        explain=explain,
    )


def explain(chat: ChatRequest) -> Sequence[Change]:
    return [Change("messages", "degraded", f"{len(chat.messages)} rendered")]


@pytest.fixture
async def slow() -> AsyncIterator[tuple[Recorder, SlowHistory]]:
    history = SlowHistory()
    made = make(history)
    yield made, history
    history.gate.set()
    await made.aclose()


async def ids(recorder: Recorder, **fields: str) -> list[str]:
    page = await recorder.find(RecordQuery(**fields))  # type: ignore[arg-type]
    return [summary.id for summary in page.summaries]


async def test_what_has_finished_is_found_at_once() -> None:
    recorder = make()
    told = recorder.begin(arrival("req_a"))
    told.understood(request(), stream=False)
    recorder.finish(told)
    recorder.finish(trace("req_b"))
    assert await ids(recorder) == ["req_b", "req_a"]
    found = await recorder.get("req_a")
    assert found is not None
    assert found.details is not None
    assert found.details.changes == (Change("messages", "degraded", "1 rendered"),)
    assert await recorder.get("req_c") is None
    await recorder.wipe()
    assert await ids(recorder) == []
    await recorder.aclose()


async def test_bodies_are_kept_only_when_wanted() -> None:
    recorder = make(bodies=False)
    told = recorder.begin(arrival("req_a"))
    told.received(b"{}")
    told.to_upstream(b"{}")
    told.understood(request(), stream=True)
    assert told.weight == 0
    recorder.finish(told)
    found = await recorder.get("req_a")
    assert found is not None
    assert found.details is None
    assert found.summary.stream
    await recorder.aclose()


async def test_a_burst_is_written_in_batches(slow: tuple[Recorder, SlowHistory]) -> None:
    recorder, history = slow
    for number in range(150):
        recorder.finish(trace(f"req_{number}"))
    history.gate.set()
    await recorder.flush()
    assert max(history.batches) == module.MAX_BATCH
    assert sum(history.batches) == 150
    assert await ids(recorder, client="curl", text="req_149") == ["req_149"]


async def test_too_many_at_once_lose_their_bodies_then_themselves(
    slow: tuple[Recorder, SlowHistory],
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectedLogs,
) -> None:
    recorder, history = slow
    monkeypatch.setattr(module, "MAX_WAITING", 4)
    monkeypatch.setattr(module, "MAX_WAITING_BYTES", 2 * trace().weight + 1)
    expected_logs.expect("1 requests ended too fast", logger=LOGGER, level=logging.WARNING)
    for number in range(5):
        recorder.finish(trace(f"req_{number}"))
    history.gate.set()
    assert await ids(recorder) == ["req_3", "req_2", "req_1", "req_0"]
    whole = [(await recorder.get(f"req_{n}")) for n in range(4)]
    assert [r is not None and r.details is not None for r in whole] == [True, True, False, False]


async def test_listeners_hear_of_every_record() -> None:
    recorder = make()
    with recorder.listen() as one, recorder.listen() as two:
        recorder.finish(trace("req_a", client="lgw-Canary_012345"))
        for listening in (one, two):
            summary = await listening.take()
            assert summary is not None
            assert (summary.id, summary.client) == ("req_a", MARK)
    recorder.finish(trace("req_b"))
    await recorder.flush()
    one.end()
    assert await one.take() is None
    assert not one.lost
    await recorder.aclose()


async def test_a_slow_listener_is_let_go_and_told_so() -> None:
    recorder = make()
    with recorder.listen() as slow_one, recorder.listen() as quick:
        heard = 0
        for number in range(MAX_UNREAD + 1):
            recorder.finish(trace(f"req_{number}"))
        await recorder.flush()
        while heard < MAX_UNREAD and await quick.take() is not None:
            heard += 1
        assert heard == MAX_UNREAD
        assert slow_one.lost
        unread = [summary async for summary in _rest(slow_one)]
        assert unread == [f"req_{n}" for n in range(MAX_UNREAD)]
    await recorder.aclose()


async def _rest(listening: module.Listening) -> AsyncIterator[str]:
    while (summary := await listening.take()) is not None:
        yield summary.id


async def test_who_reads_does_not_wait_for_what_ends_later() -> None:
    """Under load something always waits to be written: a reader gets its turn all the same."""
    numbers = itertools.count()
    busy = True

    class Busy(RecentRecords):
        async def add(self, records: Sequence[Record]) -> None:
            await super().add(records)
            if busy:
                recorder.finish(trace(f"req_{next(numbers)}"))

    recorder = make(Busy())
    recorder.finish(trace("req_a"))
    async with asyncio.timeout(10):
        assert "req_a" in await ids(recorder)
    busy = False
    await recorder.aclose()


async def test_what_comes_late_does_not_upset_the_count_of_bytes(
    slow: tuple[Recorder, SlowHistory],
) -> None:
    recorder, history = slow
    late = trace("req_a")
    recorder.finish(late)
    late.answered(b"x" * 1000)
    history.gate.set()
    await recorder.flush()
    assert recorder._waiting_bytes == 0


async def test_closing_writes_what_waits_and_ends_listeners() -> None:
    history = RecentRecords()
    recorder = make(history)
    recorder.finish(trace("req_a"))
    with recorder.listen() as listening:
        await recorder.aclose()
        assert [summary async for summary in _rest(listening)] in (["req_a"], [])
    assert await history.get("req_a") is not None
    recorder.finish(trace("req_b"))
    await recorder.aclose()
    assert await history.get("req_b") is None


async def test_closing_does_not_wait_for_ever(
    slow: tuple[Recorder, SlowHistory],
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectedLogs,
) -> None:
    recorder, _ = slow
    monkeypatch.setattr(module, "CLOSE_TIMEOUT_S", 0.01)
    expected_logs.expect("not written", logger=LOGGER, level=logging.WARNING)
    recorder.finish(trace("req_a"))
    await recorder.aclose()


async def test_one_that_cannot_be_recorded_costs_no_other(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("req_bad", logger=LOGGER)
    recorder = make()
    bad: Trace = trace("req_bad")
    bad.outcome.headers = ((1, 2),)  # type: ignore[assignment]
    recorder.finish(bad)
    recorder.finish(trace("req_a"))
    assert await ids(recorder) == ["req_a"]
    await recorder.aclose()


async def test_each_line_is_told_with_its_number_and_a_survey_knows_how_many() -> None:
    told: list[tuple[str, int, str]] = []
    recorder = Recorder(
        RecentRecords(),
        Secrets([]),
        bodies=False,
        clock=lambda: 100.0,
        tell=lambda summary, number, searched: told.append((summary.id, number, searched)),
    )
    for number in range(70):
        recorder.finish(trace(f"req_{number}"))
    surveyed = await recorder.survey(RecordQuery(), "req_3")
    assert [each[:2] for each in told] == [(f"req_{n}", n + 1) for n in range(70)]
    found = await recorder.get("req_3")
    assert found is not None
    assert told[3][2] == search_text(found)
    assert (surveyed.total, surveyed.recorded, surveyed.bodies) == (70, 70, False)
    assert surveyed.place == 66
    recorder.finish(trace("req_late"))
    await recorder.flush()
    assert told[-1][:2] == ("req_late", 71)
    lines = await recorder.stretch(RecordQuery(), surveyed.anchor, 0, 5)
    assert [line.id for line in lines] == [f"req_{number}" for number in range(69, 64, -1)]


async def test_a_pinned_record_is_forgotten_last() -> None:
    history = RecentRecords(max_records=3)
    recorder = make(history)
    for number in range(3):
        recorder.finish(trace(f"req_{number}"))
    assert await recorder.pin("req_0", True)
    assert not await recorder.pin("req_9", True)
    for number in range(3, 6):
        recorder.finish(trace(f"req_{number}"))
    assert await ids(recorder) == ["req_5", "req_4", "req_0"]
