"""The internal routes that show what was recorded of earlier requests."""

import asyncio
import contextlib

from aiohttp import web

from gateway_engine.errors import NotFoundError
from gateway_engine.inspector.curl import curl
from gateway_engine.inspector.har import har
from gateway_engine.inspector.query import parse_query
from gateway_engine.inspector.record import Record, record_json, summary_json
from gateway_engine.protocols import sse
from gateway_engine.server.access import Guard
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE

NO_STORE = {"Cache-Control": "no-store"}
LOST = sse.event("lost", {})
"""The listener was too slow: some records went by. It may ask for the list and listen anew."""


async def list_records(request: web.Request) -> web.StreamResponse:
    """GET /internal/debug/requests."""
    page = await request.app[SERVICE].records.find(parse_query(request.query))
    return json_reply(
        {"requests": [summary_json(s) for s in page.summaries], "next": page.next or None},
        no_store=True,
    )


async def wipe(request: web.Request) -> web.StreamResponse:
    """DELETE /internal/debug/requests: forgets every record."""
    await request.app[SERVICE].records.wipe()
    return json_reply({"wiped": True}, no_store=True)


async def one_record(request: web.Request) -> web.StreamResponse:
    """GET /internal/debug/requests/{id}."""
    return json_reply(record_json(await _find(request)), no_store=True)


async def as_har(request: web.Request) -> web.StreamResponse:
    """GET /internal/debug/requests/{id}/har."""
    return json_reply(har(await _find(request)), no_store=True)


async def as_curl(request: web.Request) -> web.StreamResponse:
    """GET /internal/debug/requests/{id}/curl: text for a POSIX shell."""
    return web.Response(text=curl(await _find(request)), headers=NO_STORE)


async def listen(request: web.Request) -> web.StreamResponse:
    """GET /internal/debug/stream: a line of every record as it is written, as SSE."""
    service = request.app[SERVICE]
    limits = service.limits
    response = web.StreamResponse(headers={"Content-Type": sse.CONTENT_TYPE, **NO_STORE})
    with service.feeds.hold(), service.records.listen() as listening:
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        try:
            while True:
                try:
                    async with asyncio.timeout(limits.heartbeat_s or None):
                        summary = await listening.take()
                except TimeoutError:
                    data = sse.KEEP_ALIVE
                else:
                    if summary is None:
                        break
                    data = sse.data(summary_json(summary))
                async with asyncio.timeout(limits.client_stall_s or None):
                    await response.write(data)
        except asyncio.CancelledError:
            if not service.feeds.took_back():
                raise
        except ConnectionError:
            return response
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
            return response
        with contextlib.suppress(ConnectionError):
            await response.write_eof(LOST if listening.lost else b"")
    return response


async def _find(request: web.Request) -> Record:
    record_id = request.match_info["id"]
    record = await request.app[SERVICE].records.get(record_id)
    if record is None:
        raise NotFoundError(f"there is no record of a request {record_id[:100]!r} (any more)")
    return record


LIST = "/internal/debug/requests"
ROUTES = (
    Route("GET", LIST, list_records, guard=Guard.ADMIN),
    Route("DELETE", LIST, wipe, guard=Guard.ADMIN),
    Route("GET", f"{LIST}/{{id}}", one_record, guard=Guard.ADMIN),
    Route("GET", f"{LIST}/{{id}}/har", as_har, guard=Guard.ADMIN),
    Route("GET", f"{LIST}/{{id}}/curl", as_curl, guard=Guard.ADMIN),
    Route("GET", "/internal/debug/stream", listen, guard=Guard.ADMIN),
)
