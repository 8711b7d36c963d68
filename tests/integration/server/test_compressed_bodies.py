"""Compressed bodies: a few bytes may hold gigabytes, and must hold nobody else up."""

import asyncio
import gzip
from types import SimpleNamespace

import pytest
from aiohttp import web
from aiohttp.streams import EmptyStreamReader
from aiohttp.test_utils import make_mocked_request

from gateway_engine.conversation import RequestId
from gateway_engine.server.body import read_json_object
from gateway_engine.server.service import INFO, SERVICE, RequestInfo
from tests.support.raw_http import connection
from tests.support.scripted_backend import KEY, endpoint

BOMB = gzip.compress(b" " * (8 << 20))
PIECES = 20


@pytest.mark.parametrize("key", ["wrong", KEY])
async def test_what_is_not_read_of_one_is_not_inflated_either(key: str) -> None:
    async with endpoint() as server, connection(server.port) as raw:
        announced = 100 if key == "wrong" else 200 << 20
        raw.writer.write(
            b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\n"
            b"x-api-key: %s\r\nContent-Length: %d\r\n\r\n" % (key.encode(), announced + len(BOMB))
        )
        raw.writer.write(BOMB)
        async with asyncio.timeout(8):  # reading on for its end would take 10 s
            told = await raw.reader.read()
    status = int(told.split()[1])
    assert status == (401 if key == "wrong" else 413)
    assert not server.backend.asked


class _Pieces(EmptyStreamReader):
    """A body whose next piece is always there at once, as that of a small one inflated."""

    def __init__(self) -> None:
        super().__init__()
        self.left = PIECES

    async def readany(self) -> bytes:
        self.left -= 1
        return b'{"a":1}'.ljust(9) if self.left == PIECES - 1 else b" " * 9 * (self.left > 0)


async def test_others_get_their_turn_while_one_is_inflated() -> None:
    app = web.Application()
    app[SERVICE] = SimpleNamespace(limits=SimpleNamespace(client_stall_s=0))  # type: ignore[misc]
    request = make_mocked_request(
        "POST", "/v1/messages", {"Content-Encoding": "gzip"}, app=app, payload=_Pieces()
    )
    request[INFO] = RequestInfo(RequestId("req_1"), arrived=0.0, client="")
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(others())
        assert await read_json_object(request, 1000) == {"a": 1}
        waiting.cancel()
    assert turns >= PIECES - 3
