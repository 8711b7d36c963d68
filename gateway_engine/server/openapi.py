"""The served routes as an OpenAPI 3.1 document.

The words are written by hand; what is served comes from the route table, and a test fails when one
has no words. Bodies are described as far as a reader needs to begin; the vendors' own references
say the rest, and unknown fields are tolerated.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway_engine.server.access import Guard
from gateway_engine.server.routing import Route

SSE: Final = "text/event-stream"
NDJSON: Final = "application/x-ndjson"
JSON: Final = "application/json"
PROMETHEUS: Final = "text/plain"

_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_LIST: Final = {"type": "array", "items": {"type": "object"}}
_TEXT_OR_LIST: Final = {"oneOf": [_TEXT, _LIST]}
_COUNT: Final = {"type": "integer", "minimum": 1}
_PATTERN: Final = re.compile(r"\{(\w+)(?::[^{}]*)?\}")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one operation. `body` maps fields to schemas, `required` names some of them;
    `streams` is the media type of a streamed answer; `query` names parameters; `media` is the type
    of an answer that is no JSON."""

    tag: str
    summary: str
    body: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    streams: str = ""
    query: tuple[str, ...] = ()
    media: str = ""


WORDS: Final[Mapping[tuple[str, str], Words]] = {
    ("GET", "/healthz"): Words("health", "State of the gateway and its instances; always 200"),
    ("GET", "/readyz"): Words("health", "200 when an instance is ready, else 503"),
    ("GET", "/"): Words("health", "Names the product"),
    ("GET", "/capabilities"): Words("about", "Protocols and limits, without models"),
    ("GET", "/v1/capabilities"): Words("about", "Protocols and limits, with models"),
    ("GET", "/openapi.json"): Words("about", "This document"),
    ("GET", "/v1/models"): Words(
        "models",
        "Models, in Anthropic's form when anthropic-version is sent",
        query=("limit", "after_id", "before_id"),
    ),
    ("GET", "/v1/models/{id:.+}"): Words("models", "One model"),
    ("POST", "/v1/chat/completions"): Words(
        "openai",
        "Chat Completions",
        {"model": _TEXT, "messages": _LIST, "stream": _FLAG, "tools": _LIST},
        ("model", "messages"),
        SSE,
    ),
    ("POST", "/v1/completions"): Words(
        "openai",
        "Legacy Completions, one prompt",
        {"model": _TEXT, "prompt": _TEXT_OR_LIST, "stream": _FLAG, "max_tokens": _COUNT},
        ("model", "prompt"),
        SSE,
    ),
    ("POST", "/v1/responses"): Words(
        "openai",
        "Responses",
        {
            "model": _TEXT,
            "input": _TEXT_OR_LIST,
            "instructions": _TEXT,
            "stream": _FLAG,
            "store": _FLAG,
            "previous_response_id": _TEXT,
            "tools": _LIST,
        },
        ("model", "input"),
        SSE,
    ),
    ("GET", "/v1/responses"): Words("openai", "Refuses WebSocket upgrades with 426"),
    ("GET", "/v1/responses/{id}"): Words("openai", "A stored response"),
    ("DELETE", "/v1/responses/{id}"): Words("openai", "Forgets a stored response"),
    ("GET", "/v1/responses/{id}/input_items"): Words(
        "openai", "Input items of a stored response", query=("limit", "after", "order")
    ),
    ("POST", "/v1/responses/{id}/cancel"): Words("openai", "Refused: nothing runs in background"),
    ("POST", "/v1/responses/input_tokens"): Words(
        "openai",
        "Input tokens of a Responses body",
        {"model": _TEXT, "input": _TEXT_OR_LIST},
        ("model", "input"),
    ),
    ("POST", "/v1/messages"): Words(
        "anthropic",
        "Messages",
        {
            "model": _TEXT,
            "max_tokens": _COUNT,
            "system": _TEXT_OR_LIST,
            "messages": _LIST,
            "stream": _FLAG,
            "tools": _LIST,
        },
        ("model", "max_tokens", "messages"),
        SSE,
    ),
    ("POST", "/v1/messages/count_tokens"): Words(
        "anthropic",
        "Input tokens of a Messages body",
        {"model": _TEXT, "messages": _LIST},
        ("model", "messages"),
    ),
    ("GET", "/api/version"): Words("ollama", "Version of the API"),
    ("GET", "/api/tags"): Words("ollama", "Models"),
    ("GET", "/api/ps"): Words("ollama", "Models at hand"),
    ("POST", "/api/show"): Words("ollama", "One model", {"model": _TEXT}, ("model",)),
    ("POST", "/api/chat"): Words(
        "ollama",
        "Chat; streams unless told otherwise",
        {"model": _TEXT, "messages": _LIST, "stream": _FLAG, "tools": _LIST},
        ("model",),
        NDJSON,
    ),
    ("POST", "/api/generate"): Words(
        "ollama",
        "Generate; streams unless told otherwise",
        {"model": _TEXT, "prompt": _TEXT, "system": _TEXT, "stream": _FLAG},
        ("model",),
        NDJSON,
    ),
    ("GET", "/metrics"): Words("health", "Figures for Prometheus", media=PROMETHEUS),
    ("GET", "/internal/effective-config"): Words(
        "internal", "Every setting in force and its origin, secrets hidden"
    ),
    ("GET", "/internal/settings"): Words(
        "internal", "The settings file, and whether what it says is in force"
    ),
    ("POST", "/internal/settings/reload"): Words(
        "internal", "Reads the settings again and puts them in force; refused, nothing changes"
    ),
    ("GET", "/internal/stats"): Words("internal", "Figures of turns, instances and sessions"),
    ("GET", "/internal/models/raw"): Words(
        "internal", "Models as one instance's upstream names them now", query=("instance",)
    ),
    ("POST", "/internal/smoke"): Words(
        "internal",
        "Tries one instance: its state, login, models and a short real turn",
        query=("instance",),
    ),
    ("GET", "/internal/auto-login/status"): Words("internal", "The account of every instance"),
    ("POST", "/internal/auto-login/start"): Words(
        "internal",
        "Sign in with this password, or the one that is there",
        {"username": _TEXT, "password": _TEXT, "remember": _FLAG},
        query=("instance",),
    ),
    ("POST", "/internal/sign-in/begin"): Words(
        "internal",
        "Start a sign-in; answers the address to open in a browser",
        {"switch": _FLAG},
        query=("instance",),
    ),
    ("POST", "/internal/sign-in/command"): Words(
        "internal", "Run the login command of an agent", query=("instance",)
    ),
    ("GET", "/internal/sign-in/output"): Words(
        "internal", "The last lines that command has printed, and its links", query=("instance",)
    ),
    ("POST", "/internal/sign-in/callback"): Words(
        "internal",
        "Take the address a browser on another machine ended at",
        {"callback": _TEXT},
        ("callback",),
        query=("instance",),
    ),
    ("POST", "/internal/sign-in/cancel"): Words(
        "internal", "Give up the sign-in under way", query=("instance",)
    ),
    ("POST", "/internal/sign-out"): Words("internal", "Sign out", query=("instance",)),
    ("POST", "/internal/session/export"): Words(
        "internal",
        "The login of an instance as a bundle; it equals a password",
        {"passphrase": _TEXT},
        query=("instance",),
    ),
    ("POST", "/internal/session/import"): Words(
        "internal",
        "Put a login in place, or say what that would change",
        {
            "bundle_b64": _TEXT,
            "bundle_age": _TEXT,
            "passphrase": _TEXT,
            "replace": _FLAG,
            "dry_run": _FLAG,
        },
        query=("instance",),
    ),
    ("GET", "/internal/debug/requests"): Words(
        "internal",
        "Recorded requests, the newest first",
        query=("limit", "before", "status", "protocol", "client", "instance", "pinned", "q"),
    ),
    ("DELETE", "/internal/debug/requests"): Words("internal", "Forgets every record"),
    ("GET", "/internal/debug/requests/{id}"): Words("internal", "One record, with both sides"),
    ("GET", "/internal/debug/requests/{id}/har"): Words("internal", "One record as HAR 1.2"),
    ("GET", "/internal/debug/requests/{id}/curl"): Words("internal", "One record as a command"),
    ("GET", "/internal/debug/stream"): Words("internal", "Records as they come", streams=SSE),
}


