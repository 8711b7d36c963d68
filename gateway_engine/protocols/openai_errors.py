"""Errors in OpenAI's form: `{"error": {message, type, param, code}}` (API reference, "Errors")."""

from collections.abc import Mapping
from typing import Any, Final

from gateway_engine import errors
from gateway_engine.protocols.error_reply import ErrorReply, headers_of, look_up, status_of

_TYPE: Final[Mapping[type[errors.GatewayError], str]] = {
    errors.InvalidRequestError: "invalid_request_error",
    errors.ContextLengthExceededError: "invalid_request_error",
    errors.ContentFilteredError: "invalid_request_error",
    errors.InvalidApiKeyError: "authentication_error",
    errors.ForbiddenHostError: "permission_error",
    errors.ForbiddenOriginError: "permission_error",
    errors.NotEnabledError: "permission_error",
    errors.UpstreamForbiddenError: "permission_error",
    errors.NotFoundError: "invalid_request_error",
    errors.MethodNotAllowedError: "invalid_request_error",
    errors.WebSocketNotServedError: "invalid_request_error",
    errors.ClientTooSlowError: "invalid_request_error",
    errors.ConflictError: "invalid_request_error",
    errors.RequestTooLargeError: "invalid_request_error",
    errors.BusyError: "rate_limit_error",
    errors.UpstreamQuotaError: "rate_limit_error",
    errors.GatewayError: "server_error",
}


def body(error: errors.GatewayError) -> dict[str, Any]:
    """Return the body; in a stream it is the data of the last event."""
    param = error.param or None if isinstance(error, errors.InvalidRequestError) else None
    return {
        "error": {
            "message": str(error),
            "type": look_up(_TYPE, error),
            "param": param,
            "code": error.code,
        }
    }


def reply(error: errors.GatewayError, request_id: str) -> ErrorReply:
    """Return the whole reply. OpenAI's body does not carry the request id: the header does."""
    return ErrorReply(status_of(error), body(error), headers_of(error))
