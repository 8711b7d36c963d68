"""JSON-RPC 2.0: what one frame body means, and the replies; no I/O.

Requests carry an id (number or string, given back verbatim), notifications none. ``params`` must
be an object. Source: the wire notes, section 2; codes: the JSON-RPC 2.0 specification.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

RpcId = int | float | str
Json = dict[str, Any]


class RpcError(Exception):
    """A request that is answered with an error object."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Call:
    """A request (``id`` is set) or a notification (``id`` is None)."""

    method: str
    params: Json
    id: RpcId | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The client's answer to one of our requests."""

    id: RpcId
    result: Any
    error: Any


@dataclass(frozen=True, slots=True)
class Invalid:
    """Something that is answered with an error, or dropped when it has no usable id."""

    id: RpcId | None
    code: int
    message: str
    expects_reply: bool


Incoming = Call | Answer | Invalid


def parse(body: bytes) -> Incoming:
    """What the body is; never raises."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Invalid(None, PARSE_ERROR, f"parse error: {error}", expects_reply=True)
    if not isinstance(message, dict):
        return Invalid(None, INVALID_REQUEST, "a message must be an object", expects_reply=True)
    raw_id = message.get("id")
    usable = isinstance(raw_id, int | float | str) and not isinstance(raw_id, bool)
    rpc_id = raw_id if usable else None
    method = message.get("method")
    if isinstance(method, str):
        return _parse_call(message, method, rpc_id)
    if rpc_id is not None and ("result" in message or "error" in message):
        return Answer(rpc_id, message.get("result"), message.get("error"))
    return Invalid(rpc_id, INVALID_REQUEST, "neither a call nor an answer", expects_reply=True)


def _parse_call(message: Json, method: str, rpc_id: RpcId | None) -> Incoming:
    has_id = "id" in message
    if has_id and rpc_id is None:
        return Invalid(None, INVALID_REQUEST, "id must be a number or a string", True)
    if message.get("jsonrpc") != "2.0":
        return Invalid(rpc_id, INVALID_REQUEST, 'jsonrpc must be "2.0"', has_id)
    params = message.get("params", {})
    if not isinstance(params, dict):
        return Invalid(rpc_id, INVALID_PARAMS, "params must be an object", has_id)
    return Call(method, params, rpc_id)


def request(rpc_id: RpcId, method: str, params: Json) -> Json:
    """A server-to-client request: the client answers it with the same id."""
    return {"jsonrpc": "2.0", "id": rpc_id, "method": method, "params": params}


def notification(method: str, params: Json) -> Json:
    """A server-to-client message nobody answers."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def result(rpc_id: RpcId, value: Any) -> Json:
    """The reply to a request that went well."""
    return {"jsonrpc": "2.0", "id": rpc_id, "result": value}


def failure(rpc_id: RpcId | None, code: int, message: str) -> Json:
    """The reply to a request that did not."""
    return {"jsonrpc": "2.0", "id": rpc_id, "error": {"code": code, "message": message}}
