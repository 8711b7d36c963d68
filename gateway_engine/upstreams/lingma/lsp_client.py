"""One WebSocket connection to a Lingma process: requests and their answers, calls that come in.

Knows framing and JSON-RPC, not what the methods mean. When the connection ends or the peer breaks
the protocol, every waiting request fails with UpstreamGoneError and `closed` is done.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.frames import DATA_OPCODES, Frame
from websockets.protocol import Event

from gateway_engine.conversation import NO_TRACE, TurnTrace
from gateway_engine.errors import UpstreamError, UpstreamGoneError
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.pending_calls import PendingCalls
from gateway_engine.upstreams.wire.json_rpc import (
    Call,
    Failure,
    JsonRpcError,
    RpcMessage,
    parse_message,
    render_notification,
    render_request,
    render_success,
)
from gateway_engine.upstreams.wire.lsp_framing import (
    FrameDecoder,
    FramingError,
    cut_frame,
    encode_frame,
)

logger = logging.getLogger(__name__)

OPEN_TIMEOUT_S: Final = 5.0
CLOSE_TIMEOUT_S: Final = 1.0
MAX_UNSENT_REPLIES: Final = 16 * 1024
"""More than one read of the socket can bring: answers leave only between two reads."""
MAX_UNCUT_BYTES: Final = 8 * 1024 * 1024
FRAGMENT_BYTES: Final = 256 * 1024
ENDED: Final = "the connection ended"


class RpcFailureError(UpstreamError):
    """The peer refused a request. `rpc_code` is JSON-RPC's number."""

    def __init__(self, method: str, code: int, message: str) -> None:
        super().__init__(f"the upstream refused {method}: {message[:500]}")
        self.rpc_code = code


