"""The internal routes of settings: how the file stands, and reading it again."""

from dataclasses import asdict
from typing import Final

from aiohttp import web

from gateway_engine.server.access import Guard
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE


async def standing(request: web.Request) -> web.StreamResponse:
    """GET /internal/settings: the file, and whether what it says is in force."""
    found = await request.app[SERVICE].settings.standing()
    return json_reply({**asdict(found), "problem": found.problem or None}, no_store=True, line=True)


async def read_again(request: web.Request) -> web.StreamResponse:
    """POST /internal/settings/reload: put in force what the sources say now."""
    found = await request.app[SERVICE].settings.read_again()
    return json_reply(asdict(found), no_store=True, line=True)


ROUTES: Final = (
    Route("GET", "/internal/settings", standing, guard=Guard.ADMIN),
    Route("POST", "/internal/settings/reload", read_again, guard=Guard.ADMIN),
)
