"""The vendor's tools that the client itself runs: declared by type alone, called by items of their
own.

Models of the vendor know their schemas by heart; another model is told them, and the client gets
the items it expects (API reference, "Shell", "Apply patch", "Tool search"). What runs at the vendor
(web search, code interpreter, hosted shells and searches, …) is not among them; nor is the computer
tool, whose results are pictures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import JsonObject, ToolSpec
from gateway_engine.json_text import InvalidJsonError, parse
from gateway_engine.protocols.request_fields import as_json, as_object, optional_text

TOOL_SEARCH: Final = "tool_search"
_SHELL: Final = "shell"
_LOCAL_SHELL: Final = "local_shell"
_APPLY_PATCH: Final = "apply_patch"

_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer"}


@dataclass(frozen=True, slots=True)
class CallItem:
    """How calls of a tool look: the item's type, the prefix of its id, the field of what is
    asked."""

    kind: str
    prefix: str
    field: str


CALL_ITEMS: Final[Mapping[str, CallItem]] = {
    TOOL_SEARCH: CallItem("tool_search_call", "tsc", "arguments"),
    _SHELL: CallItem("shell_call", "sh", "action"),
    _LOCAL_SHELL: CallItem("local_shell_call", "lsh", "action"),
    _APPLY_PATCH: CallItem("apply_patch_call", "apc", "operation"),
}
"""By the type of the tool, which is its name as well."""

TOOL_OF_ITEM: Final = {item.kind: kind for kind, item in CALL_ITEMS.items()}


def client_tool(tool: Mapping[str, Any], path: str) -> ToolSpec | None:
    """Return the tool that `tool` declares by its type, None when it does not run at the client."""
    match tool.get("type"):
        case "tool_search" if tool.get("execution") == "client":
            description = optional_text(tool, "description", f"{path}.description")
            schema = tool.get("parameters")
            return ToolSpec(
                TOOL_SEARCH,
                description or "Search for more tools; those that are found can be called then.",
                _object({"query": _TEXT}, "query")
                if schema is None
                else as_object(schema, f"{path}.parameters"),
            )
        case "shell" if _is_local(tool.get("environment")):
            fields = {
                "commands": {"type": "array", "items": _TEXT},
                "timeout_ms": _COUNT,
                "max_output_length": _COUNT,
            }
            return ToolSpec(
                _SHELL,
                "Run shell commands on the user's machine, one after the other.",
                _object(fields, "commands"),
            )
        case "local_shell":
            fields = {
                "command": {"type": "array", "items": _TEXT},
                "working_directory": _TEXT,
                "timeout_ms": _COUNT,
                "env": {"type": "object"},
            }
            return ToolSpec(
                _LOCAL_SHELL,
                "Run a program on the user's machine; `command` is the program and its arguments.",
                _object(fields, "command"),
            )
        case "apply_patch":
            kinds = ["create_file", "update_file", "delete_file"]
            fields = {"type": {"type": "string", "enum": kinds}, "path": _TEXT, "diff": _TEXT}
            return ToolSpec(
                _APPLY_PATCH,
                "Create, update or delete a file. `diff` is, for update_file: hunks, each opened by"
                ' a line "@@" and then lines that begin with a space (stays), "-" (goes) or "+"'
                " (comes), without line numbers; for create_file: the whole content, each line"
                ' after a "+"; for delete_file: nothing.',
                _object(fields, "type", "path"),
            )
    return None


def call_fields(kind: str, arguments: str) -> dict[str, Any]:
    """Return what a call item of the tool of this type says beside its ids and status.

    `arguments` is JSON text, "" while it is not whole.
    """
    given = _parsed(arguments)
    match kind:
        case "shell":
            action = {"commands": [], "timeout_ms": None, "max_output_length": None, **given}
            return {"action": action, "environment": {"type": "local"}}
        case "local_shell":
            return {"action": {"command": [], "env": {}, **given, "type": "exec"}}
        case "apply_patch":
            operation = {"type": "update_file", "path": "", **given}
            if operation["type"] != "delete_file":
                operation.setdefault("diff", "")
            return {"operation": operation}
    return {"execution": "client", "arguments": given}


def call_arguments(kind: str, item: Mapping[str, Any], path: str) -> str:
    """Return the JSON text of what a call item asks, without what only `call_fields` adds."""
    field = CALL_ITEMS[kind].field
    value = item.get(field)
    given = _parsed(value) if isinstance(value, str) else as_object(value or {}, f"{path}.{field}")
    kept = {name: inner for name, inner in given.items() if inner is not None}
    if kind == _LOCAL_SHELL:
        kept.pop("type", None)
        if not kept.get("env"):
            kept.pop("env", None)
    return as_json(kept, f"{path}.{field}")


def _is_local(environment: Any) -> bool:
    return environment is None or (
        isinstance(environment, dict) and environment.get("type") == "local"
    )


def _object(fields: JsonObject, *required: str) -> JsonObject:
    return {"type": "object", "properties": fields, "required": list(required)}


def _parsed(arguments: str) -> JsonObject:
    try:
        value = parse(arguments or "{}")
    except InvalidJsonError:
        return {}
    return value if isinstance(value, dict) else {}