class ConnectRefusedError(Exception):
    """Nobody answers there, or it is no WebSocket. `status` is the HTTP status, if there was
    one.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class _Socket(ClientConnection):
    """A WebSocket whose bytes are handed on the moment they come.

    On this wire a message's boundaries mean nothing, and our reader never waits: websockets' queue,
    its joining of fragments and the wake-up of a task for every message would only cost.
    """

    _on_bytes: Callable[[bytes | bytearray], None] | None = None
    _on_end: Callable[[], None] | None = None
    _early = b""

    def listen(
        self, on_bytes: Callable[[bytes | bytearray], None], on_end: Callable[[], None]
    ) -> None:
        """Hand on what has come already, and from now on everything."""
        self._on_bytes, self._on_end = on_bytes, on_end
        early, self._early = self._early, b""
        if early:
            on_bytes(early)
        self._tell_end()

    def data_received(self, data: bytes) -> None:
        """A peer that says goodbye need not hang up: nothing it sends counts from then on."""
        super().data_received(data)
        self._tell_end()

    def _tell_end(self) -> None:
        if self._on_end is not None and self.protocol.close_expected():
            self._on_end()

    def process_event(self, event: Event) -> None:
        """Take the data frames out of what websockets has parsed."""
        if not isinstance(event, Frame) or event.opcode not in DATA_OPCODES:
            super().process_event(event)
            return
        data = event.data
        if isinstance(data, memoryview):
            data = bytes(data)
        if self._on_bytes is not None:
            self._on_bytes(data)
        else:
            self._early += data


class LspClient:
    """An open connection. Made by `open_client`; closed by `aclose`."""

    def __init__(self, socket: _Socket, on_call: Callable[[Call], None]) -> None:
        self._socket = socket
        self._on_call = on_call
        self._tasks = TaskOwner("lsp-client")
        loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[str] = loop.create_future()
        """Done when the connection has ended; the result says why (for the log)."""
        self._calls = PendingCalls(
            "upstream", closed=self.closed, gone=self._gone, refused=_refused
        )
        self.last_heard = loop.time()
        """Loop time of the last bytes from the peer."""
        self._replies: asyncio.Queue[bytes] = asyncio.Queue(MAX_UNSENT_REPLIES)
        self._decoder = FrameDecoder()
        self._now = loop.time
        self._tasks.spawn(self._until_closed(), name="until-closed")
        self._tasks.spawn(self._reply(), name="reply")
        socket.listen(self._receive, self._nothing_more)

    async def request(
        self,
        method: str,
        params: Mapping[str, Any],
        *,
        timeout_s: float | None,
        trace: TurnTrace = NO_TRACE,
    ) -> Any:
        """Send a request and return its result; `trace` is given both messages.

        Raises RpcFailureError, UpstreamTimeoutError, UpstreamGoneError.
        """
        return await self._calls.ask(
            method,
            lambda call_id: self.send_request(call_id, method, params),
            timeout_s=timeout_s,
            trace=trace,
        )

    def expect(self, method: str, trace: TurnTrace = NO_TRACE) -> tuple[int, asyncio.Future[Any]]:
        """Reserve a request id and the future of its result; `forget` it in the end."""
        return self._calls.expect(method, trace)

    def forget(self, call_id: int) -> None:
        """Nobody waits for this answer any more."""
        self._calls.forget(call_id)

    async def send_request(self, call_id: int, method: str, params: Mapping[str, Any]) -> None:
        """Send the request reserved by `expect`. Raises UpstreamGoneError."""
        await self._send_call(call_id, render_request(call_id, method, params))

    async def send_written(
        self, call_id: int, method: str, write: Callable[[], Mapping[str, Any]], *, large: bool
    ) -> None:
        """Send the request reserved by `expect`, whose params `write` returns: in a thread, when
        they are `large`. Raises UpstreamGoneError."""

        def render() -> bytes:
            return render_request(call_id, method, write())

        await self._send_call(call_id, await asyncio.to_thread(render) if large else render())

    async def send_in_order(
        self,
        messages: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        timeout_s: float | None,
        trace: TurnTrace,
    ) -> None:
        """Send requests one behind the other; what the peer answers to them is only noted."""
        sent = [(method, *self.expect(method, trace), params) for method, params in messages]
        try:
            for method, call_id, _, params in sent:
                await self.send_request(call_id, method, params)
            await asyncio.wait([each[2] for each in sent], timeout=timeout_s)
            for method, _, future, _ in sent:
                problem = future.exception() if future.done() else "no answer"
                if problem is not None:
                    logger.info("%s: %s", method, problem)
        except UpstreamGoneError as error:
            logger.info("a request was not sent: %s", error)
        finally:
            for _, call_id, _, _ in sent:
                self.forget(call_id)

    async def notify(self, method: str, params: Mapping[str, Any]) -> None:
        """Send a notification. Raises UpstreamGoneError."""
        await self._send(render_notification(method, params))

    async def aclose(self) -> None:
        """Close the connection; waiting requests fail."""
        await self._tasks.aclose()
        self._end("closed by the gateway")
        await self._socket.close()

    async def _send_call(self, call_id: int, body: bytes) -> None:
        self._calls.sending(call_id, body)
        await self._send(body)

    async def _send(self, body: bytes) -> None:
        if len(body) > MAX_UNCUT_BYTES:
            await self._send_large(body)
            return
        try:
            await self._socket.send(encode_frame(body), text=True)
        except ConnectionClosed as error:
            raise self._gone() from error

    async def _send_large(self, body: bytes) -> None:
        """Send one message of many fragments: nothing copies the whole of it, and the loop turns in
        between. Not in the caller's task: cancelled half-way it would leave a message that nobody
        can end, and with it the connection of all other turns.
        """
        sent: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._tasks.spawn(self._send_fragments(body, sent), name="send-large")
        await asyncio.wait((sent, self.closed), return_when=asyncio.FIRST_COMPLETED)
        if not sent.done() or not sent.result():
            raise self._gone()

    async def _send_fragments(self, body: bytes, sent: asyncio.Future[bool]) -> None:
        try:
            await self._socket.send(cut_frame(body, FRAGMENT_BYTES), text=True)
        except ConnectionClosed:
            sent.set_result(False)
        else:
            sent.set_result(True)

    async def _reply(self) -> None:
        """Answers to the peer's requests leave from here: the reading task never waits to write."""
        while True:
            body = await self._replies.get()
            try:
                await self._send(body)
            except UpstreamGoneError:
                return

    def _receive(self, data: bytes | bytearray) -> None:
        if self.closed.done():
            return
        self.last_heard = self._now()
        try:
            for body in self._decoder.receive_data(data):
                for message in parse_message(body):
                    self._dispatch(message, body)
        except (FramingError, JsonRpcError) as error:
            self._drop(f"the upstream broke the protocol: {error}")
        except asyncio.QueueFull:
            self._drop("the upstream does not read what we answer")

    def _drop(self, reason: str) -> None:
        logger.warning("connection dropped: %s", reason)
        self._end(reason)

    async def _until_closed(self) -> None:
        try:
            await self._socket.wait_closed()
            self._nothing_more()
        finally:
            self._end(ENDED)

    def _nothing_more(self) -> None:
        if self.closed.done():
            return
        try:
            self._decoder.receive_eof()
        except FramingError as error:
            self._end(str(error))
        else:
            self._end(ENDED)

    def _dispatch(self, message: RpcMessage, body: bytes) -> None:
        if isinstance(message, Call):
            if message.call_id is not None:
                # {} is accepted for every request of the server.
                self._replies.put_nowait(render_success(message.call_id, {}))
            self._on_call(message)
            return
        if not self._calls.settle(message, body):
            logger.warning("upstream reports a JSON-RPC error of no request: %.500s", message)

    def _end(self, reason: str) -> None:
        if not self.closed.done():
            self.closed.set_result(reason)
        self._calls.fail()

    def _gone(self) -> UpstreamGoneError:
        return UpstreamGoneError(
            "the upstream process or its connection ended in the middle of the answer; try again",
            detail=self.closed.result() if self.closed.done() else "",
        )


def _refused(method: str, failure: Failure) -> RpcFailureError:
    return RpcFailureError(method, failure.code, failure.message)


async def open_client(
    port: int, path: str, *, headers: Mapping[str, str], on_call: Callable[[Call], None]
) -> LspClient:
    """Connect to `ws://127.0.0.1:port/path`. Raises ConnectRefusedError."""
    try:
        socket = await connect(
            f"ws://127.0.0.1:{port}{path}",
            additional_headers=dict(headers),
            user_agent_header=None,
            compression=None,
            proxy=None,
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=None,
            max_size=None,
            write_limit=1024 * 1024,
            create_connection=_Socket,
        )
    except InvalidStatus as error:
        raise ConnectRefusedError(str(error), status=error.response.status_code) from None
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError, EOFError) as error:
        raise ConnectRefusedError(f"{type(error).__name__}: {error}") from None
    return LspClient(cast(_Socket, socket), on_call)
