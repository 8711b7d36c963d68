"""A Messages body as a ChatRequest (Anthropic API reference, "Create a Message").

Accepts what the vendor's clients send beyond the oldest form: `role: "system"` inside `messages`,
adaptive thinking, `output_config`, `context_management`, beta blocks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import (
    ChatRequest,
    JsonFormat,
    Message,
    Role,
    ToolChoice,
    ToolChoiceMode,
    ToolSpec,
)
from gateway_engine.errors import InvalidRequestError
from gateway_engine.protocols.anthropic_messages.blocks import message_turns, system_parts
from gateway_engine.protocols.anthropic_messages.builtin_tools import client_tool
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
    "model messages system stream tools tool_choice max_tokens stop_sequences metadata thinking "
    "output_config output_format"
)
_REFUSED: Final = names(
    "temperature top_p top_k cache_control container context_management diagnostics fallbacks "
    "inference_geo mcp_servers service_tier speed user_profile_id"
)
_EMPTY_SCHEMA: Final[Mapping[str, Any]] = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class Thinking:
    """Whether the client wants to see thinking blocks, and whether with their text."""

    blocks: bool = False
    text: bool = True


@dataclass(frozen=True, slots=True)
class ParsedMessages:
    """What the client wants answered, and how it wants the answer."""

    request: ChatRequest
    stream: bool
    thinking: Thinking


def parse(body: Mapping[str, Any], *, needs_limit: bool = True) -> ParsedMessages:
    """Return the request in `body`. Raises InvalidRequestError.

    `needs_limit` is False for count_tokens, which has no `max_tokens`.
    """
    if body.get("thread") is not None:
        # Both official tool runners go on with the full history after exactly this code.
        raise InvalidRequestError(
            "thread: no message threads are kept here; send the full conversation without `thread`",
            param="thread",
            error_code="thread_unsupported_request",
        )
    changes = Changes()
    model = required_text(body, "model", "model")
    limit = optional_count(body, "max_tokens", "max_tokens")
    if limit is None and needs_limit:
        raise invalid("max_tokens", "is required")
    messages = _messages(body, changes)
    tools, left_out = _tools(body.get("tools"), changes)
    choice, parallel = _tool_choice(body.get("tool_choice"), tools, left_out, changes)
    if not tools and says_no_tools(body):
        choice = ToolChoice(ToolChoiceMode.NONE)
    metadata = as_object(body.get("metadata") or {}, "metadata")
    json_format = _json_format(body, changes)
    changes.drop_others(body, _USED, _REFUSED)
    thinking = _thinking(body.get("thinking"), changes)
    return ParsedMessages(
        request=ChatRequest(
            model=model,
            messages=messages,
            tools=tools,
            tool_choice=choice,
            parallel_tool_calls=parallel,
            max_tokens=limit,
            stop=text_list(body.get("stop_sequences"), "stop_sequences"),
            json_format=json_format,
            user=optional_text(metadata, "user_id", "metadata.user_id"),
            changes=changes.listed(),
            reasoning_shown=thinking.blocks and thinking.text,
        ),
        stream=optional_bool(body, "stream", "stream", default=False),
        thinking=thinking,
    )


def _messages(body: Mapping[str, Any], changes: Changes) -> tuple[Message, ...]:
    if body.get("messages") is None:
        raise invalid("messages", "is required")
    items = as_list(body["messages"], "messages")
    if not items:
        raise invalid("messages", "must not be empty")
    turns: list[Message] = []
    if body.get("system") is not None and (parts := system_parts(body["system"], changes)):
        turns.append(Message(Role.SYSTEM, parts))
    for i, item in enumerate(items):
        turns.extend(message_turns(as_object(item, f"messages[{i}]"), f"messages[{i}]", changes))
    return tuple(turns)


def _thinking(value: Any, changes: Changes) -> Thinking:
    if value is None:
        return Thinking()
    config = as_object(value, "thinking")
    kind = required_text(config, "type", "thinking.type")
    if kind == "disabled":
        return Thinking()
    if config.get("budget_tokens") is not None:
        changes.dropped("thinking.budget_tokens", "upstream does not take it", "not_taken")
    return Thinking(blocks=True, text=config.get("display") != "omitted")


def _json_format(body: Mapping[str, Any], changes: Changes) -> JsonFormat | None:
    """Return what `output_config.format`, or its older name `output_format`, asks for."""
    config = as_object(body.get("output_config") or {}, "output_config")
    changes.drop_others(config, names("format"), names("effort task_budget"), "output_config.")
    for value, path in (
        (config.get("format"), "output_config.format"),
        (body.get("output_format"), "output_format"),
    ):
        if value is not None:
            wanted = as_object(value, path)
            if wanted.get("type") != "json_schema":
                raise invalid(f"{path}.type", "must be json_schema")
            schema = as_object(wanted.get("schema"), f"{path}.schema")
            as_json(schema, f"{path}.schema")
            return JsonFormat(schema=schema)
    return None


def _tools(value: Any, changes: Changes) -> tuple[tuple[ToolSpec, ...], frozenset[str]]:
    """Return the tools that can be called, and the names of those that run at the vendor."""
    tools: list[ToolSpec] = []
    left_out: set[str] = set()
    for i, item in enumerate(as_list(value if value is not None else [], "tools")):
        path = f"tools[{i}]"
        tool = as_object(item, path)
        if tool.get("type") not in (None, "custom"):
            known = client_tool(tool, path)
            if known is not None:
                tools.append(known)
                continue
            kind = as_text(tool["type"], f"{path}.type")[:60]
            changes.dropped(path, f"{kind} runs at the vendor", "vendor_tool")
            left_out.add(optional_text(tool, "name", f"{path}.name"))
            continue
        if tool.get("cache_control") is not None:
            changes.dropped("tools[].cache_control", "nothing is cached by marks", "no_cache_marks")
        schema = tool.get("input_schema")
        tools.append(
            ToolSpec(
                name=required_text(tool, "name", f"{path}.name"),
                description=optional_text(tool, "description", f"{path}.description"),
                schema=_EMPTY_SCHEMA
                if schema is None
                else as_object(schema, f"{path}.input_schema"),
            )
        )
    return tuple(tools), frozenset(left_out)


def _tool_choice(
    value: Any, tools: tuple[ToolSpec, ...], left_out: frozenset[str], changes: Changes
) -> tuple[ToolChoice, bool]:
    if value is None:
        return ToolChoice(), True
    config = as_object(value, "tool_choice")
    name = "disable_parallel_tool_use"
    parallel = not optional_bool(config, name, f"tool_choice.{name}", default=False)
    match config.get("type"):
        case "auto":
            return ToolChoice(), parallel
        case "none":
            return ToolChoice(ToolChoiceMode.NONE), parallel
        case "any" if tools:
            return ToolChoice(ToolChoiceMode.REQUIRED), parallel
        case "any":
            changes.dropped(
                "tool_choice",
                "the request declares no tool that could be called",
                "no_tool_to_call",
            )
            return ToolChoice(), parallel
        case "tool":
            wanted = required_text(config, "name", "tool_choice.name")
            if wanted in left_out:
                changes.dropped("tool_choice", "this tool runs at the vendor", "vendor_tool")
                return ToolChoice(), parallel
            if all(tool.name != wanted for tool in tools):
                raise invalid("tool_choice.name", "names no tool of this request")
            return ToolChoice(ToolChoiceMode.NAMED, wanted), parallel
    raise invalid("tool_choice.type", "must be one of auto, any, tool, none")
