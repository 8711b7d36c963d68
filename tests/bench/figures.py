"""From samples to ratios with their spread, and to tables. Pure."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Sample:
    """One program in one round of one scenario. Times in seconds; `first_s` is the median."""

    rps: float
    p50_s: float
    p99_s: float
    first_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """One program's figure over another's: the median of all rounds, the lowest, the highest."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"


FIELDS: Final = ("rps", "p50_s", "p99_s", "first_s", "cpu_s")
HEADINGS: Final = ("requests/s", "p50", "p99", "first text", "CPU/request")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def sample(result: dict[str, Any], cpu_s: float) -> Sample:
    """The figures of one job's result; `cpu_s` is the program's CPU time for all of it."""
    latencies = result["latencies_s"]
    return Sample(
        rps=len(latencies) / result["wall_s"],
        p50_s=statistics.median(latencies),
        p99_s=percentile(latencies, 0.99),
        first_s=statistics.median(result["first_s"]),
        cpu_s=cpu_s / len(latencies),
    )


def ratios(mine: Sequence[Sample], theirs: Sequence[Sample]) -> dict[str, Ratio]:
    """Round by round, `mine` over `theirs`."""
    found: dict[str, Ratio] = {}
    for name in FIELDS:
        each = [
            getattr(a, name) / max(getattr(b, name), 1e-9)
            for a, b in zip(mine, theirs, strict=True)
        ]
        found[name] = Ratio(statistics.median(each), min(each), max(each))
    return found


def absolute(samples: Sequence[Sample]) -> str:
    """The median figures of one program, for orientation only."""
    middle = {name: statistics.median(getattr(s, name) for s in samples) for name in FIELDS}
    return (
        f"{middle['rps']:.0f}/s, p50 {middle['p50_s'] * 1e3:.2f} ms,"
        f" CPU {middle['cpu_s'] * 1e3:.2f} ms"
    )


def table(title: str, rows: dict[str, dict[str, Ratio]], notes: dict[str, str]) -> str:
    """A table of ratios, a line a scenario."""
    lines = [title, f"{'':30}" + "".join(f"{name:>20}" for name in HEADINGS)]
    lines += [
        f"{name:30}"
        + "".join(f"{row[key]!s:>20}" for key in FIELDS)
        + (f"   [{notes[name]}]" if name in notes else "")
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def as_json(samples: dict[str, dict[str, list[Sample]]]) -> dict[str, Any]:
    """All samples as plain values: program → scenario → rounds."""
    return {
        program: {name: [asdict(s) for s in rounds] for name, rounds in by_scenario.items()}
        for program, by_scenario in samples.items()
    }
