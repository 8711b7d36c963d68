"""The MCP host on real sockets: the official client over HTTP and over the shim, and strangers."""

import asyncio
import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from gateway_engine.conversation import ToolSpec
from gateway_engine.tools.mcp_host import stdio_door
from gateway_engine.tools.mcp_host.host import McpHost
from gateway_engine.tools.mcp_host.rooms import Room
from gateway_engine.upstreams.contract import ToolCallWanted, ToolResult
from tests.integration.emulator.running_program import until

ADD = ToolSpec("add", "Adds", {"type": "object", "properties": {"a": {"type": "number"}}})
LATER = ToolSpec("later", "Comes later", {"type": "object"})
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18"},
}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
CALL = {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "add"}}


@asynccontextmanager
async def hosted(folder: Path, *, progress_every_s: float = 5.0) -> AsyncIterator[McpHost]:
    host = McpHost(folder, version="1", progress_every_s=progress_every_s)
    try:
        yield host
    finally:
        await host.aclose()
        assert len(host) == 0


def answer_at_once(call: ToolCallWanted) -> None:
    asyncio.get_running_loop().call_soon(call.answer, ToolResult(f"{call.name} {call.arguments}"))


async def room_of(
    host: McpHost, *, http: bool, on_call: Callable[[ToolCallWanted], None] = answer_at_once
) -> Room:
    room = await host.open(http=http)
    room.offer([ADD])
    room.listen(on_call, lambda _: None)
    return room


@asynccontextmanager
async def official(room: Room, on_message: Any = None) -> AsyncIterator[ClientSession]:
    """The official client, by the way the room's server says."""
    server = room.server
    if server.command:
        program, *args = server.command
        parameters = StdioServerParameters(command=program, args=args, env=dict(server.env))
        async with (
            stdio_client(parameters) as (reading, writing),
            ClientSession(reading, writing, message_handler=on_message) as session,
        ):
            yield session
        return
    async with (
        create_mcp_http_client(headers=dict(server.headers)) as http,
        streamable_http_client(server.url, http_client=http) as (reading, writing),
        ClientSession(reading, writing, message_handler=on_message) as session,
    ):
        yield session


@pytest.mark.parametrize("http", [True, False], ids=["http", "stdio"])
async def test_the_official_client(tmp_path: Path, http: bool) -> None:
    async with hosted(tmp_path, progress_every_s=0.05) as host:
        waiting: list[ToolCallWanted] = []
        room = await room_of(host, http=http, on_call=waiting.append)
        heard: list[Any] = []
        steps: list[float] = []

        async def note(message: Any) -> None:
            heard.append(message)

        async def on_progress(progress: float, total: float | None, message: str | None) -> None:
            del total, message
            steps.append(progress)

        async with official(room, note) as session:
            greeting = await session.initialize()
            assert (greeting.server_info.name, greeting.server_info.version) == (
                "lingma-gateway",
                "1",
            )
            listed = await session.list_tools()
            assert [tool.name for tool in listed.tools] == ["add"]
            async with asyncio.TaskGroup() as group:
                calls = [
                    group.create_task(
                        session.call_tool("add", {"a": n}, progress_callback=on_progress)
                    )
                    for n in range(3)
                ]
                await until(lambda: len(waiting) == 3 and steps)
                for call in reversed(waiting):
                    call.answer(ToolResult(call.arguments, is_error=call.arguments == '{"a":1}'))
            said = [call.result() for call in calls]
            assert [getattr(each.content[0], "text", "") for each in said] == [
                '{"a":0}',
                '{"a":1}',
                '{"a":2}',
            ]
            assert [each.is_error for each in said] == [False, True, False]
            room.offer([ADD, LATER])
            await until(lambda: "list_changed" in str(heard))
            assert len((await session.list_tools()).tools) == 2


async def post(url: str, body: Any, **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as client,
        client.post(url, data=json.dumps(body), headers=headers) as response,
    ):
        return response.status, await response.text()


async def test_without_the_token_nobody_lists_or_calls(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        calls: list[ToolCallWanted] = []
        room = await room_of(host, http=True, on_call=calls.append)
        other = await room_of(host, http=True, on_call=calls.append)
        url, right = room.server.url, room.server.headers
        wrong: list[dict[str, str]] = [
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "Bearer \udcff"},
            dict(other.server.headers),
            {"Authorization": right["Authorization"].replace("Bearer", "Basic")},
        ]
        told = set()
        for headers in wrong:
            for body in (INITIALIZE, LIST, CALL):
                told.add(await post(url, body, **headers))
        guessed = url.rpartition("/")[0] + "/guess"
        told.add(await post(guessed, LIST, **right))
        assert len(told) == 1  # the wrong path and the wrong token are told alike
        assert told.pop()[0] == 404
        assert calls == []
        assert (await post(url, LIST, **right))[0] == 200


