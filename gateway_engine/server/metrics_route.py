"""GET /metrics: the figures for Prometheus."""

from aiohttp import web

from gateway_engine.server.access import Guard
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE


async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /metrics."""
    text, content_type = request.app[SERVICE].admin.metrics()
    return web.Response(
        body=text, headers={"Content-Type": content_type, "Cache-Control": "no-store"}
    )


ROUTES = (Route("GET", "/metrics", metrics, guard=Guard.METRICS, quiet=True),)
