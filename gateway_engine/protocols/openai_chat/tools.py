"""Tools and the choice among them, as Chat Completions declares them."""

from collections.abc import Mapping
from typing import Any, Final

from gateway_engine.conversation import ToolChoice, ToolChoiceMode, ToolSpec
from gateway_engine.protocols.request_fields import (
    Changes,
    as_list,
    as_object,
    invalid,
    optional_text,
    required_text,
)

_EMPTY_SCHEMA: Final[Mapping[str, Any]] = {"type": "object", "properties": {}}


def parse_tools(value: Any, changes: Changes) -> tuple[ToolSpec, ...]:
    """Return the function tools of `tools`; others are noted as dropped."""
    tools = []
    for i, item in enumerate(as_list(value if value is not None else [], "tools")):
        path = f"tools[{i}]"
        tool = as_object(item, path)
        if tool.get("type", "function") != "function":
            changes.dropped(path, "only function tools are supported", "vendor_tool")
            continue
        function = as_object(tool.get("function"), f"{path}.function")
        if function.get("strict") is not None:
            changes.dropped("tools[].function.strict", "upstream does not take it", "not_taken")
        tools.append(_function(function, f"{path}.function"))
    return tuple(tools)


def parse_functions(value: Any) -> tuple[ToolSpec, ...]:
    """Return the tools of `functions`, the name that `tools` had in 2023."""
    return tuple(
        _function(as_object(item, f"functions[{i}]"), f"functions[{i}]")
        for i, item in enumerate(as_list(value, "functions"))
    )


def parse_function_call(value: Any, tools: tuple[ToolSpec, ...]) -> ToolChoice:
    """Return what `function_call`, the older name of `tool_choice`, asks for."""
    if value is None or value == "auto":
        return ToolChoice()
    if value == "none":
        return ToolChoice(ToolChoiceMode.NONE)
    if not isinstance(value, dict):
        raise invalid("function_call", "must be none, auto or an object")
    name = required_text(value, "name", "function_call.name")
    if all(tool.name != name for tool in tools):
        raise invalid("function_call.name", "names no function of this request")
    return ToolChoice(ToolChoiceMode.NAMED, name)


def _function(function: Mapping[str, Any], path: str) -> ToolSpec:
    schema = function.get("parameters")
    return ToolSpec(
        name=required_text(function, "name", f"{path}.name"),
        description=optional_text(function, "description", f"{path}.description"),
        schema=_EMPTY_SCHEMA if schema is None else as_object(schema, f"{path}.parameters"),
    )


def parse_tool_choice(
    value: Any, tools: tuple[ToolSpec, ...], changes: Changes
) -> tuple[ToolChoice, tuple[ToolSpec, ...]]:
    """Return what `tool_choice` asks for, and the tools it leaves to choose from."""
    if value is None or value == "auto":
        return ToolChoice(), tools
    if value == "none":
        return ToolChoice(ToolChoiceMode.NONE), tools
    if value == "required":
        return _forced(tools, changes), tools
    if not isinstance(value, dict):
        raise invalid("tool_choice", "must be none, auto, required or an object")
    match value.get("type"):
        case "function":
            function = as_object(value.get("function", value), "tool_choice.function")
            name = required_text(function, "name", "tool_choice.function.name")
            if all(tool.name != name for tool in tools):
                raise invalid("tool_choice.function.name", "names no tool of this request")
            return ToolChoice(ToolChoiceMode.NAMED, name), tools
        case "allowed_tools":
            return _allowed(value, tools, changes)
    raise invalid("tool_choice.type", "must be function or allowed_tools")


def _allowed(
    value: Mapping[str, Any], tools: tuple[ToolSpec, ...], changes: Changes
) -> tuple[ToolChoice, tuple[ToolSpec, ...]]:
    allowed = as_object(value.get("allowed_tools", value), "tool_choice.allowed_tools")
    names = set()
    for item in as_list(allowed.get("tools"), "tool_choice.allowed_tools.tools"):
        tool = as_object(item, "tool_choice.allowed_tools.tools[]")
        function = tool.get("function", tool)
        if isinstance(function, dict) and isinstance(function.get("name"), str):
            names.add(function["name"])
    kept = tuple(tool for tool in tools if tool.name in names)
    return (_forced(kept, changes) if allowed.get("mode") == "required" else ToolChoice()), kept


def _forced(tools: tuple[ToolSpec, ...], changes: Changes) -> ToolChoice:
    if tools:
        return ToolChoice(ToolChoiceMode.REQUIRED)
    changes.dropped(
        "tool_choice", "the request declares no tool that could be called", "no_tool_to_call"
    )
    return ToolChoice()
