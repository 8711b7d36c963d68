"""The bodies of `/api/chat` and `/api/generate` as ChatRequests (Ollama, docs/api.md).

Streaming is the default. Calls and results need no ids in this API: missing ones are made from the
place in the conversation, and a result belongs to the first open call of its tool. Some programs
(LiteLLM) give ids to results alone, which say nothing then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import (
    COUNTED_ID,
    ChatRequest,
    ImagePart,
    JsonFormat,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.protocols import media
from gateway_engine.protocols.openai_chat.tools import parse_tools
from gateway_engine.protocols.request_fields import (
    Changes,
    as_json,
    as_list,
    as_object,
    as_text,
    clean,
    invalid,
    names,
    optional_bool,
    optional_text,
    required_text,
    says_no_tools,
    text_list,
)

_USED: Final = names("model stream think options format keep_alive")
_USED_BY_CHAT: Final = _USED | names("messages tools")
_USED_BY_GENERATE: Final = _USED | names("prompt system images")
_REFUSED: Final = names("template raw context suffix logprobs top_logprobs truncate shift")
_USED_OPTIONS: Final = names("num_predict stop")
_ROLES: Final = {
    "system": Role.SYSTEM,
    "developer": Role.DEVELOPER,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
}
LATEST: Final = ":latest"


@dataclass(frozen=True, slots=True)
class ParsedOllama:
    """What the client wants answered, and how.

    `load` is "load" or "unload" when it wants no answer at all, only the model in or out of
    memory; `model` is the name as the client wrote it, which the answer repeats.
    """

    request: ChatRequest
    model: str
    stream: bool
    thinking: bool
    load: str = ""


def model_name(name: str) -> str:
    """Return `name` without the tag that Ollama adds where a name has none."""
    return name.removesuffix(LATEST) or name


def parse_chat(body: Mapping[str, Any]) -> ParsedOllama:
    """Return the request of /api/chat. Raises InvalidRequestError, which names the field."""
    changes = Changes()
    items = as_list(body.get("messages") or [], "messages")
    reader = _TurnReader()
    messages = tuple(
        reader.read(as_object(item, f"messages[{i}]"), f"messages[{i}]", i)
        for i, item in enumerate(items)
    )
    changes.drop_others(body, _USED_BY_CHAT, _REFUSED)
    return _parsed(body, messages, parse_tools(body.get("tools"), changes), changes)


def parse_generate(body: Mapping[str, Any]) -> ParsedOllama:
    """Return the request of /api/generate. Raises InvalidRequestError, which names the field."""
    changes = Changes()
    changes.drop_others(body, _USED_BY_GENERATE, _REFUSED)
    prompt = optional_text(body, "prompt", "prompt")
    parts = (*_text(prompt), *_images(body.get("images"), "images"))
    system = optional_text(body, "system", "system")
    messages: tuple[Message, ...] = ()
    if parts:
        messages = (Message(Role.USER, parts),)
        if system:
            messages = (Message(Role.SYSTEM, (TextPart(system),)), *messages)
    return _parsed(body, messages, (), changes)


def _parsed(
    body: Mapping[str, Any],
    messages: tuple[Message, ...],
    tools: tuple[ToolSpec, ...],
    changes: Changes,
) -> ParsedOllama:
    model = required_text(body, "model", "model")
    options = as_object(body.get("options") or {}, "options")
    changes.drop_others(options, _USED_OPTIONS, options.keys(), "options.")
    stop = options.get("stop")
    thinking = body.get("think") is not False
    load = "" if messages else "load"
    if load and body.get("keep_alive") in (0, "0", "0s"):
        load = "unload"
    return ParsedOllama(
        request=ChatRequest(
            model=model_name(model),
            messages=messages,
            tools=tools,
            tool_choice=ToolChoice(ToolChoiceMode.NONE) if says_no_tools(body) else ToolChoice(),
            max_tokens=_limit(options.get("num_predict")),
            stop=text_list([stop] if isinstance(stop, str) else stop, "options.stop"),
            json_format=_format(body.get("format")),
            changes=changes.listed(),
            reasoning_shown=thinking,
        ),
        model=model,
        stream=optional_bool(body, "stream", "stream", default=True),
        thinking=thinking,
        load=load,
    )


def _limit(value: Any) -> int | None:
    """Return the most tokens wanted; 0 and negative numbers mean no limit."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid("options.num_predict", "must be a whole number")
    return value if value > 0 else None


