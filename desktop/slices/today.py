"""Requests of this day, by the user's own midnight: the history's, and those that came since.

A request counts for the day on which it started. What the engine tells is counted at once; the
history of the day is read at the start, and again when events were lost. Until then what was told
is remembered one by one: the reading may have seen it or not.

    not whole ── TodayRead ──► whole ── events were lost ──► not whole
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from gateway_engine.public import RequestFinished, RequestRecorded, RequestStarted, Summary

CLIENT_WENT_AWAY = 499
MOST_TOLD = 4000
"""Of more than so many the oldest have long been written."""


@dataclass(frozen=True, slots=True)
class Told:
    """A request of today. `number` is that of its line in the history, 0 before it has one."""

    failed: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Today:
    """Requests since local midnight. `told` are those that the next reading may not see; the last
    one saw the first `seen` lines of the history, some of which may be told of only now.
    """

    day: date = date.min
    total: int = 0
    failed: int = 0
    is_whole: bool = False
    seen: int = 0
    told: Mapping[str, Told] = field(default_factory=dict)

    def after_loss(self, running: Iterable[RequestStarted]) -> "Today":
        """Events were lost, and these run: the history knows the rest."""
        told = {str(event.request_id): Told() for event in running if day_of(event.at) == self.day}
        return replace(self, is_whole=False, seen=0, told=told)


@dataclass(frozen=True, slots=True)
class DayBegan:
    """The user's calendar shows this day."""

    day: date


@dataclass(frozen=True, slots=True)
class TodayRead:
    """The history has so many requests of this day, among its first `recorded` lines."""

    day: date
    total: int
    failed: int
    recorded: int


TodayEvent = DayBegan | TodayRead
TodayNews = TodayEvent | RequestStarted | RequestFinished | RequestRecorded


def reduce_today(today: Today, event: TodayNews, *, is_known: bool) -> Today:
    """The slice after `event`. `is_known`: the request had been told of before."""
    match event:
        case DayBegan(day):
            return _on(today, day)
        case TodayRead():
            return _with_history(today, event)
        case RequestStarted(request_id, at):
            return _counted(today, str(request_id), day_of(at), Told())
        case RequestFinished():
            return _with_end(today, event)
        case RequestRecorded(line, number):
            return _with_line(today, line, number, is_known=is_known)


def day_of(at: float) -> date:
    """The user's day at that time."""
    return date.fromtimestamp(at)  # noqa: DTZ012 - the user's own midnight is meant


def _on(today: Today, day: date) -> Today:
    if day == today.day:
        return today
    # Everything of a day that begins now is told; of one that the clock was set to, it was not.
    is_whole = today.is_whole and day > today.day
    return Today(day=day, is_whole=is_whole, seen=today.seen)


def _counted(today: Today, request_id: str, day: date, told: Told) -> Today:
    if day < today.day:
        return today
    today = _on(today, day)
    counted = replace(today, total=today.total + 1, failed=today.failed + told.failed)
    return _remembering(counted, request_id, told)


def _remembering(today: Today, request_id: str, told: Told) -> Today:
    if today.is_whole:
        return today
    known = {**today.told, request_id: told}
    if len(known) > MOST_TOLD:
        del known[next(iter(known))]
    return replace(today, told=known)


def _with_end(today: Today, event: RequestFinished) -> Today:
    started = event.at - event.total_ms / 1000
    is_failure = bool(event.error_code) and event.status != CLIENT_WENT_AWAY
    if not is_failure or day_of(started) != today.day:
        return today
    failed = replace(today, failed=today.failed + 1)
    return _remembering(failed, str(event.request_id), Told(failed=True))


def _with_line(today: Today, line: Summary, number: int, *, is_known: bool) -> Today:
    is_failure = bool(line.error_code) and line.status != CLIENT_WENT_AWAY
    if 0 < number <= today.seen:
        # The reading has it already; what was told of it since is taken back.
        if not is_known or day_of(line.started_at) != today.day:
            return today
        return replace(today, total=today.total - 1, failed=today.failed - is_failure)
    told = Told(is_failure, number)
    if not is_known:  # refused before it started
        return _counted(today, line.id, day_of(line.started_at), told)
    if line.id in today.told:
        return _remembering(today, line.id, told)
    return today


def _with_history(today: Today, event: TodayRead) -> Today:
    if event.day < today.day:
        return today
    today = _on(today, event.day)
    unseen = [told for told in today.told.values() if not 0 < told.number <= event.recorded]
    return Today(
        day=event.day,
        total=event.total + len(unseen),
        failed=event.failed + sum(told.failed for told in unseen),
        is_whole=True,
        seen=event.recorded,
    )
