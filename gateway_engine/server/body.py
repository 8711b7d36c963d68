"""A request's body: read within the limit, one JSON object.

A large one is parsed and understood beside the loop (gateway_engine.sidework).
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from aiohttp import web

from gateway_engine.errors import ClientTooSlowError, InvalidRequestError, RequestTooLargeError
from gateway_engine.json_pieces import TooManyValuesError, parse_steps
from gateway_engine.json_text import InvalidJsonError, parse
from gateway_engine.server.service import INFO, SERVICE
from gateway_engine.sidework import LARGE_BYTES, Steps

T = TypeVar("T")


async def read_json_object(
    request: web.Request, limit: int, *, advice: str = "; MAX_BODY_BYTES raises the limit"
) -> dict[str, Any]:
    """Return the body as a dict. Raises InvalidRequestError, RequestTooLargeError or, when the
    rest of it does not come, ClientTooSlowError.

    `advice` ends the sentence about a body that is larger than `limit`.

    The bytes are gathered once and parsed from where they lie: bodies of many megabytes occur. The
    Content-Type is not looked at: `curl -d` says form, and no web page gets past the Origin check.
    """
    return await read_as(request, limit, _itself, advice=advice)


async def read_as(
    request: web.Request,
    limit: int,
    understand: Callable[[dict[str, Any]], T],
    *,
    advice: str = "; MAX_BODY_BYTES raises the limit",
) -> T:
    """Return what `understand`, which is pure, makes of the body. Raises what it raises, and what
    `read_json_object` does.
    """
    data = await _read(request, limit, advice)
    info = request[INFO]
    if info.trace is not None:
        info.trace.received(data)
    if len(data) > LARGE_BYTES:
        info.large = True
        return await request.app[SERVICE].sidework.in_pieces(_understood(data, understand))
    if not data:
        raise InvalidRequestError("the request has no body; send a JSON object")
    try:
        value = parse(data)
    except InvalidJsonError as error:
        raise InvalidRequestError(f"the body is not valid JSON: {error}") from None
    return understand(_object(value))


def _understood(data: bytearray, understand: Callable[[dict[str, Any]], T]) -> Steps[T]:
    # The body's many values end with these steps: in their thread, not on the loop.
    try:
        value = yield from parse_steps(data)
    except InvalidJsonError as error:
        raise InvalidRequestError(f"the body is not valid JSON: {error}") from None
    except TooManyValuesError as error:
        raise RequestTooLargeError(f"the request body holds {error}") from None
    yield
    return understand(_object(value))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidRequestError("the body must be a JSON object")
    return value


def _itself(body: dict[str, Any]) -> dict[str, Any]:
    return body


async def _read(request: web.Request, limit: int, advice: str) -> bytearray:
    if limit and (request.content_length or 0) > limit:
        raise _too_large(limit, advice)
    data = bytearray()
    stall_s = request.app[SERVICE].limits.client_stall_s or None
    inflated = "Content-Encoding" in request.headers
    try:
        while True:
            async with asyncio.timeout(stall_s):
                chunk = await request.content.readany()
            if not chunk:
                break
            data += chunk
            if limit and len(data) > limit:
                raise _too_large(limit, advice)
            if inflated:
                await asyncio.sleep(0)  # the next piece is there at once: others get their turn
    except TimeoutError:
        raise ClientTooSlowError("the rest of the request did not come; send it again") from None
    except web.RequestPayloadError:
        raise InvalidRequestError(
            "the body does not fit its Content-Encoding or Transfer-Encoding header"
        ) from None
    return data


def _too_large(limit: int, advice: str) -> RequestTooLargeError:
    return RequestTooLargeError(f"the request body is larger than {limit} bytes{advice}")
