"""The door: what every request passes before its route, and every response on its way out.

In this order: a request id; the Host; the Origin, and preflights; the key; the route. Whatever goes
wrong leaves in the protocol's own form, with a stable code. One line in the log per request.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from aiohttp import web
from aiohttp.web_urldispatcher import AbstractRoute

from gateway_engine.conversation import RequestId
from gateway_engine.credential_text import path_without_credentials
from gateway_engine.errors import (
    ForbiddenHostError,
    ForbiddenOriginError,
    GatewayError,
    InvalidApiKeyError,
)
from gateway_engine.events import RequestRefused
from gateway_engine.inspector.trace import Arrival, Trace
from gateway_engine.log import of_request
from gateway_engine.server import access
from gateway_engine.server.error_forms import (
    SERVER_NAME,
    error_response,
    from_aiohttp,
    speaks_anthropic,
)
from gateway_engine.server.routing import Route
from gateway_engine.server.service import INFO, SERVICE, RequestInfo, Service, client_name

logger = logging.getLogger(__name__)

ROUTE_TABLE: Final = web.AppKey("route_table", dict[AbstractRoute, Route])

_EXPOSED: Final = (
    "x-request-id, request-id, retry-after, retry-after-ms, x-should-retry, x-gateway-instance, "
    "x-gateway-model, x-gateway-upstream, x-gateway-session"
)
_HEADER_NAMES: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,4096}", re.ASCII)
_PREFLIGHT_AGE_S: Final = "600"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request in, or say why not; see the module."""
    service = request.app[SERVICE]
    loop = asyncio.get_running_loop()
    info = RequestInfo(
        request_id=RequestId(f"req_{service.new_id()}"),
        arrived=loop.time(),
        client=client_name(request.headers.get("User-Agent", "")),
    )
    request[INFO] = info
    route = request.app[ROUTE_TABLE].get(request.match_info.route)
    with of_request(info.request_id):
        try:
            response = await _answer(request, handler, service, route, info)
        except asyncio.CancelledError:
            info.status = info.status or 499
            raise
        else:
            info.status = info.status or response.status
            if info.trace is not None:
                _note_answer(info.trace, response)
            return response
        finally:
            now = loop.time()
            _log(request, route, info, now)
            if route is not None:
                _tell_refused(service, route, info, now)
            if info.trace is not None:
                _record(service, info.trace, info, now)


async def _answer(
    request: web.Request, handler: Handler, service: Service, route: Route | None, info: RequestInfo
) -> web.StreamResponse:
    try:
        _check_host(request, service, route)
        _check_origin(request, service)
        if _is_preflight(request):
            return _preflight(request)
        if route is not None:
            info.key_id = _check_key(request, service, route)
            if info.key_id.startswith(access.CLIENT_KEY):
                info.client = info.key_id  # a key of its own says who it is; a name is just said
            if route.recorded_as:
                info.trace = _trace(request, service, route, info)
        return await handler(request)
    except GatewayError as error:
        failure = error
    except web.HTTPException as error:
        failure = from_aiohttp(error, request.path, request.method)
    except Exception:
        logger.exception("unexpected failure")
        failure = GatewayError("the gateway failed; its log says why")
    if request.writer.output_size > 0:
        # Something of an answer has left already: a second one would be read as part of it.
        raise ConnectionAbortedError("the answer broke off")
    info.error_code = failure.code
    if info.trace is not None:
        info.trace.outcome.error_message = str(failure)
    return error_response(failure, request, info.request_id)


