"""Every error has a status and a body in every protocol: the classes are walked, none is listed."""

import inspect
from collections.abc import Iterator

import pytest

from gateway_engine import errors
from gateway_engine.protocols import anthropic_errors, ollama_errors, openai_errors
from gateway_engine.protocols.error_reply import headers_of, status_of

SPECIAL = {
    errors.ContextLengthExceededError: errors.ContextLengthExceededError(12, 10),
    errors.BusyError: errors.BusyError("full", retry_after_s=1.5),
    errors.UpstreamQuotaError: errors.UpstreamQuotaError("quota", passes_soon=False),
    errors.InvalidRequestError: errors.InvalidRequestError("bad", param="messages[0]"),
}


def every_error() -> Iterator[errors.GatewayError]:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.GatewayError):
            error = SPECIAL.get(kind) or kind("what to do")
            error.detail = "SECRET"
            yield error


# The contract's table: code -> status, OpenAI's type, Anthropic's type.
CONTRACT = {
    "invalid_request": (400, "invalid_request_error", "invalid_request_error"),
    "context_length_exceeded": (400, "invalid_request_error", "invalid_request_error"),
    "content_filter": (400, "invalid_request_error", "invalid_request_error"),
    "invalid_api_key": (401, "authentication_error", "authentication_error"),
    "forbidden_host": (403, "permission_error", "permission_error"),
    "forbidden_origin": (403, "permission_error", "permission_error"),
    "not_enabled": (403, "permission_error", "permission_error"),
    "not_found": (404, "invalid_request_error", "not_found_error"),
    "method_not_allowed": (405, "invalid_request_error", "invalid_request_error"),
    "client_too_slow": (408, "invalid_request_error", "timeout_error"),
    "conflict": (409, "invalid_request_error", "invalid_request_error"),
    "bad_bundle": (400, "invalid_request_error", "invalid_request_error"),
    "request_too_large": (413, "invalid_request_error", "request_too_large"),
    "websocket_not_served": (426, "invalid_request_error", "invalid_request_error"),
    "busy": (429, "rate_limit_error", "rate_limit_error"),
    "upstream_quota": (429, "rate_limit_error", "rate_limit_error"),
    "login_required": (503, "server_error", "api_error"),
    "upstream_forbidden": (403, "permission_error", "permission_error"),
    "upstream_unavailable": (503, "server_error", "overloaded_error"),
    "upstream_error": (502, "server_error", "api_error"),
    "upstream_timeout": (504, "server_error", "timeout_error"),
    "internal_error": (500, "server_error", "api_error"),
}


@pytest.mark.parametrize("error", [*every_error()], ids=lambda error: type(error).__name__)
def test_each_error_is_told_as_the_contract_says(error: errors.GatewayError) -> None:
    status, openai_type, anthropic_type = CONTRACT[error.code]
    ours, theirs = openai_errors.reply(error, "req_1"), anthropic_errors.reply(error, "req_1")
    ollama = ollama_errors.reply(error, "req_1")
    assert ours.status == theirs.status == ollama.status == status
    assert ours.body["error"]["type"] == openai_type
    assert ours.body["error"]["code"] == error.code
    assert ours.body["error"]["message"] == str(error)
    assert theirs.body["type"] == "error"
    assert theirs.body["error"]["type"] == anthropic_type
    assert theirs.body["error"]["message"] == str(error)
    assert theirs.body["request_id"] == "req_1"
    assert ollama.body["error"] == str(error)
    assert "SECRET" not in f"{ours}{theirs}{ollama}"


def test_the_table_names_no_code_that_is_gone() -> None:
    assert {error.code for error in every_error()} == set(CONTRACT)


def test_the_field_is_named() -> None:
    body = openai_errors.body(SPECIAL[errors.InvalidRequestError])
    assert body["error"]["param"] == "messages[0]"


def test_the_length_is_told_in_the_words_clients_look_for() -> None:
    body = anthropic_errors.body(SPECIAL[errors.ContextLengthExceededError], "req_1")
    assert body["error"]["message"] == "prompt is too long: 12 tokens > 10 maximum"


def test_refused_threads_carry_the_code_that_tool_runners_know() -> None:
    error = errors.InvalidRequestError("no", error_code="thread_unsupported_request")
    assert anthropic_errors.body(error, "r")["error"]["details"] == {
        "error_code": "thread_unsupported_request",
        "unsupported": [],
    }


def test_when_to_come_back() -> None:
    assert headers_of(SPECIAL[errors.BusyError]) == {"Retry-After": "2", "retry-after-ms": "1500"}
    quota = headers_of(SPECIAL[errors.UpstreamQuotaError])
    assert quota == {
        "Retry-After": "60",
        "retry-after-ms": "60000",
        "x-should-retry": "false",
    }
    soon = errors.UpstreamQuotaError("quota", retry_after_s=0, passes_soon=True)
    assert headers_of(soon) == {"Retry-After": "1", "retry-after-ms": "1"}


def test_a_class_of_the_future_falls_back_to_its_base() -> None:
    class NewError(errors.UpstreamGoneError):
        pass

    assert status_of(NewError("x")) == 502
