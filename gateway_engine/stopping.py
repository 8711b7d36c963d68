"""Where an answer ends early: at a stop sequence, or when `max_tokens` are out. Pure, incremental.

Clients' limits that upstream does not know are kept here, on what is streamed: no part of a stop
sequence is ever passed on, and what was passed on is never more than `max_tokens`. Stop sequences
are looked for in the text alone; reasoning and calls cost tokens as the text does, and calls are
never cut.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway_engine.conversation import (
    FinishReason,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    ToolCallArguments,
    ToolCallStarted,
)
from gateway_engine.sorted_runs import sorted_in_runs
from gateway_engine.tokens.vocabulary import count_tokens, first_tokens

SETTLE_CHARS: Final = 4096
KEPT_CHARS: Final = 256
FEW_STOPS: Final = 16
AT_ONCE_CHARS: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why the answer is over. `sequence` is set for a stop sequence."""

    reason: FinishReason
    sequence: str = ""


class AnswerLimits:
    """The limits of one answer. `take` every batch, `flush` at the end that upstream gave."""

    def __init__(self, *, max_tokens: int | None, stop: Sequence[str]) -> None:
        self._matcher = StopMatcher(stop)
        self._budget = TokenBudget(max_tokens) if max_tokens is not None else None

    def take(self, batch: Sequence[StreamEvent]) -> tuple[list[StreamEvent], Stopped | None]:
        """Return what may be passed on of this, and why the answer is over, if it is."""
        passed: list[StreamEvent] = []
        for event in batch:
            if isinstance(event, TextDelta):
                text, sequence = self._matcher.feed(event.text)
                if not self._pass(TextDelta, text, passed):
                    return passed, Stopped(FinishReason.LENGTH)
                if sequence:
                    return passed, Stopped(FinishReason.STOP_SEQUENCE, sequence)
                continue
            if not self._pass(TextDelta, self._matcher.flush(), passed):
                return passed, Stopped(FinishReason.LENGTH)
            if isinstance(event, ReasoningDelta):
                if not self._pass(ReasoningDelta, event.text, passed):
                    return passed, Stopped(FinishReason.LENGTH)
                continue
            if self._budget is not None and isinstance(event, ToolCallStarted | ToolCallArguments):
                said = event.name if isinstance(event, ToolCallStarted) else event.text
                self._budget.spend(said)
            passed.append(event)
        return passed, None

    def flush(self) -> tuple[list[StreamEvent], Stopped | None]:
        """Upstream is done: what might have become a stop sequence is text after all."""
        passed: list[StreamEvent] = []
        fits = self._pass(TextDelta, self._matcher.flush(), passed)
        return passed, None if fits else Stopped(FinishReason.LENGTH)

    def _pass(
        self, kind: type[TextDelta | ReasoningDelta], text: str, passed: list[StreamEvent]
    ) -> bool:
        """Pass on what fits; False when not all of it does."""
        fitting = text if self._budget is None else self._budget.take(text)
        if fitting:
            passed.append(kind(fitting))
        return len(fitting) == len(text)


class LimitWatch:
    """Tells when an answer that is wanted whole has come as far as its limits: never too late."""

    def __init__(self, *, max_tokens: int | None, stop: Sequence[str]) -> None:
        self._limits = AnswerLimits(max_tokens=max_tokens, stop=stop)

    def __call__(self, batch: Sequence[StreamEvent]) -> bool:
        """Take what has come; True when what follows may not be wanted."""
        chars = sum(len(e.text) for e in batch if isinstance(e, TextDelta | ReasoningDelta))
        # So much at once is not counted here, where everybody waits.
        return chars > AT_ONCE_CHARS or self._limits.take(batch)[1] is not None


class StopMatcher:
    """Finds the stop sequence that ends first; of those that end together, the longest."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._many = _ManyStops(self._stops) if len(self._stops) > FEW_STOPS else None
        self._held = ""

    def feed(self, text: str) -> tuple[str, str]:
        """Return the text that no stop sequence can begin in, and the one found, or ""."""
        if not self._stops:
            return text, ""
        data, self._held = self._held + text, ""
        if self._many is not None:
            passed, stop, self._held = self._many.look(data)
            return passed, stop
        found = [(at + len(stop), at, stop) for stop in self._stops if (at := data.find(stop)) >= 0]
        if found:
            _, at, stop = min(found)
            return data[:at], stop
        hold = min(_may_begin(stop, data) for stop in self._stops)
        self._held = data[hold:]
        return data[:hold], ""

    def flush(self) -> str:
        """Return what was held back: no stop sequence goes on in it."""
        held, self._held = self._held, ""
        return held


class _ManyStops:
    """Many stop sequences in order: those a text begins with are found by halving, not by trying.

    One that begins with another is left out: the other one always ends first. So at most one stands
    at any place.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops: list[str] = []
        for stop in sorted_in_runs(stops):
            if not self._stops or not stop.startswith(self._stops[-1]):
                self._stops.append(stop)
        self._first = {stop[0] for stop in self._stops}
        self._longest = max(map(len, self._stops))

    def look(self, data: str) -> tuple[str, str, str]:
        """Return the text that no stop can begin in, the one found or "", what is held back."""
        best: tuple[int, int, str] | None = None
        held = len(data)
        for at, character in enumerate(data):
            if best is not None and at >= best[0]:
                break
            if character not in self._first:
                continue
            here = data[at : at + self._longest]
            next_one = bisect_right(self._stops, here)
            before = self._stops[next_one - 1] if next_one else ""
            if before and here.startswith(before):
                found = (at + len(before), at, before)
                best = found if best is None else min(best, found)
            elif next_one < len(self._stops) and self._stops[next_one].startswith(here):
                held = min(held, at)
        if best is not None:
            return data[: best[1]], best[2], ""
        return data[:held], "", data[held:]


def _may_begin(stop: str, data: str) -> int:
    """Where the longest end of `data` starts that may go on to be `stop`."""
    at = data.find(stop[0], max(0, len(data) - len(stop) + 1))
    while at >= 0 and not stop.startswith(data[at:]):
        at = data.find(stop[0], at + 1)
    return len(data) if at < 0 else at


class TokenBudget:
    """Passes on at most `max_tokens` tokens of text. Counts only when the text may be too long."""

    def __init__(self, max_tokens: int) -> None:
        self._left = max_tokens  # of all but the tail
        self._tail = ""
        self._unsure = max_tokens  # so many more bytes fit, whatever they are

    def spend(self, text: str) -> None:
        """Count text that is passed on in any case."""
        self._left -= count_tokens(text)
        self._unsure = 0

    def take(self, text: str) -> str:
        """Return the beginning of `text` that still fits: all of it, or less and nothing more."""
        if not text:
            return text
        before = len(self._tail)
        self._tail += text
        self._unsure -= len(text.encode("utf-8", "replace"))
        if self._unsure < 0:
            spare = self._left - count_tokens(self._tail)
            if spare < 0:
                fitting = first_tokens(self._tail, max(0, self._left))[before:]
                self._tail = self._tail[: before + len(fitting)]
                return fitting
            self._unsure = spare
        if len(self._tail) > SETTLE_CHARS:
            # What lies far enough back is counted for good, so that no text is counted often.
            self._left -= count_tokens(self._tail[:-KEPT_CHARS])
            self._tail = self._tail[-KEPT_CHARS:]
            self._unsure = self._left - count_tokens(self._tail)
        return text
