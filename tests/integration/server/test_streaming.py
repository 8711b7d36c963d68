"""When headers leave, what fills the silences, how failures end a stream, and who cleans up."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from gateway_engine import errors
from gateway_engine.conversation import (
    InstanceName,
    ModelId,
    SessionUse,
    TextDelta,
    TurnRouted,
)
from gateway_engine.events import (
    EngineEvent,
    RequestFinished,
    RequestProgressed,
    RequestRouted,
    RequestStarted,
)
from gateway_engine.inspector.query import RecordQuery
from tests.support.hygiene import ExpectedLogs
from tests.support.raw_http import RawConnection, ask, connection
from tests.support.scripted_backend import (
    FINISHED,
    KEY,
    ROUTED,
    Endpoint,
    ScriptedBackend,
    Step,
    endpoint,
)

HEADERS = {"x-api-key": KEY, "Content-Type": "application/json", "User-Agent": "probe/1.2 (x)"}
OPENAI, ANTHROPIC = "/v1/chat/completions", "/v1/messages"
BOTH = pytest.mark.parametrize("path", [OPENAI, ANTHROPIC])
SOON_S = 0.05


def body(*, stream: bool = True) -> bytes:
    return json.dumps(
        {
            "model": "m",
            "max_tokens": 9,
            "messages": [{"role": "user", "content": "Hi"}],
            "stream": stream,
        }
    ).encode()


@contextlib.asynccontextmanager
async def streaming(server: Endpoint, path: str) -> AsyncIterator[RawConnection]:
    async with connection(server.port) as wire:
        await wire.request("POST", path, HEADERS, body())
        yield wire


def pause(seconds: float) -> Callable[[], Awaitable[None]]:
    return lambda: asyncio.sleep(seconds)


async def told_to_be_over(server: Endpoint) -> None:
    async with asyncio.timeout(5):
        await server.request_over.wait()


def of_kind(events: list[EngineEvent], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def finished(server: Endpoint) -> RequestFinished:
    (event,) = of_kind(server.events, RequestFinished)
    assert isinstance(event, RequestFinished)
    return event


@BOTH
async def test_headers_leave_with_the_first_content(path: str) -> None:
    routed, content = asyncio.Event(), asyncio.Event()

    async def announce() -> None:
        routed.set()
        await content.wait()

    other = TurnRouted(InstanceName("inst-1"), ModelId("通义 x"), "lingma", SessionUse.HIT, 12)
    async with (
        endpoint(ROUTED, announce, other, TextDelta("Hello"), FINISHED) as server,
        streaming(server, path) as wire,
    ):
        await routed.wait()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SOON_S):
                await wire.reader.read(1)
        content.set()
        status, headers = await wire.head()
        first = await wire.chunk()
    assert status == 200
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["x-gateway-instance"] == "inst-1"
    assert headers["x-gateway-model"] == "%E9%80%9A%E4%B9%89 x"
    assert headers["x-gateway-session"] == "hit"
    assert b"Hello" in first


@BOTH
async def test_a_batch_is_one_write(path: str) -> None:
    batch = [TextDelta("one"), TextDelta("two")]
    gate = asyncio.Event()
    async with (
        endpoint(ROUTED, batch, _wait(gate), FINISHED) as server,
        streaming(server, path) as wire,
    ):
        await wire.head()
        chunk = await wire.chunk()
        gate.set()
        assert b"one" in chunk
        assert b"two" in chunk
        assert chunk.endswith(b"\n\n")


def _wait(gate: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def wait() -> None:
        await gate.wait()

    return wait


@BOTH
async def test_a_failure_in_the_silence_before_a_heartbeat_is_a_status(path: str) -> None:
    script: list[Step] = [ROUTED, pause(SOON_S), errors.UpstreamTimeoutError("too late")]
    async with endpoint(*script, heartbeat_s=5.0) as server:
        reply = await ask(server.port, "POST", path, HEADERS, body())
        assert reply.status == 504
        assert finished(server).error_code == "upstream_timeout"
        assert finished(server).status == 504


async def test_heartbeats_fill_silences_for_openai() -> None:
    script: list[Step] = [pause(0.25), ROUTED, TextDelta("x"), pause(0.25), FINISHED]
    async with endpoint(*script, heartbeat_s=0.1) as server:
        reply = await ask(server.port, "POST", OPENAI, HEADERS, body())
    before, _, after = reply.body.partition(b'"content":"x"')
    assert before.startswith(b": keep-alive\n\n")
    assert before.count(b": keep-alive\n\n") == 2
    assert after.count(b": keep-alive\n\n") == 2
    assert reply.body.endswith(b"data: [DONE]\n\n")


async def test_heartbeats_fill_silences_for_anthropic() -> None:
    script: list[Step] = [pause(0.25), ROUTED, TextDelta("x"), pause(0.25), FINISHED]
    async with endpoint(*script, heartbeat_s=0.1) as server:
        reply = await ask(server.port, "POST", ANTHROPIC, HEADERS, body())
    names = [line[7:] for line in reply.body.decode().split("\n") if line.startswith("event: ")]
    assert names == [
        "message_start",
        "ping",
        "ping",
        "content_block_start",
        "content_block_delta",
        "ping",
        "ping",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


async def test_no_heartbeat_while_content_flows() -> None:
    script: list[Step] = [ROUTED]
    for _ in range(10):
        script += [TextDelta("x"), pause(0.03)]
    async with endpoint(*script, FINISHED, heartbeat_s=0.2) as server:
        reply = await ask(server.port, "POST", OPENAI, HEADERS, body())
    assert b"keep-alive" not in reply.body


async def test_no_heartbeats_when_they_are_switched_off() -> None:
    async with endpoint(ROUTED, pause(SOON_S), FINISHED, heartbeat_s=0.0) as server:
        reply = await ask(server.port, "POST", OPENAI, HEADERS, body())
    assert b"keep-alive" not in reply.body


@BOTH
@pytest.mark.parametrize("beat", [False, True])
async def test_a_failure_after_the_headers_ends_the_stream_in_band(path: str, beat: bool) -> None:
    script: list[Step] = [ROUTED, pause(0.1) if beat else TextDelta("Hel")]
    failure = errors.UpstreamGoneError("it died", detail="secret detail")
    async with endpoint(*script, failure, heartbeat_s=0.05) as server:
        reply = await ask(server.port, "POST", path, HEADERS, body())
        event = finished(server)
    assert reply.status == 200
    last = reply.body.decode().strip().split("\n\n")[-1]
    payload = json.loads(last.partition("data: ")[2])
    assert payload["error"]["message"] == "it died"
    assert last.startswith("event: error\n") == (path == ANTHROPIC)
    for terminator in (b"[DONE]", b"message_stop", b"message_delta", b"secret"):
        assert terminator not in reply.body
    assert (event.status, event.error_code, event.error_message) == (
        200,
        "upstream_error",
        "it died",
    )


@BOTH
async def test_an_answer_without_its_end_is_a_failure(path: str) -> None:
    async with endpoint(ROUTED, TextDelta("Hel")) as server:
        reply = await ask(server.port, "POST", path, HEADERS, body())
        assert b"error" in reply.body
        assert b"[DONE]" not in reply.body
        assert b"message_stop" not in reply.body
        reply = await ask(server.port, "POST", path, HEADERS, body(stream=False))
        assert reply.status == 502


@BOTH
async def test_nothing_follows_the_end_of_an_answer(path: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("after its end", logger="gateway_engine.server")
    script: list[Step] = [ROUTED, TextDelta("x"), FINISHED, pause(0.2), RuntimeError("late")]
    async with endpoint(*script, heartbeat_s=0.05) as server:
        reply = await ask(server.port, "POST", path, HEADERS, body())
        assert finished(server).error_code == ""
    end = b"data: [DONE]\n\n" if path == OPENAI else b'data: {"type":"message_stop"}\n\n'
    assert reply.body.endswith(end)


@BOTH
async def test_a_bug_in_mid_stream_is_told_without_its_traceback(
    path: str, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("failed unexpectedly", logger="gateway_engine.server")
    async with endpoint(ROUTED, TextDelta("Hel"), RuntimeError("secret")) as server:
        reply = await ask(server.port, "POST", path, HEADERS, body())
    assert b"secret" not in reply.body
    assert b'"error"' in reply.body


@BOTH
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("begun", [False, True])
async def test_a_client_that_leaves_stops_the_turn(path: str, stream: bool, begun: bool) -> None:
    running = asyncio.Event()

    async def hang() -> None:
        running.set()
        await asyncio.Event().wait()

    script: list[Step] = [ROUTED, *([TextDelta("x")] if begun else []), hang]
    async with endpoint(*script) as server:
        async with connection(server.port) as wire:
            await wire.request("POST", path, HEADERS, body(stream=stream))
            await running.wait()
        async with asyncio.timeout(1):
            await server.backend.all_closed.wait()
        await told_to_be_over(server)
        event = finished(server)
        assert (event.status, event.error_code) == (499, "client_gone")
        assert server.backend.running == 0


@BOTH
async def test_a_client_that_leaves_with_the_whole_answer_has_not_gone(path: str) -> None:
    async def linger() -> None:
        await asyncio.Event().wait()

    async with endpoint(ROUTED, TextDelta("x"), FINISHED, linger) as server:
        async with streaming(server, path) as wire:
            await wire.head()
            read = b""
            while b"[DONE]" not in read and b"message_stop" not in read:
                read += await wire.chunk()
        await told_to_be_over(server)
        assert (finished(server).status, finished(server).error_code) == (200, "")
        assert server.backend.running == 0
        page = await server.records.find(RecordQuery())
        assert [(line.status, line.error_code) for line in page.summaries] == [(200, "")]


@BOTH
async def test_a_client_that_leaves_while_it_sends_is_no_error(path: str) -> None:
    async with endpoint() as server:
        async with connection(server.port) as wire:
            await wire.request("POST", path, {**HEADERS, "Content-Length": "100000"}, b'{"mod')
        assert (await ask(server.port, "GET", "/healthz")).status == 200
    assert not server.backend.asked


async def test_a_client_that_leaves_in_a_flood_is_no_error() -> None:
    piece = TextDelta("x" * 50_000)

    async def breathe() -> None:
        await asyncio.sleep(0)

    script: list[Step] = [ROUTED]
    for _ in range(500):
        script += [piece, breathe]
    async with endpoint(*script, FINISHED) as server:
        async with streaming(server, OPENAI) as wire:
            await wire.head()
            await wire.chunk()
            wire.writer.transport.abort()
        await told_to_be_over(server)
        assert finished(server).status == 499
        assert server.backend.running == 0


async def test_a_client_that_does_not_read_is_cut_off() -> None:
    flood: list[Step] = [TextDelta("x" * 1_000_000) for _ in range(100)]
    async with (
        endpoint(ROUTED, *flood, FINISHED, client_stall_s=0.3) as server,
        streaming(server, OPENAI) as wire,
    ):
        wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await told_to_be_over(server)
        event = finished(server)
        assert (event.status, event.error_code) == (499, "client_too_slow")
        assert server.backend.running == 0


@pytest.mark.parametrize("last", [FINISHED, errors.UpstreamGoneError("it died")])
async def test_a_client_that_does_not_read_the_end_is_cut_off_too(last: Step) -> None:
    script: list[Step] = [ROUTED, TextDelta("x" * 20_000_000), last]
    async with (
        endpoint(*script, client_stall_s=0.3) as server,
        streaming(server, OPENAI) as wire,
    ):
        wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await told_to_be_over(server)
        assert (finished(server).status, finished(server).error_code) == (499, "client_too_slow")


async def test_a_slow_client_that_reads_gets_everything() -> None:
    flood: list[Step] = [TextDelta("x" * 1_000_000) for _ in range(20)]
    async with (
        endpoint(ROUTED, *flood, FINISHED, client_stall_s=2.0) as server,
        streaming(server, OPENAI) as wire,
    ):
        await asyncio.sleep(0.3)
        reply = await wire.reply()
    assert reply.body.endswith(b"data: [DONE]\n\n")
    assert len(reply.body) > 20_000_000


@BOTH
@pytest.mark.parametrize("stream", [False, True])
async def test_the_engine_is_told_the_whole_story(path: str, stream: bool) -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "POST", path, HEADERS, body(stream=stream))
        story = [
            e
            for e in server.events
            if isinstance(e, RequestStarted | RequestRouted | RequestProgressed | RequestFinished)
        ]
    assert reply.status == 200
    started, routed, progressed, over = story
    assert isinstance(started, RequestStarted)
    assert (started.client, started.model_asked, started.stream) == ("probe", "m", stream)
    assert started.path == path
    assert started.protocol == ("openai_chat" if path == OPENAI else "anthropic_messages")
    assert isinstance(routed, RequestRouted)
    assert routed.instance == "inst-0"
    assert isinstance(progressed, RequestProgressed)
    assert isinstance(over, RequestFinished)
    assert (over.status, over.error_code) == (200, "")
    assert (over.tokens_in, over.tokens_out) == (12, 7)
    assert over.ttft_ms is not None
    assert {event.request_id for event in story} == {reply.headers["x-request-id"]}
    (caller,) = [caller for _, caller in server.backend.asked]
    assert (caller.key_id, caller.client) == ("main", "probe")


async def test_progress_is_told_at_most_ten_times_a_second() -> None:
    tokens: list[Step] = []
    for _ in range(200):
        tokens += [TextDelta("x"), pause(0.001)]
    async with endpoint(ROUTED, *tokens, FINISHED) as server:
        loop = asyncio.get_running_loop()
        start = loop.time()
        await ask(server.port, "POST", OPENAI, HEADERS, body())
        took = loop.time() - start
    told = of_kind(server.events, RequestProgressed)
    assert 1 <= len(told) <= took * 10 + 1
    assert told == sorted(told, key=lambda event: event.characters_out)


async def test_a_whole_answer_may_take_its_time() -> None:
    async with endpoint(ROUTED, pause(0.3), FINISHED, heartbeat_s=0.05) as server:
        reply = await ask(server.port, "POST", OPENAI, HEADERS, body(stream=False))
    assert reply.status == 200
    assert reply.json["choices"][0]["message"]["content"] == ""


async def test_many_streams_at_once_do_not_mix() -> None:
    pieces: list[Step] = []
    for i in range(20):
        pieces += [TextDelta(f"{i} "), pause(0.002)]
    async with endpoint(backend=ScriptedBackend(script=[ROUTED, *pieces, FINISHED])) as server:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(ask(server.port, "POST", OPENAI, HEADERS, body()))
                for _ in range(32)
            ]
        replies = [task.result() for task in tasks]
    for reply in replies:
        lines = [
            json.loads(line[6:])
            for line in reply.body.decode().split("\n\n")
            if line.startswith("data: {")
        ]
        assert len({line["id"] for line in lines}) == 1
        text = "".join(line["choices"][0]["delta"].get("content") or "" for line in lines)
        assert text == "".join(f"{i} " for i in range(20))
    assert server.backend.running == 0
