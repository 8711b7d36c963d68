"""The internal routes for operators: settings in force, figures, models as upstream names them, and
a smoke test. All JSON.
"""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from gateway_engine.conversation import InstanceName
from gateway_engine.engine_report import EngineStats
from gateway_engine.errors import InvalidRequestError
from gateway_engine.events import InstanceStatus
from gateway_engine.server.access import Guard
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE


async def effective_config(request: web.Request) -> web.StreamResponse:
    """GET /internal/effective-config."""
    settings = request.app[SERVICE].admin.effective_config()
    return json_reply(
        {"settings": {name: asdict(setting) for name, setting in settings.items()}},
        no_store=True,
        line=True,
    )


async def stats(request: web.Request) -> web.StreamResponse:
    """GET /internal/stats."""
    return json_reply(_stats(request.app[SERVICE].admin.stats()), no_store=True, line=True)


async def raw_models(request: web.Request) -> web.StreamResponse:
    """GET /internal/models/raw?instance=."""
    name = _instance_asked(request)
    models = await request.app[SERVICE].admin.raw_models(name)
    return json_reply({"instance": name, "models": models}, no_store=True, line=True)


async def smoke(request: web.Request) -> web.StreamResponse:
    """POST /internal/smoke?instance=; 200 whether it went well or not."""
    report = await request.app[SERVICE].admin.smoke(_instance_asked(request))
    steps = [{**asdict(step), "error": step.error or None} for step in report.steps]
    return json_reply({"ok": report.ok, "steps": steps}, no_store=True, line=True)


def _instance_asked(request: web.Request) -> InstanceName:
    name = request.query.get("instance", "")
    if name:
        return InstanceName(name)
    instances = request.app[SERVICE].admin.instances()
    if len(instances) == 1:
        return instances[0].name
    names = ", ".join(status.name for status in instances) or "none"
    raise InvalidRequestError(
        f"say which instance: ?instance=NAME; there are: {names}", param="instance"
    )


def _stats(stats: EngineStats) -> dict[str, Any]:
    cache = stats.session_cache
    hits, misses = (cache.hits, cache.misses) if cache else (0, 0)
    return {
        "requests": stats.requests,
        "concurrency": asdict(stats.concurrency),
        "pool": [_instance(status) for status in stats.pool],
        "session_cache": {
            "size": cache.size if cache else 0,
            "max": cache.max_entries if cache else 0,
            "ttl_sec": cache.ttl_s if cache else 0,
            "hit_total": hits,
            "miss_total": misses,
            "hit_rate": round(hits / (hits + misses), 4) if hits + misses else 0.0,
            "evict_total": cache.evictions if cache else 0,
            "expire_total": cache.expirations if cache else 0,
            "invalidate_total": cache.invalidations if cache else 0,
        },
        "parked": stats.parked,
    }


def _instance(status: InstanceStatus) -> dict[str, Any]:
    return {
        **asdict(status),
        "state": status.state.value,
        "last_error": status.last_error or None,
        "last_error_message": status.last_error_message or None,
    }


ROUTES = (
    Route("GET", "/internal/effective-config", effective_config, guard=Guard.ADMIN),
    Route("GET", "/internal/stats", stats, guard=Guard.ADMIN),
    Route("GET", "/internal/models/raw", raw_models, guard=Guard.ADMIN),
    Route("POST", "/internal/smoke", smoke, guard=Guard.ADMIN),
)
