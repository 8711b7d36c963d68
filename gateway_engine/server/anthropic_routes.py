"""The routes of Anthropic's API."""

from functools import partial

from aiohttp import web

from gateway_engine.json_text import render
from gateway_engine.protocols.anthropic_messages import answer
from gateway_engine.protocols.anthropic_messages import request as messages_request
from gateway_engine.server.body import read_as
from gateway_engine.server.routing import Route
from gateway_engine.server.service import INFO, SERVICE
from gateway_engine.server.streaming import ChatCall, answer_chat


async def messages(request: web.Request) -> web.StreamResponse:
    """POST /v1/messages."""
    service = request.app[SERVICE]
    parsed = await read_as(request, service.limits.max_body_bytes, messages_request.parse)
    message_id = f"msg_{service.new_id()}"
    model = parsed.request.model
    encoder = None
    if parsed.stream:
        encoder = answer.MessageStreamEncoder(
            message_id=message_id,
            model=model,
            thinking=parsed.thinking,
            request_id=request[INFO].request_id,
        )
    call = ChatCall(
        protocol="anthropic_messages",
        request=parsed.request,
        encoder=encoder,
        body=lambda whole: answer.body(
            whole, message_id=message_id, model=model, thinking=parsed.thinking
        ),
    )
    return await answer_chat(request, call)


async def count_tokens(request: web.Request) -> web.StreamResponse:
    """POST /v1/messages/count_tokens."""
    service = request.app[SERVICE]
    parse = partial(messages_request.parse, needs_limit=False)
    parsed = await read_as(request, service.limits.max_body_bytes, parse)
    tokens = await service.backend.count_tokens(parsed.request, large=request[INFO].large)
    return web.Response(body=render({"input_tokens": tokens}), content_type="application/json")


ROUTES = (
    Route("POST", "/v1/messages", messages, recorded_as="anthropic_messages"),
    Route("POST", "/v1/messages/count_tokens", count_tokens),
)
