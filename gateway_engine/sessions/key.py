"""What makes two conversations one: keys of sessions and of affinity. Pure.

A session is known by everything the client has shown of its conversation: system, developer and
user turns as they are, assistant and tool turns with CRLF and outer white space evened out, the
model, the tools, the API key.

What clients change in an answer without saying anything else by it is left out:

- reasoning, which they may send back or not;
- the ids of calls, which are compared by order: some protocols and programs send none back;
- how arguments are written (they are compared as JSON), and those that only repeat the default of
  the tool's schema: Claude Code adds `"replace_all": false` to every edit.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, NewType

from gateway_engine.conversation import (
    AudioPart,
    ChatRequest,
    DocumentPart,
    ImagePart,
    JsonObject,
    Message,
    ModelId,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.json_text import mend_surrogates
from gateway_engine.sorted_runs import sorted_in_runs

SessionKey = NewType("SessionKey", str)

_ASKING: Final = (Role.USER, Role.TOOL)
_INSTRUCTIONS: Final = (Role.SYSTEM, Role.DEVELOPER)
_MAX_DEPTH: Final = 64
"""Levels of a schema in which defaults are looked for."""

LONG_CHARS: Final = 1024 * 1024

ToolSchemas = Mapping[str, JsonObject]
"""The schema of each declared tool's arguments, by name."""


@dataclass(frozen=True, slots=True)
class SessionScope:
    """What must be the same besides the turns. `tools` is a fingerprint (`tools_fingerprint`)."""

    model: ModelId
    tools: str = ""
    key_id: str = ""
    agent_mode: bool = False


def session_key(
    messages: Sequence[Message], scope: SessionScope, schemas: ToolSchemas | None = None
) -> SessionKey:
    """Return the key of the session that has seen exactly these turns.

    `schemas` tell which arguments are mere defaults; `scope.tools` stands for the same tools.
    """
    turns = SeenTurns(schemas or {})
    turns.see(messages)
    return turns.key(scope)


class SeenTurns:
    """A conversation as far as it was shown, one turn after the other; each is looked at once.

    `schemas` tell which arguments are mere defaults.
    """

    def __init__(self, schemas: ToolSchemas) -> None:
        self._turns = hashlib.sha256()
        self._calls = _CallNumbers(schemas)

    def see(self, messages: Iterable[Message]) -> None:
        """These come next."""
        for message in messages:
            _add(self._turns, message, self._calls)

    def key(self, scope: SessionScope) -> SessionKey:
        """Return the key of the session that has seen exactly these."""
        return _key(self._turns, scope)

    def key_with(self, answer: Message, scope: SessionScope) -> SessionKey:
        """Return the key of the session that has seen these and `answer`, which has no results."""
        turns = self._turns.copy()
        _add(turns, answer, self._calls.going_on())
        return _key(turns, scope)


def _add(turns: "hashlib._Hash", message: Message, calls: "_CallNumbers") -> None:
    turns.update(b"\n" + _canonical(_turn(message, calls)))


def _key(turns: "hashlib._Hash", scope: SessionScope) -> SessionKey:
    head = [scope.model, scope.tools, scope.key_id, scope.agent_mode]
    return SessionKey(hashlib.sha256(_canonical(head) + turns.digest()).hexdigest())


def split_follow_up(
    messages: Sequence[Message],
) -> tuple[Sequence[Message], Sequence[Message]] | None:
    """Split into the turns up to the last answer, and what is new: user turns or tool results.

    Instructions may stand among what is new: Claude Code and Codex send reminders that way. None
    when this is no follow-up: no answer yet, or nothing new that asks for one.
    """
    last = max((n for n, m in enumerate(messages) if m.role is Role.ASSISTANT), default=-1)
    seen, new = messages[: last + 1], messages[last + 1 :]
    if last < 0 or all(message.role not in _ASKING for message in new):
        return None
    return seen, new


def tools_fingerprint(tools: Sequence[ToolSpec]) -> str:
    """Return one short text for the declared tools, whatever their order; "" for none."""
    if not tools:
        return ""
    described = [_canonical([tool.name, tool.description, tool.schema]).decode() for tool in tools]
    return hashlib.sha256("\n".join(sorted_in_runs(described)).encode()).hexdigest()


