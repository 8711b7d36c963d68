"""A chat answer on its way out, streamed or whole; the one path that every chat protocol takes.

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
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from gateway_engine.conversation import Caller, ChatRequest, StreamBatch, TurnRouted
from gateway_engine.errors import (
    ClientTooSlowError,
    GatewayError,
    UpstreamError,
    UpstreamUnavailableError,
)
from gateway_engine.json_text import render
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.encoding import StreamEncoder
from gateway_engine.protocols.error_reply import status_of
from gateway_engine.server.service import INFO, SERVICE, ServerLimits, Service
from gateway_engine.server.turn_record import TurnRecord

logger = logging.getLogger(__name__)

STATUS_CLIENT_GONE = 499
CODE_CLIENT_GONE = "client_gone"
GOODBYE_TIMEOUT_S = 0.5


@dataclass(frozen=True, slots=True)
class ChatCall:
    """One parsed chat request of any protocol. `encoder` None: the answer is wanted whole."""

    protocol: str
    request: ChatRequest
    encoder: StreamEncoder | None
    body: Callable[[CollectedAnswer], Mapping[str, Any]]


class _ClientGoneError(Exception):
    """A write found the connection closed."""

    def __init__(self, response: web.StreamResponse) -> None:
        super().__init__("the client is gone")
        self.response = response


async def answer_chat(request: web.Request, call: ChatCall) -> web.StreamResponse:
    """Ask the backend and send its answer. Raises the GatewayError while a status is possible."""
    service = request.app[SERVICE]
    with service.turns.hold():
        return await _answer(request, call, service)


async def _answer(request: web.Request, call: ChatCall, service: Service) -> web.StreamResponse:
    info = request[INFO]
    now = asyncio.get_running_loop().time
    caller = Caller(info.request_id, call.protocol, key_id=info.key_id, client=info.client)
    record = TurnRecord(service.emit, caller, info.arrived)

    def over(status: int, code: str = "", message: str = "") -> None:
        info.status, info.error_code = status, code
        record.over(status=status, code=code, message=message, at=service.clock(), now=now())

    record.started(
        caller,
        call.request,
        path=request.path,
        stream=call.encoder is not None,
        at=service.clock(),
    )
    out = _EventStream(request, call.encoder, service.limits, record) if call.encoder else None
    try:
        async with contextlib.aclosing(service.backend.ask(call.request, caller)) as events:
            if out is None:
                response: web.StreamResponse = await _whole(events, call, record)
                failure = None
            else:
                failure = await out.run(events)
                response = out.response
    except asyncio.CancelledError:
        if service.turns.ending:
            stopping = UpstreamUnavailableError("the gateway is stopping; ask again later")
            over(status_of(stopping), stopping.code, str(stopping))
            if service.turns.took_back():
                if out is None or not out.opened:
                    raise stopping from None
                await out.say_goodbye(stopping)
                return out.response
            raise
        stalled = out is not None and out.stalled
        over(STATUS_CLIENT_GONE, ClientTooSlowError.code if stalled else CODE_CLIENT_GONE)
        raise
    except _ClientGoneError as gone:
        over(STATUS_CLIENT_GONE, CODE_CLIENT_GONE)
        return gone.response
    except GatewayError as error:
        over(status_of(error), error.code, str(error))
        raise
    except Exception:
        over(500, GatewayError.code, "unexpected failure")
        raise
    if failure is None:
        over(response.status)
    else:
        over(response.status, failure.code, str(failure))
    return response


async def _whole(
    events: AsyncGenerator[StreamBatch, None], call: ChatCall, record: TurnRecord
) -> web.Response:
    answer = CollectedAnswer()
    now = asyncio.get_running_loop().time
    async for batch in events:
        record.observe(batch, now())
        answer.add(batch)
    if answer.finished is None:
        raise UpstreamError("the answer broke off; ask again")
    return web.Response(
        body=render(call.body(answer)),
        content_type="application/json",
        headers=routing_headers(answer.routed),
    )


class _EventStream:
    """One streamed answer: headers once, batches in order, heartbeats in the silences."""

    def __init__(
        self, request: web.Request, encoder: StreamEncoder, limits: ServerLimits, record: TurnRecord
    ) -> None:
        self._request = request
        self._encoder = encoder
        self._limits = limits
        self._record = record
        self._now = asyncio.get_running_loop().time
        self._last_write = self._now()
        self._lock = asyncio.Lock()
        self._open = False
        self.stalled = False
        self.response = web.StreamResponse()

    async def run(self, events: AsyncGenerator[StreamBatch, None]) -> GatewayError | None:
        """Send the whole answer. Returns the failure that was told in-band, None for a good one.

        Raises what went wrong while nothing had been sent.
        """
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(self._watch(), name="heartbeat")
            failure = await self._pump(events)
            watch.cancel()
        if failure is None:
            return None
        if not self._open or isinstance(failure, _ClientGoneError):
            raise failure
        if not isinstance(failure, GatewayError):
            logger.error("a streamed answer failed unexpectedly", exc_info=failure)
            failure = GatewayError("the gateway failed while answering; its log says why")
        await self._send(self._encoder.fail(failure))
        return failure

    @property
    def opened(self) -> bool:
        """Whether headers have left."""
        return self._open

    async def say_goodbye(self, error: GatewayError) -> None:
        """Tell an open stream that it ends here, if that goes at once."""
        if not self._lock.locked():
            with contextlib.suppress(_ClientGoneError, TimeoutError):
                async with asyncio.timeout(GOODBYE_TIMEOUT_S):
                    await self._send(self._encoder.fail(error))

    async def _pump(self, events: AsyncGenerator[StreamBatch, None]) -> Exception | None:
        try:
            async for batch in events:
                self._record.observe(batch, self._now())
                if data := self._encoder.encode(batch):
                    await self._send(data)
        except Exception as error:  # noqa: BLE001 - returned, so that no exception group forms
            return error
        if self._record.finished is None:
            return UpstreamError("the answer broke off; ask again")
        return None

    async def _send(self, data: bytes) -> None:
        """Write `data` at once, after the headers when they have not left yet."""
        async with self._lock:
            self._last_write = self._now()
            try:
                if not self._open:
                    self._open = True
                    self.response.headers.update(self._headers())
                    await self.response.prepare(self._request)
                await self.response.write(data)
            except ConnectionError:
                raise _ClientGoneError(self.response) from None
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
            limit = stall_s if writing else heartbeat_s
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
                except _ClientGoneError:
                    return
            else:
                return


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
