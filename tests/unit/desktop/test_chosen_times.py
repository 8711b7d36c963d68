"""When chosen requests ran, against a slow and obvious count of every millisecond."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.chosen_times import MOST_SIDE_BY_SIDE, times_of
from gateway_engine.public import Summary
from tests.unit.desktop.samples import NOON


def line(start_ms: int, length_ms: int, status: int = 200) -> Summary:
    at = NOON + start_ms / 1000
    name = f"r{start_ms}_{length_ms}"
    return Summary(name, at, "openai_chat", "/v1", status=status, total_ms=length_ms)


def test_turns_of_a_task_stand_in_one_row_with_the_clients_time_between() -> None:
    times = times_of([line(9000, 500), line(0, 1000), line(1400, 5000)])
    shown = [(run.row, round(run.start_ms), round(run.end_ms)) for run in times.runs]
    assert shown == [(0, 0, 1000), (0, 1400, 6400), (0, 9000, 9500)]
    assert [(round(start), round(end)) for start, end in times.gaps] == [(1000, 1400), (6400, 9000)]
    assert (times.rows, round(times.gaps_ms), round(times.total_ms)) == (1, 3000, 9500)


def test_what_still_runs_has_no_end_to_show() -> None:
    assert times_of([line(0, 0, status=0)]).runs == ()
    assert len(times_of([line(0, 0, status=0), line(5, 10)]).runs) == 1


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), min_size=1, max_size=20))
def test_gaps_and_rows(spans: list[tuple[int, int]]) -> None:
    times = times_of([line(start, length) for start, length in spans])
    first = min(start for start, _ in spans)
    last = max(start + length for start, length in spans)
    ran = {ms for start, length in spans for ms in range(start, start + length)}
    assert round(times.gaps_ms) == last - first - len(ran)
    assert round(times.total_ms) == last - first
    most = max(sum(start <= ms < start + length for start, length in spans) for ms in ran)
    assert times.rows == min(most, MOST_SIDE_BY_SIDE)
