"""The routes of OpenAI's API."""

from aiohttp import web

from gateway_engine.protocols.openai_chat import answer
from gateway_engine.protocols.openai_chat import request as chat_request
from gateway_engine.protocols.openai_completions import answer as completion_answer
from gateway_engine.protocols.openai_completions import request as completion_request
from gateway_engine.server.body import read_as
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE
from gateway_engine.server.streaming import ChatCall, answer_chat


async def chat_completions(request: web.Request) -> web.StreamResponse:
    """POST /v1/chat/completions."""
    service = request.app[SERVICE]
    parsed = await read_as(request, service.limits.max_body_bytes, chat_request.parse)
    completion_id = f"chatcmpl-{service.new_id()}"
    created = int(service.clock())
    model = parsed.request.model
    encoder = None
    if parsed.stream:
        encoder = answer.ChatStreamEncoder(
            completion_id=completion_id,
            model=model,
            created=created,
            include_usage=parsed.include_usage,
            legacy_call=parsed.legacy_call,
        )
    call = ChatCall(
        protocol="openai_chat",
        request=parsed.request,
        encoder=encoder,
        body=lambda whole: answer.body(
            whole,
            completion_id=completion_id,
            model=model,
            created=created,
            legacy_call=parsed.legacy_call,
        ),
    )
    return await answer_chat(request, call)


async def completions(request: web.Request) -> web.StreamResponse:
    """POST /v1/completions."""
    service = request.app[SERVICE]
    parsed = await read_as(request, service.limits.max_body_bytes, completion_request.parse)
    completion_id = f"cmpl-{service.new_id()}"
    created = int(service.clock())
    model = parsed.request.model
    encoder = None
    if parsed.stream:
        encoder = completion_answer.CompletionStreamEncoder(
            completion_id=completion_id,
            model=model,
            created=created,
            include_usage=parsed.include_usage,
            echo=parsed.echo,
        )
    call = ChatCall(
        protocol="openai_completions",
        request=parsed.request,
        encoder=encoder,
        body=lambda whole: completion_answer.body(
            whole, completion_id=completion_id, model=model, created=created, echo=parsed.echo
        ),
    )
    return await answer_chat(request, call)


ROUTES = (
    Route("POST", "/v1/chat/completions", chat_completions, recorded_as="openai_chat"),
    Route("POST", "/v1/completions", completions, recorded_as="openai_completions"),
)
