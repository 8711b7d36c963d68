"""Requests since the history was last read: what runs, and what has ended since. Pure.

    RequestStarted ─► WAITING ─ first content ─► STREAMING ─┐
                         └───────── RequestFinished ────────┴─► OVER ─ RequestRecorded ─► recorded

A request that was refused before it started comes as its line alone, over and recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway_engine.public import (
    RequestFinished,
    RequestProgressed,
    RequestRecorded,
    RequestRouted,
    RequestStarted,
    Summary,
    search_words,
)

RequestEvent = (
    RequestStarted | RequestRouted | RequestProgressed | RequestFinished | RequestRecorded
)


class RequestPhase(StrEnum):
    """How far a request is."""

    WAITING = "waiting"
    STREAMING = "streaming"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class LiveRequest:
    """One request. `arrival` counts up from 1; `recorded` is the number of its line, 0 before.

    `searched` is what the history finds it by, "" before it has a record.
    """

    summary: Summary
    phase: RequestPhase
    arrival: int
    recorded: int = 0
    searched: str = ""

    def has_text(self, text: str) -> bool:
        """Whether a search finds it; before it is recorded only its names are known."""
        return text.casefold() in (self.searched or search_words(self.summary))


LiveRequests = Mapping[str, LiveRequest]
"""By id, in the order in which they came."""


def with_event(live: LiveRequests, event: RequestEvent, arrival: int) -> LiveRequests:
    """`live` after `event`; the same object when nothing a table shows has changed.

    `arrival` is the number of a request that is new.
    """
    match event:
        case RequestStarted(request_id):
            if request_id in live:
                return live
            new = LiveRequest(_first_line(event), RequestPhase.WAITING, arrival)
            return {**live, request_id: new}
        case RequestRouted(request_id, instance, model, session):
            known = live.get(request_id)
            if known is None:
                return live
            summary = replace(
                known.summary, instance=instance, model_used=model, session=session.value
            )
            return {**live, request_id: replace(known, summary=summary)}
        case RequestProgressed(request_id, _, ttft_ms):
            known = live.get(request_id)
            if known is None or known.phase is not RequestPhase.WAITING:
                return live
            summary = replace(known.summary, ttft_ms=ttft_ms)
            streaming = replace(known, summary=summary, phase=RequestPhase.STREAMING)
            return {**live, request_id: streaming}
        case RequestFinished(request_id):
            known = live.get(request_id)
            if known is None or known.recorded:
                return live
            over = replace(known, summary=_last_line(known.summary, event), phase=RequestPhase.OVER)
            return {**live, request_id: over}
        case RequestRecorded(summary, number, searched):
            known = live.get(summary.id)
            arrived = arrival if known is None else known.arrival
            return {
                **live,
                summary.id: LiveRequest(summary, RequestPhase.OVER, arrived, number, searched),
            }


def running(live: LiveRequests) -> LiveRequests:
    """Those that are not over."""
    return {i: known for i, known in live.items() if known.phase is not RequestPhase.OVER}


def unrecorded(live: LiveRequests) -> LiveRequests:
    """Those whose line is still to come: of those that run, and of those that are just over."""
    return {i: known for i, known in live.items() if not known.recorded}


def unread(live: LiveRequests, recorded: int) -> LiveRequests:
    """Those that are not among the first `recorded` lines of the history."""
    return {i: known for i, known in live.items() if not 0 < known.recorded <= recorded}


def newest(live: LiveRequests, most_over: int) -> LiveRequests:
    """All that run, and the last `most_over` of the others."""
    over = [i for i, known in live.items() if known.phase is RequestPhase.OVER]
    gone = set(over[: max(0, len(over) - most_over)])
    return {i: known for i, known in live.items() if i not in gone} if gone else live


def _first_line(event: RequestStarted) -> Summary:
    return Summary(
        id=event.request_id,
        started_at=event.at,
        protocol=event.protocol,
        path=event.path,
        client=event.client,
        model_asked=event.model_asked,
        stream=event.stream,
    )


def _last_line(summary: Summary, event: RequestFinished) -> Summary:
    return replace(
        summary,
        status=event.status,
        error_code=event.error_code,
        ttft_ms=event.ttft_ms,
        total_ms=event.total_ms,
        tokens_in=event.tokens_in,
        tokens_out=event.tokens_out,
    )
