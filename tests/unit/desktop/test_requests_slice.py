"""What the window knows of requests, event by event: no Qt anywhere."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.slices.live_requests import LiveRequest, RequestPhase
from desktop.slices.request_filter import RequestFilter
from desktop.slices.requests import (
    MANY_OVER,
    MAX_OVER,
    MAX_PAGES,
    PAGE_ROWS,
    FilterChosen,
    FollowingAsked,
    FollowingRead,
    HistoryRead,
    HistoryWiped,
    PageRead,
    PauseSwitched,
    RecordAsked,
    RecordClosed,
    RecordOpened,
    RecordRead,
    RecordsPinned,
    RequestsSlice,
)
from desktop.state import (
    AppEvent,
    AppState,
    EngineCrashed,
    EnginePhase,
    PhaseChanged,
    SnapshotTaken,
    reduce_all,
)
from gateway_engine.public import (
    Details,
    Exchange,
    InstanceName,
    ModelId,
    Record,
    RequestId,
    RequestProgressed,
    RequestRecorded,
    RequestRouted,
    SessionUse,
    Summary,
    Survey,
)
from tests.unit.desktop.samples import NOON, finished, started

ANY = RequestFilter()


def line(request_id: str, **fields: Any) -> Summary:
    known: dict[str, Any] = {"started_at": NOON, "protocol": "openai_chat", "path": "/v1"}
    return Summary(request_id, **{**known, "status": 200, **fields})


def recorded(request_id: str, number: int, **fields: Any) -> RequestRecorded:
    return RequestRecorded(line(request_id, **fields), number)


def routed(request_id: str) -> RequestRouted:
    return RequestRouted(
        RequestId(request_id), InstanceName("inst-0"), ModelId("kmodel"), SessionUse.HIT
    )


def progressed(request_id: str, ttft_ms: float = 250.0) -> RequestProgressed:
    return RequestProgressed(RequestId(request_id), 10, ttft_ms)


def read(
    total: int = 0, recorded: int = 0, *pages: int, chosen: RequestFilter = ANY
) -> HistoryRead:
    """The history of `total` lines, `recorded` of which were told of."""
    lines = {number: page(number) for number in pages}
    return HistoryRead(chosen, Survey(total, total, recorded=recorded), lines)


def page(number: int, size: int = PAGE_ROWS) -> tuple[Summary, ...]:
    first = number * PAGE_ROWS
    return tuple(line(f"old_{place}") for place in range(first, first + size))


def after(*events: AppEvent) -> RequestsSlice:
    return reduce_all(AppState(), events).requests


def phases(requests: RequestsSlice) -> dict[str, RequestPhase]:
    return {name: request.phase for name, request in requests.live.items()}


def test_a_request_goes_from_waiting_to_its_line() -> None:
    requests = after(started("a"), routed("a"))
    assert phases(requests) == {"a": RequestPhase.WAITING}
    summary = requests.live["a"].summary
    assert (summary.model_asked, summary.model_used, summary.session) == ("kmodel", "kmodel", "hit")
    requests = after(started("a"), progressed("a", 90.0))
    assert phases(requests) == {"a": RequestPhase.STREAMING}
    assert requests.live["a"].summary.ttft_ms == 90.0
    requests = after(started("a"), progressed("a"), finished("a", "busy", status=429))
    assert phases(requests) == {"a": RequestPhase.OVER}
    assert (requests.live["a"].summary.status, requests.live["a"].recorded) == (429, 0)
    requests = after(started("a"), finished("a"), recorded("a", 7, client="curl"))
    assert (requests.live["a"].recorded, requests.live["a"].summary.client) == (7, "curl")


def test_more_progress_changes_nothing() -> None:
    state = reduce_all(AppState(), (started("a"), progressed("a")))
    again = reduce_all(state, (progressed("a", 999.0), progressed("unknown"), routed("unknown")))
    assert again is state


def test_a_refused_request_comes_as_its_line() -> None:
    requests = after(recorded("refused", 1, status=401, error_code="invalid_api_key"))
    assert phases(requests) == {"refused": RequestPhase.OVER}


def test_the_history_takes_what_it_has_seen_in_whatever_order_it_is_told() -> None:
    events: tuple[AppEvent, ...] = (started("a"), started("b"), started("c"), finished("b"))
    requests = after(*events, recorded("a", 1), read(2, 2))
    assert list(requests.live) == ["b", "c"]
    requests = after(*events, recorded("a", 1), read(2, 2), recorded("b", 2))
    assert list(requests.live) == ["c"]
    requests = after(*events, read(0, 0), recorded("a", 1), recorded("b", 2))
    assert list(requests.live) == ["a", "b", "c"]


def test_it_is_read_first_and_again_for_another_filter() -> None:
    assert after().to_be_read
    assert not after(read()).to_be_read
    chosen = RequestFilter(client="curl")
    requests = after(read(5, 0, 0), FilterChosen(chosen))
    assert requests.to_be_read
    assert requests.shown_filter == ANY
    assert requests.view is not None
    requests = after(read(5, 0, 0), FilterChosen(chosen), read(2, chosen=chosen))
    assert not requests.to_be_read
    assert requests.shown_filter == chosen


def test_many_that_are_over_are_left_to_the_history() -> None:
    events: list[AppEvent] = [started("runs"), read()]
    for number in range(1, 3 * MAX_OVER):
        events.append(started(f"r{number}"))
        events.append(finished(f"r{number}"))
        events.append(recorded(f"r{number}", number))
        if number == MANY_OVER:
            assert not after(*events).to_be_read
    requests = after(*events)
    assert requests.to_be_read
    assert len(requests.live) <= MAX_OVER + 2
    assert "runs" in requests.live
    assert f"r{3 * MAX_OVER - 1}" in requests.live
    requests = after(*events, read(5000, 3 * MAX_OVER))
    assert list(requests.live) == ["runs"]
    assert not requests.to_be_read


def test_while_paused_what_is_new_waits_and_nothing_is_read_again() -> None:
    requests = after(read(), started("a"), PauseSwitched(True), started("b"))
    assert (requests.paused_at, requests.live["b"].arrival) == (1, 2)
    many = [recorded(f"r{n}", n) for n in range(1, MANY_OVER + 10)]
    paused: tuple[AppEvent, ...] = (read(), PauseSwitched(True), *many)
    assert not after(*paused).to_be_read
    assert after(*paused, PauseSwitched(False)).to_be_read


def test_pages_are_bounded_and_those_far_away_are_forgotten() -> None:
    total = 100_000
    events: list[AppEvent] = [read(total, 0, 0)]
    events += [PageRead(1, number, page(number)) for number in range(1, 40)]
    view = after(*events).view
    assert view is not None
    assert len(view.pages) == MAX_PAGES
    assert view.line(39 * PAGE_ROWS + 7) == line(f"old_{39 * PAGE_ROWS + 7}")
    assert view.line(3) is None
    late = after(*events, read(total, 0, 0), PageRead(1, 5, page(5))).view
    assert late is not None
    assert list(late.pages) == [0]


def test_a_short_page_is_the_end() -> None:
    view = after(read(1000, 0, 0), PageRead(1, 1, page(1, 50))).view
    assert view is not None
    assert view.survey.total == PAGE_ROWS + 50


def test_a_pin_is_seen_wherever_the_line_stands() -> None:
    opened = RecordOpened(line("old_3"))
    requests = after(read(9, 0, 0), opened, RecordsPinned(frozenset({"old_3"}), True))
    assert requests.view is not None
    assert [place for place in range(9) if _pinned(requests, place)] == [3]
    assert requests.opened is not None
    assert requests.opened.summary.pinned
    requests = after(read(), recorded("a", 1), RecordsPinned(frozenset({"a"}), True))
    assert requests.live["a"].summary.pinned


def _pinned(requests: RequestsSlice, place: int) -> bool:
    found = requests.view.line(place) if requests.view else None
    return found is not None and found.pinned


def test_an_opened_request_is_read_when_it_is_over() -> None:
    events: tuple[AppEvent, ...] = (read(), started("a"), RecordOpened(line("a", status=0)))
    opened = after(*events).opened
    assert opened is not None
    assert opened.to_be_read
    asked = after(*events, RecordAsked("a")).opened
    assert asked is not None
    assert (asked.loading, asked.to_be_read) == (True, False)
    unfinished = after(*events, RecordAsked("a"), RecordRead("a", None)).opened
    assert unfinished is not None
    assert (unfinished.loading, unfinished.missing) == (False, False)
    over = after(*events, RecordAsked("a"), RecordRead("a", None), recorded("a", 1)).opened
    assert over is not None
    assert over.to_be_read
    record, previous = Record(line("a", client="curl")), Record(line("z"))
    once = RecordAsked("a"), RecordRead("a", record)
    for told in ((*once, recorded("a", 1)), (once[0], recorded("a", 1), once[1])):
        shown = after(*events, finished("a"), *told).opened
        assert shown is not None
        assert (shown.record, shown.to_be_read) == (record, False)
    here = after(*events, recorded("a", 1), RecordRead("a", record, previous)).opened
    assert here is not None
    assert (here.record, here.previous, here.summary.client) == (record, previous, "curl")
    other = after(*events, RecordOpened(line("b")), RecordRead("a", record)).opened
    assert other is not None
    assert other.record is None
    gone = after(read(), RecordOpened(line("b")), RecordAsked("b"), RecordRead("b", None)).opened
    assert gone is not None
    assert gone.missing
    assert after(*events, RecordClosed()).opened is None


def test_a_wipe_leaves_what_runs() -> None:
    requests = after(
        read(9, 0, 0), started("a"), recorded("b", 1), RecordOpened(line("b")), HistoryWiped()
    )
    assert (list(requests.live), requests.view, requests.opened) == (["a"], None, None)
    requests = after(read(9, 0, 0), started("a"), RecordOpened(line("a")), HistoryWiped())
    assert requests.opened is not None


def test_a_wipe_leaves_what_has_just_ended_until_its_line_comes() -> None:
    told = (read(9, 0, 0), started("a"), finished("a"), RecordOpened(line("a")), HistoryWiped())
    requests = after(*told)
    assert list(requests.live) == ["a"]
    assert requests.opened is not None
    # The wipe took its line along, which is told of late; the reading after it knows of that.
    assert not after(*told, recorded("a", 10), read(0, 10)).live
    assert not after(*told, read(0, 10), recorded("a", 10)).live


def test_after_a_loss_what_runs_is_told_again_and_the_rest_is_read() -> None:
    requests = after(
        read(), started("a"), started("lost"), recorded("b", 1), SnapshotTaken((started("a"),))
    )
    assert list(requests.live) == ["a"]
    assert requests.to_be_read


@pytest.mark.parametrize("end", [EngineCrashed("boom"), PhaseChanged(EnginePhase.STARTING)])
def test_another_engine_counts_anew(end: AppEvent) -> None:
    requests = after(read(9, 5, 0), started("a"), PauseSwitched(True), end)
    assert (dict(requests.live), requests.view, requests.paused_at) == ({}, None, None)
    requests = after(read(9, 5, 0), end, read(9, 0, 0), recorded("new", 1))
    assert list(requests.live) == ["new"]


LINES = (
    LiveRequest(line("a", status=0, client="curl"), RequestPhase.WAITING, 1),
    LiveRequest(line("b", status=0, model_asked="Qwen"), RequestPhase.STREAMING, 2),
    LiveRequest(line("c", instance="inst-1"), RequestPhase.OVER, 3),
    LiveRequest(line("d", error_code="upstream_error"), RequestPhase.OVER, 4),
    LiveRequest(line("e", status=499, error_code="client_gone"), RequestPhase.OVER, 5),
    LiveRequest(line("f", protocol="ollama", pinned=True), RequestPhase.OVER, 6),
)


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        (ANY, "abcdef"),
        (RequestFilter(status="running"), "ab"),
        (RequestFilter(status="ok"), "cf"),
        (RequestFilter(status="failed"), "d"),
        (RequestFilter(status="499"), "e"),
        (RequestFilter(client="curl"), "a"),
        (RequestFilter(protocol="ollama"), "f"),
        (RequestFilter(instance="inst-1"), "c"),
        (RequestFilter(text="qWEN"), "b"),
        (RequestFilter(text="upstream_"), "d"),
        (RequestFilter(pinned=True), "f"),
        (RequestFilter(status="ok", protocol="openai_chat"), "c"),
    ],
)
def test_a_filter_wants(chosen: RequestFilter, wanted: str) -> None:
    assert "".join(live.summary.id for live in LINES if chosen.wants(live)) == wanted
    assert chosen.is_set == (chosen != ANY)


def test_a_text_is_looked_for_in_live_requests_as_in_the_history() -> None:
    told = RequestRecorded(line("a"), 1, "a\nwie heißt das?".casefold())
    requests = after(started("b"), told)
    found = {i: live.has_text("HEISST") for i, live in requests.live.items()}
    assert found == {"b": False, "a": True}
    assert requests.live["b"].has_text("KMODEL")
    assert not requests.live["a"].has_text("kmodel")  # what the history does not find


def test_the_turn_after_is_looked_for_when_one_may_have_come() -> None:
    one = Record(line("a", client="curl"), Details(Exchange("POST", "http://h")))
    other = replace(one, summary=line("c", client="curl"))
    requests = after(RecordOpened(one.summary), RecordRead("a", one))
    assert requests.opened is not None
    assert requests.opened.may_be_followed
    asked = reduced(requests, FollowingAsked("a"), FollowingRead("a", None))
    assert asked.opened is not None
    assert not asked.opened.may_be_followed
    for new, expected in ((recorded("b", 1, client="Zed"), False), (told_of(other), True)):
        asked = reduced(asked, new)
        assert asked.opened is not None
        assert asked.opened.may_be_followed is expected
    found = reduced(asked, FollowingRead("x", other), FollowingRead("a", other), told_of(other))
    assert found.opened is not None
    assert (found.opened.following, found.opened.may_be_followed) == (other, False)


def told_of(record: Record) -> RequestRecorded:
    return RequestRecorded(record.summary, 9)


def reduced(requests: RequestsSlice, *events: AppEvent) -> RequestsSlice:
    return reduce_all(AppState(requests=requests), events).requests


def test_the_history_is_asked_for_the_same() -> None:
    chosen = RequestFilter("x", "failed", "ollama", "curl", "inst-0", True)
    query = chosen.query()
    assert (query.text, query.status, query.protocol) == ("x", "failed", "ollama")
    assert (query.client, query.instance, query.pinned) == ("curl", "inst-0", True)
    assert replace(chosen, status="running").query().status == "1xx"
