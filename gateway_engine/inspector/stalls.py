"""Where the time of one request went: its phases, and the silences in its stream. Pure.

Frames have their times; a stall is a silence of upstream, after its first word and before its last,
that is longer than STALL_MS. Waiting for the first word is a phase of its own, not a stall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from gateway_engine.inspector.record import FROM_UPSTREAM, TO_UPSTREAM, Frame, Record

STALL_MS: Final = 2000.0
"""A reader takes two seconds without a word for a standstill; a model at work is seldom silent so
long, and a heartbeat comes only after fifteen."""


class PhaseKind(StrEnum):
    """What goes on between two moments of a request."""

    PLACING = "placing"
    """The gateway reads the request, waits for a ticket and an instance, and asks."""
    THINKING = "thinking"
    """Upstream has been asked and has not said a word of the answer."""
    ANSWERING = "answering"
    """From the first content to the end."""


@dataclass(frozen=True, slots=True)
class Span:
    """From and to, in milliseconds after the request came."""

    start_ms: float
    end_ms: float

    @property
    def length_ms(self) -> float:
        """How long it is."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the request's time."""

    kind: PhaseKind
    span: Span


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """The times of one request. `asked` and `said` are the moments of frames."""

    total_ms: float
    ttft_ms: float | None
    phases: tuple[Phase, ...]
    stalls: tuple[Span, ...]
    asked: tuple[float, ...]
    said: tuple[float, ...]
    frames_left_out: int = 0


def turn_times(record: Record) -> TurnTimes:
    """Return where the time of `record` went."""
    line, details = record.summary, record.details
    frames = details.frames if details is not None else ()
    asked = tuple(frame.at_ms for frame in frames if frame.direction == TO_UPSTREAM)
    said = tuple(frame.at_ms for frame in frames if frame.direction == FROM_UPSTREAM)
    return TurnTimes(
        total_ms=line.total_ms,
        ttft_ms=line.ttft_ms,
        phases=_phases(line.total_ms, line.ttft_ms, asked),
        # Where frames are left out their silence is ours, not upstream's.
        stalls=() if details is None or details.frames_left_out else find_stalls(frames),
        asked=asked,
        said=said,
        frames_left_out=details.frames_left_out if details is not None else 0,
    )


def find_stalls(frames: Sequence[Frame], threshold_ms: float = STALL_MS) -> tuple[Span, ...]:
    """Return the silences of upstream between its first and its last word."""
    said = [frame.at_ms for frame in frames if frame.direction == FROM_UPSTREAM]
    return tuple(Span(a, b) for a, b in pairwise(said) if b - a > threshold_ms)


def _phases(total: float, ttft: float | None, asked: Sequence[float]) -> tuple[Phase, ...]:
    first_word = total if ttft is None else min(ttft, total)
    moments = [0.0, first_word, total]
    kinds = [PhaseKind.THINKING, PhaseKind.ANSWERING]
    if asked:
        moments.insert(1, min(asked[0], first_word))
        kinds.insert(0, PhaseKind.PLACING)
    return tuple(
        Phase(kind, Span(start, end))
        for kind, (start, end) in zip(kinds, pairwise(moments), strict=True)
        if end > start
    )
