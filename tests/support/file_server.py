"""An HTTP server for one file, with the bad habits of networks: each answer as it is scripted."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Habit:
    """How one request is answered; without any, honestly.

    `cut`: the connection is reset after so many bytes of the body; `close`: ended politely there;
    `stall`: nothing more comes after so many bytes; `claim`: the Content-Length said;
    `unsized`: none is said, the end of the connection is the end of the file.
    """

    cut: int | None = None
    close: int | None = None
    stall: int | None = None
    status: int = 0
    claim: int | None = None
    location: str = ""
    chunked: bool = False
    unsized: bool = False
    ignore_range: bool = False
    wrong_range: bool = False


@dataclass
class FileServer:
    """What is served, and what was asked."""

    content: bytes
    etag: str = '"one"'
    habits: list[Habit] = field(default_factory=list)
    always: Habit = field(default_factory=Habit)
    asked: list[dict[str, str]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    then: tuple[bytes, str] | None = None
    """What is served, with its etag, after the first answer."""
    sent: int = 0
    port: int = 0
    scheme: str = "http"
    busy: set[asyncio.Task[object]] = field(default_factory=set)
    stalled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"{self.scheme}://127.0.0.1:{self.port}/lingma.vsix"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        task = asyncio.current_task()
        assert task is not None
        self.busy.add(task)
        try:
            await self._answer(reader, writer)
        finally:
            self.busy.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip().split("\r\n")
            method, target, _ = first.split(" ")
            asked = {n.lower(): v for n, v in (line.split(": ", 1) for line in lines)}
            self.asked.append(asked)
            self.targets.append(f"{method} {target}")
            habit = self.habits.pop(0) if self.habits else self.always
            await self._reply(writer, asked, habit, with_body=method == "GET")
        if self.then is not None:
            self.content, self.etag = self.then
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _reply(
        self, writer: asyncio.StreamWriter, asked: dict[str, str], habit: Habit, *, with_body: bool
    ) -> None:
        if habit.status or habit.location:
            where = f"Location: {habit.location}\r\n" if habit.location else ""
            status = habit.status or 302
            writer.write(f"HTTP/1.1 {status} So\r\n{where}Content-Length: 0\r\n\r\n".encode())
            return
        start = int(asked.get("range", "bytes=0-")[6:-1])
        same = not self.etag or asked.get("if-range", self.etag) == self.etag
        total = len(self.content)
        partial = bool(start) and same and not habit.ignore_range
        if partial and start >= total:
            writer.write(b"HTTP/1.1 416 So\r\nContent-Length: 0\r\n\r\n")
            return
        body = self.content[start:] if partial else self.content
        lines = [f"HTTP/1.1 {206 if partial else 200} So", "Connection: close"]
        if self.etag:
            lines.append(f"ETag: {self.etag}")
        if partial:
            begin = start + 1 if habit.wrong_range else start
            lines.append(f"Content-Range: bytes {begin}-{total - 1}/{total}")
        if habit.chunked:
            lines.append("Transfer-Encoding: chunked")
        elif not habit.unsized:
            lines.append(f"Content-Length: {habit.claim if habit.claim is not None else len(body)}")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        if with_body:
            await self._send(writer, body, habit)

    async def _send(self, writer: asyncio.StreamWriter, body: bytes, habit: Habit) -> None:
        stops = (habit.cut, habit.close, habit.stall)
        end = min((stop for stop in stops if stop is not None), default=len(body))
        for place in range(0, min(end, len(body)), 65536):
            piece = body[place : min(place + 65536, end)]
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if habit.chunked else piece)
            await writer.drain()
            self.sent += len(piece)
        if habit.chunked and end >= len(body):
            writer.write(b"0\r\n\r\n")
        if habit.stall is not None:
            await self.stalled.wait()
        if habit.cut is not None:
            # Let what was written arrive, then reset.
            await asyncio.sleep(0.02)
            at_once = struct.pack("ii", 1, 0)
            line = writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            writer.transport.abort()


@asynccontextmanager
async def serving(server: FileServer, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve until the end of the block; gives the file's address."""
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    server.scheme = "https" if tls else "http"
    try:
        yield server.url
    finally:
        server.stalled.set()
        listener.close()
        await listener.wait_closed()
        if server.busy:
            done, late = await asyncio.wait(server.busy, timeout=5)
            assert not late
            assert done
