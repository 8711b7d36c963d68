"""The small HTTP server on the httpPort: GET only, one request a connection."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus

from gateway_engine.emulator.host import Host
from gateway_engine.emulator.login_pages import Page, respond

READ_DEADLINE_S = 10.0
MAX_HEAD_BYTES = 32 * 1024
HOST = "127.0.0.1"


async def listen(host: Host, port: int) -> asyncio.Server:
    """Serve the sign-in pages; 0 picks a free port. Raises OSError when the port is taken."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(READ_DEADLINE_S):
                await _serve_one(host, reader, writer)
        writer.close()

    return await asyncio.start_server(serve, HOST, port, limit=MAX_HEAD_BYTES)


async def _serve_one(
    host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        writer.write(_encode(Page(431)))
        return
    request_line = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    if len(request_line) != 3:
        page = Page(400)
    elif request_line[0] != "GET":
        page = Page(405, headers={"Allow": "GET"})
    else:
        page = respond(request_line[1], host.account, host.ids)
    writer.write(_encode(page))
    await writer.drain()
    if page.signed_in:
        host.journal.say("signed in")
        await host.report_account()


def _encode(page: Page) -> bytes:
    body = page.body.encode("utf-8")
    status = HTTPStatus(page.status)
    headers = {
        **page.headers,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
