"""The client on a real WebSocket, against a server that knows no rules."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway_engine.errors import UpstreamGoneError, UpstreamTimeoutError
from gateway_engine.upstreams.lingma import lsp_client
from gateway_engine.upstreams.lingma.lsp_client import (
    ConnectRefusedError,
    RpcFailureError,
    open_client,
)
from tests.golden.lingma_wire import framed
from tests.integration.lingma.peer import Peer, connected, until_gone
from tests.support.hygiene import ExpectedLogs


@pytest.mark.parametrize("as_sent", [lambda n: n, str, float])
async def test_an_answer_by_its_number_however_spelled(as_sent: Callable[[int], Any]) -> None:
    async def script(peer: Peer) -> None:
        asked = await peer.next()
        for stray in (99, "99", 1.5, "²", "9" * 5000, -1, ""):
            await peer.send({"id": stray, "result": "not yours"})
        await peer.send({"id": as_sent(asked["id"]), "result": asked["params"]})
        await until_gone(peer)

    async with connected(script) as (client, _):
        assert await client.request("echo", {"a": "引"}, timeout_s=5) == {"a": "引"}


async def test_a_refusal_and_a_silence(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("JSON-RPC error of no request")

    async def script(peer: Peer) -> None:
        asked = await peer.next()
        await peer.send({"id": None, "error": {"code": -1, "message": "whose?"}})
        await peer.send({"id": asked["id"], "error": {"code": -32601, "message": "no"}})
        await until_gone(peer)

    async with connected(script) as (client, _):
        with pytest.raises(RpcFailureError) as caught:
            await client.request("m", {}, timeout_s=5)
        assert caught.value.rpc_code == -32601
        with pytest.raises(UpstreamTimeoutError):
            await client.request("m", {}, timeout_s=0.05)
        assert not client.closed.done()


@pytest.mark.parametrize("count", [1, 3000])
async def test_every_request_of_the_server_is_answered(count: int) -> None:
    ids = [f"q-{n}" if n % 2 else n for n in range(count)]
    answered: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    async def script(peer: Peer) -> None:
        await peer.send(*({"id": call_id, "method": "ask", "params": {}} for call_id in ids))
        answered.set_result([await peer.next() for _ in ids])
        await until_gone(peer)

    async with connected(script) as (client, calls):
        replies = await answered
        assert [reply["id"] for reply in replies] == ids
        assert all(reply["result"] == {} for reply in replies)
        assert len(calls) == count
        assert not client.closed.done()


@pytest.mark.parametrize("junk", [b"no header\r\n\r\n", framed(b"5"), framed(b"{")])
async def test_a_broken_protocol_ends_it(junk: bytes, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("connection dropped: the upstream broke the protocol")

    async def script(peer: Peer) -> None:
        await peer.next()
        await peer.socket.send(junk)
        await until_gone(peer)

    async with connected(script) as (client, _):
        with pytest.raises(UpstreamGoneError):
            await client.request("m", {}, timeout_s=5)
        assert "broke the protocol" in await client.closed
        with pytest.raises(UpstreamGoneError):
            await client.request("m", {}, timeout_s=5)


async def test_an_end_within_a_frame() -> None:
    async def script(peer: Peer) -> None:
        await peer.next()
        await peer.socket.send(framed(b"{}")[:-1])

    async with connected(script) as (client, _):
        with pytest.raises(UpstreamGoneError):
            await client.request("m", {}, timeout_s=5)
        assert "inside a frame" in await client.closed


@pytest.mark.parametrize("last", [b"", framed(b"{}")[:-1]])
async def test_a_goodbye_is_the_end_though_nobody_hangs_up(
    last: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lsp_client, "CLOSE_TIMEOUT_S", 60.0)
    may_hang_up = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.next()
        if last:
            await peer.socket.send(last)
        peer.socket.transport.pause_reading()  # so it never learns that it may hang up
        peer.socket.protocol.send_close(1001, "going away")
        peer.socket.send_data()
        await may_hang_up.wait()
        peer.socket.transport.resume_reading()

    async with connected(script) as (client, _):
        with pytest.raises(UpstreamGoneError):
            await client.request("m", {}, timeout_s=5)
        assert ("inside a frame" in await client.closed) is bool(last)
        may_hang_up.set()


async def test_a_message_of_many_megabytes_both_ways() -> None:
    big = "x" * (8 * 1024 * 1024)

    async def script(peer: Peer) -> None:
        asked = await peer.next()
        await peer.send({"id": asked["id"], "result": asked["params"]["text"]})
        await until_gone(peer)

    async with connected(script) as (client, _):
        assert await client.request("m", {"text": big}, timeout_s=20) == big


async def test_closing_fails_what_waits() -> None:
    async with connected(until_gone) as (client, _), asyncio.TaskGroup() as group:

        async def ask() -> None:
            with pytest.raises(UpstreamGoneError):
                await client.request("m", {}, timeout_s=5)

        group.create_task(ask())
        await asyncio.sleep(0)
        await client.aclose()


async def test_nobody_there_and_no_websocket() -> None:
    async def not_a_websocket(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(not_a_websocket, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(ConnectRefusedError) as caught:
            await open_client(port, "/", headers={}, on_call=lambda _: None)
        assert caught.value.status == 404
    with pytest.raises(ConnectRefusedError) as caught:
        await open_client(port, "/", headers={}, on_call=lambda _: None)
    assert caught.value.status is None
