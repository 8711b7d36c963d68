"""Tools as Responses declares them: functions, custom (free-form) tools, namespaces of both, and
the vendor's tools that the client runs (`builtin_tools`).

The neutral model knows flat names only. `ToolNames` remembers which flat name stands for which
tool, so that a call goes back under the namespace and name the client gave.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway_engine.conversation import ToolChoice, ToolChoiceMode, ToolSpec
from gateway_engine.protocols.openai_responses.builtin_tools import CALL_ITEMS, client_tool
from gateway_engine.protocols.request_fields import (
    Changes,
    as_json,
    as_list,
    as_object,
    invalid,
    optional_text,
    required_text,
)

_EMPTY_SCHEMA: Final[Mapping[str, Any]] = {"type": "object", "properties": {}}
_INPUT_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {"input": {"type": "string"}},
    "required": ["input"],
    "additionalProperties": False,
}
"""A custom tool takes one text; as a function it takes an object that holds it."""

_SEPARATOR: Final = "__"

FUNCTION: Final = "function"
CUSTOM: Final = "custom"


@dataclass(frozen=True, slots=True)
class ClientTool:
    """A tool as the client knows it. `kind` is the type it was declared with.

    `custom` tools take free text instead of JSON.
    """

    name: str
    namespace: str = ""
    kind: str = FUNCTION

    @property
    def custom(self) -> bool:
        """True when it takes free text."""
        return self.kind == CUSTOM


class ToolNames:
    """Flat names, each for one tool of the client."""

    def __init__(self) -> None:
        self._flat: dict[tuple[str, str], str] = {}
        self._tools: dict[str, ClientTool] = {}

    def flat(self, tool: ClientTool) -> str:
        """Return the flat name of `tool`, making one when it has none yet."""
        key = (tool.namespace, tool.name)
        known = self._flat.get(key)
        if known is not None:
            return known
        wanted = tool.name
        if tool.namespace:
            wanted = tool.namespace.removesuffix(_SEPARATOR) + _SEPARATOR + tool.name
        name, number = wanted, 2
        while name in self._tools:
            name, number = f"{wanted}_{number}", number + 1
        self._flat[key] = name
        self._tools[name] = tool
        return name

    def known(self, tool: ClientTool) -> str | None:
        """Return the flat name of `tool` when it has one."""
        return self._flat.get((tool.namespace, tool.name))

    def client_tool(self, flat: str) -> ClientTool:
        """Return what the client calls the tool named `flat`."""
        return self._tools.get(flat) or ClientTool(flat)

    def all_known(self, tools: list[Any]) -> list[str]:
        """Return the flat names of those of `tools`, as a client declares them, that have one."""
        flat: list[str | None] = []
        for tool in tools:
            if not isinstance(tool, dict):
                continue
            within = tool.get("tools") if tool.get("type") == "namespace" else None
            for inner in [tool] if not isinstance(within, list) else within:
                namespace = tool.get("name") if inner is not tool else ""
                name = inner.get("name") if isinstance(inner, dict) else None
                flat.append(self._flat.get((str(namespace), str(name))))
        return [name for name in flat if name is not None]


def parse_tools(value: Any, path: str, names: ToolNames, changes: Changes) -> list[ToolSpec]:
    """Return the tools that can be called; the vendor's own are noted as dropped."""
    specs: list[ToolSpec] = []
    for i, item in enumerate(as_list(value if value is not None else [], path)):
        where = f"{path}[{i}]"
        tool = as_object(item, where)
        if tool.get("type") != "namespace":
            specs += _one(tool, where, "", names, changes)
            continue
        namespace = required_text(tool, "name", f"{where}.name")
        for j, inner in enumerate(as_list(tool.get("tools") or [], f"{where}.tools")):
            at = f"{where}.tools[{j}]"
            specs += _one(as_object(inner, at), at, namespace, names, changes)
    return specs


