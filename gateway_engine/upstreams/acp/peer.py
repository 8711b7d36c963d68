"""One JSON-RPC conversation with an agent: our requests and their answers, its calls.

Knows JSON-RPC, neither what the methods mean nor how the bytes travel: it is handed a `Link`. When
the link ends, every waiting request fails with UpstreamGoneError and `closed` is done.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from gateway_engine.conversation import NO_TRACE, TurnTrace
from gateway_engine.errors import UpstreamError, UpstreamGoneError
from gateway_engine.json_text import render
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.pending_calls import PendingCalls
from gateway_engine.upstreams.wire.json_rpc import (
    Call,
    Failure,
    JsonRpcError,
    JsonRpcId,
    RpcMessage,
    parse_message,
    render_failure,
    render_notification,
    render_request,
    render_success,
)

logger = logging.getLogger(__name__)

MAX_UNSENT_ANSWERS: Final = 1024
JSON_RPC: Final = b'"jsonrpc"'


class RefusedError(UpstreamError):
    """The agent refused a request. `rpc_code` is JSON-RPC's number."""

    def __init__(self, method: str, code: int, message: str, detail: str) -> None:
        super().__init__(f"the agent refused {method}: {message[:500]}", detail=detail)
        self.rpc_code = code
        self.said = message[:500]


class Link(Protocol):
    """How whole messages travel to one agent."""

    async def send(self, body: bytes) -> None:
        """Send one message; waits while the peer does not read. Raises BrokenPipeError."""
        ...

    async def aclose(self) -> None:
        """Let go of the connection."""
        ...


class Peer:
    """The conversation. `receive` is called by the link with every message, `end` at its end."""

    def __init__(self, on_call: Callable[[Call], None]) -> None:
        self._on_call = on_call
        self._link: Link | None = None
        self._tasks = TaskOwner("acp-peer")
        self._answers: asyncio.Queue[bytes] = asyncio.Queue(MAX_UNSENT_ANSWERS)
        loop = asyncio.get_running_loop()
        self._now = loop.time
        self.closed: asyncio.Future[str] = loop.create_future()
        """Done when the conversation has ended; the result says why (for the log)."""
        self._calls = PendingCalls("agent", closed=self.closed, gone=self._gone, refused=_refused)
        self.last_heard = loop.time()
        """Loop time of the last message of the agent."""

    def connect(self, link: Link) -> None:
        """From now on messages may be sent."""
        self._link = link
        self._tasks.spawn(self._answer(), name="answers")

    async def request(
        self, method: str, params: Mapping[str, Any], *, timeout_s: float | None
    ) -> Any:
        """Send a request and return its result.

        Raises RefusedError, UpstreamTimeoutError, UpstreamGoneError.
        """
        return await self._calls.ask(
            method,
            lambda call_id: self.send_request(call_id, method, params),
            timeout_s=timeout_s,
        )

    def expect(self, method: str, trace: TurnTrace = NO_TRACE) -> tuple[int, asyncio.Future[Any]]:
        """Reserve a request id and the future of its result; `forget` it in the end.

        `trace` is given both messages.
        """
        return self._calls.expect(method, trace)

    def forget(self, call_id: int) -> None:
        """Nobody waits for this answer any more."""
        self._calls.forget(call_id)

    async def send_request(self, call_id: int, method: str, params: Mapping[str, Any]) -> None:
        """Send the request reserved by `expect`. Raises UpstreamGoneError."""
        body = render_request(call_id, method, params)
        self._calls.sending(call_id, body)
        await self._send(body)

    async def notify(
        self, method: str, params: Mapping[str, Any], trace: TurnTrace = NO_TRACE
    ) -> None:
        """Send a notification. Raises UpstreamGoneError."""
        body = render_notification(method, params)
        trace.to_upstream(body)
        await self._send(body)

    def answer(self, call_id: JsonRpcId, trace: TurnTrace, result: Any) -> None:
        """Answer a request of the agent; never waits."""
        body = render_success(call_id, result)
        trace.to_upstream(body)
        self._enqueue(body)

    def refuse(self, call_id: JsonRpcId, code: int, message: str) -> None:
        """Refuse a request of the agent; never waits."""
        self._enqueue(render_failure(call_id, code, message))

    def receive(self, body: bytes) -> None:
        """Take one message of the agent. One that is none ends the conversation."""
        try:
            self._take(body)
        except JsonRpcError as error:
            logger.warning("conversation with the agent dropped: %s", error)
            self.end(f"the agent broke the protocol: {error}")

    def receive_line(self, line: bytes) -> bool:
        """Take a line that looks like a message; False for one that a program printed beside them.

        Half a message ends the conversation: the answer in it is lost, and would be waited for.
        """
        try:
            self._take(line)
        except JsonRpcError:
            if JSON_RPC not in line:
                return False
            self.receive(line)
        return True

    def end(self, reason: str) -> None:
        """The link has ended: waiting requests fail."""
        if not self.closed.done():
            self.closed.set_result(reason)
        self._calls.fail()

    async def aclose(self) -> None:
        """End the conversation and let go of the link."""
        self.end("closed by the gateway")
        await self._tasks.aclose()
        if self._link is not None:
            await self._link.aclose()

    def _enqueue(self, body: bytes) -> None:
        try:
            self._answers.put_nowait(body)
        except asyncio.QueueFull:
            logger.warning("conversation with the agent dropped: it does not read our answers")
            self.end("the agent does not read what we answer")

    async def _answer(self) -> None:
        while True:
            body = await self._answers.get()
            try:
                await self._send(body)
            except UpstreamGoneError:
                return

    async def _send(self, body: bytes) -> None:
        if self._link is None or self.closed.done():
            raise self._gone()
        try:
            await self._link.send(body)
        except BrokenPipeError as error:
            raise self._gone() from error

    def _take(self, body: bytes) -> None:
        if self.closed.done():
            return
        said = parse_message(body)
        self.last_heard = self._now()
        for message in said:
            self._dispatch(message, body)

    def _dispatch(self, message: RpcMessage, body: bytes) -> None:
        if isinstance(message, Call):
            self._on_call(message)
            return
        if not self._calls.settle(message, body):
            logger.info("the agent reports an error of no request: %.200s", message)

    def _gone(self) -> UpstreamGoneError:
        return UpstreamGoneError(
            "the agent ended in the middle of the answer; try again",
            detail=self.closed.result() if self.closed.done() else "",
        )


def _refused(method: str, failure: Failure) -> RefusedError:
    data = failure.data
    details = data.get("details", data) if isinstance(data, Mapping) else data
    said = render(details).decode() if isinstance(details, Mapping | list) else f"{details or ''}"
    return RefusedError(method, failure.code, failure.message, said[:500] if details else "")
