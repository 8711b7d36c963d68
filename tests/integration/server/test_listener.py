"""The endpoint opens, says clearly why it cannot, closes, and opens again."""

import asyncio
import socket

import pytest

from gateway_engine.conversation import TextDelta
from gateway_engine.events import ListenerFailed, ListenerStarted, ListenerStopped, RequestFinished
from gateway_engine.server.access import AccessRules
from gateway_engine.server.active_turns import ActiveTurns
from gateway_engine.server.listener import ListenError, ports_after
from tests.support.raw_http import ask, connection
from tests.support.scripted_backend import FINISHED, KEY, ROUTED, RULES, endpoint

HEADERS = {"x-api-key": KEY, "Content-Type": "application/json"}
CHAT = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}'


async def test_it_opens_and_closes_again_and_again() -> None:
    async with endpoint() as server:
        port = server.port
        for _ in range(3):
            assert (await ask(port, "GET", "/healthz")).status == 200
            await server.listener.stop()
            await server.listener.stop()
            assert server.listener.url == ""
            with pytest.raises(ConnectionError):
                await asyncio.open_connection("127.0.0.1", port)
            assert await server.listener.start("127.0.0.1", port) == server.url
        kinds = [type(event) for event in server.events]
    assert kinds == [ListenerStarted, *[ListenerStopped, ListenerStarted] * 3]


async def test_it_cannot_be_started_twice() -> None:
    async with endpoint() as server:
        with pytest.raises(RuntimeError, match="runs already"):
            await server.listener.start("127.0.0.1", 0)


async def test_a_taken_port_has_a_code() -> None:
    async with endpoint() as first, endpoint() as second:
        await second.listener.stop()
        with pytest.raises(ListenError, match="is taken") as caught:
            await second.listener.start("127.0.0.1", first.port)
        assert caught.value.code == "address_in_use"
        assert caught.value.port == first.port
        failed = second.events[-1]
        assert isinstance(failed, ListenerFailed)
        assert (failed.code, failed.port) == ("address_in_use", first.port)
        await second.listener.start("127.0.0.1", 0)
        assert (await ask(first.port, "GET", "/healthz")).status == 200


async def test_of_several_ports_the_first_free_one_is_taken_and_only_the_last_failure_told() -> (
    None
):
    async with endpoint() as first, endpoint() as other, endpoint() as third:
        await third.listener.stop()
        told = len(third.events)
        with pytest.raises(ListenError):
            await third.listener.start("127.0.0.1", first.port, other.port)
        (failed,) = third.events[told:]
        assert isinstance(failed, ListenerFailed)
        assert failed.port == other.port
        free = third.port
        assert await third.listener.start("127.0.0.1", first.port, free, 0) == third.url
        assert third.listener.url.endswith(f":{free}")
        assert isinstance(third.events[-1], ListenerStarted)


def test_the_ports_after_one() -> None:
    assert ports_after(8317)[:2] == (8318, 8319)
    assert ports_after(8317)[-1] == 0
    assert ports_after(65535) == (0,)
    assert ports_after(65530) == (65531, 65532, 65533, 65534, 65535, 0)
    assert ports_after(0) == (0,)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "not a host", "1.2.3.4.5"])
async def test_an_address_of_another_machine_has_a_code(host: str) -> None:
    async with endpoint() as server:
        await server.listener.stop()
        with pytest.raises(ListenError) as caught:
            await server.listener.start(host, 0)
        assert caught.value.code == "address_not_available"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "", "example.com"])
async def test_without_keys_only_the_loopback_is_served(host: str) -> None:
    async with endpoint(rules=AccessRules()) as server:
        await server.listener.stop()
        with pytest.raises(ListenError, match="API_KEYS") as caught:
            await server.listener.start(host, 0)
        assert caught.value.code == "key_required"


async def test_with_keys_every_address_can_be_served() -> None:
    rules = AccessRules(api_keys=RULES.api_keys, bound=("0.0.0.0",))
    async with endpoint(rules=rules, host="0.0.0.0") as server:
        assert server.url.startswith("http://0.0.0.0:")
        reply = await ask(server.port, "GET", "/v1/models", HEADERS)
        assert reply.status == 200


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