def _one(
    tool: Mapping[str, Any], path: str, namespace: str, names: ToolNames, changes: Changes
) -> list[ToolSpec]:
    kind = required_text(tool, "type", f"{path}.type")
    builtin = client_tool(tool, path)
    if builtin is not None:
        if names.known(ClientTool(builtin.name)) is not None:
            changes.dropped(path, "a tool of this name was declared before", "declared_twice")
            return []
        return [replace(builtin, name=names.flat(ClientTool(builtin.name, kind=kind)))]
    if kind not in (FUNCTION, CUSTOM):
        changes.dropped(
            path,
            f"{kind} tools run at the vendor; only the client's own can be used",
            "vendor_tool",
        )
        return []
    # Chat Completions' spelling is met here too: everything within `function`.
    inner = tool.get(kind)
    fields, where = (inner, f"{path}.{kind}") if isinstance(inner, dict) else (tool, path)
    for field in ("strict", "defer_loading", "output_schema", "allowed_callers", "async"):
        if fields.get(field) is not None:
            changes.dropped(f"tools[].{field}", "upstream does not take it", "not_taken")
    name = required_text(fields, "name", f"{where}.name")
    description = optional_text(fields, "description", f"{where}.description")
    schema: Mapping[str, Any] = _INPUT_SCHEMA
    if kind == CUSTOM:
        description += _grammar(fields.get("format"), f"{where}.format")
    elif fields.get("parameters") is None:
        schema = _EMPTY_SCHEMA
    else:
        schema = as_object(fields["parameters"], f"{where}.parameters")
    tool_of_client = ClientTool(name, namespace, kind)
    if names.known(tool_of_client) is not None:
        changes.dropped(path, "a tool of this name was declared before", "declared_twice")
        return []
    return [ToolSpec(names.flat(tool_of_client), description, schema)]


def _grammar(value: Any, path: str) -> str:
    if value is None:
        return ""
    form = as_object(value, path)
    grammar = form.get("grammar")
    if isinstance(grammar, dict):
        form = grammar
    definition = optional_text(form, "definition", f"{path}.definition")
    if not definition:
        return ""
    syntax = optional_text(form, "syntax", f"{path}.syntax")
    return f"\n\n`input` must follow this {syntax} grammar:\n{definition}".rstrip()


def parse_tool_choice(
    value: Any, tools: tuple[ToolSpec, ...], names: ToolNames, changes: Changes
) -> tuple[ToolChoice, tuple[ToolSpec, ...]]:
    """Return what `tool_choice` asks for, and the tools it leaves to choose from."""
    if value is None or value == "auto":
        return ToolChoice(), tools
    if value == "none":
        return ToolChoice(ToolChoiceMode.NONE), tools
    if value == "required":
        return _forced(tools, changes), tools
    choice = as_object(value, "tool_choice")
    match choice.get("type"):
        case str(kind) if kind in (FUNCTION, CUSTOM) or kind in CALL_ITEMS:
            flat = names.known(_named(choice, "tool_choice"))
            if flat is None or all(tool.name != flat for tool in tools):
                raise invalid("tool_choice.name", "names no tool of this request")
            return ToolChoice(ToolChoiceMode.NAMED, flat), tools
        case "allowed_tools":
            return _allowed(choice, tools, names, changes)
        case str(kind):
            changes.dropped("tool_choice", f"{as_json(kind, '')} is not served here", "not_served")
            return ToolChoice(), tools
    raise invalid("tool_choice.type", "is required")


def _allowed(
    choice: Mapping[str, Any], tools: tuple[ToolSpec, ...], names: ToolNames, changes: Changes
) -> tuple[ToolChoice, tuple[ToolSpec, ...]]:
    wanted: set[str | None] = set()
    for i, item in enumerate(as_list(choice.get("tools"), "tool_choice.tools")):
        path = f"tool_choice.tools[{i}]"
        tool = as_object(item, path)
        if tool.get("type") in (FUNCTION, CUSTOM, *CALL_ITEMS):
            wanted.add(names.known(_named(tool, path)))
        elif tool.get("type") == "namespace":
            namespace = required_text(tool, "name", f"{path}.name")
            wanted |= {t.name for t in tools if names.client_tool(t.name).namespace == namespace}
    kept = tuple(tool for tool in tools if tool.name in wanted)
    return (_forced(kept, changes) if choice.get("mode") == "required" else ToolChoice()), kept


def _named(item: Mapping[str, Any], path: str) -> ClientTool:
    kind = str(item.get("type"))
    if kind in CALL_ITEMS:
        return ClientTool(kind, kind=kind)
    inner = item.get("function")
    fields = inner if isinstance(inner, dict) else item
    return ClientTool(
        required_text(fields, "name", f"{path}.name"),
        optional_text(item, "namespace", f"{path}.namespace"),
    )


def _forced(tools: tuple[ToolSpec, ...], changes: Changes) -> ToolChoice:
    if tools:
        return ToolChoice(ToolChoiceMode.REQUIRED)
    changes.dropped(
        "tool_choice", "the request declares no tool that could be called", "no_tool_to_call"
    )
    return ToolChoice()
