"""aiohttp's connection, taught to speak of broken HTTP in JSON.

Bytes that are not HTTP never reach a route: aiohttp answers them itself, as plain text and with a
traceback in the log. They are the client's fault and get a clear 400 here, in the form of the path
they ask for, as far as one can be read. A connection on which no request comes is closed: aiohttp
minds those only that had one. What a route leaves of a body is read on, so that its sender comes to
see the answer, but not what is compressed: a few bytes of that may be hours of work.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import (
    BadStatusLine,
    ContentEncodingError,
    InvalidHeader,
    InvalidURLError,
    LineTooLong,
)
from aiohttp.web_protocol import RequestHandler

from gateway_engine.errors import GatewayError, InvalidRequestError
from gateway_engine.server.error_forms import (
    error_response,
    error_response_at,
    from_aiohttp,
    speaks_anthropic,
)
from gateway_engine.server.service import SERVICE

logger = logging.getLogger(__name__)

_REQUEST_LINE: Final = re.compile(rb"[A-Z]{3,10} (/[!-~]{0,200}) HTTP/1")
_VERSION_HEADER: Final = re.compile(rb"\r\nanthropic-version:", re.IGNORECASE)


class _Connection(RequestHandler):
    """One connection of a client."""

    __slots__ = (
        "_asked_path",
        "_has_version_header",
        "_linger_s",
        "_new_id",
        "_patience",
        "_patience_s",
    )

    def __init__(
        self, server: web.Server, *, new_id: Callable[[], str], patience_s: float, **kwargs: Any
    ) -> None:
        super().__init__(server, **kwargs)
        self._linger_s = self._lingering_time
        self._new_id = new_id
        self._patience_s = patience_s
        self._patience: asyncio.TimerHandle | None = None
        self._asked_path = "/"
        self._has_version_header = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first request only so long."""
        super().connection_made(transport)
        if self._patience_s:
            self._patience = self._loop.call_later(self._patience_s, self._first_is_due)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nothing more is waited for."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        super().connection_lost(exc)

    def take_no_more(self) -> None:
        """Answer what is under way, and then close."""
        if self._waiter is None:
            self._close = True
        else:  # `close` would leave it open, with nobody to answer on it
            self.force_close()

    def _first_is_due(self) -> None:
        self._patience = None
        if not self._request_count:
            logger.info("closed a connection on which no request came")
            self.force_close()

    def data_received(self, data: bytes) -> None:
        """Keep the path that is asked for: of a request that breaks, aiohttp keeps none."""
        if line := _REQUEST_LINE.match(data):
            self._asked_path = line[1].partition(b"?")[0].decode("ascii")
            self._has_version_header = _VERSION_HEADER.search(data) is not None
        super().data_received(data)

    def begin(self, request: web.BaseRequest) -> None:
        """Read on what is left of this request's body when it is answered, or close at once."""
        self._lingering_time = 0.0 if "Content-Encoding" in request.headers else self._linger_s

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what never reached a route, or failed outside of one; closes the connection."""
        if request.writer.output_size > 0:
            raise ConnectionAbortedError("the answer broke off")
        error: GatewayError
        request_id = f"req_{self._new_id()}"
        named = {"request_id": request_id}
        if status < 500:
            reason = _reason(exc, message or "")
            error = InvalidRequestError(f"this is not valid HTTP: {reason}")
            if isinstance(exc, ContentEncodingError):
                error = InvalidRequestError(
                    "the body's Content-Encoding is not known here: send it as it is, or by gzip"
                )
            logger.info("refused what is not HTTP: %s", reason, extra=named)
            response = error_response_at(
                self._asked_path,
                error,
                has_version_header=self._has_version_header,
                request_id=request_id,
            )
            if speaks_anthropic(self._asked_path, has_version_header=self._has_version_header):
                response.headers["request-id"] = request_id
        else:
            error = GatewayError("the gateway failed; its log says why")
            logger.error("a request failed outside of its route", exc_info=exc, extra=named)
            response = error_response(error, request, request_id)
        response.headers["x-request-id"] = request_id
        response.force_close()
        return response

    def refuse(self, request: web.BaseRequest, refusal: web.HTTPException) -> web.StreamResponse:
        """Answer what aiohttp refuses before the door sees it, such as an unknown Expect."""
        error = from_aiohttp(refusal, request.path, request.method)
        request_id = f"req_{self._new_id()}"
        logger.info("refused: %s", refusal.reason, extra={"request_id": request_id})
        response = error_response(error, request, request_id)
        response.headers["x-request-id"] = request_id
        if speaks_anthropic(
            request.path, has_version_header="anthropic-version" in request.headers
        ):
            response.headers["request-id"] = request_id
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kwargs: Any) -> None:
        """Log what aiohttp could not handle; a body that cannot be decoded is no bug of ours."""
        if not isinstance(kwargs.get("exc_info"), web.RequestPayloadError):
            super().log_exception(*args, **kwargs)


def _reason(exc: BaseException | None, message: str) -> str:
    """Why these bytes are not HTTP, without quoting them: a broken header may hold a key."""
    match exc:
        case LineTooLong():
            return f"a line of it is longer than {exc.args[1]} bytes"
        case InvalidURLError():
            return "what it asks for is no address"
        case InvalidHeader():
            return "a header is malformed"
        case BadStatusLine() if exc.line and exc.line in message:
            return "its first line is malformed"
    return (message or "bad request").strip().partition("\n")[0].rstrip(":")[:200]


class _Server(web.Server):
    """Makes our connections instead of aiohttp's."""

    def __init__(self, *args: Any, connection_kwargs: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connection_kwargs = connection_kwargs

    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._connection_kwargs)


class GatewayRunner(web.AppRunner):
    """An AppRunner whose connections are ours."""

    __slots__ = ("_new_id",)

    def __init__(self, app: web.Application, *, new_id: Callable[[], str], **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._new_id = new_id

    def take_no_more(self) -> None:
        """Let every connection end with the request that is under way on it."""
        for each in self.server.connections if self.server is not None else ():
            if isinstance(each, _Connection):
                each.take_no_more()

    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            ours = request.protocol if isinstance(request.protocol, _Connection) else None
            if ours is not None:
                ours.begin(request)
            try:
                return await plain.request_handler(request)
            except web.HTTPException as refusal:
                if ours is None:
                    raise
                return ours.refuse(request, refusal)

        return _Server(
            handle,
            request_factory=plain.request_factory,
            handler_cancellation=plain.handler_cancellation,
            loop=plain._loop,
            connection_kwargs={
                **plain._kwargs,
                "new_id": self._new_id,
                "patience_s": self.app[SERVICE].limits.client_stall_s,
            },
        )
