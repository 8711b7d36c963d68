"""A Chat Completions body as a ChatRequest (OpenAI API reference, "Create chat completion")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import (
    COUNTED_ID,
    AudioPart,
    ChatRequest,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
)
from gateway_engine.protocols.openai_chat.tools import (
    parse_function_call,
    parse_functions,
    parse_tool_choice,
    parse_tools,
)
from gateway_engine.protocols.openai_formats import parse_json_format
from gateway_engine.protocols.openai_parts import content_parts
from gateway_engine.protocols.request_fields import (
    Changes,
    as_json,
    as_list,
    as_object,
    as_text,
    invalid,
    names,
    optional_bool,
    optional_count,
    optional_text,
    required_text,
    says_no_tools,
    text_list,
)

_USED: Final = names(
    "model messages stream stream_options tools tool_choice parallel_tool_calls max_tokens "
    "max_completion_tokens stop n user response_format functions function_call"
)
_REFUSED: Final = names(
    "temperature top_p seed logprobs top_logprobs presence_penalty frequency_penalty logit_bias "
    "reasoning_effort verbosity store metadata service_tier modalities audio prediction "
    "web_search_options prompt_cache_key prompt_cache_retention "
    "safety_identifier"
)
_INSTRUCTIONS: Final = {"system": Role.SYSTEM, "developer": Role.DEVELOPER, "user": Role.USER}


@dataclass(frozen=True, slots=True)
class ParsedChat:
    """What the client wants answered, and how it wants the answer.

    `legacy_call`: it declared `functions`, so a call comes back as the one `function_call`.
    """

    request: ChatRequest
    stream: bool
    include_usage: bool
    legacy_call: bool


def parse(body: Mapping[str, Any]) -> ParsedChat:
    """Return the request in `body`. Raises InvalidRequestError, which names the field."""
    changes = Changes()
    model = required_text(body, "model", "model")
    _refuse_many(body)
    messages = _messages(body, changes)
    tools = parse_tools(body.get("tools"), changes)
    choice, tools = parse_tool_choice(body.get("tool_choice"), tools, changes)
    parallel = optional_bool(body, "parallel_tool_calls", "parallel_tool_calls", default=True)
    if not tools and says_no_tools(body):
        choice = ToolChoice(ToolChoiceMode.NONE)
    legacy = not tools and body.get("functions") is not None
    if legacy:
        tools = parse_functions(body["functions"])
        choice = parse_function_call(body.get("function_call"), tools)
        parallel = False
    options = as_object(body.get("stream_options") or {}, "stream_options")
    limit = optional_count(body, "max_completion_tokens", "max_completion_tokens")
    if limit is None:
        limit = optional_count(body, "max_tokens", "max_tokens")
    changes.drop_others(body, _USED, _REFUSED)
    return ParsedChat(
        request=ChatRequest(
            model=model,
            messages=messages,
            tools=tools,
            tool_choice=choice,
            parallel_tool_calls=parallel,
            max_tokens=limit,
            stop=_stop(body.get("stop")),
            json_format=parse_json_format(body.get("response_format"), "response_format"),
            user=optional_text(body, "user", "user"),
            changes=changes.listed(),
        ),
        stream=optional_bool(body, "stream", "stream", default=False),
        include_usage=optional_bool(
            options, "include_usage", "stream_options.include_usage", default=False
        ),
        legacy_call=legacy,
    )


def _refuse_many(body: Mapping[str, Any]) -> None:
    count = optional_count(body, "n", "n")
    if count not in (None, 1):
        raise invalid("n", "only one answer per request is supported; ask again for another")


def _stop(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    return text_list(value, "stop")


def _messages(body: Mapping[str, Any], changes: Changes) -> tuple[Message, ...]:
    if body.get("messages") is None:
        raise invalid("messages", "is required")
    items = as_list(body["messages"], "messages")
    if not items:
        raise invalid("messages", "must not be empty")
    legacy_calls: dict[str, str] = {}
    return tuple(
        _message(as_object(item, f"messages[{i}]"), f"messages[{i}]", i, legacy_calls, changes)
        for i, item in enumerate(items)
    )


def _message(
    item: Mapping[str, Any], path: str, number: int, legacy_calls: dict[str, str], changes: Changes
) -> Message:
    role = required_text(item, "role", f"{path}.role")
    if role in _INSTRUCTIONS:
        if item.get("content") is None:
            raise invalid(f"{path}.content", "is required")
        return Message(
            _INSTRUCTIONS[role], content_parts(item["content"], f"{path}.content", changes)
        )
    if role == "assistant":
        return Message(Role.ASSISTANT, _assistant(item, path, number, legacy_calls, changes))
    if role in ("tool", "function"):
        if role == "tool":
            call_id = required_text(item, "tool_call_id", f"{path}.tool_call_id")
        else:
            name = required_text(item, "name", f"{path}.name")
            call_id = legacy_calls.get(name, f"{COUNTED_ID}{name}_{number}")
        content = content_parts(item.get("content") or "", f"{path}.content", changes)
        return Message(Role.TOOL, (ToolResultPart(call_id, content),))
    raise invalid(
        f"{path}.role",
        "must be one of system, developer, user, assistant, tool, function",
    )


def _assistant(
    item: Mapping[str, Any], path: str, number: int, legacy_calls: dict[str, str], changes: Changes
) -> tuple[Part, ...]:
    parts: list[Part] = []
    reasoning = item.get("reasoning_content")
    if isinstance(reasoning, str) and reasoning:
        parts.append(ReasoningPart(as_text(reasoning, f"{path}.reasoning_content")))
    if item.get("content") is not None:
        parts.extend(content_parts(item["content"], f"{path}.content", changes))
    elif item.get("refusal") is not None:
        parts.append(TextPart(as_text(item["refusal"], f"{path}.refusal")))
    if item.get("audio") is not None:
        parts.append(AudioPart())
    for j, value in enumerate(as_list(item.get("tool_calls") or [], f"{path}.tool_calls")):
        where = f"{path}.tool_calls[{j}]"
        call = as_object(value, where)
        kind = "custom" if call.get("type") == "custom" else "function"
        function = as_object(call.get(kind), f"{where}.{kind}")
        text = function.get("input" if kind == "custom" else "arguments")
        parts.append(
            ToolCallPart(
                call_id=required_text(call, "id", f"{where}.id"),
                name=required_text(function, "name", f"{where}.{kind}.name"),
                arguments=_arguments(text, f"{where}.{kind}", wrap=kind == "custom"),
            )
        )
    if item.get("function_call") is not None:
        where = f"{path}.function_call"
        function = as_object(item["function_call"], where)
        name = required_text(function, "name", f"{where}.name")
        legacy_calls[name] = call_id = f"{COUNTED_ID}{name}_{number}"
        parts.append(ToolCallPart(call_id, name, _arguments(function.get("arguments"), where)))
    return tuple(parts)


def _arguments(value: Any, path: str, *, wrap: bool = False) -> str:
    if isinstance(value, dict):
        return as_json(value, path)
    text = "" if value is None else as_text(value, f"{path}.arguments")
    if wrap:
        return as_json({"input": text}, path)
    return text if text.strip() else "{}"
