"""The way out of one connection: frames onto the WebSocket, whole or cut and joined.

Usually one frame is one text message. With ``split`` frames are gathered for a moment and cut by
``cutting``; then ``pump`` must run beside the connection.
"""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.server import ServerConnection

from gateway_engine.emulator.cutting import Cutter
from gateway_engine.emulator.frames import encode_frame
from gateway_engine.emulator.rpc import Json

GATHER_S = 0.002
MAX_HELD_BYTES = 1024 * 1024


class Outlet:
    """Sends frames in order. Raises websockets' ConnectionClosed when the client is gone."""

    def __init__(self, socket: ServerConnection, *, split: bool) -> None:
        self._socket = socket
        self._split = split
        self._held = bytearray()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._cutter = Cutter()

    async def send(self, *messages: Json) -> None:
        """Send the messages, together in one WebSocket message unless frames are split."""
        await self.send_bytes(b"".join(encode_frame(message) for message in messages))

    async def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are, even when they are no frame."""
        if not self._split:
            await self._socket.send(_text_if_possible(data))
            return
        while len(self._held) > MAX_HELD_BYTES:
            self._emptied.clear()
            await self._emptied.wait()
        self._held += data
        self._filled.set()

    async def drain(self) -> None:
        """Wait until nothing is held back any more."""
        while self._held:
            self._emptied.clear()
            await self._emptied.wait()

    async def pump(self) -> None:
        """Send what was gathered, in pieces, for as long as the connection lives."""
        while True:
            await self._filled.wait()
            await asyncio.sleep(GATHER_S)
            self._filled.clear()
            data = bytes(self._held)
            self._held.clear()
            for piece in self._cutter.cut(data):
                await self._socket.send(piece)
            self._emptied.set()


def _text_if_possible(data: bytes) -> Any:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data
