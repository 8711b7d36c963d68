"""The agent of an IDE: attached to over its WebSocket, with LSP framing and the machine token."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from gateway_engine.errors import UpstreamGoneError
from gateway_engine.upstreams.contract import UpstreamStartError
from tests.golden.lingma_wire import frame_bodies, framed
from tests.integration.acp.agents import agent
from tests.integration.emulator.running_program import until


class Ide:
    """What an IDE's program is asked, and what it answers."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.port = 0
        self.close: Callable[[], None] = lambda: None

    async def handle(self, socket: ServerConnection) -> None:
        request = socket.request
        assert request is not None
        self.paths.append(request.path)
        self.headers.append({name.lower(): value for name, value in request.headers.raw_items()})
        async for data in socket:
            raw = data.encode() if isinstance(data, str) else data
            for body in frame_bodies(raw):
                message = json.loads(body)
                self.asked.append(message)
                for answer in self.answers(message):
                    frame = framed(json.dumps(answer).encode())
                    await socket.send(frame[:9])  # message boundaries mean nothing
                    await socket.send(frame[9:])

    def answers(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        call_id, session = message.get("id"), message.get("params", {}).get("sessionId")
        match message["method"]:
            case "initialize":
                info = {"name": "Lingma IDE", "version": "3"}
                return [{"id": call_id, "result": {"protocolVersion": 1, "agentInfo": info}}]
            case "session/new":
                return [{"id": call_id, "result": {"sessionId": f"s{len(self.asked)}"}}]
            case "session/prompt":
                said = {"type": "text", "text": "hello"}
                updates: list[dict[str, Any]] = [
                    {"sessionUpdate": "agent_message_chunk", "content": said},
                    {"sessionUpdate": "notification", "type": "chat_finish", "statusCode": 200},
                ]
                # This edition never answers the prompt itself.
                return [
                    {"method": "session/update", "params": {"sessionId": session, "update": each}}
                    for each in updates
                ]
            case _:
                return []


@asynccontextmanager
async def an_ide() -> AsyncIterator[Ide]:
    ide = Ide()
    async with serve(ide.handle, "127.0.0.1", 0, max_size=None, close_timeout=0.1) as server:
        ide.port = next(iter(server.sockets)).getsockname()[1]
        ide.close = server.close
        yield ide


def put_token(work_dir: Path, token: str) -> None:
    (work_dir / "cache").mkdir(parents=True)
    (work_dir / "cache" / "machine_token.json").write_text(json.dumps({"token": token}))


async def test_a_turn_with_an_ide(tmp_path: Path) -> None:
    put_token(tmp_path / "work", "machine-1")
    async with an_ide() as ide:
        url = f"ws://127.0.0.1:{ide.port}/ws"
        async with agent(tmp_path, argv=(), url=url, name="ide") as attached:
            assert attached.upstream.pid == 0
            assert attached.upstream.version == "Lingma IDE 3"
            said = await attached.ask("hi", model="ide")
            assert said.text == "hello"
            assert said.end is not None
        assert ide.paths == ["/ws"]
        [headers] = ide.headers
        assert headers["cosy-machinetoken"] == "machine-1"
        assert "origin" not in headers


@pytest.mark.parametrize("published", ["{port}\n4711\n", '{{"websocketPort": {port}}}'])
async def test_the_port_is_read_where_the_ide_publishes_it(tmp_path: Path, published: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    async with an_ide() as ide:
        (work / ".info").write_text(published.format(port=ide.port))
        async with agent(tmp_path, argv=(), url="ws://127.0.0.1/ws", name="ide") as attached:
            assert (await attached.ask("hi", model="ide")).text == "hello"
        assert "cosy-machinetoken" not in ide.headers[0]
        assert (work / ".info").exists()  # it is the user's own


async def test_an_ide_that_is_not_there(tmp_path: Path) -> None:
    for url in ("ws://127.0.0.1/ws", "ws://127.0.0.1:1/ws"):
        async with agent(tmp_path, start=None, argv=(), url=url) as attached:
            with pytest.raises(UpstreamStartError) as failed:
                await attached.upstream.start()
            assert failed.value.code == "not_found"


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (HTTPStatus.UNAUTHORIZED, "refused", "refused this machine's token .HTTP 401."),
        (HTTPStatus.NOT_FOUND, "protocol", "HTTP 404"),
        (0, "connection_lost", "4001 .private use. bad machine token"),
    ],
)
async def test_an_ide_that_refuses(tmp_path: Path, status: int, code: str, words: str) -> None:
    def refuse(socket: ServerConnection, _request: Request) -> Response | None:
        return socket.respond(HTTPStatus(status), "no") if status else None

    async def close(socket: ServerConnection) -> None:
        await socket.close(4001, "bad machine token")

    async with serve(close, "127.0.0.1", 0, process_request=refuse) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ws"
        async with agent(tmp_path, start=None, argv=(), url=url) as attached:
            with pytest.raises(UpstreamStartError, match=words) as failed:
                await attached.upstream.start()
            assert failed.value.code == code


async def test_an_ide_that_closes(tmp_path: Path) -> None:
    async with an_ide() as ide:
        url = f"ws://127.0.0.1:{ide.port}/ws"
        async with agent(tmp_path, argv=(), url=url, name="ide") as attached:
            ide.close()
            await until(attached.upstream.closed.done)
            assert attached.upstream.closed.result() == "connection_lost"
            with pytest.raises(UpstreamGoneError):
                await attached.ask("hi", model="ide")
