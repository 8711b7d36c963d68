"""How a composed answer is spelled on the wire: the events of one turn, in order; no I/O.

The spelling differs between versions of the program (reasoning in its own channel, as a fence of
four backticks, as tags) and between misbehaviours (drafts replaced by ``overwrite``, answers only
in ``fullAnswer``). Source: the wire notes, section 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gateway_engine.emulator.replies import Reply, Say, Sleep, Think, UseTool, big_text
from gateway_engine.emulator.scenario import Scenario

THINKING_MS = 1234
_DRAFT = ("A draft ", "that ", "will be replaced.")
_CUT = 3


@dataclass(frozen=True, slots=True)
class Delta:
    """One piece of text for the client. ``step`` is set for reasoning: ``start`` or ``done``."""

    text: str
    step: str = ""
    overwrite: bool = False
    filtered: bool = False
    pause_ms: float | None = None


Event = Delta | Sleep | UseTool


@dataclass(frozen=True, slots=True)
class Spelled:
    """The events of a turn, then how it finishes; ``silent`` keeps answers for fullAnswer."""

    events: tuple[Event, ...]
    status_code: int
    reason: str
    silent: bool = False


def spell(reply: Reply, scenario: Scenario) -> Spelled:
    """Spell the answer the way this process's scenario wants it."""
    if "quota" in scenario:
        return Spelled((), int(scenario.number("quota")), "quota exceeded")
    if "filtered_whole" in scenario:
        status = int(scenario.number("filtered_whole"))
        return Spelled((Delta("", filtered=True),), status, "content filter")
    if "huge_message" in scenario:
        huge = big_text(int(scenario.number("huge_message")))
        return Spelled((Delta(huge),), 200, "stop")
    events = tuple(_events(reply, scenario))
    if "filtered" in scenario:
        kept = events[: max(1, len(events) // 2)]
        return Spelled(
            (*kept, Delta("", filtered=True)), int(scenario.number("filtered")), "content filter"
        )
    if "overwrite" in scenario:
        events = _overwritten(events, scenario.word("overwrite"))
    silent = "full_answer_only" in scenario
    return Spelled(events, reply.status_code, reply.reason, silent)


def _events(reply: Reply, scenario: Scenario) -> Iterable[Event]:
    for step in reply.steps:
        match step:
            case Think(pieces):
                yield from _thinking(pieces, scenario)
            case Say(pieces, pause_ms):
                yield from (Delta(piece, pause_ms=pause_ms) for piece in pieces)
            case _:
                yield step


def _thinking(pieces: tuple[str, ...], scenario: Scenario) -> Iterable[Delta]:
    if "think_fence" in scenario:
        opening, closing = f"````think::{THINKING_MS}\n", "\n````\n\n"
    elif "think_tag" in scenario:
        opening, closing = "<think>", "</think>\n\n"
    else:
        yield from (Delta(piece, step="start") for piece in pieces)
        yield Delta("", step="done")
        return
    for text in (*_in_parts(opening), *pieces, *_in_parts(closing)):
        yield Delta(text)


def _in_parts(marker: str) -> list[str]:
    """Markers may be split across chunks: they always are, here."""
    return [marker[start : start + _CUT] for start in range(0, len(marker), _CUT)]


def _overwritten(events: tuple[Event, ...], style: str) -> tuple[Event, ...]:
    answers = [event for event in events if isinstance(event, Delta) and not event.step]
    others = [event for event in events if not isinstance(event, Delta) or event.step]
    whole = "".join(answer.text for answer in answers)
    final = Delta(whole, overwrite=True)
    if style == "first":
        first = [replace(answers[0], overwrite=True)] if answers else []
        return (*others, *first, *answers[1:])
    if style == "extend":
        return (*others, *answers[: len(answers) // 2], final)
    return (*others, *(Delta(text) for text in _DRAFT), final)
