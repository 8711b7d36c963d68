"""MCP's streamable HTTP on loopback: a secret path and a secret header a room.

One endpoint a room. POST: messages in; a call's answer comes as an event stream, with progress
while it takes its time. GET: an event stream of changes. The path is the session; an id is given
all the same, because some clients listen for changes only when they have one.
Wrong path and wrong token are told alike, so that nothing can be probed; a Host that is not
loopback, or any Origin, is a web page's doing and refused.
"""

import asyncio
import hmac
import logging
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from aiohttp import web

from gateway_engine.tools.mcp_host import messages
from gateway_engine.tools.mcp_host.rooms import Notify, Refused, Room
from gateway_engine.upstreams.wire.json_rpc import (
    Call,
    JsonRpcError,
    JsonRpcId,
    parse_message,
    render_failure,
    render_notification,
    render_success,
)

logger = logging.getLogger(__name__)

PATH: Final = "/{room}/mcp"
"""It ends as servers' addresses do: fast-agent appends that where it is missing."""
SESSION_HEADER: Final = "Mcp-Session-Id"
MAX_BODY_BYTES: Final = 64 * 1024 * 1024
COMMENT_EVERY_S: Final = 15.0
SHUTDOWN_S: Final = 0.5
MAX_BATCH: Final = 64
MAX_UNSENT: Final = 256
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")

FindRoom = Callable[[str], tuple[Room, str] | None]
"""The room of a path, with its token; None when there is none."""


class HttpDoor:
    """The listener. Open it once, close it once."""

    def __init__(self, find_room: FindRoom) -> None:
        self._find_room = find_room
        self._runner: web.AppRunner | None = None
        self._calls: dict[tuple[Room, JsonRpcId], asyncio.Task[Any]] = {}
        self.port = 0

    async def open(self) -> None:
        """Listen on a free port of 127.0.0.1, whatever the gateway's own address is."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post(PATH, self._post)
        app.router.add_get(PATH, self._get)
        app.router.add_delete(PATH, self._delete)
        self._runner = web.AppRunner(
            app,
            handle_signals=False,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_S,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Listen no longer; requests under way end."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def _room(self, request: web.Request) -> Room:
        host = (request.headers.get("Host") or "").rpartition(":")[0]
        if host not in _LOOPBACK or "Origin" in request.headers:
            raise web.HTTPForbidden
        found = self._find_room(request.match_info["room"])
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        known = found[1] if found is not None else ""
        right = hmac.compare_digest(token.encode("utf-8", "surrogateescape"), known.encode())
        if found is None or scheme.lower() != "bearer" or not right:
            raise web.HTTPNotFound
        return found[0]

    async def _post(self, request: web.Request) -> web.StreamResponse:
        room = self._room(request)
        try:
            calls = [m for m in parse_message(await request.read()) if isinstance(m, Call)]
        except JsonRpcError as error:
            return web.Response(status=400, text=str(error))
        asked = [(call, call.call_id) for call in calls if call.call_id is not None]
        for call in calls:
            if call.method == messages.CANCELLED:
                self._cancel(room, call.params)
        if not asked:
            return web.Response(status=202)
        if len(asked) > MAX_BATCH:
            return web.Response(status=400, text=f"more than {MAX_BATCH} requests at once")
        if len({call_id for _, call_id in asked}) < len(asked):
            return web.Response(status=400, text="the same request id twice")
        if len(asked) == 1 and asked[0][0].method != messages.CALL_TOOL:
            body = await _reply(room, asked[0][0], asked[0][1], lambda _method, _params: None)
            headers = {}
            if asked[0][0].method == messages.INITIALIZE:
                headers[SESSION_HEADER] = uuid.uuid4().hex
            return web.Response(body=body, content_type="application/json", headers=headers)
        stream = _EventStream(request)
        await stream.open()
        async with asyncio.TaskGroup() as group:
            for call, call_id in asked:
                task = group.create_task(_tell(room, call, call_id, stream))
                self._calls[room, call_id] = task
                task.add_done_callback(partial(self._forget, (room, call_id)))
            group.create_task(stream.pump(len(asked)))
        return stream.response

    async def _get(self, request: web.Request) -> web.StreamResponse:
        room = self._room(request)
        stream = _EventStream(request)
        await stream.open()
        room.watch(stream)
        try:
            await stream.pump(None)
        finally:
            room.unwatch(stream)
        return stream.response

    async def _delete(self, request: web.Request) -> web.Response:
        """The agent lets go; the room belongs to the upstream, which closes it."""
        self._room(request)
        return web.Response(status=204)

    def _forget(self, key: tuple[Room, JsonRpcId], _task: asyncio.Task[Any]) -> None:
        self._calls.pop(key, None)

    def _cancel(self, room: Room, params: Mapping[str, Any]) -> None:
        call_id = params.get("requestId")
        task = self._calls.get((room, call_id)) if isinstance(call_id, str | int) else None
        if task is not None:
            task.cancel()


async def _reply(room: Room, call: Call, call_id: JsonRpcId, notify: Notify) -> bytes:
    try:
        return render_success(call_id, await room.serve(call.method, dict(call.params), notify))
    except Refused as refused:
        return render_failure(call_id, refused.code, str(refused))


async def _tell(room: Room, call: Call, call_id: JsonRpcId, stream: "_EventStream") -> None:
    """Answer into the stream. A call its caller has given up is answered with nothing."""
    body: bytes | None = None
    try:
        body = await _reply(room, call, call_id, stream.notify)
    finally:
        stream.put(body)


class _EventStream:
    """One response of server-sent events (gateway_engine.tools.mcp_host.rooms.Watcher)."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._waiting: asyncio.Queue[tuple[bytes | None, bool]] = asyncio.Queue(MAX_UNSENT)
        self.response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )

    async def open(self) -> None:
        """Send the headers."""
        await self.response.prepare(self._request)

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification; one who reads nothing misses it."""
        if self._waiting.qsize() < MAX_UNSENT - MAX_BATCH:
            self._waiting.put_nowait((render_notification(method, params), False))

    def put(self, body: bytes | None) -> None:
        """Send an answer, or nothing in its place."""
        self._waiting.put_nowait((body, True))

    async def pump(self, answers: int | None) -> None:
        """Write until so many answers have left; None: until the peer goes."""
        while answers is None or answers > 0:
            try:
                async with asyncio.timeout(COMMENT_EVERY_S):
                    body, is_answer = await self._waiting.get()
            except TimeoutError:
                await self.response.write(b": waiting\n\n")
                continue
            if body is not None:
                await self.response.write(b"event: message\ndata: %b\n\n" % body)
            if is_answer and answers is not None:
                answers -= 1
