"""Requests of this day against a slow and obvious count, whatever comes in which order."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop.slices.requests import HistoryWiped
from desktop.slices.today import DayBegan, Today, TodayRead, day_of
from desktop.state import AppEvent, AppState, EngineCrashed, SnapshotTaken, reduce, reduce_all
from gateway_engine.public import RequestRecorded, Summary
from tests.unit.desktop.samples import NOON, finished, started

DAY = day_of(NOON)
DAY_S = 86_400.0


def after(*events: AppEvent) -> AppState:
    return reduce_all(AppState(), (DayBegan(DAY), *events))


def figures(state: AppState) -> tuple[int, int]:
    return state.today.total, state.today.failed


def line(request_id: str, error_code: str = "", at: float = NOON, **fields: Any) -> Summary:
    status = 502 if error_code else 200
    return Summary(
        request_id, at, "openai_chat", "/v1", status=status, error_code=error_code, **fields
    )


def test_what_the_history_has_and_what_came_since_is_counted_once() -> None:
    told = (
        started("early"),
        finished("early", "busy", status=429),
        RequestRecorded(line("early", "busy"), 1),
        started("ended"),
        finished("ended"),
        started("runs"),
    )
    state = after(*told, TodayRead(DAY, total=40, failed=3, recorded=1))
    assert figures(state) == (42, 3)
    state = reduce_all(state, (finished("runs", "busy", status=429), started("new")))
    assert figures(state) == (43, 4)
    state = reduce(state, RequestRecorded(line("ended"), 2))
    assert figures(state) == (43, 4)


def test_a_line_that_is_told_of_after_the_reading_that_saw_it_is_not_counted_twice() -> None:
    state = after(started("a"), finished("a", "busy", status=429), TodayRead(DAY, 1, 1, recorded=1))
    assert figures(state) == (2, 2)  # for a moment
    state = reduce(state, RequestRecorded(line("a", "busy"), 1))
    assert figures(state) == (1, 1)
    late = (started("b"), finished("b"), RequestRecorded(line("b"), 2))
    state = after(TodayRead(DAY, 2, 0, recorded=3), *late, RequestRecorded(line("refused"), 3))
    assert figures(state) == (2, 0)


def test_requests_that_were_refused_count_and_clients_that_left_are_no_failures() -> None:
    state = after(
        RequestRecorded(line("refused", "invalid_api_key"), 1),
        started("left"),
        finished("left", "client_gone", status=499),
    )
    assert figures(state) == (2, 1)


def test_a_wipe_between_a_requests_end_and_its_line_counts_nothing_twice() -> None:
    state = after(TodayRead(DAY, 4, 0, recorded=4), started("a"), finished("a", "busy", status=429))
    state = reduce_all(state, (HistoryWiped(), RequestRecorded(line("a", "busy"), 5)))
    assert figures(state) == (5, 1)


def test_midnight_begins_anew_and_late_ends_of_yesterday_change_nothing() -> None:
    state = after(TodayRead(DAY, 9, 2, recorded=0), started("over midnight", NOON))
    tomorrow = DAY + timedelta(days=1)
    state = reduce(state, DayBegan(tomorrow))
    assert (figures(state), state.today.is_whole) == ((0, 0), True)
    late = finished("over midnight", "busy", status=429, at=NOON + DAY_S)
    yesterdays = RequestRecorded(line("over midnight", "busy"), 1)
    state = reduce_all(state, (started("new", NOON + DAY_S), yesterdays))
    assert figures(state) == (1, 0)
    assert day_of(late.at - late.total_ms / 1000) == tomorrow  # this one took 20 ms only
    assert figures(reduce(state, DayBegan(DAY))) == (0, 0)
    assert not reduce(state, DayBegan(DAY)).today.is_whole


def test_after_a_loss_the_history_is_read_again() -> None:
    state = after(TodayRead(DAY, 5, 1, recorded=3), started("runs"))
    state = reduce(state, SnapshotTaken((started("runs"),)))
    assert (figures(state), state.today.is_whole) == ((6, 1), False)
    state = reduce(state, TodayRead(DAY, 7, 2, recorded=9))
    assert figures(state) == (8, 2)
    assert not reduce(state, EngineCrashed("x")).today.is_whole


def test_a_reading_of_yesterday_is_not_taken() -> None:
    state = after(started("a"))
    assert reduce(state, TodayRead(DAY - timedelta(days=1), 99, 9, 0)) is state
    assert Today().day == date.min


STEPS = st.lists(st.sampled_from(["start", "end", "fail", "record", "refuse"]), max_size=30)


@given(steps=STEPS, read_at=st.integers(0, 30), seen=st.integers(0, 12), before=st.integers(0, 5))
def test_any_order_of_telling_and_reading_gives_the_same(
    steps: list[str], read_at: int, seen: int, before: int
) -> None:
    """The engine has written so many lines when it is read; some are told of later."""
    events: list[AppEvent] = []
    lines: list[Summary] = []
    running: list[str] = []
    ended: list[Summary] = []
    failures = 0
    for number, step in enumerate(steps):
        name = f"r{number}"
        if step == "start":
            running.append(name)
            events.append(started(name))
        elif step in ("end", "fail") and running:
            code = "busy" if step == "fail" else ""
            failures += bool(code)
            ended.append(line(running.pop(0), code))
            status = 429 if code else 200
            events.append(finished(ended[-1].id, code, status=status))
        elif step == "refuse" or (step == "record" and ended):
            failures += step == "refuse"
            lines.append(line(name, "no_key") if step == "refuse" else ended.pop(0))
            events.append(RequestRecorded(lines[-1], len(lines)))
    seen = min(seen, len(lines))
    failed = sum(bool(each.error_code) for each in lines[:seen])
    reading = TodayRead(DAY, before + seen, failed, recorded=seen)
    events.insert(min(read_at, len(events)), reading)
    total = before + len(lines) + len(ended) + len(running)
    assert figures(after(*events)) == (total, failures)
