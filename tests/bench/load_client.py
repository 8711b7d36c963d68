"""The load client: a process that reads one JSON job a line and prints one JSON result a line.

Job: {port, path, body, stream, requests, concurrency}. Result: {wall_s, latencies_s, first_s}:
`first_s` is the time to the first piece of text. It speaks raw HTTP/1.1 on kept-alive connections,
opened before the clock starts, and fails loudly when an answer did not end well.
"""

import asyncio
import gc
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Final

TEXT_MARK: Final = b':"tok'
ANSWER_TIMEOUT_S: Final = 120.0


@dataclass(slots=True)
class Job:
    """What to ask, how often, and what came of it."""

    request: bytes
    stream: bool
    left: int
    ending: bytes
    latencies: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)


class BadAnswerError(Exception):
    """An answer was not what the bench asked for."""


class Connection(asyncio.Protocol):
    """One kept-alive connection that asks again and again until the job is done."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._transport: asyncio.Transport | None = None
        self._began = 0.0
        self._pieces: list[bytes] = []
        self._first = 0.0
        self._need = -1
        self._got = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def go(self) -> None:
        """Send the next request, or end."""
        assert self._transport is not None
        if self._job.left <= 0:
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self._job.left -= 1
        self._pieces, self._first, self._need, self._got = [], 0.0, -1, 0
        self._began = time.perf_counter()
        self._transport.write(self._job.request)

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        self._got += len(data)
        if not self._first:
            seen = data if len(self._pieces) == 1 else b"".join(self._pieces)
            if TEXT_MARK in seen:
                self._first = time.perf_counter()
            if self._need < 0 and not self._head(seen):
                return
        if self._got == self._need or (self._need == 0 and self._tail(7) == b"\r\n0\r\n\r\n"):
            self._ended()

    def _head(self, seen: bytes) -> bool:
        """Read the head once: the bytes of the whole answer, 0 when it comes in chunks."""
        end = seen.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = seen[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            self._fail(f"not 200: {seen[:400]!r}")
            return False
        at = head.find(b"content-length:")
        self._need = 0 if at < 0 else end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0])
        return True

    def _tail(self, count: int) -> bytes:
        last = self._pieces[-1]
        return last[-count:] if len(last) >= count else b"".join(self._pieces[-8:])[-count:]

    def _ended(self) -> None:
        now = time.perf_counter()
        if not self._first or self._job.ending not in b"".join(self._pieces[-8:])[-400:]:
            self._fail(f"ended badly: …{b''.join(self._pieces)[-400:]!r}")
            return
        self._job.latencies.append(now - self._began)
        self._job.firsts.append(self._first - self._began)
        self.go()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail(f"closed in the middle: {exc}")

    def _fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(BadAnswerError(why))


def _ending(path: str, stream: bool) -> bytes:
    if not stream:
        return b"}"
    return b"message_stop" if path.endswith("/messages") else b"data: [DONE]"


async def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Do one job."""
    body = spec["body"].encode()
    head = (
        f"POST {spec['path']} HTTP/1.1\r\nHost: 127.0.0.1:{spec['port']}\r\n"
        "Content-Type: application/json\r\nUser-Agent: bench/1\r\nAccept: */*\r\n"
        f"anthropic-version: 2023-06-01\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    job = Job(
        request=head.encode() + body,
        stream=spec["stream"],
        left=spec["requests"],
        ending=_ending(spec["path"], spec["stream"]),
    )
    loop = asyncio.get_running_loop()
    connections: list[Connection] = []
    for _ in range(spec["concurrency"]):
        _, connection = await loop.create_connection(
            lambda: Connection(job), "127.0.0.1", spec["port"]
        )
        connections.append(connection)
    gc.collect()
    began = time.perf_counter()
    for connection in connections:
        connection.go()
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        await asyncio.gather(*(connection.done for connection in connections))
    wall = time.perf_counter() - began
    return {"wall_s": wall, "latencies_s": job.latencies, "first_s": job.firsts}


def main() -> None:
    for line in sys.stdin:
        try:
            result = asyncio.run(run(json.loads(line)))
        except (BadAnswerError, OSError, TimeoutError) as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
