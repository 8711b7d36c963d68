"""What tells whether the gateway lives: no key, no secrets, neutral names only."""

from aiohttp import web

from gateway_engine.events import InstanceState, InstanceStatus
from gateway_engine.json_text import render
from gateway_engine.server.access import Guard
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE
from gateway_engine.version import __version__


async def healthz(request: web.Request) -> web.StreamResponse:
    """GET /healthz: always 200."""
    return _json(_health(request), 200)


async def readyz(request: web.Request) -> web.StreamResponse:
    """GET /readyz: 200 when an instance is ready, else 503."""
    health = _health(request)
    return _json(health, 200 if health["ok"] else 503)


async def root(request: web.Request) -> web.StreamResponse:
    """GET /: names the product; Ollama's clients look for one exact sentence.

    Ollama's own clients (ollama, ollama-python, ollama-js) say so in their User-Agent.
    """
    if "ollama" in request.headers.get("User-Agent", "").lower():
        return web.Response(text="Ollama is running")
    return _json({"name": "lingma-gateway", "version": __version__}, 200)


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


def _json(value: object, status: int) -> web.Response:
    return web.Response(
        status=status,
        body=render(value) + b"\n",
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


ROUTES = (
    Route("GET", "/healthz", healthz, guard=Guard.NOTHING, any_host=True, quiet=True),
    Route("GET", "/readyz", readyz, guard=Guard.NOTHING, any_host=True, quiet=True),
    Route("GET", "/", root, guard=Guard.NOTHING, quiet=True),
)
