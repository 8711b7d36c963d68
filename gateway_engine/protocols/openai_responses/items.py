"""Input items as turns of the neutral conversation.

What the model said in one turn comes back as several items (reasoning, messages, calls); the
neutral model holds them in one assistant message, in the same order. Each result of a tool is a
turn of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway_engine.conversation import (
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.protocols.openai_parts import content_parts
from gateway_engine.protocols.openai_responses.builtin_tools import TOOL_OF_ITEM, call_arguments
from gateway_engine.protocols.openai_responses.tools import (
    CUSTOM,
    FUNCTION,
    ClientTool,
    ToolNames,
    parse_tools,
)
from gateway_engine.protocols.request_fields import (
    Changes,
    as_json,
    as_list,
    as_text,
    clean,
    invalid,
    optional_text,
    required_text,
)

MESSAGE: Final = "message"
ITEM_REFERENCE: Final = "item_reference"

_ROLES: Final = {
    "system": Role.SYSTEM,
    "developer": Role.DEVELOPER,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
}


def item_kind(item: Mapping[str, Any], path: str) -> str:
    """Return the type of an item, which may be left out for messages and references."""
    kind = optional_text(item, "type", f"{path}.type")
    if kind:
        return kind
    if item.get("role") is not None:
        return MESSAGE
    if item.get("id") is not None:
        return ITEM_REFERENCE
    raise invalid(f"{path}.type", "is required")


class ItemReader:
    """Reads items one after the other; `tools` are those that items brought along."""

    def __init__(self, names: ToolNames, changes: Changes) -> None:
        self._names = names
        self._changes = changes
        self._said: list[Part] = []
        self._turns: list[Message] = []
        self.tools: list[ToolSpec] = []

    def read(self, items: Sequence[Mapping[str, Any]], path: str) -> None:
        """Take more items."""
        for i, item in enumerate(items):
            self._item(item, f"{path}[{i}]")

    def turns(self) -> tuple[Message, ...]:
        """Return all turns."""
        self._end_turn()
        return tuple(self._turns)

    def _item(self, item: Mapping[str, Any], path: str) -> None:
        kind = item_kind(item, path)
        match kind:
            case "message":
                self._message(item, path)
            case "reasoning":
                if text := _reasoning(item):
                    self._said.append(ReasoningPart(text))
            case "function_call":
                self._call(item, path, _arguments(item.get("arguments"), path), FUNCTION)
            case "custom_tool_call":
                text = optional_text(item, "input", f"{path}.input")
                self._call(item, path, as_json({"input": text}, path), CUSTOM)
            case "tool_search_call" | "tool_search_output" if item.get("execution") == "server":
                self._search_elsewhere(item, path, kind)
            case "tool_search_call" | "local_shell_call" | "shell_call" | "apply_patch_call":
                tool = TOOL_OF_ITEM[kind]
                name = self._names.flat(ClientTool(tool, kind=tool))
                arguments = call_arguments(tool, item, path)
                self._said.append(ToolCallPart(_call_id(item, path), name, arguments))
            case "tool_search_output":
                self._found(item, path)
            case (
                "function_call_output"
                | "custom_tool_call_output"
                | "local_shell_call_output"
                | "shell_call_output"
                | "apply_patch_call_output"
            ):
                self._result(item, path)
            case "additional_tools":
                self._bring(item, path)
            case _:
                self._changes.dropped(
                    path, f"{kind[:60]} items mean nothing to another model", "foreign_item"
                )

    def _message(self, item: Mapping[str, Any], path: str) -> None:
        role = _ROLES.get(required_text(item, "role", f"{path}.role"))
        if role is None:
            raise invalid(f"{path}.role", "must be one of system, developer, user, assistant")
        if item.get("content") is None:
            raise invalid(f"{path}.content", "is required")
        parts = content_parts(item["content"], f"{path}.content", self._changes)
        if role is Role.ASSISTANT:
            self._said += parts
        else:
            self._turn(role, parts)

    def _bring(self, item: Mapping[str, Any], path: str) -> None:
        self.tools += parse_tools(item.get("tools"), f"{path}.tools", self._names, self._changes)

    def _search_elsewhere(self, item: Mapping[str, Any], path: str, kind: str) -> None:
        if kind == "tool_search_output":
            self._bring(item, path)
        else:
            self._changes.dropped(path, "this search ran at the vendor", "vendor_tool")

    def _found(self, item: Mapping[str, Any], path: str) -> None:
        """The tools a search found are declared from here on; the model is told their names."""
        self._bring(item, path)
        if item.get("call_id") is None:
            return
        names = self._names.all_known(as_list(item.get("tools") or [], f"{path}.tools"))
        found = "These tools can be called now: " + ", ".join(names) if names else "No tool found."
        self._turn(Role.TOOL, (ToolResultPart(_call_id(item, path), (TextPart(clean(found)),)),))

    def _call(self, item: Mapping[str, Any], path: str, arguments: str, kind: str) -> None:
        tool = ClientTool(
            required_text(item, "name", f"{path}.name"),
            optional_text(item, "namespace", f"{path}.namespace"),
            kind,
        )
        self._said.append(ToolCallPart(_call_id(item, path), self._names.flat(tool), arguments))

    def _result(self, item: Mapping[str, Any], path: str) -> None:
        output, where = item.get("output"), f"{path}.output"
        content: tuple[Part, ...] = ()
        if isinstance(output, str) or _is_content(output):
            content = content_parts(output, where, self._changes)
        elif output is not None:
            content = (TextPart(as_json(output, where)),)
        self._turn(Role.TOOL, (ToolResultPart(_call_id(item, path), content),))

    def _turn(self, role: Role, parts: tuple[Part, ...]) -> None:
        self._end_turn()
        self._turns.append(Message(role, parts))

    def _end_turn(self) -> None:
        if self._said:
            self._turns.append(Message(Role.ASSISTANT, tuple(self._said)))
            self._said = []


def _is_content(output: Any) -> bool:
    """Tell parts, which have the names of content, from what a shell gave back."""
    return isinstance(output, list) and all(
        isinstance(part, dict) and isinstance(part.get("type"), str) and "stdout" not in part
        for part in output
    )


def _call_id(item: Mapping[str, Any], path: str) -> str:
    if item.get("call_id") is None and item.get("id") is not None:
        return required_text(item, "id", f"{path}.id")
    return required_text(item, "call_id", f"{path}.call_id")


def _arguments(value: Any, path: str) -> str:
    if isinstance(value, dict):
        return as_json(value, f"{path}.arguments")
    text = "" if value is None else as_text(value, f"{path}.arguments")
    return text if text.strip() else "{}"


def _reasoning(item: Mapping[str, Any]) -> str:
    """Return what a reasoning item says in clear, whatever else it carries."""
    for field in ("content", "summary"):
        value = item.get(field)
        if isinstance(value, list):
            texts = [part.get("text") for part in value if isinstance(part, dict)]
            if said := "\n\n".join(clean(text) for text in texts if isinstance(text, str) and text):
                return said
    return ""