async def finish_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put on every response what each must carry, just before its headers leave."""
    response.headers["Server"] = SERVER_NAME
    info = request.get(INFO)
    if info is None:
        return
    response.headers["x-request-id"] = info.request_id
    has_version = "anthropic-version" in request.headers
    if speaks_anthropic(request.path, has_version_header=has_version):
        response.headers["request-id"] = info.request_id
    origins = request.headers.getall("Origin", [])
    if origins:
        response.headers.add("Vary", "Origin")
        if _one_allowed(request.app[SERVICE].access, origins):
            response.headers["Access-Control-Allow-Origin"] = origins[0]
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED


def _check_host(request: web.Request, service: Service, route: Route | None) -> None:
    if route is not None and route.any_host:
        return
    hosts = request.headers.getall("Host", [])
    local = _local_address(request)
    # A target in absolute form names a host as well: the one that counts (RFC 9112 §3.2.2).
    named = {*hosts, request.host} if hosts else set()
    if len(hosts) != 1 or not all(access.host_allowed(service.access, h, local) for h in named):
        raise ForbiddenHostError(
            "this Host is not served here; use http://127.0.0.1 or add the name to ALLOWED_HOSTS"
        )


def _local_address(request: web.Request) -> str:
    return _address(request, "sockname")


def _address(request: web.Request, end: str) -> str:
    name = None if request.transport is None else request.transport.get_extra_info(end)
    return str(name[0]) if isinstance(name, tuple) and name else ""


def _check_origin(request: web.Request, service: Service) -> None:
    origins = request.headers.getall("Origin", [])
    if origins and not _one_allowed(service.access, origins):
        raise ForbiddenOriginError(
            "pages of this origin may not call the gateway; CORS_ORIGINS lists those that may"
        )


def _one_allowed(rules: access.AccessRules, origins: Sequence[str]) -> bool:
    return len(origins) == 1 and access.origin_allowed(rules, origins[0])


def _is_preflight(request: web.Request) -> bool:
    return (
        request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )


def _preflight(request: web.Request) -> web.Response:
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, DELETE, OPTIONS",
        "Access-Control-Max-Age": _PREFLIGHT_AGE_S,
    }
    wanted = request.headers.get("Access-Control-Request-Headers", "")
    if _HEADER_NAMES.fullmatch(wanted):
        headers["Access-Control-Allow-Headers"] = wanted
    if request.headers.get("Access-Control-Request-Private-Network") == "true":
        headers["Access-Control-Allow-Private-Network"] = "true"
    return web.Response(status=204, headers=headers)


def _check_key(request: web.Request, service: Service, route: Route) -> str:
    offered = access.offered_keys(
        request.headers.getall("Authorization", []), request.headers.getall("x-api-key", [])
    )
    try:
        return access.admitted(service.access, route.guard, offered)
    except InvalidApiKeyError:
        if not (route.open_on_loopback and service.access.ollama_open):
            raise
        ends = (_address(request, "sockname"), _address(request, "peername"))
        if not access.on_loopback(request.headers.get("Host", ""), *ends):
            raise
        return ""


def _trace(request: web.Request, service: Service, route: Route, info: RequestInfo) -> Trace:
    return service.records.begin(
        Arrival(
            request_id=info.request_id,
            at=service.clock(),
            arrived=info.arrived,
            protocol=route.recorded_as,
            method=request.method,
            path=request.path,
            url=f"http://{request.host}{request.path_qs}",
            client=info.client,
            key_id=info.key_id,
            headers=tuple(request.headers.items()),
        )
    )


def _note_answer(trace: Trace, response: web.StreamResponse) -> None:
    trace.outcome.headers = tuple(response.headers.items())
    if isinstance(response, web.Response) and isinstance(response.body, bytes):
        trace.answered(response.body)


def _tell_refused(service: Service, route: Route, info: RequestInfo, now: float) -> None:
    started = info.trace is not None and info.trace.request is not None
    if not route.recorded_as or started or not info.error_code:
        return
    total_ms = (now - info.arrived) * 1000
    service.emit(RequestRefused(info.request_id, route.recorded_as, info.error_code, total_ms))


def _record(service: Service, trace: Trace, info: RequestInfo, now: float) -> None:
    trace.outcome.status = info.status or 500
    trace.outcome.error_code = info.error_code
    trace.outcome.total_ms = (now - info.arrived) * 1000
    service.records.finish(trace)


def _log(request: web.Request, route: Route | None, info: RequestInfo, now: float) -> None:
    path = request.path if route is not None else path_without_credentials(request.path)
    fields: Mapping[str, object] = {
        "request_id": info.request_id,
        "method": request.method,
        "path": path[:200],
        "status": info.status or 500,
        "ms": round((now - info.arrived) * 1000, 1),
        "client": info.client,
        "key_id": info.key_id,
        "error_code": info.error_code,
    }
    level = logging.DEBUG if route is not None and route.quiet else logging.INFO
    logger.log(level, "request", extra=fields)
