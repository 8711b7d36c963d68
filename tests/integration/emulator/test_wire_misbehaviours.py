"""What the wire can do to a client, and what a client may do to the wire."""

import asyncio
import json
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.emulator.raw_client import RawClient, content_length, frame, raw_client
from tests.integration.emulator.running_program import Program, program

PING = {"jsonrpc": "2.0", "id": "世界", "method": "ping", "params": {"note": "🚀"}}


@pytest.mark.parametrize("as_text", [True, False])
async def test_requests_cut_at_every_position(tmp_path: Path, as_text: bool) -> None:
    body = json.dumps(PING, ensure_ascii=False)
    head = f"X-Other: 1\r\ncontent-LENGTH: {len(body.encode())}\r\n\r\n"
    stream: str | bytes = head + body if as_text else (head + body).encode()
    async with program(tmp_path) as running, running.client() as client:
        for cut in range(1, len(stream)):
            await client.socket.send(stream[:cut])
            await client.socket.send(stream[cut:])
            assert (await client.receive())["id"] == "世界"


async def test_several_requests_in_one_message(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        await client.socket.send(b"".join(frame(PING | {"id": n}) for n in range(50)) + b"Content")
        assert [(await client.receive())["id"] for _ in range(50)] == list(range(50))
        await client.socket.send(frame(PING)[len(b"Content") :])
        assert (await client.receive())["id"] == "世界"


async def test_a_broken_frame_from_the_client_ends_the_connection(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        async with running.client() as client:
            await client.socket.send(b"no header\r\n\r\n")
            with pytest.raises(ConnectionClosed):
                await client.receive()
        async with running.client() as client:
            assert await client.call("ping", {}) == {"success": True}


async def test_a_body_that_is_not_json_is_answered(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        await client.socket.send(b"Content-Length: 3\r\n\r\n{]}")
        assert (await client.receive())["error"]["code"] == -32700


def whole_frames(message: str | bytes) -> int | None:
    """How many whole frames a message is made of; None when it cuts one."""
    data = message.encode() if isinstance(message, str) else message
    frames = 0
    while data:
        head, found, rest = data.partition(b"\r\n\r\n")
        if not found or not head.startswith(b"Content-Length") or len(rest) < content_length(head):
            return None
        data = rest[content_length(head) :]
        frames += 1
    return frames


async def test_well_behaved_messages_are_single_frames(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        await client.ask("count to 5")
        assert {whole_frames(message) for message in client.messages} == {1}
        assert {type(message) for message in client.messages} == {str}


async def test_split_frames(tmp_path: Path) -> None:
    async with program(tmp_path, "split_frames") as running, running.client() as client:
        text = "世界 🚀 " * 200
        answers = [await client.start(f"echo: {text}") for _ in range(3)]
        await client.finish(*answers)
        assert [answer.text for answer in answers] == [text.strip()] * 3
        assert {type(message) for message in client.messages} == {str, bytes}
        assert None in {whole_frames(message) for message in client.messages}
        sizes = [len(message) for message in client.messages]
        assert min(sizes) == 1
        joined = (m.encode() if isinstance(m, str) else m for m in client.messages)
        assert max(data.count(b"Content-Length") for data in joined) > 2
        big = await client.ask("big 2m")
        assert len(big.text) == 2 * 1024 * 1024


async def test_burst(tmp_path: Path) -> None:
    async with program(tmp_path, "burst", DELTA_MS=1000) as running, running.client() as client:
        answer = await client.ask("count to 50")
        assert answer.text.endswith("50\n")
        assert 50 in {whole_frames(message) for message in client.messages}


async def test_huge_message(tmp_path: Path) -> None:
    async with program(tmp_path, "huge_message") as running, running.client() as client:
        answer = await client.ask("hello")
        (params,) = answer.of("chat/answer")
        assert len(params["text"]) == 4 * 1024 * 1024


async def receive_forever(client: RawClient) -> None:
    while True:
        await client.receive()


@pytest.mark.parametrize("kind", ["json", "length", "header", "utf8"])
async def test_malformed_frame(tmp_path: Path, kind: str) -> None:
    async with program(tmp_path, f"malformed_frame={kind}") as running, running.client() as client:
        await client.start("count to 5")
        with pytest.raises(ValueError):
            await receive_forever(client)
        assert any("Content-Length" in str(message) for message in client.messages)
        assert await still_alive(running)


async def test_malformed_frame_only_at_one_prompt(tmp_path: Path) -> None:
    scenario = "malformed_frame@2=header"
    async with program(tmp_path, scenario) as running, running.client() as client:
        assert (await client.ask("count to 5")).text == "1\n2\n3\n4\n5\n"
        await client.start("count to 5")
        with pytest.raises(ValueError):
            await receive_forever(client)


@pytest.mark.parametrize("kind", ["close", "abort"])
async def test_mid_stream_close(tmp_path: Path, kind: str) -> None:
    async with program(tmp_path, f"mid_stream_close@1={kind}") as running:
        async with running.client() as client:
            answer = await client.start("count to 100")
            with pytest.raises(ConnectionClosed) as closed:
                await client.finish(answer)
            assert (closed.value.rcvd is not None) is (kind == "close")
            assert answer.text.startswith("1\n")
            assert "chat/finish" not in answer.methods
        async with running.client() as client:
            assert (await client.ask("count to 3")).text == "1\n2\n3\n"


async def still_alive(running: Program) -> bool:
    async with raw_client(await running.port()) as client:
        return bool(await client.call("ping", {}) == {"success": True})


async def test_unknown_notification(tmp_path: Path) -> None:
    async with program(tmp_path, "unknown_notification") as running, running.client() as client:
        answer = await client.ask("count to 2")
        assert answer.text == "1\n2\n"
        assert "chat/somethingNew" in answer.methods
        methods = {message.get("method") for message in client.others}
        assert {"lingma/somethingNew", "config/somethingNew", "chat/answer"} <= methods
        assert {"jsonrpc": "2.0", "id": "never-asked", "result": {}} in client.others


@pytest.mark.parametrize(("scenario", "kind"), [("", int), ("string_ids", str)])
async def test_ids_of_the_servers_requests(tmp_path: Path, scenario: str, kind: type) -> None:
    async with program(tmp_path, scenario) as running, running.client() as client:
        answer = await client.ask("hello")
        ids = [event["id"] for event in answer.events if "id" in event]
        assert len(ids) == 3
        assert {type(rpc_id) for rpc_id in ids} == {kind}
        stats = await client.stats()
        assert stats["requests_answered"] == 3
        for wrong in (str(ids[0]) if kind is int else 1, "other"):
            await client.send({"jsonrpc": "2.0", "id": wrong, "result": {}})
        assert (await client.stats())["unexpected_answers"] == 2


async def test_needs_answers(tmp_path: Path) -> None:
    async with (
        program(tmp_path, "needs_answers", TOOL_WAIT_S=0.3) as running,
        running.client() as client,
    ):
        assert (await client.ask("count to 2")).text == "1\n2\n"
        client.answers_requests = False
        answer = await client.ask("count to 2")
        assert (answer.finish["statusCode"], answer.text) == (500, "")


async def test_no_ask_result(tmp_path: Path) -> None:
    async with program(tmp_path, "no_ask_result") as running, running.client() as client:
        answer = await client.ask("count to 2")
        assert answer.text == "1\n2\n"
        await client.call("ping", {})
        assert answer.result is None
        assert not client.others


async def test_late_ask_result(tmp_path: Path) -> None:
    async with program(tmp_path, "late_ask_result") as running, running.client() as client:
        answer = await client.ask("count to 2")
        assert answer.result is None
        async with asyncio.timeout(5):
            late = await client.until(lambda m: m.get("id") == answer.request_id)
        assert late["result"]["isSuccess"]
