"""The one neutral model of a conversation, and of an answer while it streams.

Every client protocol is parsed into a `ChatRequest` and encoded from `StreamEvent`s; every upstream
is asked with the first and answers with the second. No protocol is ever translated into another.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NewType, Protocol

RequestId = NewType("RequestId", str)
InstanceName = NewType("InstanceName", str)
ModelId = NewType("ModelId", str)

JsonObject = Mapping[str, Any]

COUNTED_ID: Final = "counted_"
"""Ids of calls begin so that a client's protocol has no ids for: they were made here, by order."""


class Role(StrEnum):
    """Who speaks. `developer` is OpenAI's newer name for instructions between system and user."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class TextPart:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image: either base64 `data` with its `media_type`, or a `url` the client gave."""

    media_type: str = ""
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class AudioPart:
    """A sound the model cannot hear; only its form is kept."""

    media_type: str = ""


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A file: its `text` where that could be read, else None."""

    name: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """What the model thought in an earlier turn, as the client sends it back."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A call the model made. `arguments` is the JSON text of an object."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """What the client's tool answered to `call_id`."""

    call_id: str
    content: tuple["Part", ...]
    is_error: bool = False


Part = (
    TextPart | ImagePart | AudioPart | DocumentPart | ReasoningPart | ToolCallPart | ToolResultPart
)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    parts: tuple[Part, ...]


def all_parts(messages: Iterable[Message]) -> Iterator[Part]:
    """Yield the parts of these messages in order, those in results of tools after the result."""
    for message in messages:
        for part in message.parts:
            yield part
            if isinstance(part, ToolResultPart):
                yield from part.content


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool the client declares. `schema` is JSON Schema of its arguments."""

    name: str
    description: str
    schema: JsonObject


class ToolChoiceMode(StrEnum):
    """What the client asks of the model: free, forbidden, forced, or forced to one name."""

    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """`name` is set exactly when the mode is NAMED."""

    mode: ToolChoiceMode = ToolChoiceMode.AUTO
    name: str = ""


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """The client wants JSON and nothing else: any object, or what `schema` (JSON Schema) says.

    `name` and `strict` are the client's words beside the schema.
    """

    schema: JsonObject | None = None
    name: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Something the gateway did not pass on as the client sent it, and why.

    `field` is the path in the client's request, `action` one of dropped, degraded, kept_here.
    `reason` is an English sentence, `code` stands for it where it is told in another language.
    """

    field: str
    action: str
    reason: str
    code: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a client asks for, whatever protocol it spoke.

    `model` is the name the client used. `max_tokens` is None for no limit, `json_format` for free
    text. `user` is the client's own name for its end user (affinity). `changes` lists what was left
    out on the way in. `reasoning_shown` False: the client will not see reasoning.
    """

    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: ToolChoice = field(default_factory=ToolChoice)
    parallel_tool_calls: bool = True
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    json_format: JsonFormat | None = None
    user: str = ""
    changes: tuple[Change, ...] = ()
    reasoning_shown: bool = True


# --- an answer, while it streams ---------------------------------------------------------------


class FinishReason(StrEnum):
    """Why an answer ended well. Failures are exceptions (gateway_engine.errors)."""

    STOP = "stop"
    LENGTH = "length"
    STOP_SEQUENCE = "stop_sequence"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"


class SessionUse(StrEnum):
    """Whether this turn went on in a session the upstream already held."""

    HIT = "hit"
    MISS = "miss"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one turn. `cached_tokens` is the part of `input_tokens` that was reused."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class TurnRouted:
    """Always the first event, before any content: who answers.

    `upstream` is the kind a user sees: lingma, acp or demo. It comes again when the answer is begun
    anew, elsewhere as a rule: before the first content event, and, when the caller wants the answer
    whole, after that too; what came before it is taken back then. `cached_tokens` is the part of
    `input_tokens` that is expected to be reused.
    """

    instance: InstanceName
    model: ModelId
    upstream: str
    session: SessionUse
    input_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer's text; never empty, never half a surrogate pair."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of the reasoning; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """A call begins: `index` counts calls of this answer from 0.

    `native`: upstream made it as a tool event of its own; else it was read from the answer's text.
    """

    index: int
    call_id: str
    name: str
    native: bool = False


@dataclass(frozen=True, slots=True)
class ToolCallArguments:
    """More of the JSON text of call `index`'s arguments; never empty."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallFinished:
    """Call `index` is whole: what was emitted is one JSON object."""

    index: int


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """Always the last event of an answer that ended well; exactly once.

    `stop_sequence` is set exactly when the reason is STOP_SEQUENCE.
    """

    reason: FinishReason
    usage: Usage
    stop_sequence: str = ""


StreamEvent = (
    TurnRouted
    | TextDelta
    | ReasoningDelta
    | ToolCallStarted
    | ToolCallArguments
    | ToolCallFinished
    | TurnFinished
)


@dataclass(frozen=True, slots=True)
class Model:
    """A model a client may name. `context_tokens` is 0 when upstream does not say."""

    id: ModelId
    display_name: str
    upstream: str
    context_tokens: int = 0
    vision: bool = False
    reasoning: bool = False
    is_default: bool = False
    aliases: tuple[str, ...] = ()


# --- who asks ------------------------------------------------------------------------------------


class TurnTrace(Protocol):
    """Takes note of one request on its way, for its record.

    Every call is cheap enough for the path of tokens: it keeps what it is given by reference,
    within bounds, and never raises. Frames are whole messages as upstream's wire has them.
    """

    def changed(self, changes: Iterable[Change]) -> None:
        """These were not passed on as the client sent them; each is noted once."""
        ...

    def to_upstream(self, frame: bytes) -> None:
        """An upstream is sent this."""
        ...

    def from_upstream(self, frame: bytes, channel: str = "", text: str = "") -> None:
        """An upstream said this: `text`, when it is a piece of what goes on in `channel`."""
        ...


class _NoTrace:
    """Nobody wants to know."""

    def changed(self, changes: Iterable[Change]) -> None:
        pass

    def to_upstream(self, frame: bytes) -> None:
        pass

    def from_upstream(self, frame: bytes, channel: str = "", text: str = "") -> None:
        pass


NO_TRACE: Final[TurnTrace] = _NoTrace()


@dataclass(frozen=True, slots=True)
class Caller:
    """The client behind one request, as far as routing and the record need it.

    `key_id` names the API key without being it ("" when the gateway has none); `client` is the
    id of a key that belongs to one program, else a short name read from the User-Agent; `trace`
    hears what becomes of the request. `only`: the one instance that may answer, "" for any.
    """

    request_id: RequestId
    protocol: str
    key_id: str = ""
    client: str = ""
    whole: bool = False
    """The client sees nothing before the end: what was said may still be taken back."""
    only: InstanceName = InstanceName("")
    large: bool = False
    """The request is large: what takes long with it must not hold the loop."""
    trace: TurnTrace = field(default=NO_TRACE, compare=False, repr=False)


StreamBatch = Sequence[StreamEvent]
"""Events that became known together, in order, never empty: encode them into one write."""