async def test_a_web_page_is_refused_whatever_it_knows(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        room = await room_of(host, http=True)
        url, right = room.server.url, room.server.headers
        port = url.split(":")[2].partition("/")[0]
        for headers in ({"Origin": "http://127.0.0.1"}, {"Host": f"evil.example:{port}"}):
            assert (await post(url, LIST, **right, **headers))[0] == 403


async def test_a_closed_room_is_gone(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        room = await room_of(host, http=True)
        server = room.server
        room.close()
        assert (await post(server.url, LIST, **server.headers))[0] == 404


async def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        for http in (True, False):
            await host.open(http=http)
        doors = (host._http, host._stdio)
        assert all(door.port for door in doors)
        addresses = {
            *(address[0] for address in host._http._runner.addresses),  # type: ignore[union-attr]
            *(sock.getsockname()[0] for sock in host._stdio._server.sockets),  # type: ignore[union-attr]
        }
        assert addresses == {"127.0.0.1"}


async def test_what_is_no_json_rpc_is_refused(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        room = await room_of(host, http=True)
        url, right = room.server.url, room.server.headers
        assert (await post(url, "text", **right))[0] == 400
        many = [{**LIST, "id": number} for number in range(100)]
        assert await post(url, many, **right) == (400, "more than 64 requests at once")
        assert await post(url, [CALL, CALL], **right) == (400, "the same request id twice")
        odd_name = {**CALL, "params": {"name": ["add"]}}
        status, text = await post(url, odd_name, **right)
        assert (status, '"code":-32602' in text) == (200, True)
        assert await post(url, {"jsonrpc": "2.0", "method": "notifications/x"}, **right) == (
            202,
            "",
        )
        status, text = await post(url, {**LIST, "method": "prompts/list"}, **right)
        assert (status, json.loads(text)["error"]["code"]) == (200, -32601)


async def test_a_batch_is_answered_as_one_stream(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        room = await room_of(host, http=True)
        status, text = await post(room.server.url, [LIST, CALL], **room.server.headers)
        answers = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
        assert status == 200
        assert {answer["id"] for answer in answers} == {2, 3}


async def test_a_cancelled_call_ends_and_a_hung_up_one_too(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        waiting: list[ToolCallWanted] = []
        gone: list[str] = []
        room = await host.open(http=True)
        room.offer([ADD])
        room.listen(waiting.append, gone.append)
        url, right = room.server.url, room.server.headers
        async with asyncio.TaskGroup() as group:
            call = group.create_task(post(url, CALL, **right))
            await until(lambda: len(waiting) == 1)
            cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
            await post(url, {**cancelled, "params": {"requestId": 3}}, **right)
        assert call.result() == (200, "")
        left = asyncio.get_running_loop().create_task(post(url, CALL, **right))
        await until(lambda: len(waiting) == 2)
        left.cancel()
        await until(lambda: len(gone) == 2)
        assert gone == [call.call_id for call in waiting]


async def test_the_shims_secret_is_in_a_private_file_and_never_on_its_command_line(
    tmp_path: Path,
) -> None:
    async with hosted(tmp_path / "tools") as host:
        room = await room_of(host, http=False)
        file = Path(room.server.command[-1])
        said = json.loads(file.read_text("utf-8"))
        shown = " ".join(room.server.command) + json.dumps(dict(room.server.env))
        assert said["token"] not in shown
        assert said["room"] not in shown
        if sys.platform != "win32":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        room.close()
        assert not file.exists()


@pytest.mark.parametrize("greeting", [b"{}\n", b"GET / HTTP/1.1\r\n", b"\n", b'{"room": 5}\n'])
async def test_a_stranger_at_the_stdio_door_is_hung_up_on(tmp_path: Path, greeting: bytes) -> None:
    async with hosted(tmp_path) as host:
        await room_of(host, http=False)
        reader, writer = await asyncio.open_connection("127.0.0.1", host._stdio.port)
        writer.write(greeting + json.dumps(LIST).encode() + b"\n")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


@asynccontextmanager
async def greeted(
    host: McpHost,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection at the stdio door, of a room whose calls are never answered."""
    room = await room_of(host, http=False, on_call=lambda _: None)
    said = json.loads(Path(room.server.command[-1]).read_text("utf-8"))
    reader, writer = await asyncio.open_connection("127.0.0.1", said["port"])
    writer.write(json.dumps({"room": said["room"], "token": said["token"]}).encode() + b"\n")
    try:
        async with asyncio.timeout(10):
            yield reader, writer
    finally:
        writer.close()


def line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


async def test_odd_requests_at_the_stdio_door_are_refused_or_ignored(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host, greeted(host) as (reader, writer):
        writer.write(
            line({**CALL, "params": {"name": {"add": 1}}})
            + line(
                {
                    "jsonrpc": "2.0",
                    "method": "notifications/cancelled",
                    "params": {"requestId": [3]},
                }
            )
        )
        assert json.loads(await reader.readline())["error"]["code"] == -32602
        writer.write(line(LIST))
        assert json.loads(await reader.readline())["id"] == 2


@pytest.mark.parametrize("number", [lambda n: 1, lambda n: n], ids=["one id twice", "too many"])
async def test_who_asks_on_and_on_at_the_stdio_door_is_hung_up_on(
    tmp_path: Path, number: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stdio_door, "MAX_CALLS", 2)
    async with hosted(tmp_path) as host, greeted(host) as (reader, writer):
        writer.write(b"".join(line({**CALL, "id": number(n)}) for n in range(3)))
        assert await reader.read() == b""


async def test_the_shim_without_a_gateway_says_so(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        room = await room_of(host, http=False)
        command = room.server.command
        file = Path(command[-1])
        content = file.read_text("utf-8")
        environment = {**os.environ, **room.server.env}
    for text, code in ((content, 1), ("{}", 1), (None, 2)):
        arguments = list(command)
        if text is None:
            arguments.pop()
        else:
            file.write_text(text, "utf-8")
        shim = await asyncio.create_subprocess_exec(
            *arguments, stdin=-3, stdout=-1, stderr=-1, env=environment
        )
        out, err = await shim.communicate()
        assert (shim.returncode, out) == (code, b"")
        assert err.count(b"\n") == 1
