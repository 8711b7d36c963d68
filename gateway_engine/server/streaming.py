"""A chat answer, streamed or whole: the one path that every chat protocol takes.

Whatever happens, the backend's generator is closed and RequestFinished is told, once: with the
status, with 200 and a code when the failure came after the headers, with 499 when the client left.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway_engine.conversation import NO_TRACE, Caller, ChatRequest, StreamBatch
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
from gateway_engine.server.event_stream import (
    BROKE_OFF,
    ClientGoneError,
    EventStream,
    routing_headers,
)
from gateway_engine.server.pinning import pinned_instance
from gateway_engine.server.service import INFO, SERVICE, Service
from gateway_engine.server.turn_record import TurnRecord

STATUS_CLIENT_GONE = 499
CODE_CLIENT_GONE = "client_gone"


@dataclass(frozen=True, slots=True)
class ChatCall:
    """One parsed chat request of any protocol. `encoder` None: the answer is wanted whole.

    `keep` is given a complete answer just before the client gets its end.
    """

    protocol: str
    request: ChatRequest
    encoder: StreamEncoder | None
    body: Callable[[CollectedAnswer], Mapping[str, Any]]
    keep: Callable[[CollectedAnswer], Awaitable[None]] | None = None


async def answer_chat(request: web.Request, call: ChatCall) -> web.StreamResponse:
    """Ask the backend and send its answer. Raises the GatewayError while a status is possible."""
    service = request.app[SERVICE]
    with service.turns.hold():
        return await _answer(request, call, service)


async def _answer(request: web.Request, call: ChatCall, service: Service) -> web.StreamResponse:
    info = request[INFO]
    now = asyncio.get_running_loop().time
    caller = Caller(
        info.request_id,
        call.protocol,
        key_id=info.key_id,
        client=info.client,
        whole=call.encoder is None,
        only=pinned_instance(request, service),
        trace=info.trace or NO_TRACE,
        large=info.large,
    )
    if info.trace is not None:
        info.trace.understood(call.request, stream=call.encoder is not None)
    record = TurnRecord(service.emit, caller, info.arrived, info.trace)

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
    out = EventStream(request, call.encoder, service.limits, record) if call.encoder else None
    try:
        async with contextlib.AsyncExitStack() as stack:
            events = service.backend.ask(call.request, caller)
            await stack.enter_async_context(contextlib.aclosing(events))
            if call.keep is not None:
                events = _kept(events, call.keep)
                await stack.enter_async_context(contextlib.aclosing(events))
            if out is None:
                response: web.StreamResponse = await _whole(events, call, record)
                failure = None
            else:
                failure = await out.run(events)
                response = out.response
    except asyncio.CancelledError:
        if service.turns.ending:
            stopping = UpstreamUnavailableError("the gateway is stopping; ask again later")
            opened = out is not None and out.opened
            over(200 if opened else status_of(stopping), stopping.code, str(stopping))
            if service.turns.took_back():
                if out is None or not out.opened:
                    raise stopping from None
                await out.say_goodbye(stopping)
                return out.response
            raise
        if out is not None and out.complete:
            # It hung up once it had everything, before upstream was done with its side.
            over(out.response.status)
            raise
        stalled = out is not None and out.stalled
        over(STATUS_CLIENT_GONE, ClientTooSlowError.code if stalled else CODE_CLIENT_GONE)
        raise
    except ClientGoneError as gone:
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


async def _kept(
    events: AsyncGenerator[StreamBatch, None], keep: Callable[[CollectedAnswer], Awaitable[None]]
) -> AsyncGenerator[StreamBatch, None]:
    answer = CollectedAnswer()
    async for batch in events:
        answer.add(batch)
        if answer.finished is not None:
            await keep(answer)
        yield batch


async def _whole(
    events: AsyncGenerator[StreamBatch, None], call: ChatCall, record: TurnRecord
) -> web.Response:
    answer = CollectedAnswer()
    now = asyncio.get_running_loop().time
    async for batch in events:
        record.observe(batch, now())
        answer.add(batch)
    if answer.finished is None:
        raise UpstreamError(BROKE_OFF)
    return web.Response(
        body=render(call.body(answer)),
        content_type="application/json",
        headers=routing_headers(answer.routed),
    )