def describe(routes: Iterable[Route], *, version: str) -> dict[str, Any]:
    """Return the document that describes `routes`. Routes without words are left out."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        words = WORDS.get((route.method, route.path))
        if words is not None:
            path = _PATTERN.sub(r"{\1}", route.path)
            paths.setdefault(path, {})[route.method.lower()] = _operation(route, words)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lingma Gateway",
            "version": version,
            "description": "Lingma as OpenAI-, Anthropic- and Ollama-compatible endpoints.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def _operation(route: Route, words: Words) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": {"type": "object"}}}
    if words.media:
        content = {words.media: {"schema": _TEXT}}
    if words.streams:
        content[words.streams] = {"schema": _TEXT}
    security: list[dict[str, Any]] = []
    if route.guard is not Guard.NOTHING:
        security += [{"bearer": []}, {"key": []}]
    if route.open_on_loopback:
        security.append({})
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "tags": [words.tag],
        "summary": words.summary,
        "security": security,
        "responses": {
            "200": {"description": "the answer", "content": content},
            "default": {
                "description": "an error in the protocol's own form, with a stable code",
                "content": {JSON: {"schema": {"type": "object"}}},
            },
        },
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _TEXT}
        for name in _PATTERN.findall(route.path)
    ] + [{"name": name, "in": "query", "schema": _TEXT} for name in words.query]
    if parameters:
        operation["parameters"] = parameters
    if words.body:
        schema = {
            "type": "object",
            "properties": dict(words.body),
            "required": list(words.required),
            "additionalProperties": True,
        }
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return operation


def _operation_id(route: Route) -> str:
    words = re.findall(r"\w+", _PATTERN.sub(r"\1", route.path))
    return "_".join([route.method.lower(), *words])
