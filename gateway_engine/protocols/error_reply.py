"""The part of an error that all protocols share: HTTP status and retry headers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from gateway_engine import errors

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An error as a client gets it before anything was streamed."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


_STATUS: Final[Mapping[type[errors.GatewayError], int]] = {
    errors.InvalidRequestError: 400,
    errors.ContextLengthExceededError: 400,
    errors.ContentFilteredError: 400,
    errors.InvalidApiKeyError: 401,
    errors.ForbiddenHostError: 403,
    errors.ForbiddenOriginError: 403,
    errors.NotEnabledError: 403,
    errors.UpstreamForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.MethodNotAllowedError: 405,
    errors.ClientTooSlowError: 408,
    errors.ConflictError: 409,
    errors.RequestTooLargeError: 413,
    errors.WebSocketNotServedError: 426,
    errors.BusyError: 429,
    errors.UpstreamQuotaError: 429,
    errors.UpstreamError: 502,
    errors.LoginRequiredError: 503,
    errors.UpstreamUnavailableError: 503,
    errors.UpstreamTimeoutError: 504,
    errors.GatewayError: 500,
}


def status_of(error: errors.GatewayError) -> int:
    """Return the HTTP status of `error`."""
    return look_up(_STATUS, error)


def look_up(table: Mapping[type[errors.GatewayError], T], error: errors.GatewayError) -> T:
    """Return the entry of the nearest class of `error`; every table has one for GatewayError."""
    for kind in type(error).__mro__:
        if kind in table:
            return table[kind]
    raise AssertionError("an error table without GatewayError")


def headers_of(error: errors.GatewayError) -> dict[str, str]:
    """Return the headers that tell a client whether and when to come back."""
    match error:
        case errors.BusyError():
            return _retry_after(error.retry_after_s)
        case errors.UpstreamQuotaError():
            headers = _retry_after(error.retry_after_s)
            if not error.passes_soon:
                headers["x-should-retry"] = "false"
            return headers
        case errors.MethodNotAllowedError() if error.allowed:
            return {"Allow": ", ".join(sorted(error.allowed))}
        case errors.WebSocketNotServedError():
            return {"Upgrade": "HTTP/1.1"}
        case errors.InvalidApiKeyError():
            return {"WWW-Authenticate": "Bearer"}
    return {}


def _retry_after(seconds: float) -> dict[str, str]:
    seconds = max(0.0, seconds)
    return {
        "Retry-After": str(max(1, math.ceil(seconds))),
        "retry-after-ms": str(max(1, math.ceil(seconds * 1000))),
    }
