"""`/v1/models` and `/v1/models/{id}`, in the form of whoever asks."""

from aiohttp import web

from gateway_engine.protocols import anthropic_models, openai_models
from gateway_engine.server.error_forms import speaks_anthropic
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE


async def list_models(request: web.Request) -> web.StreamResponse:
    """GET /v1/models."""
    service = request.app[SERVICE]
    if _anthropic(request):
        page = anthropic_models.parse_page(request.query)
        return json_reply(anthropic_models.listing(await service.backend.models(), page))
    models = await service.backend.models()
    return json_reply(openai_models.listing(models, created=int(service.started_at)))


async def one_model(request: web.Request) -> web.StreamResponse:
    """GET /v1/models/{id}; ids may contain slashes."""
    service = request.app[SERVICE]
    name = request.match_info["id"].removesuffix("/")
    model = openai_models.find(await service.backend.models(), name)
    if _anthropic(request):
        return json_reply(anthropic_models.entry(model))
    return json_reply(openai_models.entry(model, created=int(service.started_at)))


def _anthropic(request: web.Request) -> bool:
    return speaks_anthropic(request.path, has_version_header="anthropic-version" in request.headers)


ROUTES = (
    Route("GET", "/v1/models", list_models),
    Route("GET", "/v1/models/{id:.+}", one_model),
)
