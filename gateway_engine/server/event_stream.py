"""One streamed answer on its way to one client: headers, batches, heartbeats, in-band failure.

A streamed answer is nothing until its first bytes: until then a failure is a real status. Headers
leave with the first content, or with the first heartbeat when upstream stays silent for
`heartbeat_s`. A failure after that is the protocol's in-band error, and the stream ends there.

    waiting ── content or heartbeat ──▶ open ── TurnFinished ──▶ ended well
       │                                  │
       └── error: status and body         ├── error: in-band, no terminator
                                          └── client gone: cancelled, generator closed (499)

A batch of events is one write. The heartbeat runs beside the answer and takes the same lock, so it
can never land inside an event.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Final
from urllib.parse import quote

from aiohttp import web

from gateway_engine.conversation import StreamBatch, TurnRouted
from gateway_engine.errors import GatewayError, UpstreamError
from gateway_engine.protocols.encoding import StreamEncoder
from gateway_engine.server.service import INFO, ServerLimits
from gateway_engine.server.turn_record import TurnRecord

logger = logging.getLogger(__name__)

GOODBYE_TIMEOUT_S: Final = 0.5
BROKE_OFF: Final = "the answer broke off; ask again"


class ClientGoneError(Exception):
    """A write found the connection closed."""

    def __init__(self, response: web.StreamResponse) -> None:
        super().__init__("the client is gone")
        self.response = response


class EventStream:
    """One streamed answer: headers once, batches in order, heartbeats in the silences."""

    def __init__(
        self, request: web.Request, encoder: StreamEncoder, limits: ServerLimits, record: TurnRecord
    ) -> None:
        self._request = request
        self._encoder = encoder
        self._limits = limits
        self._record = record
        self._trace = request[INFO].trace
        self._now = asyncio.get_running_loop().time
        self._last_write = self._now()
        self._lock = asyncio.Lock()
        self._open = False
        self.stalled = False
        self._complete = False
        self.response = web.StreamResponse()

    async def run(self, events: AsyncGenerator[StreamBatch, None]) -> GatewayError | None:
        """Send the whole answer. Returns the failure that was told in-band, None for a good one.

        Raises what went wrong while nothing had been sent.
        """
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(self._watch(), name="heartbeat")
            failure = await self._answer(events)
            watch.cancel()
        if failure is not None and (not self._open or isinstance(failure, ClientGoneError)):
            raise failure
        return failure if isinstance(failure, GatewayError) else None

    async def _answer(self, events: AsyncGenerator[StreamBatch, None]) -> Exception | None:
        """Send everything and end the body; exceptions are returned, lest they form a group."""
        failure = await self._pump(events)
        if isinstance(failure, ClientGoneError) or not self._open:
            return failure
        try:
            if failure is not None:
                if not isinstance(failure, GatewayError):
                    logger.error("a streamed answer failed unexpectedly", exc_info=failure)
                    failure = GatewayError("the gateway failed while answering; its log says why")
                await self._send(self._encoder.fail(failure))
            async with self._lock:
                await self.response.write_eof()
        except ClientGoneError as gone:
            return gone
        except ConnectionError:
            return None if self.complete else ClientGoneError(self.response)
        return failure

    @property
    def complete(self) -> bool:
        """Whether the client has taken the whole answer, terminator and all: it may go."""
        return self._complete and not self.stalled

    @property
    def opened(self) -> bool:
        """Whether headers have left."""
        return self._open

    async def say_goodbye(self, error: GatewayError) -> None:
        """Tell an open stream that it ends here, if that goes at once."""
        if not self._lock.locked():
            with contextlib.suppress(ClientGoneError, TimeoutError):
                async with asyncio.timeout(GOODBYE_TIMEOUT_S):
                    await self._send(self._encoder.fail(error))

    async def _pump(self, events: AsyncGenerator[StreamBatch, None]) -> Exception | None:
        try:
            async for batch in events:
                self._record.observe(batch, self._now())
                if data := self._encoder.encode(batch):
                    await self._send(data)
                self._complete = self._record.finished is not None
        except Exception as error:
            if self._record.finished is None or isinstance(error, ClientGoneError):
                return error
            # The client has the whole answer, terminator and all: nothing may follow that.
            logger.exception("a turn failed after its end")
        if self._record.finished is None:
            return UpstreamError(BROKE_OFF)
        return None

    async def _send(self, data: bytes) -> None:
        """Write `data` at once, after the headers when they have not left yet."""
        async with self._lock:
            self._last_write = self._now()
            if self._trace is not None:
                self._trace.answered(data)
            try:
                if not self._open:
                    self._open = True
                    self.response.headers.update(self._headers())
                    await self.response.prepare(self._request)
                await self.response.write(data)
            except ConnectionError:
                raise ClientGoneError(self.response) from None
            self._last_write = self._now()

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Type": self._encoder.content_type,
            "Cache-Control": "no-cache",
            "X-Accel-Buffering": "no",
            **routing_headers(self._record.routed),
        }

    async def _watch(self) -> None:
        """Fill silences, and cut off a client that has stopped reading."""
        heartbeat_s, stall_s = self._limits.heartbeat_s, self._limits.client_stall_s
        while True:
            quiet = self._now() - self._last_write
            writing = self._lock.locked()
            ended = self._record.finished is not None
            limit = stall_s if writing else 0.0 if ended else heartbeat_s
            if not limit:
                await asyncio.sleep(heartbeat_s or stall_s or 3600.0)
            elif quiet < limit:
                await asyncio.sleep(limit - quiet)
            elif writing:
                self.stalled = True
                if self._request.transport is not None:
                    self._request.transport.abort()
                return
            elif beat := self._encoder.heartbeat():
                try:
                    await self._send(beat)
                except ClientGoneError:
                    return
            else:
                # This protocol has no heartbeats; a client may still stop reading later.
                await asyncio.sleep(heartbeat_s)


def routing_headers(routed: TurnRouted | None) -> dict[str, str]:
    """Return the headers that say who answers; model names may hold any character."""
    if routed is None:
        return {}
    return {
        "x-gateway-instance": _header_value(routed.instance),
        "x-gateway-model": _header_value(routed.model),
        "x-gateway-upstream": _header_value(routed.upstream),
        "x-gateway-session": routed.session.value,
    }


def _header_value(text: str) -> str:
    return quote(text, safe=" !#$&'()*+,/:;=?@[]~", errors="replace")
