"""Everything that can go wrong between a client's request and its answer.

As many classes as there are different reactions. Each carries a stable `code` and an English
message that says what to do; one table per protocol makes HTTP bodies of them. Nobody matches on
message text.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

from gateway_engine.credential_text import without_credentials


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done, for whoever words it in a user's language.

    `code` is stable, `message` the English sentence, `facts` what it is about: names, paths,
    figures as texts.
    """

    code: str
    message: str
    facts: Mapping[str, str] = field(default_factory=dict)


class GatewayError(Exception):
    """Base of all errors a client may be told about. `str(error)` is the public message.

    Credentials that an upstream quotes in its own words are not in it, nor in `detail`.
    """

    code: ClassVar[str] = "internal_error"

    def __init__(
        self, message: str, *, detail: str = "", facts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(without_credentials(message))
        self.detail = without_credentials(detail)
        """For the log and the inspector only: never sent to a client."""
        self.facts: Mapping[str, str] = facts or {}

    @property
    def refusal(self) -> Refusal:
        """The same for whoever words it in a user's language."""
        return Refusal(self.code, str(self), self.facts)


@contextmanager
def told_without(clean: Callable[[str], str]) -> Iterator[None]:
    """Let `clean` take out of an error's message what an upstream's own words may hold: secrets.

    Who raises such an error quotes what upstream said and knows no secrets.
    """
    try:
        yield
    except GatewayError as error:
        error.args = (clean(str(error)),)
        raise


# --- the client's fault --------------------------------------------------------------------------


class InvalidRequestError(GatewayError):
    """The request is malformed. `param` is the path of the offending field, or ""; `reason` its
    code where there is a more precise one.
    """

    code = "invalid_request"

    def __init__(
        self,
        message: str,
        *,
        param: str = "",
        error_code: str = "",
        reason: str = "",
        facts: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, facts=facts)
        self.param = param
        self.error_code = error_code
        """Anthropic's `error.details.error_code`, where the client acts on it."""
        if reason:
            self.code = reason  # type: ignore[misc]  # several reasons, one reaction


class ContextLengthExceededError(GatewayError):
    """The prompt is longer than the model takes; found before anything was sent."""

    code = "context_length_exceeded"

    def __init__(self, tokens: int, maximum: int) -> None:
        super().__init__(f"prompt is too long: {tokens} tokens > {maximum} maximum")
        self.tokens = tokens
        self.maximum = maximum


class ContentFilteredError(GatewayError):
    """Upstream's content filter refused before anything was sent."""

    code = "content_filter"


class InvalidApiKeyError(GatewayError):
    """No key, or not one of ours."""

    code = "invalid_api_key"


class ForbiddenHostError(GatewayError):
    """The Host header names a machine we do not answer for."""

    code = "forbidden_host"


class ForbiddenOriginError(GatewayError):
    """A web page we do not know is calling."""

    code = "forbidden_origin"


class NotEnabledError(GatewayError):
    """The route needs a setting that is not made; the message says which."""

    code = "not_enabled"


class NotFoundError(GatewayError):
    """No such path, model or stored object."""

    code = "not_found"


class MethodNotAllowedError(GatewayError):
    """The path exists, the method does not."""

    code = "method_not_allowed"

    def __init__(self, message: str, *, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.allowed = allowed


class WebSocketNotServedError(GatewayError):
    """The client wants to change to WebSocket; it goes on over plain HTTP after this."""

    code = "websocket_not_served"


class RequestTooLargeError(GatewayError):
    """The body is over MAX_BODY_BYTES."""

    code = "request_too_large"


class ConflictError(GatewayError):
    """It would undo what is there, or needs what is not; the message says which.

    `reason` is its code: already_logged_in, not_logged_in, sign_in_unavailable, no_credentials.
    """

    code = "conflict"

    def __init__(
        self, message: str, *, reason: str = "", facts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, facts=facts)
        if reason:
            self.code = reason  # type: ignore[misc]  # several reasons, one reaction


class BadBundleError(InvalidRequestError):
    """A session bundle that cannot be used; nothing was changed. `reason` is its code."""

    code = "bad_bundle"


# --- ours or the moment's ------------------------------------------------------------------------


class BusyError(GatewayError):
    """The queue is full or the wait was too long. `retry_after_s` says when to come back."""

    code = "busy"

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UpstreamUnavailableError(GatewayError):
    """No instance can answer now."""

    code = "upstream_unavailable"


# --- upstream's --------------------------------------------------------------------------------


class UpstreamQuotaError(GatewayError):
    """Upstream's quota or rate limit. `passes_soon` False tells clients not to retry."""

    code = "upstream_quota"

    def __init__(self, message: str, *, retry_after_s: float = 60.0, passes_soon: bool) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.passes_soon = passes_soon


class LoginRequiredError(GatewayError):
    """Upstream is not signed in, or its login expired. The instance goes to needs_login."""

    code = "login_required"


class UpstreamForbiddenError(GatewayError):
    """Upstream refuses this account (licence, whitelist)."""

    code = "upstream_forbidden"


class UpstreamError(GatewayError):
    """Upstream broke the protocol, died, or refused. The general failure of a turn."""

    code = "upstream_error"


class UpstreamGoneError(UpstreamError):
    """The upstream process or its connection ended in the middle of something."""


class UpstreamTimeoutError(GatewayError):
    """Upstream stayed silent past a deadline."""

    code = "upstream_timeout"


class ClientTooSlowError(GatewayError):
    """The client does not read its answer; what waits for it grew over the limit."""

    code = "client_too_slow"
