"""MCP for agents that only start servers of their own: a line-wise listener behind the shim.

The agent starts `gateway_engine.tools.mcp_host.shim`, which connects here, says its room and token
in the first line, and then copies its standard input and output: newline-delimited JSON-RPC both
ways. Loopback only; who says nothing right in time is hung up on.
"""

import asyncio
import contextlib
import hmac
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from gateway_engine import json_text
from gateway_engine.tasks import TaskOwner
from gateway_engine.tools.mcp_host import messages
from gateway_engine.tools.mcp_host.http_door import FindRoom
from gateway_engine.tools.mcp_host.rooms import Refused, Room
from gateway_engine.upstreams.wire.json_rpc import (
    Call,
    JsonRpcError,
    JsonRpcId,
    parse_message,
    render_failure,
    render_notification,
    render_success,
)
from gateway_engine.upstreams.wire.ndjson import encode_line

logger = logging.getLogger(__name__)

GREETING_TIMEOUT_S: Final = 5.0
MAX_LINE_BYTES: Final = 64 * 1024 * 1024
MAX_UNSENT: Final = 1024
MAX_CALLS: Final = 256
"""More requests at once than any agent makes: who asks on without reading is hung up on."""


class StdioDoor:
    """The listener. Open it once, close it once."""

    def __init__(self, find_room: FindRoom) -> None:
        self._find_room = find_room
        self._server: asyncio.Server | None = None
        self._tasks = TaskOwner("mcp-stdio")
        self.port = 0

    async def open(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, limit=MAX_LINE_BYTES
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no longer and hang up on everybody."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self._tasks.aclose()
        if server is not None:
            await server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.spawn(self._talk(reader, writer), name="shim")

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(GREETING_TIMEOUT_S):
                greeting = await reader.readline()
            room = self._greeted(greeting)
            if room is not None:
                await _Conversation(room, reader, writer).run()
        except (TimeoutError, OSError, ValueError) as error:
            logger.info("a tool connection ended: %s", type(error).__name__)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _greeted(self, line: bytes) -> Room | None:
        try:
            said = json_text.parse(line)
        except json_text.InvalidJsonError:
            return None
        said = said if isinstance(said, Mapping) else {}
        found = self._find_room(str(said.get("room")))
        known = found[1] if found is not None else ""
        token = str(said.get("token"))
        right = hmac.compare_digest(token.encode("utf-8", "replace"), known.encode())
        return found[0] if found is not None and right else None


class _Conversation:
    """One shim's connection (gateway_engine.tools.mcp_host.rooms.Watcher)."""

    def __init__(
        self, room: Room, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._room = room
        self._reader = reader
        self._writer = writer
        self._calls: dict[JsonRpcId, asyncio.Task[None]] = {}
        self._unsent: asyncio.Queue[bytes] = asyncio.Queue(MAX_UNSENT)

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification; one who reads nothing misses it."""
        with contextlib.suppress(asyncio.QueueFull):
            self._unsent.put_nowait(encode_line(render_notification(method, params)))

    async def run(self) -> None:
        """Serve until the peer hangs up."""
        self._room.watch(self)
        try:
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(self._write())
                while line := await self._reader.readline():
                    self._take(line, group)
                for task in list(self._calls.values()):
                    task.cancel()
                writing.cancel()
        except* (JsonRpcError, OSError) as errors:
            logger.info("a tool connection broke: %s", errors.exceptions[0])
        finally:
            self._room.unwatch(self)

    def _take(self, line: bytes, group: asyncio.TaskGroup) -> None:
        if not line.strip():
            return
        for message in parse_message(line):
            if not isinstance(message, Call):
                continue
            if message.method == messages.CANCELLED:
                named = message.params.get("requestId")
                given_up = self._calls.get(named) if isinstance(named, str | int) else None
                if given_up is not None:
                    given_up.cancel()
            elif message.call_id is not None:
                if message.call_id in self._calls or len(self._calls) >= MAX_CALLS:
                    raise JsonRpcError("the same request twice, or too many at once")
                task = group.create_task(self._answer(message, message.call_id))
                self._calls[message.call_id] = task
                task.add_done_callback(partial(self._forget, message.call_id))

    def _forget(self, call_id: JsonRpcId, _task: asyncio.Task[None]) -> None:
        self._calls.pop(call_id, None)

    async def _answer(self, call: Call, call_id: JsonRpcId) -> None:
        try:
            result = await self._room.serve(call.method, dict(call.params), self.notify)
            body = render_success(call_id, result)
        except Refused as refused:
            body = render_failure(call_id, refused.code, str(refused))
        await self._unsent.put(encode_line(body))

    async def _write(self) -> None:
        while True:
            self._writer.write(await self._unsent.get())
            await self._writer.drain()
