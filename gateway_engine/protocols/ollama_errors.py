"""Errors in Ollama's form: `{"error": message}`, with our stable code beside it."""

from typing import Any

from gateway_engine.errors import GatewayError
from gateway_engine.protocols.error_reply import ErrorReply, headers_of, status_of


def body(error: GatewayError) -> dict[str, Any]:
    """Return the body."""
    return {"error": str(error), "code": error.code}


def reply(error: GatewayError, request_id: str) -> ErrorReply:
    """Return the whole reply."""
    return ErrorReply(status_of(error), body(error), headers_of(error))
