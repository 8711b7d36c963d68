"""Our requests to a peer that are not answered yet: the same on every JSON-RPC connection.

An id is reserved (`expect`) before its request is sent, so that no answer can be missed, and is let
go (`forget`) by whoever reserved it. When the connection ends, everything that waits fails. What an
answer's id means is read kindly: some peers answer a number with its text.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from gateway_engine.conversation import NO_TRACE, TurnTrace
from gateway_engine.errors import UpstreamGoneError, UpstreamTimeoutError
from gateway_engine.upstreams.wire.json_rpc import Failure, JsonRpcId, Success

MAX_ID_DIGITS: Final = 18


class PendingCalls:
    """The requests of one connection. `who` is how messages call the peer.

    `gone` makes the error of a connection that has ended, `refused` that of a refused request.
    `closed` is done once the connection has ended. Everything is called on one loop.
    """

    def __init__(
        self,
        who: str,
        *,
        closed: asyncio.Future[str],
        gone: Callable[[], UpstreamGoneError],
        refused: Callable[[str, Failure], Exception],
    ) -> None:
        self._who = who
        self._closed = closed
        self._gone = gone
        self._refused = refused
        self._calls: dict[int, tuple[str, asyncio.Future[Any]]] = {}
        self._traces: dict[int, TurnTrace] = {}
        self._last_id = 0

    def __len__(self) -> int:
        return len(self._calls)

    def expect(self, method: str, trace: TurnTrace = NO_TRACE) -> tuple[int, asyncio.Future[Any]]:
        """Reserve a request id and the future of its result; `forget` it in the end.

        `trace` is given both messages.
        """
        self._last_id += 1
        if trace is not NO_TRACE:
            self._traces[self._last_id] = trace
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls[self._last_id] = (method, future)
        if self._closed.done():
            future.set_exception(self._gone())
        return self._last_id, future

    def forget(self, call_id: int) -> None:
        """Nobody waits for this answer any more."""
        self._traces.pop(call_id, None)
        waiting = self._calls.pop(call_id, None)
        if waiting is not None:
            future = waiting[1]
            if not future.done():
                future.cancel()
            elif not future.cancelled():
                future.exception()  # seen: nobody else will look

    def sending(self, call_id: int, body: bytes) -> None:
        """This is what is sent as the request reserved by `expect`."""
        self._traces.get(call_id, NO_TRACE).to_upstream(body)

    async def ask(
        self,
        method: str,
        send: Callable[[int], Awaitable[None]],
        *,
        timeout_s: float | None,
        trace: TurnTrace = NO_TRACE,
    ) -> Any:
        """Have `send` send a request, given its id, and return its result.

        Raises what `refused` makes, UpstreamTimeoutError, UpstreamGoneError.
        """
        call_id, future = self.expect(method, trace)
        try:
            async with asyncio.timeout(timeout_s):
                await send(call_id)
                return await future
        except TimeoutError:
            raise UpstreamTimeoutError(
                f"the {self._who} did not answer {method} within {timeout_s or 0:g} s"
            ) from None
        finally:
            self.forget(call_id)

    def settle(self, answer: Success | Failure, body: bytes) -> bool:
        """Hand an answer to who waits for it; False when it names no request at all."""
        if answer.call_id is None:
            return False
        our_id = _our_id(answer.call_id)
        if self._traces:
            self._traces.get(our_id, NO_TRACE).from_upstream(body)
        waiting = self._calls.get(our_id)
        if waiting is not None and not waiting[1].done():
            method, future = waiting
            if isinstance(answer, Success):
                future.set_result(answer.result)
            else:
                future.set_exception(self._refused(method, answer))
        return True

    def fail(self) -> None:
        """The connection has ended."""
        for _method, future in self._calls.values():
            if not future.done():
                future.set_exception(self._gone())


def _our_id(call_id: JsonRpcId) -> int:
    """The number under which we asked; 0 when it is none of ours."""
    if isinstance(call_id, str):
        is_number = call_id.isascii() and call_id.isdigit() and len(call_id) <= MAX_ID_DIGITS
        return int(call_id) if is_number else 0
    return int(call_id) if call_id == int(call_id) else 0
