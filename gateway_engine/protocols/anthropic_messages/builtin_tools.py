"""The vendor's tools that the client itself runs: declared by type alone, without a schema.

Models of the vendor know their schemas by heart; another model is told them, and the client gets
the calls it expects (API reference, "Bash tool", "Text editor tool", "Computer use tool", "Memory
tool"). Tools that run at the vendor (web search, code execution, …) are not among them.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from gateway_engine.conversation import ToolSpec
from gateway_engine.protocols.request_fields import required_text

_DATED: Final = re.compile(r"(bash|text_editor|computer|memory)_(\d{8})", re.ASCII)
_UNDO_WENT: Final = "20250429"
"""From this version on the text editor has no undo_edit."""

_TEXT: Final = {"type": "string"}
_WHOLE: Final = {"type": "integer"}
_POINT: Final = {"type": "array", "items": _WHOLE, "minItems": 2, "maxItems": 2}
_EDITING: Final[Mapping[str, Any]] = {
    "file_text": {"type": "string", "description": "create: content of the new file"},
    "old_str": {"type": "string", "description": "str_replace: text to replace, must be unique"},
    "new_str": {"type": "string", "description": "str_replace: text to put in its place"},
    "insert_line": {
        "type": "integer",
        "description": "insert: line after which to insert, 0 = top",
    },
    "insert_text": {"type": "string", "description": "insert: text to insert"},
    "view_range": {**_POINT, "description": "view: first and last line, -1 = end"},
}
_ACTIONS: Final = (
    "key type mouse_move left_click left_click_drag right_click middle_click double_click "
    "triple_click left_mouse_down left_mouse_up scroll hold_key wait screenshot cursor_position "
    "zoom"
)


def client_tool(tool: Mapping[str, Any], path: str) -> ToolSpec | None:
    """Return the tool that `tool` declares by its type, None when it runs at the vendor."""
    dated = _DATED.fullmatch(str(tool.get("type")))
    if dated is None:
        return None
    kind, version = dated.groups()
    name = required_text(tool, "name", f"{path}.name")
    match kind:
        case "bash":
            return ToolSpec(
                name,
                "Run a command in a bash session that stays open between calls.",
                _object({"command": _TEXT, "restart": {"type": "boolean"}}),
            )
        case "text_editor":
            commands = ["view", "create", "str_replace", "insert"]
            editing = dict(_EDITING)
            if version < _UNDO_WENT:
                commands.append("undo_edit")
                editing["new_str"] = {**_TEXT, "description": "str_replace, insert: the new text"}
                del editing["insert_text"]
            return ToolSpec(
                name,
                "View, create and edit files. `view` lists a folder too.",
                _object(
                    {"command": _one_of(commands), "path": _TEXT, **editing}, "command", "path"
                ),
            )
        case "memory":
            commands = ["view", "create", "str_replace", "insert", "delete", "rename"]
            fields = {"path": _TEXT, **_EDITING, "old_path": _TEXT, "new_path": _TEXT}
            return ToolSpec(
                name,
                "Keep notes in files under /memories across conversations. View the folder first.",
                _object({"command": _one_of(commands), **fields}, "command"),
            )
    return ToolSpec(name, _screen(tool), _object(_computer(), "action"))


def _computer() -> dict[str, Any]:
    return {
        "action": _one_of(_ACTIONS.split()),
        "coordinate": {**_POINT, "description": "x and y in pixels"},
        "start_coordinate": {**_POINT, "description": "left_click_drag: where it starts"},
        "text": {**_TEXT, "description": "type: the text; key, hold_key: the keys, as in ctrl+s"},
        "duration": {"type": "number", "description": "wait, hold_key: seconds"},
        "scroll_direction": _one_of(["up", "down", "left", "right"]),
        "scroll_amount": _WHOLE,
        "region": {
            "type": "array",
            "items": _WHOLE,
            "description": "zoom: x0, y0, x1, y1",
        },
    }


def _screen(tool: Mapping[str, Any]) -> str:
    width, height = tool.get("display_width_px"), tool.get("display_height_px")
    size = f" The screen has {width} x {height} pixels." if width and height else ""
    return "Use mouse, keyboard and screen of a computer; take a screenshot to see it." + size


def _object(fields: Mapping[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": dict(fields), "required": list(required)}


def _one_of(values: list[str]) -> dict[str, Any]:
    return {"type": "string", "enum": values}
