"""A neutral request as the body that a client of each protocol would send. Pure.

The other way round of `gateway_engine.protocols`, for replays alone: what a protocol has no place
for is left out and named, never squeezed into something else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import (
    AudioPart,
    ChatRequest,
    DocumentPart,
    ImagePart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolChoiceMode,
    ToolResultPart,
)
from gateway_engine.json_text import InvalidJsonError, parse

DEFAULT_MAX_TOKENS: Final = 32_000
"""Anthropic's clients must say how much they take."""
_INSTRUCTIONS: Final = (Role.SYSTEM, Role.DEVELOPER)


@dataclass(frozen=True, slots=True)
class Body:
    """`left_out` are codes of what is not in `value`."""

    value: dict[str, Any]
    left_out: tuple[str, ...]


Writer = Callable[[ChatRequest], Body]
JsonDict = dict[str, Any]


def openai_chat(request: ChatRequest) -> Body:
    """Return a body of Chat Completions."""
    left_out: dict[str, None] = {}
    messages: list[JsonDict] = []
    for message in request.messages:
        results = [part for part in message.parts if isinstance(part, ToolResultPart)]
        messages += [
            {"role": "tool", "tool_call_id": r.call_id, "content": _text(r.content, left_out)}
            for r in results
        ]
        calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
        others = [p for p in message.parts if not isinstance(p, ToolResultPart | ToolCallPart)]
        content = [*_chat_parts(others, left_out)]
        if not content and not calls:
            continue
        role = Role.USER if message.role is Role.TOOL else message.role
        made: JsonDict = {"role": role.value, "content": _plain(content) if content else None}
        if calls:
            made["tool_calls"] = [
                {
                    "id": call.call_id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments},
                }
                for call in calls
            ]
        messages.append(made)
    body: JsonDict = {"model": request.model, "messages": messages, "stream": True}
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.schema,
                },
            }
            for tool in request.tools
        ]
        choice: Any = request.tool_choice.mode.value
        if request.tool_choice.mode is ToolChoiceMode.NAMED:
            choice = {"type": "function", "function": {"name": request.tool_choice.name}}
        body["tool_choice"] = choice
        body["parallel_tool_calls"] = request.parallel_tool_calls
    if request.max_tokens is not None:
        body["max_completion_tokens"] = request.max_tokens
    if request.stop:
        body["stop"] = list(request.stop)
    if request.json_format is not None:
        body["response_format"] = _openai_format(request, nested=True)
    return Body(body, tuple(left_out))


def openai_responses(request: ChatRequest) -> Body:
    """Return a body of the Responses API; nothing of it is stored."""
    left_out: dict[str, None] = {}
    items: list[JsonDict] = []
    for message in request.messages:
        content: list[JsonDict] = []
        word = "output_text" if message.role is Role.ASSISTANT else "input_text"
        for part in message.parts:
            match part:
                case ToolCallPart(call_id, name, arguments):
                    _flush(items, message, content)
                    items.append(
                        {
                            "type": "function_call",
                            "call_id": call_id,
                            "name": name,
                            "arguments": arguments,
                        }
                    )
                case ToolResultPart(call_id, inner):
                    _flush(items, message, content)
                    output = _text(inner, left_out)
                    items.append(
                        {"type": "function_call_output", "call_id": call_id, "output": output}
                    )
                case ImagePart():
                    content.append({"type": "input_image", "image_url": _image_url(part)})
                case _:
                    text = _text([part], left_out)
                    if text:
                        content.append({"type": word, "text": text})
        _flush(items, message, content)
    body: JsonDict = {"model": request.model, "input": items, "stream": True, "store": False}
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.schema,
            }
            for tool in request.tools
        ]
        choice: Any = request.tool_choice.mode.value
        if request.tool_choice.mode is ToolChoiceMode.NAMED:
            choice = {"type": "function", "name": request.tool_choice.name}
        body["tool_choice"] = choice
        body["parallel_tool_calls"] = request.parallel_tool_calls
    if request.max_tokens is not None:
        body["max_output_tokens"] = request.max_tokens
    if request.json_format is not None:
        body["text"] = {"format": _openai_format(request, nested=False)}
    if request.stop:
        left_out["settings"] = None
    return Body(body, tuple(left_out))


def anthropic_messages(request: ChatRequest) -> Body:
    """Return a body of Messages. Instructions in the middle stay where they are."""
    left_out: dict[str, None] = {}
    messages = list(request.messages)
    system: list[JsonDict] = []
    while messages and messages[0].role in _INSTRUCTIONS:
        system += _blocks(messages.pop(0).parts, left_out)
    turns: list[JsonDict] = []
    for message in messages:
        blocks = _blocks(message.parts, left_out)
        role = {Role.ASSISTANT: "assistant"}.get(message.role, "user")
        if message.role in _INSTRUCTIONS:
            role = "system"
        if blocks and turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    body: JsonDict = {
        "model": request.model,
        "max_tokens": request.max_tokens or DEFAULT_MAX_TOKENS,
        "messages": turns,
        "stream": True,
    }
    if system:
        body["system"] = system
    if request.reasoning_shown:
        body["thinking"] = {"type": "adaptive"}
    if request.tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": tool.schema}
            for tool in request.tools
        ]
        words = {"required": "any", "named": "tool"}
        kind = request.tool_choice.mode.value
        choice: JsonDict = {"type": words.get(kind, kind)}
        if request.tool_choice.mode is ToolChoiceMode.NAMED:
            choice["name"] = request.tool_choice.name
        if not request.parallel_tool_calls and kind != "none":
            choice["disable_parallel_tool_use"] = True
        body["tool_choice"] = choice
    if request.stop:
        body["stop_sequences"] = list(request.stop)
    if request.json_format is not None and request.json_format.schema is not None:
        schema = request.json_format.schema
        body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    elif request.json_format is not None:
        left_out["settings"] = None
    return Body(body, tuple(left_out))


