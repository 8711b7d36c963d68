"""An upstream that costs next to nothing: answers from precomputed bytes, two ways.

`start --workDir DIR [--socketPort N …]` speaks Lingma's wire (LSP frames in a WebSocket), as the
gateway starts it. `http` serves the same answers as a client's protocol, for the bare relay; it
prints its port. What is asked for stands in the prompt: `bench:CHUNKS:CHARS:PACE_US`, in a burst
when the pace is 0. Nothing of the gateway is imported: it must run beside any version of it.
"""

import asyncio
import base64
import functools
import hashlib
import json
import os
import re
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from websockets.utils import apply_mask

PLACE: Final = b"@" * 36
"""Stands for the requestId, a UUID, in precomputed frames: lengths stay true."""

ASKED: Final = re.compile(rb"bench:(\d+):(\d+):(\d+)")
REQUEST_ID: Final = re.compile(rb'"requestId":\s?"([^"]{36})"')
CALL_ID: Final = re.compile(rb'"id":\s?(\d+)')
SEARCHED_BYTES: Final = 4096
MODEL: Final = "bench-model"

Answer = tuple[bytes, ...]


def texts(chunks: int, chars: int) -> list[str]:
    """The pieces of an answer: mostly ASCII, every fourth with wide characters."""
    wide, narrow = "词元" * chars, "tok " * (chars // 4 + 1)
    return [(wide if n % 4 == 3 else narrow)[:chars] for n in range(chunks)]


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


# --- as Lingma ---


def ws_message(body: bytes) -> bytes:
    payload = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + payload
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


def event(method: str, **params: Any) -> bytes:
    place = PLACE.decode()
    return ws_message(
        compact(
            {
                "jsonrpc": "2.0",
                "method": method,
                "params": {"requestId": place, "sessionId": place, **params},
            }
        )
    )


@functools.lru_cache
def lingma_answer(chunks: int, chars: int) -> Answer:
    """One WebSocket message a piece, and the end."""
    return (
        *(
            event("chat/answer", text=text, overwrite=False, isFiltered=False)
            for text in texts(chunks, chars)
        ),
        event("chat/finish", reason="success", statusCode=200, fullAnswer=""),
    )


@functools.lru_cache
def lingma_burst(chunks: int, chars: int) -> bytes:
    return b"".join(lingma_answer(chunks, chars))


class LingmaConnection(asyncio.Protocol):
    """The server's side of one WebSocket; only what a gateway's client sends is understood."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._upgraded = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            self._upgrade()
        while self._upgraded and self._take_message():
            pass

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _upgrade(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        key = re.search(rb"(?im)^sec-websocket-key:\s*(\S+)", bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        if key is None or self._transport is None:
            if self._transport is not None:
                self._transport.close()
            return
        seed = key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(seed).digest())  # noqa: S324 - RFC 6455 says so
        self._write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self._upgraded = True

    def _take_message(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 6:
            return False
        size, at = buffer[1] & 0x7F, 2
        if size == 126:
            size, at = int.from_bytes(buffer[2:4]), 4
        elif size == 127:
            if len(buffer) < 10:
                return False
            size, at = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < at + 4 + size:
            return False
        opcode, mask = buffer[0] & 0x0F, bytes(buffer[at : at + 4])
        with memoryview(buffer) as view:
            # What is asked for stands at the front; the rest of a long prompt is not looked at.
            head = apply_mask(bytes(view[at + 4 : at + 4 + min(size, SEARCHED_BYTES)]), mask)
        del buffer[: at + 4 + size]
        if opcode == 8:
            self._write(b"\x88\x00")
            if self._transport is not None:
                self._transport.close()
        elif opcode != 0:  # a large message comes in fragments, its head is in the first
            self._answer(head)
        return True

    def _answer(self, head: bytes) -> None:
        call_id = CALL_ID.search(head)
        if call_id is None:
            return
        if b'"chat/ask"' in head:
            self._ask(head, call_id[1])
            return
        result: Any = {}
        if b'"auth/status"' in head:
            result = {"status": 2, "whitelist": 3, "name": "bench"}
        elif b'"config/queryModels"' in head:
            result = {"chat": [{"key": MODEL, "displayName": MODEL, "isDefault": True}]}
        elif b'"initialize"' in head:
            result = {"capabilities": {}, "serverInfo": {"name": "fast-upstream", "version": "1"}}
        self._write(
            ws_message(compact({"jsonrpc": "2.0", "id": int(call_id[1]), "result": result}))
        )

    def _ask(self, head: bytes, call_id: bytes) -> None:
        found, request_id = ASKED.search(head), REQUEST_ID.search(head)
        assert found is not None
        assert request_id is not None
        chunks, chars, pace_us = (int(part) for part in found.groups())
        self._write(
            ws_message(b'{"jsonrpc":"2.0","id":' + call_id + b',"result":{"isSuccess":true}}')
        )
        if not pace_us:
            self._write(lingma_burst(chunks, chars).replace(PLACE, request_id[1]))
            return
        pieces = lingma_answer(chunks, chars)
        play(lambda n: self._write(pieces[n].replace(PLACE, request_id[1])), len(pieces), pace_us)


def play(write: Callable[[int], None], count: int, pace_us: int) -> None:
    """Call `write(0)` … `write(count - 1)`, one every `pace_us`, late ones at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    def step(n: int) -> None:
        write(n)
        if n + 1 < count:
            loop.call_at(began + (n + 1) * pace_us / 1e6, step, n + 1)

    step(0)


# --- as a server of a client's protocol ---


def openai_chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return (
        b"data: "
        + compact(
            {
                "id": "chatcmpl-0123456789abcdef0123456789abcdef",
                "object": "chat.completion.chunk",
                "created": 1700000000,
                "model": MODEL,
                "choices": [choice],
            }
        )
        + b"\n\n"
    )


def anthropic_event(name: str, **fields: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + compact({"type": name, **fields}) + b"\n\n"


@functools.lru_cache
def http_stream(path: str, chunks: int, chars: int) -> Answer:
    """One HTTP chunk a piece; the head goes with the first, the end with the last."""
    if path.endswith("/messages"):
        message: dict[str, Any] = {
            "id": "msg_0123456789abcdef0123456789abcdef",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 9, "output_tokens": 0},
        }
        first = anthropic_event("message_start", message=message) + anthropic_event(
            "content_block_start", index=0, content_block={"type": "text", "text": ""}
        )
        pieces = [
            anthropic_event(
                "content_block_delta", index=0, delta={"type": "text_delta", "text": text}
            )
            for text in texts(chunks, chars)
        ]
        ending = {"stop_reason": "end_turn", "stop_sequence": None}
        last = (
            anthropic_event("content_block_stop", index=0)
            + anthropic_event("message_delta", delta=ending, usage={"output_tokens": chunks})
            + anthropic_event("message_stop")
        )
    else:
        first = openai_chunk({"role": "assistant", "content": ""})
        pieces = [openai_chunk({"content": text}) for text in texts(chunks, chars)]
        last = openai_chunk({}, "stop") + b"data: [DONE]\n\n"
    pieces[0] = first + pieces[0]
    framed = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, last)]
    framed[0] = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        + framed[0]
    )
    framed[-1] += b"0\r\n\r\n"
    return tuple(framed)


