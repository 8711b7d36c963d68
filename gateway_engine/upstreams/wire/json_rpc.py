"""JSON-RPC 2.0 messages as values: what came, and the bytes of what goes.

Ids are kept verbatim: a number or a string. Liberal in what it takes: a missing `jsonrpc` member,
absent or null params and results all occur on real wires.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway_engine import json_text

JsonRpcId = int | float | str

METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603


class JsonRpcError(Exception):
    """The bytes are JSON-RPC no more; the message never quotes content."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request (`call_id` set: it wants an answer) or a notification (`call_id` None)."""

    method: str
    params: Mapping[str, Any]
    call_id: JsonRpcId | None
    raw: bytes = field(default=b"", compare=False, repr=False)
    """The frame it came in."""


@dataclass(frozen=True, slots=True)
class Success:
    """The answer to one of our requests."""

    call_id: JsonRpcId
    result: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """The refusal of one of our requests; `call_id` None when the peer could not tell which.

    `data` is whatever more the peer says; None for nothing.
    """

    call_id: JsonRpcId | None
    code: int
    message: str
    data: Any = None


RpcMessage = Call | Success | Failure


def parse_message(body: bytes) -> list[RpcMessage]:
    """Return the message in `body`, or the messages of a batch. Raises JsonRpcError."""
    try:
        value = json_text.parse(body)
    except json_text.InvalidJsonError as error:
        raise JsonRpcError(f"frame is not JSON: {error}") from None
    if isinstance(value, list):
        return [_parse_one(item, body) for item in value]
    return [_parse_one(value, body)]


def _parse_one(value: Any, raw: bytes) -> RpcMessage:
    if not isinstance(value, dict):
        raise JsonRpcError(f"message is {type(value).__name__}, not an object")
    call_id = value.get("id")
    if call_id is not None and (isinstance(call_id, bool) or not isinstance(call_id, JsonRpcId)):
        raise JsonRpcError("id is neither a number nor a string")
    method = value.get("method")
    if isinstance(method, str):
        params = value.get("params")
        return Call(method, params if isinstance(params, dict) else {}, call_id, raw)
    error = value.get("error")
    if error is not None:
        if not isinstance(error, dict):
            return Failure(call_id, INTERNAL_ERROR, str(error))
        code = error.get("code")
        return Failure(
            call_id,
            code if isinstance(code, int) else INTERNAL_ERROR,
            str(error.get("message") or "no message"),
            error.get("data"),
        )
    if call_id is None or method is not None:
        raise JsonRpcError("message is neither a call nor an answer")
    return Success(call_id, value.get("result"))


def render_request(call_id: JsonRpcId, method: str, params: Mapping[str, Any]) -> bytes:
    """Return the bytes of a request."""
    return json_text.render(
        {"jsonrpc": "2.0", "id": call_id, "method": method, "params": dict(params)}
    )


def render_notification(method: str, params: Mapping[str, Any]) -> bytes:
    """Return the bytes of a notification."""
    return json_text.render({"jsonrpc": "2.0", "method": method, "params": dict(params)})


def render_success(call_id: JsonRpcId, result: Any) -> bytes:
    """Return the bytes that answer the peer's request `call_id`, id verbatim."""
    return json_text.render({"jsonrpc": "2.0", "id": call_id, "result": result})


def render_failure(call_id: JsonRpcId, code: int, message: str) -> bytes:
    """Return the bytes that refuse the peer's request `call_id`, id verbatim."""
    return json_text.render(
        {"jsonrpc": "2.0", "id": call_id, "error": {"code": code, "message": message}}
    )