def ollama(request: ChatRequest) -> Body:
    """Return a body of /api/chat."""
    left_out: dict[str, None] = {}
    messages: list[JsonDict] = []
    for message in request.messages:
        for part in message.parts:
            if isinstance(part, ToolResultPart):
                content = _text(part.content, left_out)
                messages.append({"role": "tool", "tool_call_id": part.call_id, "content": content})
        made: JsonDict = {"role": message.role.value}
        if message.role in (Role.DEVELOPER, Role.TOOL):
            made["role"] = "system" if message.role is Role.DEVELOPER else "user"
        plain = [p for p in message.parts if isinstance(p, TextPart | DocumentPart | AudioPart)]
        made["content"] = _text(plain, left_out)
        images = [part for part in message.parts if isinstance(part, ImagePart)]
        made["images"] = [part.data for part in images if part.data]
        if any(not part.data for part in images):
            left_out["images"] = None
        made["tool_calls"] = [
            {
                "id": part.call_id,
                "function": {"name": part.name, "arguments": _object(part.arguments)},
            }
            for part in message.parts
            if isinstance(part, ToolCallPart)
        ]
        if any(isinstance(part, ReasoningPart) for part in message.parts):
            left_out["reasoning"] = None
        said = {name: value for name, value in made.items() if value or name == "content"}
        if len(said) > 2 or said["content"]:
            messages.append(said)
    body: JsonDict = {"model": request.model, "messages": messages, "stream": True}
    if request.tools:
        body["tools"] = openai_chat(request).value["tools"]
        if request.tool_choice.mode is not ToolChoiceMode.AUTO:
            left_out["settings"] = None
    options: JsonDict = {}
    if request.max_tokens is not None:
        options["num_predict"] = request.max_tokens
    if request.stop:
        options["stop"] = list(request.stop)
    if options:
        body["options"] = options
    if request.json_format is not None:
        body["format"] = request.json_format.schema or "json"
    return Body(body, tuple(left_out))


WRITERS: Final[Mapping[str, tuple[str, Writer]]] = {
    "openai_chat": ("/v1/chat/completions", openai_chat),
    "openai_responses": ("/v1/responses", openai_responses),
    "anthropic_messages": ("/v1/messages", anthropic_messages),
    "ollama": ("/api/chat", ollama),
}


# --- parts ---


def _chat_parts(parts: Sequence[Part], left_out: dict[str, None]) -> Iterable[JsonDict]:
    for part in parts:
        if isinstance(part, ImagePart):
            yield {"type": "image_url", "image_url": {"url": _image_url(part)}}
        else:
            text = _text([part], left_out)
            if text:
                yield {"type": "text", "text": text}


def _plain(content: list[JsonDict]) -> Any:
    """A lone text as clients write it; several parts stay parts."""
    return content[0]["text"] if len(content) == 1 and "text" in content[0] else content


def _flush(items: list[JsonDict], message: Message, content: list[JsonDict]) -> None:
    if content:
        role = Role.USER if message.role is Role.TOOL else message.role
        items.append({"type": "message", "role": role.value, "content": list(content)})
        content.clear()


def _blocks(parts: Sequence[Part], left_out: dict[str, None]) -> list[JsonDict]:
    blocks: list[JsonDict] = []
    for part in parts:
        match part:
            case ImagePart(media_type, data, url) if data:
                source = {"type": "base64", "media_type": media_type, "data": data}
                blocks.append({"type": "image", "source": source})
            case ImagePart(_, _, url):
                blocks.append({"type": "image", "source": {"type": "url", "url": url}})
            case ToolCallPart(call_id, name, arguments):
                given = _object(arguments)
                blocks.append({"type": "tool_use", "id": call_id, "name": name, "input": given})
            case ToolResultPart(call_id, content, is_error):
                result: JsonDict = {"type": "tool_result", "tool_use_id": call_id}
                result["content"] = _blocks(content, left_out)
                if is_error:
                    result["is_error"] = True
                blocks.append(result)
            case _:
                text = _text([part], left_out)
                if text:
                    blocks.append({"type": "text", "text": text})
    return blocks


def _text(parts: Sequence[Part], left_out: dict[str, None]) -> str:
    """The parts that are text; the others are left out and named."""
    texts: list[str] = []
    for part in parts:
        match part:
            case TextPart(text):
                texts.append(text)
            case DocumentPart() if part.text is not None:
                texts.append(part.text)
            case DocumentPart():
                left_out["files"] = None
            case ImagePart():
                left_out["images"] = None
            case AudioPart():
                left_out["audio"] = None
            case ReasoningPart():
                left_out["reasoning"] = None
            case ToolCallPart() | ToolResultPart():
                left_out["tools"] = None
    return "\n".join(text for text in texts if text)


def _image_url(part: ImagePart) -> str:
    return part.url or f"data:{part.media_type};base64,{part.data}"


def _object(arguments: str) -> JsonDict:
    try:
        value = parse(arguments)
    except InvalidJsonError:
        value = None
    return value if isinstance(value, dict) else {}


def _openai_format(request: ChatRequest, *, nested: bool) -> JsonDict:
    form = request.json_format
    if form is None or form.schema is None:
        return {"type": "json_object"}
    named: JsonDict = {"name": form.name or "answer", "schema": form.schema, "strict": form.strict}
    if nested:
        return {"type": "json_schema", "json_schema": named}
    return {"type": "json_schema", **named}
