"""The stream of records against listeners that are slow, leave, or stay until the end."""

import json
from dataclasses import replace

from gateway_engine.inspector.recorder import MAX_UNREAD
from tests.integration.emulator.running_program import until
from tests.support.raw_http import connection
from tests.support.scripted_backend import RULES, Endpoint, endpoint
from tests.unit.inspector.samples import trace

ADMIN = {"x-api-key": "root-0123456789"}
ADMINS = replace(RULES, admin_keys=(("admin", ADMIN["x-api-key"]),))
STREAM = "/internal/debug/stream"
BURSTS = 3
LONG = "c" * 60_000


async def burst(server: Endpoint, count: int, *, client: str = "curl") -> None:
    """So many requests end at once, and their records are made."""
    for number in range(count):
        server.records.finish(trace(f"req_{number}", client=client))
    await server.records.flush()


async def test_a_listener_that_falls_behind_gets_what_it_has_waiting_and_is_told() -> None:
    async with endpoint(rules=ADMINS) as server, connection(server.port) as wire:
        await wire.request("GET", STREAM, ADMIN)
        assert (await wire.head())[0] == 200
        wire.reader._transport.pause_reading()  # type: ignore[attr-defined]
        # Lines so long that no socket's buffer holds many of them.
        for _ in range(BURSTS):
            await burst(server, MAX_UNREAD, client=LONG)
        wire.reader._transport.resume_reading()  # type: ignore[attr-defined]
        chunks = []
        while chunk := await wire.chunk():
            chunks.append(chunk)
    *lines, last, end = b"".join(chunks).decode().split("\n\n")
    assert (last, end) == ("event: lost\ndata: {}", "")
    assert MAX_UNREAD <= len(lines) < BURSTS * MAX_UNREAD
    assert json.loads(lines[0].removeprefix("data: "))["id"] == "req_0"


async def test_a_listener_that_never_reads_is_cut_off() -> None:
    async with (
        endpoint(rules=ADMINS, client_stall_s=0.3) as server,
        connection(server.port) as wire,
    ):
        await wire.request("GET", STREAM, ADMIN)
        await wire.head()
        wire.reader._transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(BURSTS):
            await burst(server, MAX_UNREAD, client=LONG)
        await until(lambda: not server.records.listeners)
        wire.reader._transport.resume_reading()  # type: ignore[attr-defined]


async def test_silence_is_filled_with_comments() -> None:
    async with endpoint(rules=ADMINS, heartbeat_s=0.05) as server, connection(server.port) as wire:
        await wire.request("GET", STREAM, ADMIN)
        assert (await wire.head())[1]["content-type"].startswith("text/event-stream")
        assert (await wire.chunk()).startswith(b": ")
        await burst(server, 1)
        while (chunk := await wire.chunk()).startswith(b": "):
            continue
        assert json.loads(chunk.removeprefix(b"data: "))["id"] == "req_0"


async def test_a_listener_that_leaves_is_forgotten() -> None:
    async with endpoint(rules=ADMINS) as server:
        async with connection(server.port) as wire:
            await wire.request("GET", STREAM, ADMIN)
            await wire.head()
            assert server.records.listeners == 1
        await until(lambda: not server.records.listeners)