def _format(value: Any) -> JsonFormat | None:
    if value is None or value == "":
        return None
    if value == "json":
        return JsonFormat()
    if isinstance(value, dict):
        as_json(value, "format")
        return JsonFormat(schema=value)
    raise invalid("format", 'must be "json" or a JSON schema')


@dataclass(frozen=True, slots=True)
class _OpenCall:
    """A call without its result. `given`: the id is the client's own."""

    call_id: str
    name: str
    given: bool


class _TurnReader:
    """Reads messages in order, and remembers which calls still wait for their result."""

    def __init__(self) -> None:
        self._open: list[_OpenCall] = []

    def read(self, item: Mapping[str, Any], path: str, number: int) -> Message:
        role = _ROLES.get(required_text(item, "role", f"{path}.role"))
        if role is None:
            raise invalid(f"{path}.role", "must be one of system, user, assistant, tool")
        content = optional_text(item, "content", f"{path}.content")
        parts: tuple[Part, ...] = (
            *_text(content),
            *_images(item.get("images"), f"{path}.images"),
        )
        if role is Role.TOOL:
            return Message(role, (ToolResultPart(self._answered(item, path, number), parts),))
        if role is Role.ASSISTANT:
            thinking = optional_text(item, "thinking", f"{path}.thinking")
            thought = (ReasoningPart(thinking),) if thinking else ()
            parts = (*thought, *parts, *self._calls(item, path, number))
        return Message(role, parts)

    def _calls(self, item: Mapping[str, Any], path: str, number: int) -> list[Part]:
        found: list[Part] = []
        for i, value in enumerate(as_list(item.get("tool_calls") or [], f"{path}.tool_calls")):
            where = f"{path}.tool_calls[{i}]"
            call = as_object(value, where)
            function = as_object(call.get("function"), f"{where}.function")
            name = required_text(function, "name", f"{where}.function.name")
            given = optional_text(call, "id", f"{where}.id")
            call_id = given or f"{COUNTED_ID}{number}_{i}"
            arguments = function.get("arguments") or {}
            text = (
                clean(arguments)
                if isinstance(arguments, str)
                else as_json(as_object(arguments, f"{where}.function.arguments"), where)
            )
            self._open.append(_OpenCall(call_id, name, bool(given)))
            found.append(ToolCallPart(call_id, name, text))
        return found

    def _answered(self, item: Mapping[str, Any], path: str, number: int) -> str:
        call_id = optional_text(item, "tool_call_id", f"{path}.tool_call_id")
        tool = optional_text(item, "tool_name", f"{path}.tool_name") or optional_text(
            item, "name", f"{path}.name"
        )
        fitting = [w for w in self._open if w.call_id == call_id] or [
            w for w in self._open if tool in ("", w.name) and not (call_id and w.given)
        ]
        for waiting in fitting[:1]:
            self._open.remove(waiting)
            return waiting.call_id
        return call_id or f"{COUNTED_ID}{tool or 'tool'}_{number}"


def _text(content: str) -> tuple[Part, ...]:
    return (TextPart(content),) if content else ()


def _images(value: Any, path: str) -> tuple[ImagePart, ...]:
    images = []
    for i, item in enumerate(as_list(value or [], path)):
        data = as_text(item, f"{path}[{i}]")
        if media.split_data_url(data) is not None:
            images.append(media.image_from_url(data))
        elif data:
            images.append(ImagePart(media_type=media.image_type(data), data=data))
    return tuple(images)
