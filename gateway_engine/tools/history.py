"""Calls and results of a conversation brought into the order the contract promises. Pure.

Results follow the message with their calls, those of one answer in one message and in the order of
the calls, each call answered at most once. A result whose call is not in the conversation becomes
plain text of the user, so that no content is lost and no orphan is rendered. An id that a client
uses for several calls is told apart: a result belongs to the last call of its id before it.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from gateway_engine.conversation import (
    Change,
    Message,
    Part,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)


@dataclass(frozen=True, slots=True)
class PairedHistory:
    """`names` gives the tool of each call id; `changes` what had to be moved or degraded."""

    messages: tuple[Message, ...]
    names: Mapping[str, str]
    changes: tuple[Change, ...] = ()


def pair_results(messages: Iterable[Message]) -> PairedHistory:
    """Return the conversation with every result after its call; in order already, unchanged."""
    given = _told_apart(tuple(messages))
    called_at = {
        part.call_id: (at, position, part.name)
        for at, message in enumerate(given)
        for position, part in enumerate(message.parts)
        if isinstance(part, ToolCallPart)
    }
    changes: list[Change] = []
    answered: set[str] = set()
    early: dict[int, list[ToolResultPart]] = {}  # results that stand before their call's message
    kept: list[Message] = []
    for at, message in enumerate(given):
        parts: list[Part] = []
        for part in message.parts:
            field = f"messages[{at}]"
            if not isinstance(part, ToolResultPart):
                parts.append(part)
            elif part.call_id not in called_at:
                changes.append(
                    Change(
                        field, "degraded", "a tool result without its call", "result_without_call"
                    )
                )
                parts += [TextPart("Result of a tool call that is not shown:"), *part.content]
            elif part.call_id in answered:
                changes.append(
                    Change(field, "degraded", "a second result of one tool call", "second_result")
                )
                parts += [TextPart("A later result of the same tool call:"), *part.content]
            else:
                answered.add(part.call_id)
                if called_at[part.call_id][0] < at:
                    parts.append(part)
                else:
                    changes.append(
                        Change(
                            field, "degraded", "a tool result before its call", "result_before_call"
                        )
                    )
                    early.setdefault(called_at[part.call_id][0], []).append(part)
        kept.append(_in_order(message, parts, called_at))
    arranged: list[Message] = []
    for at, message in enumerate(kept):
        if message.parts or not given[at].parts:
            arranged.append(message)
        if at in early:
            arranged.append(Message(Role.TOOL, tuple(early[at])))
    return PairedHistory(
        tuple(_together(arranged, called_at)),
        {call_id: name for call_id, (_, _, name) in called_at.items()},
        tuple(changes),
    )


def _told_apart(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return the messages with an id for each call; unchanged when there is one already."""
    ids = [p.call_id for m in messages for p in m.parts if isinstance(p, ToolCallPart)]
    if len(set(ids)) == len(ids):
        return messages
    names = _OwnIds(set(ids))
    return tuple(
        replace(message, parts=tuple(names.part(at, part) for part in message.parts))
        for at, message in enumerate(messages)
    )


class _OwnIds:
    """Gives every call an id of its own, and its result the same."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._last: dict[str, str] = {}
        self._called_at: dict[str, int] = {}
        self._open: dict[str, deque[str]] = {}
        self._numbers: dict[str, int] = {}
        """The last one given to each id; all below are taken."""

    def part(self, at: int, part: Part) -> Part:
        """Return the part of message `at` as it is to be known."""
        if isinstance(part, ToolCallPart):
            return replace(part, call_id=self._called(at, part.call_id))
        if isinstance(part, ToolResultPart):
            waiting = self._open.get(part.call_id)
            own = waiting.popleft() if waiting else self._last.get(part.call_id, part.call_id)
            return replace(part, call_id=own)
        return part

    def _called(self, at: int, call_id: str) -> str:
        own, number = call_id, self._numbers.get(call_id, 1)
        while call_id in self._last and own in self._taken:
            number += 1
            own = f"{call_id}_{number}"
        self._numbers[call_id] = number
        self._taken.add(own)
        if self._called_at.get(call_id) != at:
            # Those of an earlier answer: no result comes for them any more.
            self._open[call_id] = deque()
        self._open[call_id].append(own)
        self._last[call_id] = own
        self._called_at[call_id] = at
        return own


def _together(
    messages: Iterable[Message], called_at: Mapping[str, tuple[int, int, str]]
) -> Iterator[Message]:
    """Join neighbouring tool messages: the results of one answer's calls are one message."""
    for role, run in groupby(messages, lambda message: message.role):
        if role is Role.TOOL:
            parts = [part for message in run for part in message.parts]
            yield _in_order(Message(role, ()), parts, called_at)
        else:
            yield from run


def _in_order(
    message: Message, parts: list[Part], called_at: Mapping[str, tuple[int, int, str]]
) -> Message:
    """Sort the message's results as their calls are; a tool message without results is a user's."""
    results = [part for part in parts if isinstance(part, ToolResultPart)]
    ordered = iter(sorted(results, key=lambda part: called_at[part.call_id][:2]))
    sorted_parts = tuple(
        next(ordered) if isinstance(part, ToolResultPart) else part for part in parts
    )
    role = message.role
    if role is Role.TOOL and parts and not results:
        role = Role.USER
    return replace(message, role=role, parts=sorted_parts)
