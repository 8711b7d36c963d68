"""Errors in Anthropic's form (API reference, "Errors").

`{"type": "error", "error": {type, message, details?}, "request_id"}`
"""

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
    errors.NotFoundError: "not_found_error",
    errors.MethodNotAllowedError: "invalid_request_error",
    errors.WebSocketNotServedError: "invalid_request_error",
    errors.ClientTooSlowError: "timeout_error",
    errors.ConflictError: "invalid_request_error",
    errors.RequestTooLargeError: "request_too_large",
    errors.BusyError: "rate_limit_error",
    errors.UpstreamQuotaError: "rate_limit_error",
    errors.UpstreamUnavailableError: "overloaded_error",
    errors.UpstreamTimeoutError: "timeout_error",
    errors.GatewayError: "api_error",
}


def body(error: errors.GatewayError, request_id: str) -> dict[str, Any]:
    """Return the body; in a stream it is the data of the `error` event."""
    inner: dict[str, Any] = {"type": look_up(_TYPE, error), "message": str(error)}
    if isinstance(error, errors.InvalidRequestError) and error.error_code:
        inner["details"] = {"error_code": error.error_code, "unsupported": []}
    return {"type": "error", "error": inner, "request_id": request_id}


def reply(error: errors.GatewayError, request_id: str) -> ErrorReply:
    """Return the whole reply."""
    return ErrorReply(status_of(error), body(error, request_id), headers_of(error))
