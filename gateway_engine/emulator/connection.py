"""One client's WebSocket: frames in, calls dispatched, turns owned, answers matched."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from gateway_engine.emulator import methods, misbehaviour, rpc
from gateway_engine.emulator.ask import read_ask
from gateway_engine.emulator.frames import FrameError, FrameReader
from gateway_engine.emulator.host import Host
from gateway_engine.emulator.native_tools import Gate
from gateway_engine.emulator.outlet import Outlet
from gateway_engine.emulator.turn import Turn

PROTOCOL_ERROR = 1002
INTERNAL_ERROR = 1011
MAX_UNANSWERED = 1000


class Connection:
    """Serves one client until it goes away; everything it started ends with it."""

    def __init__(self, socket: ServerConnection, host: Host) -> None:
        self.host = host
        self.outlet = Outlet(socket, split="split_frames" in host.scenario)
        self.gates: dict[str, Gate] = {}
        self._socket = socket
        self._turns: dict[str, Turn] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._unanswered: OrderedDict[rpc.RpcId, asyncio.Event] = OrderedDict()
        self._last_id = 0

    async def serve(self) -> None:
        """Read until the client goes away."""
        self.host.stats.connections += 1
        self.host.pushes.add(self.push_account)
        reader = FrameReader()
        try:
            async with asyncio.TaskGroup() as group:
                self._spawn(group, self.outlet.pump())
                try:
                    async for message in self._socket:
                        data = message.encode("utf-8") if isinstance(message, str) else message
                        for body in reader.feed(data):
                            await self._receive(body, group)
                except FrameError as error:
                    self.host.journal.warn(f"bad frame from the client: {error}")
                    await self._socket.close(PROTOCOL_ERROR, "bad frame")
                except ConnectionClosed:
                    self.host.journal.note("client went away")
                finally:
                    for task in self._tasks:
                        task.cancel()
        finally:
            self.host.pushes.discard(self.push_account)

    def _spawn(self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, None]) -> None:
        task = group.create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ConnectionClosed:
            self.host.journal.note("client went away in mid-answer")

    async def _receive(self, body: bytes, group: asyncio.TaskGroup) -> None:
        misbehaviour.on_call(self.host)
        match rpc.parse(body):
            case rpc.Call() as call if call.method == "chat/ask":
                await self._ask(call, group)
            case rpc.Call() as call:
                await self._dispatch(call)
            case rpc.Answer(id=rpc_id):
                self._match(rpc_id)
            case rpc.Invalid() as invalid:
                self.host.stats.invalid_messages += 1
                self.host.journal.warn(f"invalid message: {invalid.message}")
                if invalid.expects_reply:
                    await self.outlet.send(rpc.failure(invalid.id, invalid.code, invalid.message))

    async def _dispatch(self, call: rpc.Call) -> None:
        try:
            value = await methods.answer(self, call)
        except rpc.RpcError as error:
            self.host.journal.note(f"{call.method} refused: {error.message}")
            if call.id is not None:
                await self.outlet.send(rpc.failure(call.id, error.code, error.message))
            return
        if call.id is not None:
            await self.reply(call.id, value)
        for push in methods.AFTER.get(call.method, ()):
            await push(self, call)

    async def _ask(self, call: rpc.Call, group: asyncio.TaskGroup) -> None:
        stats = self.host.stats
        try:
            ask = read_ask(call.params)
            if ask.request_id in self._turns:
                raise rpc.RpcError(rpc.INVALID_PARAMS, "requestId is in use")
        except rpc.RpcError as error:
            if call.id is not None:
                await self.outlet.send(rpc.failure(call.id, error.code, error.message))
            return
        stats.prompts += 1
        turn = Turn(self, ask, call.id, stats.prompts)
        self._turns[ask.request_id] = turn
        self.host.journal.note(
            f"chat/ask requestId={ask.request_id} chars={len(ask.text)} reply={ask.is_reply}"
        )
        self._spawn(group, self._run(turn, ask.request_id))

    async def _run(self, turn: Turn, request_id: str) -> None:
        stats = self.host.stats
        stats.in_flight += 1
        try:
            await turn.run()
        except (ConnectionClosed, asyncio.CancelledError):
            stats.abandoned += 1
            raise
        finally:
            stats.in_flight -= 1
            self._turns.pop(request_id, None)

    def stop(self, request_id: str) -> bool:
        """Stop a turn; False when none of that id runs here."""
        turn = self._turns.get(request_id)
        if turn is not None:
            turn.stop()
        return turn is not None

    async def reply(self, rpc_id: rpc.RpcId, value: Any) -> None:
        """Answer a client's request."""
        await self.outlet.send(rpc.result(rpc_id, value))

    async def notify(self, method: str, params: rpc.Json) -> None:
        """Send a message nobody answers."""
        await self.outlet.send(rpc.notification(method, params))

    async def request(self, method: str, params: rpc.Json) -> asyncio.Event:
        """Send a message with an id; the event is set when the client has answered it."""
        self._last_id += 1
        named = "string_ids" in self.host.scenario
        rpc_id: rpc.RpcId = f"srv-{self._last_id}" if named else self._last_id
        answered = self._unanswered[rpc_id] = asyncio.Event()
        if len(self._unanswered) > MAX_UNANSWERED:
            self._unanswered.popitem(last=False)
        self.host.stats.requests_sent += 1
        await self.outlet.send(rpc.request(rpc_id, method, params))
        return answered

    def _match(self, rpc_id: rpc.RpcId) -> None:
        # "1" is not 1: ids come back verbatim, type and all.
        answered = self._unanswered.pop(rpc_id, None)
        if answered is None:
            self.host.stats.unexpected_answers += 1
            self.host.journal.warn(f"answer to a request never sent: id={rpc_id!r}")
            return
        self.host.stats.requests_answered += 1
        answered.set()

    async def push_account(self) -> None:
        """Tell this client about the account, and that its models may have changed."""
        try:
            await self.notify("auth/report", self.host.account.report())
            await self.request("config/refreshModels", {})
        except ConnectionClosed:
            self.host.journal.note("client went away before auth/report")

    async def send_unknown(self, request_id: str) -> None:
        """Everything a client must shrug off: methods, events and answers it cannot know."""
        await self.notify("lingma/somethingNew", {"feature": "unknown", "items": [1, 2]})
        await self.request("config/somethingNew", {"key": "unknown"})
        await self.notify("chat/somethingNew", {"requestId": request_id, "text": "unknown"})
        await self.notify("chat/answer", {"requestId": "nobody", "text": "for nobody"})
        await self.outlet.send(rpc.result("never-asked", {}))

    async def close(self, *, abort: bool) -> None:
        """End the connection from our side, with a close frame or without."""
        await self.outlet.drain()
        if abort:
            self._socket.transport.abort()
        else:
            await self._socket.close(INTERNAL_ERROR, "emulated")
        raise ConnectionClosed(None, None)
