"""The HTTP application: all routes behind one door.

A new protocol adds a module in `gateway_engine.protocols`, a routes file here, and its ROUTES to
`ALL_ROUTES`.
"""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from gateway_engine.events import Emit
from gateway_engine.server import (
    account_routes,
    anthropic_routes,
    capability_routes,
    internal_routes,
    metrics_route,
    model_routes,
    ollama_routes,
    openai_routes,
    probe_routes,
    record_routes,
    responses_routes,
    settings_routes,
)
from gateway_engine.server.active_turns import ActiveTurns
from gateway_engine.server.contracts import (
    AccountBackend,
    AdminBackend,
    ChatBackend,
    RecordBackend,
    ResponseStore,
    SettingsBackend,
)
from gateway_engine.server.middlewares import ROUTE_TABLE, door, finish_headers
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE, DoorRules, Service

ALL_ROUTES: Final[tuple[Route, ...]] = (
    *probe_routes.ROUTES,
    *capability_routes.ROUTES,
    *openai_routes.ROUTES,
    *responses_routes.ROUTES,
    *anthropic_routes.ROUTES,
    *model_routes.ROUTES,
    *ollama_routes.ROUTES,
    *metrics_route.ROUTES,
    *internal_routes.ROUTES,
    *settings_routes.ROUTES,
    *record_routes.ROUTES,
    *account_routes.ROUTES,
)


def build_app(
    backend: ChatBackend,
    admin: AdminBackend,
    *,
    responses: ResponseStore,
    records: RecordBackend,
    accounts: AccountBackend,
    settings: SettingsBackend,
    rules: DoorRules,
    emit: Emit,
    clock: Callable[[], float],
    new_id: Callable[[], str],
) -> web.Application:
    """Return an application for one run of the listener; aiohttp cannot start one twice."""
    app = web.Application(middlewares=[door], client_max_size=rules.limits.max_body_bytes)
    turns, feeds = ActiveTurns(), ActiveTurns()
    app[SERVICE] = Service(
        backend=backend,
        admin=admin,
        responses=responses,
        records=records,
        accounts=accounts,
        settings=settings,
        rules=rules,
        emit=emit,
        clock=clock,
        new_id=new_id,
        started_at=clock(),
        turns=turns,
        feeds=feeds,
    )
    table = app[ROUTE_TABLE] = {}
    for route in ALL_ROUTES:
        for path in _spellings(route.path):
            resource = app.router.add_resource(path)
            table[resource.add_route(route.method, route.handler)] = route
            if route.method == "GET":
                table[resource.add_route("HEAD", route.handler)] = route
    app.on_response_prepare.append(finish_headers)

    async def end_turns(_: web.Application) -> None:
        await feeds.end(0)
        await turns.end(rules.limits.stop_grace_s)

    app.on_shutdown.append(end_turns)
    return app


def _spellings(path: str) -> tuple[str, ...]:
    return (path,) if path.endswith(("/", "}")) else (path, path + "/")