@functools.lru_cache
def http_whole(path: str, chunks: int, chars: int) -> bytes:
    text = "".join(texts(chunks, chars))
    if path.endswith("/messages"):
        answer: dict[str, Any] = {"type": "message", "content": [{"type": "text", "text": text}]}
    else:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = {"object": "chat.completion", "choices": [choice]}
    body = compact({"id": "0" * 36, "model": MODEL, **answer, "usage": {"total_tokens": 9}})
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )


class HttpConnection(asyncio.Protocol):
    """The server's side of one kept-alive connection; requests carry a Content-Length."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head = b""
        self._need = -1
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._need < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._head = bytes(self._buffer[:end])
            del self._buffer[: end + 4]
            length = re.search(rb"(?im)^content-length:\s*(\d+)", self._head)
            self._need = int(length[1]) if length else 0
        if len(self._buffer) >= self._need:
            head = bytes(self._buffer[:SEARCHED_BYTES])
            del self._buffer[: self._need]
            self._need = -1
            self._answer(self._head.split(b" ", 2)[1].decode(), head)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _answer(self, path: str, head: bytes) -> None:
        found = ASKED.search(head)
        assert found is not None
        chunks, chars, pace_us = (int(part) for part in found.groups())
        if b'"stream":true' not in head:
            self._write(http_whole(path, chunks, chars))
            return
        pieces = http_stream(path, chunks, chars)
        if pace_us:
            play(lambda n: self._write(pieces[n]), len(pieces), pace_us)
        else:
            self._write(b"".join(pieces))


# --- the program ---


def flag(argv: list[str], name: str) -> str:
    return argv[argv.index(name) + 1] if name in argv else ""


async def serve_lingma(argv: list[str]) -> None:
    loop = asyncio.get_running_loop()
    port = int(flag(argv, "--socketPort") or 0)
    server = await loop.create_server(LingmaConnection, "127.0.0.1", port)
    work_dir = Path(flag(argv, "--workDir"))
    work_dir.mkdir(parents=True, exist_ok=True)
    bound = server.sockets[0].getsockname()[1]
    fresh = work_dir / ".info.new"
    fresh.write_text(f"{bound}\n{os.getpid()}\n", encoding="utf-8")
    fresh.replace(work_dir / ".info")
    await server.serve_forever()


async def serve_http() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(HttpConnection, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main(argv: list[str]) -> int:
    match argv[:1]:
        case ["start"]:
            asyncio.run(serve_lingma(argv))
        case ["http"]:
            asyncio.run(serve_http())
        case _:
            print("usage: fast_upstream start --workDir DIR … | http", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
