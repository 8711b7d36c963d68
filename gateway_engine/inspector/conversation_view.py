"""The neutral conversation of a request beside that of the turn before, message by message. Pure.

Messages are compared whole. The reused prefix is what both begin with: where the session was a hit,
upstream was not sent it again. Calls are paired with their results wherever these stand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

from gateway_engine.json_text import render

MAX_COMPARED: Final = 2000
"""Longer conversations are compared by their common beginning only."""

Message = Mapping[str, Any]


class Mark(StrEnum):
    """What a message is to the turn before."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """`number` counts the messages of this turn, None for one that is gone; `was` is what stood in
    its place when it is CHANGED; `reused`: part of the common beginning."""

    mark: Mark
    message: Message
    number: int | None
    was: Message | None = None
    reused: bool = False


@dataclass(frozen=True, slots=True)
class PairedCall:
    """A call and the result it got, with the messages they stand in; either may be missing."""

    call_id: str
    tool: str = ""
    arguments: str = ""
    called_at: int | None = None
    result: str | None = None
    answered_at: int | None = None
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ConversationView:
    """`reused` messages are the common beginning; `has_previous`: there is a turn to compare to."""

    messages: tuple[ShownMessage, ...] = ()
    reused: int = 0
    has_previous: bool = False
    calls: Mapping[str, PairedCall] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


def view_conversation(
    conversation: Mapping[str, Any], previous: Mapping[str, Any] | None = None
) -> ConversationView:
    """Return the conversation with what is new in it."""
    messages = messages_of(conversation)
    settings = {name: value for name, value in conversation.items() if name != "messages"}
    calls = pair_calls(messages)
    if previous is None:
        new = tuple(ShownMessage(Mark.SAME, m, n) for n, m in enumerate(messages))
        return ConversationView(new, calls=calls, settings=settings)
    before = messages_of(previous)
    keys, keys_before = _keys(messages), _keys(before)
    reused = common_beginning(keys_before, keys)
    shown = [ShownMessage(Mark.SAME, messages[n], n, reused=True) for n in range(reused)]
    shown += _compared(messages, before, keys, keys_before, reused)
    return ConversationView(tuple(shown), reused, True, calls, settings)


def messages_of(conversation: Mapping[str, Any] | None) -> list[Message]:
    """The messages of a recorded conversation."""
    found = (conversation or {}).get("messages")
    return [m for m in found if isinstance(m, Mapping)] if isinstance(found, list) else []


def common_beginning(before: Sequence[bytes], now: Sequence[bytes]) -> int:
    """How many messages both begin with."""
    count = 0
    for one, other in zip(before, now, strict=False):
        if one != other:
            break
        count += 1
    return count


def goes_on_from(
    conversation: Mapping[str, Any] | None, candidate: Mapping[str, Any] | None
) -> int:
    """How surely `conversation` is a later turn of `candidate`: 0 for not at all.

    The whole of the earlier conversation at its beginning counts most; a question that was edited,
    or instructions that change with every turn, leave at least half of it in place.
    """
    later, earlier = messages_of(conversation), messages_of(candidate)
    if not earlier or len(earlier) >= len(later):
        return 0
    now, before = _keys(later), _keys(earlier)
    same = common_beginning(before, now)
    if same == len(before):
        return 1000 + same
    rest = set(now)
    kept = sum(key in rest for key in before)
    users = [k for k, m in zip(before, earlier, strict=True) if _is_user(m)]
    if users and users[0] in rest and 2 * kept >= len(before):
        return kept
    return 0


def pair_calls(messages: Sequence[Message]) -> dict[str, PairedCall]:
    """Return every call and every result of a conversation by the call's id."""
    calls: dict[str, PairedCall] = {}
    results: dict[str, tuple[int, str, bool]] = {}
    for number, message in enumerate(messages):
        for part in parts_of(message):
            if "call" in part:
                call_id = str(part["call"])
                tool, arguments = str(part.get("tool", "")), str(part.get("arguments", ""))
                calls.setdefault(call_id, PairedCall(call_id, tool, arguments, number))
            elif "result_of" in part:
                text = "\n".join(text_of(inner) for inner in parts_of(part))
                is_error = bool(part.get("is_error"))
                results.setdefault(str(part["result_of"]), (number, text, is_error))
    for call_id, (number, text, is_error) in results.items():
        call = calls.get(call_id, PairedCall(call_id))
        calls[call_id] = PairedCall(
            call_id, call.tool, call.arguments, call.called_at, text, number, is_error
        )
    return calls


def parts_of(message: Message) -> Iterator[Mapping[str, Any]]:
    """The parts of a message, or of a tool's result."""
    parts = message.get("parts")
    if isinstance(parts, list):
        yield from (part for part in parts if isinstance(part, Mapping))


def text_of(part: Mapping[str, Any]) -> str:
    """A part as text; what is none leaves a marker that says what it is and how large."""
    if "text" in part:
        return str(part["text"])
    if "reasoning" in part:
        return str(part["reasoning"])
    if "image" in part:
        where = part.get("url") or f"{part.get('bytes', 0)} bytes"
        return f"[image {part['image'] or '?'}, {where}]"
    if "audio" in part:
        return f"[audio {part['audio']}]"
    if "document" in part:
        return str(part.get("content") or f"[file {part['document']}]")
    if "call" in part:
        return f"{part.get('tool', '')}({part.get('arguments', '')})"
    if "result_of" in part:
        return "\n".join(text_of(inner) for inner in parts_of(part))
    return ""


def message_text(message: Message) -> str:
    """A whole message as text."""
    return "\n".join(text_of(part) for part in parts_of(message))


def _compared(
    messages: Sequence[Message],
    before: Sequence[Message],
    keys: Sequence[bytes],
    keys_before: Sequence[bytes],
    start: int,
) -> Iterator[ShownMessage]:
    now, then = keys[start:], keys_before[start:]
    if max(len(now), len(then)) > MAX_COMPARED:
        codes = [("replace", 0, len(then), 0, len(now))]
    else:
        codes = [*SequenceMatcher(None, then, now, autojunk=False).get_opcodes()]
    for word, first, last, a, b in codes:
        gone = list(before[start + first : start + last])
        for offset in range(a, b):
            number = start + offset
            if word == "equal":
                yield ShownMessage(Mark.SAME, messages[number], number)
            elif gone and gone[0].get("role") == messages[number].get("role"):
                yield ShownMessage(Mark.CHANGED, messages[number], number, gone.pop(0))
            else:
                yield ShownMessage(Mark.NEW, messages[number], number)
        if word != "equal":
            yield from (ShownMessage(Mark.GONE, message, None) for message in gone)


def _keys(messages: Sequence[Message]) -> list[bytes]:
    return [render(message) for message in messages]


def _is_user(message: Message) -> bool:
    return message.get("role") == "user"