async def test_localhost_means_every_loopback_address_on_one_port() -> None:
    async with endpoint(host="localhost") as server:
        assert server.url == f"http://localhost:{server.port}"
        assert (await ask(server.port, "GET", "/healthz")).status == 200


async def test_ipv6_where_the_machine_has_it() -> None:
    if not has_ipv6():
        async with endpoint() as server:
            await server.listener.stop()
            with pytest.raises(ListenError) as caught:
                await server.listener.start("::1", 0)
            assert caught.value.code == "address_not_available"
        return
    async with endpoint(host="::1") as server:
        assert server.url == f"http://[::1]:{server.port}"
        async with connection(server.port, "::1") as wire:
            await wire.request("GET", "/v1/models", {**HEADERS, "Host": f"[::1]:{server.port}"})
            assert (await wire.reply()).status == 200


async def test_stopping_ends_running_streams_and_idle_connections() -> None:
    async with endpoint(ROUTED, TextDelta("x"), asyncio.Event().wait) as server:
        async with connection(server.port) as idle, connection(server.port) as wire:
            await idle.request("GET", "/healthz")
            await idle.reply()
            await wire.request("POST", "/v1/chat/completions", HEADERS, CHAT)
            await wire.head()
            await wire.chunk()
            async with asyncio.timeout(2):
                await server.listener.stop()
            async with asyncio.timeout(2):
                rest = await wire.reader.read()
            assert b'"upstream_unavailable"' in rest
            assert b"[DONE]" not in rest
            assert await idle.at_eof()
        assert server.backend.running == 0
        over = [event for event in server.events if isinstance(event, RequestFinished)]
        assert [(event.status, event.error_code) for event in over] == [
            (200, "upstream_unavailable")
        ]


async def test_stopping_answers_those_who_still_wait() -> None:
    asked = asyncio.Event()

    async def hang() -> None:
        asked.set()
        await asyncio.Event().wait()

    async with endpoint(hang) as server:
        async with connection(server.port) as wire:
            await wire.request("POST", "/v1/chat/completions", HEADERS, CHAT)
            await asked.wait()
            async with asyncio.timeout(2):
                await server.listener.stop()
            reply = await wire.reply()
            assert reply.status == 503
            assert reply.json["error"]["code"] == "upstream_unavailable"
            assert await wire.at_eof()
        assert server.backend.running == 0


async def test_stopping_lets_short_answers_end() -> None:
    async def soon() -> None:
        await asyncio.sleep(0.1)

    async with (
        endpoint(ROUTED, TextDelta("x"), soon, FINISHED, stop_grace_s=5.0) as server,
        connection(server.port) as wire,
    ):
        await wire.request("POST", "/v1/chat/completions", HEADERS, CHAT)
        await wire.head()
        await wire.chunk()
        async with asyncio.timeout(2):
            await server.listener.stop()
        assert b"[DONE]" in await wire.reader.read()


async def test_a_move_waits_for_answers_and_closes_connections_that_nothing_runs_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    end = ActiveTurns.end

    async def noted(turns: ActiveTurns, grace_s: float) -> None:
        waited.append(grace_s)
        await end(turns, grace_s)

    monkeypatch.setattr(ActiveTurns, "end", noted)
    go_on = asyncio.Event()
    async with (
        endpoint(ROUTED, TextDelta("x"), go_on.wait, FINISHED) as server,
        connection(server.port) as idle,
        connection(server.port) as wire,
    ):
        await idle.request("GET", "/healthz")
        await idle.reply()
        await wire.request("POST", "/v1/chat/completions", HEADERS, CHAT)
        await wire.head()
        await wire.chunk()
        await server.listener.move("127.0.0.1", 0)
        async with asyncio.timeout(5):
            assert await idle.at_eof()  # its next request would be at an address that is left
        go_on.set()
        async with asyncio.timeout(5):
            assert b"[DONE]" in await wire.reader.read()
        assert max(waited) > 3600  # what limits an answer are its own deadlines
