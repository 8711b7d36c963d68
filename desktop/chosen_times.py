"""When the chosen requests ran, one after another or side by side, and when none of them did. Pure.

Of an agent's task the time in which none ran is the client's own: its tools, or a person who reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway_engine.public import Summary

MOST_SIDE_BY_SIDE = 6
"""What runs beside more than so many others shares the last row."""


@dataclass(frozen=True, slots=True)
class RunTime:
    """One request: milliseconds since the first of them began, and its row, 0 at the top."""

    line: Summary
    start_ms: float
    end_ms: float
    row: int


@dataclass(frozen=True, slots=True)
class ChosenTimes:
    """All that are over, in the order in which they began, and the gaps between them."""

    runs: tuple[RunTime, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    total_ms: float = 0.0

    @property
    def rows(self) -> int:
        """How many rows they take."""
        return 1 + max((run.row for run in self.runs), default=-1)

    @property
    def gaps_ms(self) -> float:
        """How long none of them ran."""
        return sum(end - start for start, end in self.gaps)


def times_of(lines: Iterable[Summary]) -> ChosenTimes:
    """The times of those that are over."""
    ended = sorted((line for line in lines if line.status), key=lambda line: line.started_at)
    if not ended:
        return ChosenTimes()
    first = ended[0].started_at
    runs: list[RunTime] = []
    gaps: list[tuple[float, float]] = []
    row_ends: list[float] = []
    latest = 0.0
    for line in ended:
        # Seconds since 1970 know no less than a quarter of a microsecond: what touches must touch.
        start = round((line.started_at - first) * 1000, 2)
        end = round(start + line.total_ms, 2)
        if start > latest:
            gaps.append((latest, start))
        latest = max(latest, end)
        row = next((n for n, taken in enumerate(row_ends) if taken <= start), len(row_ends))
        row = min(row, MOST_SIDE_BY_SIDE - 1)
        row_ends[row : row + 1] = [end]
        runs.append(RunTime(line, start, end, row))
    return ChosenTimes(tuple(runs), tuple(gaps), latest)