def affinity_key(request: ChatRequest, key_id: str) -> str:
    """Return what keeps one user's or one conversation's turns on one instance.

    The client's own name for its user; else its instructions and its first user message.
    """
    if request.user:
        parts: Any = ["user", request.user]
    else:
        opening = list(takewhile(lambda m: m.role is not Role.ASSISTANT, request.messages))
        calls = _CallNumbers({})
        instructions = [_turn(m, calls) for m in opening if m.role in _INSTRUCTIONS]
        first = next((_turn(m, calls) for m in opening if m.role is Role.USER), None)
        parts = ["conversation", instructions, first]
    return hashlib.sha256(_canonical([key_id, parts])).hexdigest()


class _CallNumbers:
    """Calls counted as they come; a result belongs to the last call of its id.

    `schemas` are those of the arguments, by tool.
    """

    def __init__(self, schemas: ToolSchemas) -> None:
        self.schemas = schemas
        self._count = 0
        self._numbers: dict[str, int] = {}

    def going_on(self) -> "_CallNumbers":
        """Return what counts new calls on from here."""
        numbers = _CallNumbers(self.schemas)
        numbers._count = self._count
        return numbers

    def called(self, call_id: str) -> int:
        """Return the number of a new call."""
        self._count += 1
        self._numbers[call_id] = self._count
        return self._count

    def answered(self, call_id: str) -> int | str:
        """Return the number of the call this result is for; its id where there is no such call."""
        return self._numbers.get(call_id, call_id)


def _turn(message: Message, calls: _CallNumbers) -> list[Any]:
    if message.role is Role.ASSISTANT:
        # Where one text ends and the next begins differs between protocols, the text does not.
        text = "".join(part.text for part in message.parts if isinstance(part, TextPart))
        others = [p for p in message.parts if not isinstance(p, TextPart | ReasoningPart)]
        rest = [_part(part, calls) for part in others]
        return [message.role, _told(_even(text)), rest]
    even = message.role is Role.TOOL
    return [message.role, [_part(part, calls, even=even) for part in message.parts]]


def _part(part: Part, calls: _CallNumbers, *, even: bool = True) -> list[Any]:
    match part:
        case TextPart(text):
            return ["text", _told(_even(text) if even else text)]
        case ReasoningPart():
            return ["reasoning"]
        case ImagePart(media_type, data, url):
            return ["image", media_type, _told(data), _told(url)]
        case AudioPart(media_type):
            return ["audio", media_type]
        case DocumentPart(name, text):
            return ["document", name, text if text is None else _told(text)]
        case ToolCallPart(call_id, name, arguments):
            told = _arguments(arguments, calls.schemas.get(name, {}))
            return ["call", calls.called(call_id), name, told]
        case ToolResultPart(call_id, content, is_error):
            inside = [_part(each, calls) for each in content]
            return ["result", calls.answered(call_id), is_error, inside]


def _told(text: str) -> str | list[str]:
    """Return a text or, of a long one, what tells it from all others: no writer of JSON lets
    another thread run before its end."""
    if len(text) <= LONG_CHARS:
        return text
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()]


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _arguments(text: str, schema: JsonObject) -> list[Any]:
    try:
        return ["json", _without_defaults(json.loads(text or "{}"), schema, 0)]
    except (ValueError, RecursionError):
        return ["text", text]


def _without_defaults(value: Any, schema: Any, depth: int) -> Any:
    """Return `value` without the properties that say what their schema says anyway."""
    if not isinstance(schema, Mapping) or depth >= _MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [_without_defaults(item, schema.get("items"), depth + 1) for item in value]
    properties = schema.get("properties")
    if not isinstance(value, dict) or not isinstance(properties, Mapping):
        return value
    kept = {}
    for name, given in value.items():
        inner = properties.get(name)
        # Not by ==, for which false and 0 are one.
        if (
            isinstance(inner, Mapping)
            and "default" in inner
            and _canonical(given) == _canonical(inner["default"])
        ):
            continue
        kept[name] = _without_defaults(given, inner, depth + 1)
    return kept


def _canonical(value: Any) -> bytes:
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=dict
    )
    return mend_surrogates(text).encode()
