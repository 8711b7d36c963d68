"""A JSON body as an answer, the same way on every route."""

from typing import Final

from aiohttp import web

from gateway_engine.json_text import render

NO_STORE: Final = {"Cache-Control": "no-store"}


def json_reply(
    value: object, *, status: int = 200, no_store: bool = False, line: bool = False
) -> web.Response:
    """Return `value` as JSON. `no_store`: nobody may keep it; `line`: it ends with a line break."""
    return web.Response(
        body=render(value) + (b"\n" if line else b""),
        status=status,
        content_type="application/json",
        headers=NO_STORE if no_store else None,
    )
