"""What tells whether the gateway lives: no key, no secrets, neutral names only."""

from aiohttp import web

from gateway_engine.events import InstanceState, InstanceStatus
from gateway_engine.server.access import Guard
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE
from gateway_engine.version import __version__


async def healthz(request: web.Request) -> web.StreamResponse:
    """GET /healthz: always 200."""
    return json_reply(_health(request), status=200, no_store=True, line=True)


async def readyz(request: web.Request) -> web.StreamResponse:
    """GET /readyz: 200 when an instance is ready, else 503."""
    health = _health(request)
    return json_reply(health, status=200 if health["ok"] else 503, no_store=True, line=True)


async def root(request: web.Request) -> web.StreamResponse:
    """GET /: names the product; Ollama's clients look for one exact sentence.

    Ollama's own clients (ollama, ollama-python, ollama-js) say so in their User-Agent.
    """
    if "ollama" in request.headers.get("User-Agent", "").lower():
        return web.Response(text="Ollama is running")
    return json_reply(
        {"name": "lingma-gateway", "version": __version__}, status=200, no_store=True, line=True
    )


def _health(request: web.Request) -> dict[str, object]:
    service = request.app[SERVICE]
    instances = service.admin.instances()
    ready = sum(1 for status in instances if status.state is InstanceState.READY)
    return {
        "ok": ready > 0,
        "version": __version__,
        "upstream": service.admin.upstream(),
        "pool_size": len(instances),
        "pool_ready": ready,
        "instances": [_instance(status) for status in instances],
    }


def _instance(status: InstanceStatus) -> dict[str, object]:
    return {
        "name": status.name,
        "kind": status.kind,
        "state": status.state.value,
        "logged_in": status.logged_in,
        "in_flight": status.in_flight,
        "last_error": status.last_error or None,
    }


ROUTES = (
    Route("GET", "/healthz", healthz, guard=Guard.NOTHING, any_host=True, quiet=True),
    Route("GET", "/readyz", readyz, guard=Guard.NOTHING, any_host=True, quiet=True),
    Route("GET", "/", root, guard=Guard.NOTHING, quiet=True),
)
