"""MCP's messages from a server's side: tools listed, called, answered. Pure.

Source: the specification's revisions 2024-11-05 to 2025-11-25, which agree on all that is here. A
newer client falls back to `initialize` when it is refused something it knows better.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway_engine.conversation import ToolSpec
from gateway_engine.json_text import InvalidJsonError, parse, render

VERSIONS: Final = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
SERVER_NAME: Final = "client-tools"

INITIALIZE: Final = "initialize"
PING: Final = "ping"
LIST_TOOLS: Final = "tools/list"
CALL_TOOL: Final = "tools/call"
CANCELLED: Final = "notifications/cancelled"
LIST_CHANGED: Final = "notifications/tools/list_changed"
PROGRESS: Final = "notifications/progress"

METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602

ProgressToken = str | int


def initialize_result(params: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The answer to `initialize`: the client's revision if we know it, else our newest."""
    asked = params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
        "capabilities": {"tools": {"listChanged": True}},
        "serverInfo": {"name": "lingma-gateway", "version": version},
    }


def tools_result(tools: Sequence[ToolSpec]) -> dict[str, Any]:
    """The answer to `tools/list`."""
    return {"tools": [_tool(tool) for tool in tools]}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    schema = dict(tool.schema)
    # The specification wants an object here; clients of other protocols may leave it out.
    schema.setdefault("type", "object")
    # Qwen Code 0.15 leaves out, without a word, a tool that has no description.
    return {
        "name": tool.name,
        "description": tool.description or tool.name,
        "inputSchema": schema,
    }


def call_arguments(params: Mapping[str, Any]) -> str | None:
    """The JSON text of a call's arguments; None when they are no object."""
    arguments = params.get("arguments")
    if arguments is None:
        return "{}"
    if isinstance(arguments, str):
        try:
            arguments = parse(arguments)
        except InvalidJsonError:
            return None
    return render(arguments).decode() if isinstance(arguments, Mapping) else None


def call_result(text: str, *, is_error: bool) -> dict[str, Any]:
    """The answer to `tools/call`."""
    return {"content": [{"type": "text", "text": text}], "isError": is_error}


def progress_token(params: Mapping[str, Any]) -> ProgressToken | None:
    """What the caller wants progress told under; None when it wants none."""
    meta = params.get("_meta")
    token = meta.get("progressToken") if isinstance(meta, Mapping) else None
    return token if isinstance(token, str | int) and not isinstance(token, bool) else None


def progress_params(token: ProgressToken, step: int) -> dict[str, Any]:
    """Params of `notifications/progress`: it goes on, nobody knows how long."""
    return {"progressToken": token, "progress": step, "message": "the client is running the tool"}
