"""A client written from the protocol notes alone: it shares no code with emulator or engine."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

DEADLINE_S = 10.0

Json = dict[str, Any]


class RefusedError(Exception):
    """An error object came back."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.code = error["code"]


@dataclass
class Answer:
    """Everything one request id received, in order."""

    request_id: str
    events: list[Json] = field(default_factory=list)
    result: Any = None

    def of(self, method: str) -> list[Json]:
        """The parameters of all events of that method."""
        return [event["params"] for event in self.events if event["method"] == method]

    @property
    def methods(self) -> list[str]:
        """The methods, neighbouring repeats once."""
        return [name for name, _ in itertools.groupby(e["method"] for e in self.events)]

    @property
    def text(self) -> str:
        """The answer, overwrites applied."""
        text = ""
        for params in self.of("chat/answer"):
            text = ("" if params["overwrite"] else text) + params.get("text", "")
        return text

    @property
    def reasoning(self) -> str:
        """What came in the reasoning channel."""
        return "".join(params["text"] for params in self.of("chat/think"))

    @property
    def finish(self) -> Json:
        """The one chat/finish."""
        (finish,) = self.of("chat/finish")
        return finish


class RawClient:
    """One connection. ``answers_requests`` off leaves server-to-client requests unanswered."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.messages: list[str | bytes] = []
        self.others: list[Json] = []
        self.answers_requests = True
        self._buffer = b""
        self._ids = itertools.count(1)

    async def send(self, message: Json) -> None:
        """One frame, one message."""
        await self.socket.send(frame(message))

    async def receive(self) -> Json:
        """The next JSON-RPC message, whatever it is."""
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if found:
                length = content_length(head)
                if len(rest) >= length:
                    self._buffer = rest[length:]
                    return await self._seen(json.loads(rest[:length]))
            async with asyncio.timeout(DEADLINE_S):
                message = await self.socket.recv()
            self.messages.append(message)
            self._buffer += message.encode() if isinstance(message, str) else message

    async def _seen(self, message: Json) -> Json:
        if "method" in message and "id" in message and self.answers_requests:
            with suppress(ConnectionClosed):  # what came before the end is still to be read
                await self.send({"jsonrpc": "2.0", "id": message["id"], "result": {}})
        return message

    async def call(self, method: str, params: Any, rpc_id: int | str | None = None) -> Any:
        """A request and its result; what comes in between is kept in ``others``."""
        wanted = f"call-{next(self._ids)}" if rpc_id is None else rpc_id
        await self.send({"jsonrpc": "2.0", "id": wanted, "method": method, "params": params})
        message = await self.until(lambda m: m.get("id") == wanted and "method" not in m)
        if "error" in message:
            raise RefusedError(message["error"])
        return message["result"]

    async def notify(self, method: str, params: Json) -> None:
        """A message without an id."""
        await self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def until(self, wanted: Callable[[Json], bool]) -> Json:
        """The next message that is wanted; the others are kept."""
        while not wanted(message := await self.receive()):
            self.others.append(message)
        return message

    async def until_method(self, method: str) -> Json:
        """The parameters of the next message of that method."""
        message = await self.until(lambda m: m.get("method") == method)
        params: Json = message["params"]
        return params

    async def start(self, text: str, session: str = "", **changes: Any) -> Answer:
        """Send chat/ask and do not wait for anything."""
        request_id = f"request-{next(self._ids)}"
        params = ask_params(request_id, text, session, **changes)
        await self.send(
            {"jsonrpc": "2.0", "id": request_id, "method": "chat/ask", "params": params}
        )
        return Answer(request_id)

    async def finish(self, *answers: Answer) -> None:
        """Receive until every answer is finished."""
        by_id = {answer.request_id: answer for answer in answers}
        open_ids = set(by_id)
        while open_ids:
            message = await self.receive()
            if "method" not in message:
                if message["id"] in by_id:
                    by_id[message["id"]].result = message.get("result")
                else:
                    self.others.append(message)
                continue
            request_id = message["params"].get("requestId")
            if request_id not in by_id:
                self.others.append(message)
                continue
            by_id[request_id].events.append(message)
            if message["method"] == "chat/finish":
                open_ids.remove(request_id)

    async def ask(self, text: str, session: str = "", **changes: Any) -> Answer:
        """One whole turn."""
        answer = await self.start(text, session, **changes)
        await self.finish(answer)
        return answer

    async def stats(self) -> Json:
        """What the process says it has seen."""
        counted: Json = json.loads((await self.ask("stats")).text)
        return counted


@asynccontextmanager
async def raw_client(port: int) -> AsyncIterator[RawClient]:
    """A connection with the settings this wire needs."""
    async with connect(
        f"ws://127.0.0.1:{port}/",
        max_size=None,
        ping_interval=None,
        proxy=None,
        compression=None,
        close_timeout=1,
    ) as socket:
        yield RawClient(socket)


def frame(message: Json) -> bytes:
    """One frame."""
    body = json.dumps(message).encode("utf-8")
    return f"Content-Length: {len(body)}\r\n\r\n".encode("ascii") + body


def content_length(head: bytes) -> int:
    """The length a header names."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    raise ValueError(f"no length in {head!r}")


def ask_params(request_id: str, text: str, session: str = "", **changes: Any) -> Json:
    """The useful parameters of chat/ask."""
    params: Json = {
        "requestId": request_id,
        "sessionId": session,
        "isReply": False,
        "chatTask": "FREE_INPUT",
        "chatContext": {"text": text, "features": [], "imageUrls": []},
        "questionText": text,
        "source": 1,
        "stream": True,
        "taskDefinitionType": "system",
        "sessionType": "chat",
        "mode": "chat",
        "extra": {"modelConfig": {"key": "demo-auto"}, "workspacePath": "", "context": []},
        "pluginPayloadConfig": {"isEnableAskAgent": False},
    }
    return params | changes
