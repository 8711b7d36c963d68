"""The routes of OpenAI's Responses API."""

import contextlib
from functools import partial
from typing import Any

from aiohttp import web

from gateway_engine.conversation import JsonObject
from gateway_engine.errors import (
    InvalidRequestError,
    MethodNotAllowedError,
    NotFoundError,
    WebSocketNotServedError,
)
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.openai_responses import answer, stored
from gateway_engine.protocols.openai_responses import request as responses_request
from gateway_engine.protocols.openai_responses.request import Lookups, ParsedResponse
from gateway_engine.protocols.openai_responses.stream import ResponseStreamEncoder
from gateway_engine.server.body import read_as
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.routing import Route
from gateway_engine.server.service import INFO, SERVICE
from gateway_engine.server.streaming import ChatCall, answer_chat
from gateway_engine.sidework import LARGE_BYTES

MAX_CHAIN = 10_000
"""Turns of one conversation; a chain cannot be a ring, this only bounds the work."""


async def create(request: web.Request) -> web.StreamResponse:
    """POST /v1/responses."""
    service = request.app[SERVICE]
    parsed = await _read(request)
    response_id = f"{answer.RESPONSE_PREFIX}{service.new_id()}"
    head = answer.head_of(
        parsed, response_id=response_id, created=int(service.clock()), clock=service.clock
    )

    async def keep(whole: CollectedAnswer) -> None:
        with contextlib.suppress(RecursionError):
            document = partial(
                stored.document, answer.body(whole, head), parsed.input_items, parsed.previous_id
            )
            data = await service.sidework.do(document, large=request[INFO].large)
            await service.responses.put(request[INFO].key_id, response_id, data)

    call = ChatCall(
        protocol="openai_responses",
        request=parsed.request,
        encoder=ResponseStreamEncoder(head) if parsed.stream else None,
        body=lambda whole: answer.body(whole, head),
        keep=keep if parsed.store else None,
    )
    return await answer_chat(request, call)


async def count_input_tokens(request: web.Request) -> web.StreamResponse:
    """POST /v1/responses/input_tokens."""
    parsed = await _read(request)
    backend = request.app[SERVICE].backend
    tokens = await backend.count_tokens(parsed.request, large=request[INFO].large)
    return json_reply({"object": "response.input_tokens", "input_tokens": tokens})


async def refuse_upgrade(request: web.Request) -> web.StreamResponse:
    """GET /v1/responses: clients that try WebSocket first go on with POST after a 426."""
    if request.headers.get("Upgrade", "").lower() == "websocket":
        raise WebSocketNotServedError("WebSocket is not served here; use POST /v1/responses")
    raise MethodNotAllowedError("use POST, or GET /v1/responses/{id}", allowed=("POST",))


async def retrieve(request: web.Request) -> web.StreamResponse:
    """GET /v1/responses/{id}."""
    found = await _find(request, request.match_info["id"])
    if request.query.get("stream", "").lower() == "true":
        raise InvalidRequestError(
            "stream: a stored response is not streamed again; ask without it", param="stream"
        )
    return json_reply(found.response)


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /v1/responses/{id}."""
    response_id = request.match_info["id"]
    service = request.app[SERVICE]
    if not await service.responses.delete(request[INFO].key_id, response_id):
        raise _gone(response_id)
    return json_reply({"id": response_id, "object": "response", "deleted": True})


async def input_items(request: web.Request) -> web.StreamResponse:
    """GET /v1/responses/{id}/input_items."""
    page = stored.parse_page(request.query)
    return json_reply(stored.listing(await _find(request, request.match_info["id"]), page))


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /v1/responses/{id}/cancel: nothing runs in the background here."""
    await _find(request, request.match_info["id"])
    raise InvalidRequestError("only a response made with background=true can be cancelled")


async def _read(request: web.Request) -> ParsedResponse:
    """Return the request with everything it refers to."""
    service, info = request.app[SERVICE], request[INFO]
    body, wanted = await read_as(request, service.limits.max_body_bytes, _with_lookups)
    parse = partial(
        responses_request.parse,
        body,
        history=await _history(request, wanted.previous_id),
        referenced=await _referenced(request, wanted),
    )
    return await service.sidework.do(parse, large=info.large)


def _with_lookups(body: dict[str, Any]) -> tuple[dict[str, Any], Lookups]:
    return body, responses_request.lookups(body)


async def _history(request: web.Request, response_id: str) -> list[JsonObject]:
    """Return the items of the whole conversation that ends with `response_id`."""
    turns: list[list[JsonObject]] = []
    while response_id and len(turns) < MAX_CHAIN:
        found = await _find(request, response_id)
        turns.append(found.items)
        response_id = found.previous_id
    return [item for turn in reversed(turns) for item in turn]


async def _referenced(request: web.Request, wanted: Lookups) -> dict[str, JsonObject]:
    service = request.app[SERVICE]
    found: dict[str, JsonObject] = {}
    for response_id in {stored.response_of_item(item_id) for item_id in wanted.item_ids}:
        data = await service.responses.get(request[INFO].key_id, response_id)
        if data is None:
            continue
        turn = await _document(request, data)
        for item_id in wanted.item_ids:
            item = stored.find_item(turn, item_id)
            if item is not None:
                found[item_id] = item
    return found


async def _find(request: web.Request, response_id: str) -> stored.StoredResponse:
    service = request.app[SERVICE]
    data = await service.responses.get(request[INFO].key_id, response_id)
    if data is None:
        raise _gone(response_id)
    return await _document(request, data)


async def _document(request: web.Request, data: bytes) -> stored.StoredResponse:
    large = len(data) > LARGE_BYTES
    request[INFO].large |= large
    read = partial(stored.read_document, data)
    return await request.app[SERVICE].sidework.do(read, large=large)


def _gone(response_id: str) -> NotFoundError:
    return NotFoundError(
        f"there is no response {response_id[:100]!r} any more; send the whole conversation"
    )


ROUTES = (
    Route("POST", "/v1/responses", create, recorded_as="openai_responses"),
    Route("POST", "/v1/responses/input_tokens", count_input_tokens),
    Route("GET", "/v1/responses", refuse_upgrade),
    Route("GET", "/v1/responses/{id}", retrieve),
    Route("DELETE", "/v1/responses/{id}", delete),
    Route("GET", "/v1/responses/{id}/input_items", input_items),
    Route("POST", "/v1/responses/{id}/cancel", cancel),
)
