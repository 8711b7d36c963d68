"""The MCP host: rooms for sessions' tools, behind listeners of its own that are always loopback.

The doors open with the first room that needs them. A room's path and token are 256 bits each and
die with it. What the HTTP door wants travels in headers over the pipe to the agent; for the stdio
shim it lies in a file of mode 0600, which is removed with the room.
"""

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gateway_engine import json_text
from gateway_engine.own_program import own_command, own_environment
from gateway_engine.tools.mcp_host import messages
from gateway_engine.tools.mcp_host.http_door import HttpDoor
from gateway_engine.tools.mcp_host.rooms import PROGRESS_EVERY_S, Room
from gateway_engine.tools.mcp_host.stdio_door import StdioDoor
from gateway_engine.upstreams.tool_hosting import ToolServer

logger = logging.getLogger(__name__)

SECRET_BYTES: Final = 32
SHIM_MODULE: Final = "gateway_engine.tools.mcp_host.shim"
SHIM_COMMAND: Final = "mcp-shim"


class McpHost:
    """Hosts tools (gateway_engine.upstreams.tool_hosting.ToolHost). Closed by `aclose`."""

    def __init__(
        self, folder: Path, *, version: str, progress_every_s: float = PROGRESS_EVERY_S
    ) -> None:
        self._folder = folder
        self._version = version
        self._progress_every_s = progress_every_s
        self._rooms: dict[str, tuple[Room, str]] = {}
        self._files: dict[Room, Path] = {}
        self._http = HttpDoor(self._rooms.get)
        self._stdio = StdioDoor(self._rooms.get)
        self._opening = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._rooms)

    async def open(self, *, http: bool) -> Room:
        """Make a room. Raises OSError when there is no port or no file to be had."""
        door = self._http if http else self._stdio
        async with self._opening:
            if not door.port:
                await door.open()
        name, token = secrets.token_urlsafe(SECRET_BYTES), secrets.token_urlsafe(SECRET_BYTES)
        if http:
            server = ToolServer(
                messages.SERVER_NAME,
                url=f"http://127.0.0.1:{door.port}/{name}/mcp",
                headers={"Authorization": f"Bearer {token}"},
            )
            return self._add(server, name, token)
        file = self._folder / f"{secrets.token_hex(8)}.json"
        content = {"port": door.port, "room": name, "token": token}
        await asyncio.to_thread(_write_secret, file, content)
        command = (*shim_command(), str(file))
        server = ToolServer(messages.SERVER_NAME, command=command, env=shim_environment())
        room = self._add(server, name, token)
        self._files[room] = file
        return room

    async def aclose(self) -> None:
        """Close all rooms and doors."""
        for room, _token in list(self._rooms.values()):
            room.close()
        await self._http.close()
        await self._stdio.close()

    def _add(self, server: ToolServer, name: str, token: str) -> Room:
        def forget(room: Room) -> None:
            self._rooms.pop(name, None)
            file = self._files.pop(room, None)
            if file is not None:
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)

        room = Room(server, forget, version=self._version, progress_every_s=self._progress_every_s)
        self._rooms[name] = (room, token)
        return room


def shim_command() -> tuple[str, ...]:
    """How the shim is started as a program of its own, from source or from the built bundle."""
    return own_command(SHIM_MODULE, SHIM_COMMAND)


def shim_environment() -> dict[str, str]:
    """What the shim needs in its environment: from source, where our modules are."""
    return own_environment({})


def _write_secret(file: Path, content: Mapping[str, object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(json_text.render(content))
