"""The routes of Ollama's API, for editors that know no other."""

from aiohttp import web

from gateway_engine.errors import NotFoundError
from gateway_engine.protocols import openai_models
from gateway_engine.protocols.ollama import answer, models
from gateway_engine.protocols.ollama import request as ollama_request
from gateway_engine.protocols.ollama.request import ParsedOllama
from gateway_engine.protocols.request_fields import invalid, optional_text
from gateway_engine.server.body import read_as, read_json_object
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE
from gateway_engine.server.streaming import ChatCall, answer_chat


async def chat(request: web.Request) -> web.StreamResponse:
    """POST /api/chat."""
    limit = request.app[SERVICE].limits.max_body_bytes
    parsed = await read_as(request, limit, ollama_request.parse_chat)
    return await _answer(request, parsed, chat=True)


async def generate(request: web.Request) -> web.StreamResponse:
    """POST /api/generate."""
    limit = request.app[SERVICE].limits.max_body_bytes
    parsed = await read_as(request, limit, ollama_request.parse_generate)
    return await _answer(request, parsed, chat=False)


async def _answer(request: web.Request, parsed: ParsedOllama, *, chat: bool) -> web.StreamResponse:
    form = answer.OllamaForm(
        model=parsed.model,
        chat=chat,
        thinking=parsed.thinking,
        clock=request.app[SERVICE].clock,
    )
    if parsed.load:
        return json_reply(form.loaded(parsed.load))
    call = ChatCall(
        protocol="ollama",
        request=parsed.request,
        encoder=answer.OllamaStreamEncoder(form) if parsed.stream else None,
        body=lambda whole: answer.body(whole, form),
    )
    return await answer_chat(request, call)


async def version(request: web.Request) -> web.StreamResponse:
    """GET /api/version."""
    return json_reply({"version": models.API_VERSION})


async def tags(request: web.Request) -> web.StreamResponse:
    """GET /api/tags."""
    service = request.app[SERVICE]
    return json_reply(models.tags(await service.backend.models(), since=service.started_at))


async def running(request: web.Request) -> web.StreamResponse:
    """GET /api/ps."""
    service = request.app[SERVICE]
    return json_reply(models.running(await service.backend.models(), since=service.started_at))


async def show(request: web.Request) -> web.StreamResponse:
    """POST /api/show."""
    service = request.app[SERVICE]
    body = await read_json_object(request, service.limits.max_body_bytes)
    name = optional_text(body, "model", "model") or optional_text(body, "name", "name")
    if not name:
        raise invalid("model", "is required")
    known = await service.backend.models()
    try:
        model = openai_models.find(known, ollama_request.model_name(name))
    except NotFoundError:
        raise NotFoundError(f"model '{name[:200]}' not found") from None
    return json_reply(models.show(model, since=service.started_at))


ROUTES = (
    Route("GET", "/api/version", version, open_on_loopback=True),
    Route("GET", "/api/tags", tags, open_on_loopback=True),
    Route("GET", "/api/ps", running, open_on_loopback=True),
    Route("POST", "/api/show", show, open_on_loopback=True),
    Route("POST", "/api/chat", chat, recorded_as="ollama", open_on_loopback=True),
    Route("POST", "/api/generate", generate, recorded_as="ollama", open_on_loopback=True),
)
