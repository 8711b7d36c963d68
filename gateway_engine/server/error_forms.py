"""Which form an error takes: decided by the path, the same for known and unknown ones."""

from aiohttp import web

from gateway_engine.errors import (
    GatewayError,
    InvalidRequestError,
    MethodNotAllowedError,
    NotFoundError,
    RequestTooLargeError,
)
from gateway_engine.json_text import render
from gateway_engine.protocols import anthropic_errors, ollama_errors, openai_errors
from gateway_engine.protocols.error_reply import ErrorReply

SERVER_NAME = "lingma-gateway"
"""What the Server header says: no version, of ours or of what we are made of."""

ANTHROPIC_PATH = "/v1/messages"
OPENAI_PATHS = (
    "/v1/chat",
    "/v1/completions",
    "/v1/responses",
    "/v1/embeddings",
    "/internal",
    "/metrics",
)
OLLAMA_PATH = "/api"

NOT_SERVED = (
    ("/v1/embeddings", "embeddings are"),
    ("/v1/images", "images are"),
    ("/v1/audio", "audio is"),
    ("/v1/moderations", "moderation is"),
    ("/v1/files", "files are"),
    ("/v1/uploads", "uploads are"),
    ("/v1/batches", "batches are"),
    ("/v1/fine_tuning", "fine-tuning is"),
    ("/v1/vector_stores", "vector stores are"),
    ("/v1/assistants", "assistants are"),
    ("/v1/threads", "threads are"),
    ("/v1/conversations", "conversations are"),
    ("/v1/realtime", "realtime sessions are"),
    ("/v1/responses/compact", "compaction is"),
    ("/v1/messages/batches", "batches are"),
    ("/v1/complete", "this old API of Anthropic's is"),
    ("/api/embed", "embeddings are"),
    ("/api/embeddings", "embeddings are"),
    ("/api/pull", "downloading models is"),
    ("/api/push", "uploading models is"),
    ("/api/create", "making models is"),
    ("/api/copy", "copying models is"),
    ("/api/delete", "deleting models is"),
)
"""Paths that clients know of and that are not here, and what they would have been."""


def speaks_anthropic(path: str, *, has_version_header: bool) -> bool:
    """Tell whether a request belongs to Anthropic's API."""
    if _under(path, ANTHROPIC_PATH):
        return True
    if any(_under(path, known) for known in (*OPENAI_PATHS, OLLAMA_PATH)):
        return False
    return has_version_header


def error_reply(
    error: GatewayError, path: str, *, has_version_header: bool, request_id: str
) -> ErrorReply:
    """Return `error` in the form that a client of `path` understands."""
    if speaks_anthropic(path, has_version_header=has_version_header):
        return anthropic_errors.reply(error, request_id)
    if _under(path, OLLAMA_PATH):
        return ollama_errors.reply(error, request_id)
    return openai_errors.reply(error, request_id)


def error_response(error: GatewayError, request: web.BaseRequest, request_id: str) -> web.Response:
    """Return `error` as the response to `request`."""
    return error_response_at(
        request.path,
        error,
        has_version_header="anthropic-version" in request.headers,
        request_id=request_id,
    )


def error_response_at(
    path: str, error: GatewayError, *, has_version_header: bool, request_id: str
) -> web.Response:
    """Return `error` as the response to whoever asked for `path`."""
    reply = error_reply(error, path, has_version_header=has_version_header, request_id=request_id)
    return web.Response(
        status=reply.status,
        body=render(reply.body),
        content_type="application/json",
        headers={**reply.headers, "Server": SERVER_NAME},
    )


def from_aiohttp(error: web.HTTPException, path: str, method: str) -> GatewayError:
    """Return aiohttp's own refusal as one of ours."""
    match error:
        case web.HTTPNotFound():
            for known, what in NOT_SERVED:
                if _under(path.rstrip("/"), known):
                    return NotFoundError(f"{what} not served by this gateway ({known})")
            return NotFoundError(
                f"there is nothing at {path[:200]}; chat is served at /v1/chat/completions and "
                "/v1/messages, models at /v1/models"
            )
        case web.HTTPMethodNotAllowed():
            allowed = tuple(sorted(error.allowed_methods))
            return MethodNotAllowedError(
                f"{method[:20]} is not possible at {path[:200]}; use {' or '.join(allowed)}",
                allowed=allowed,
            )
        case web.HTTPRequestEntityTooLarge():
            return RequestTooLargeError("the request body is larger than MAX_BODY_BYTES allows")
        case web.HTTPExpectationFailed():
            return InvalidRequestError("Expect: nothing but 100-continue is understood here")
    return InvalidRequestError(f"the request cannot be read: {error.reason}")


def _under(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")
