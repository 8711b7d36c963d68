"""The internal routes that show what was recorded of earlier requests."""

from aiohttp import web

from gateway_engine.inspector.query import parse_query
from gateway_engine.inspector.record import summary_json
from gateway_engine.json_text import render
from gateway_engine.server.access import Guard
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE


async def list_records(request: web.Request) -> web.StreamResponse:
    """GET /internal/debug/requests."""
    page = await request.app[SERVICE].records.find(parse_query(request.query))
    return _json({"requests": [summary_json(s) for s in page.summaries], "next": page.next or None})


def _json(value: object) -> web.Response:
    return web.Response(
        body=render(value), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


ROUTES = (Route("GET", "/internal/debug/requests", list_records, guard=Guard.ADMIN),)
