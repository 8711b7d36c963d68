"""What this gateway can do: for programs that look before they ask."""

from typing import Any

from aiohttp import web

from gateway_engine.protocols import openai_models
from gateway_engine.server.access import Guard
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.middlewares import ROUTE_TABLE
from gateway_engine.server.openapi import describe
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE
from gateway_engine.version import __version__

PROTOCOLS = {
    "openai_chat": "/v1/chat/completions",
    "openai_responses": "/v1/responses",
    "openai_completions": "/v1/completions",
    "anthropic_messages": "/v1/messages",
    "ollama": "/api",
}
"""Each protocol and where it is served."""


async def capabilities(request: web.Request) -> web.StreamResponse:
    """GET /capabilities: neither models nor accounts, as it needs no key."""
    return json_reply(_capabilities(request))


async def capabilities_with_models(request: web.Request) -> web.StreamResponse:
    """GET /v1/capabilities."""
    service = request.app[SERVICE]
    created = int(service.started_at)
    models = [
        openai_models.entry(model, created=created) for model in await service.backend.models()
    ]
    return json_reply({**_capabilities(request), "models": models})


async def openapi(request: web.Request) -> web.StreamResponse:
    """GET /openapi.json."""
    routes = dict.fromkeys(request.app[ROUTE_TABLE].values())
    return json_reply(describe(routes, version=__version__))


def _capabilities(request: web.Request) -> dict[str, Any]:
    limits = request.app[SERVICE].limits
    return {
        "name": "lingma-gateway",
        "version": __version__,
        "protocols": PROTOCOLS,
        "streaming": True,
        "tools": {"calls": True, "parallel_calls": True, "tool_choice": True},
        "reasoning": True,
        "images": True,
        "json_formats": ["json_object", "json_schema"],
        "count_tokens": True,
        "stored_responses": True,
        "embeddings": False,
        "answers_per_request": 1,
        "limits": {
            "max_body_bytes": limits.max_body_bytes,
            "heartbeat_seconds": limits.heartbeat_s,
        },
    }


ROUTES = (
    Route("GET", "/capabilities", capabilities, guard=Guard.NOTHING),
    Route("GET", "/v1/capabilities", capabilities_with_models),
    Route("GET", "/openapi.json", openapi),
)
