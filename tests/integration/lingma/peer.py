"""A server on a real WebSocket that says what a test's script says, and knows no rules."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from gateway_engine.upstreams.lingma.lsp_client import LspClient, open_client
from gateway_engine.upstreams.wire.json_rpc import Call
from tests.golden.lingma_wire import frame_bodies, framed

Script = Callable[["Peer"], Awaitable[None]]


class Peer:
    """The server's end of the one connection."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self._bodies: list[Any] = []

    async def next(self) -> Any:
        """The next message of the client."""
        while not self._bodies:
            data = await self.socket.recv(decode=False)
            self._bodies += [json.loads(body) for body in frame_bodies(data)]
        return self._bodies.pop(0)

    async def send(self, *messages: Any) -> None:
        """Frames of these, all in one WebSocket message."""
        await self.socket.send(b"".join(framed(json.dumps(m).encode()) for m in messages))


@asynccontextmanager
async def connected(script: Script) -> AsyncIterator[tuple[LspClient, list[Call]]]:
    """A client of a server that runs `script`, and the calls the client has received."""
    calls: list[Call] = []
    failures: list[BaseException] = []

    async def handle(socket: ServerConnection) -> None:
        try:
            await script(Peer(socket))
        except AssertionError as error:
            failures.append(error)

    async with serve(handle, "127.0.0.1", 0, max_size=None, close_timeout=0.1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        client = await open_client(port, "/", headers={}, on_call=calls.append)
        try:
            yield client, calls
        finally:
            await client.aclose()
    assert not failures


async def until_gone(peer: Peer) -> None:
    """Until the client has closed the connection."""
    await peer.socket.wait_closed()
