"""Where the time went: phases that leave no gap, silences of upstream that are stalls."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.inspector.record import (
    FROM_UPSTREAM,
    TO_UPSTREAM,
    Details,
    Exchange,
    Frame,
    KeptText,
    Record,
    Summary,
)
from gateway_engine.inspector.stalls import STALL_MS, PhaseKind, find_stalls, turn_times


def frame(at_ms: float, direction: str = FROM_UPSTREAM) -> Frame:
    return Frame(at_ms, direction, KeptText("{}", 2))


def record(*frames: Frame, total: float = 9000.0, ttft: float | None = 1200.0) -> Record:
    line = Summary("r", 0.0, "openai_chat", "/v1/chat/completions", total_ms=total, ttft_ms=ttft)
    return Record(line, Details(Exchange("POST", "http://h/"), frames=frames))


def test_a_silence_in_the_stream_is_a_stall_and_the_first_wait_is_not() -> None:
    asked = frame(40.0, TO_UPSTREAM)
    times = turn_times(record(asked, frame(5000.0), frame(5100.0), frame(8200.0), frame(8300.0)))
    assert [(s.start_ms, s.end_ms) for s in times.stalls] == [(5100.0, 8200.0)]
    assert (times.asked, len(times.said)) == ((40.0,), 4)


def test_a_silence_of_exactly_the_threshold_is_none() -> None:
    assert find_stalls([frame(0.0), frame(STALL_MS)]) == ()
    assert len(find_stalls([frame(0.0), frame(STALL_MS + 1)])) == 1


def test_phases_say_who_was_waited_for() -> None:
    times = turn_times(record(frame(40.0, TO_UPSTREAM), frame(1100.0)))
    assert [(p.kind, p.span.start_ms, p.span.end_ms) for p in times.phases] == [
        (PhaseKind.PLACING, 0.0, 40.0),
        (PhaseKind.THINKING, 40.0, 1200.0),
        (PhaseKind.ANSWERING, 1200.0, 9000.0),
    ]


def test_frames_that_were_left_out_make_no_stall() -> None:
    made = record(frame(100.0), frame(8000.0))
    assert made.details is not None
    cut = replace(made, details=replace(made.details, frames_left_out=5))
    assert turn_times(cut).stalls == ()


@given(
    total=st.floats(0, 1e6),
    ttft=st.none() | st.floats(0, 1e6),
    at=st.lists(st.floats(0, 1e6), max_size=5),
)
def test_the_phases_fill_the_whole_time(total: float, ttft: float | None, at: list[float]) -> None:
    frames = [frame(moment, TO_UPSTREAM) for moment in sorted(at)]
    phases = turn_times(record(*frames, total=total, ttft=ttft)).phases
    edges = [0.0, *(phase.span.end_ms for phase in phases)]
    assert [phase.span.start_ms for phase in phases] == edges[:-1]
    assert edges[-1] == total
