"""The operators' routes: who may see them, their shapes, their refusals."""

from dataclasses import replace

import pytest

from tests.support.raw_http import ask
from tests.support.scripted_backend import KEY, RULES, endpoint

ADMIN, METRICS = "admin-token-0123456789", "metrics-token-0123456789"
OPEN = replace(RULES, admin_keys=(("admin", ADMIN),), metrics_keys=(("metrics", METRICS),))
AS_ADMIN = {"Authorization": f"Bearer {ADMIN}"}
INTERNAL = [
    ("GET", "/internal/effective-config"),
    ("GET", "/internal/stats"),
    ("GET", "/internal/models/raw"),
    ("POST", "/internal/smoke"),
]


@pytest.mark.parametrize(("method", "path"), [*INTERNAL, ("GET", "/metrics")])
async def test_they_are_guarded(method: str, path: str) -> None:
    mine = METRICS if path == "/metrics" else ADMIN
    closed = replace(RULES, admin_keys=(), metrics_keys=())
    async with endpoint(rules=OPEN) as server:
        assert (await ask(server.port, method, path)).status == 401
        for key in {KEY, ADMIN, METRICS} - {mine}:
            assert (await ask(server.port, method, path, {"x-api-key": key})).status == 401
        assert (await ask(server.port, method, path, {"x-api-key": mine})).status == 200
        evil = {"x-api-key": mine, "Host": "evil.example"}
        assert (await ask(server.port, method, path, evil)).status == 403
    async with endpoint(rules=closed) as server:
        refused = await ask(server.port, method, path, {"x-api-key": mine})
        assert (refused.status, refused.json["error"]["code"]) == (403, "not_enabled")


async def test_the_shape_of_stats() -> None:
    async with endpoint(rules=OPEN) as server:
        stats = (await ask(server.port, "GET", "/internal/stats", AS_ADMIN)).json
    assert stats["requests"] == 7
    assert stats["concurrency"] == {
        "in_flight": 1,
        "queued": 2,
        "accepted_total": 5,
        "rejected_total": 1,
        "max_in_flight": 4,
    }
    assert (stats["pool"][0]["name"], stats["pool"][0]["state"]) == ("inst-0", "ready")
    assert stats["session_cache"] == {
        "size": 0,
        "max": 0,
        "ttl_sec": 0,
        "hit_total": 0,
        "miss_total": 0,
        "hit_rate": 0.0,
        "evict_total": 0,
        "expire_total": 0,
        "invalidate_total": 0,
    }
    assert stats["parked"] == 0


async def test_the_other_shapes() -> None:
    async with endpoint(rules=OPEN) as server:
        settings = await ask(server.port, "GET", "/internal/effective-config", AS_ADMIN)
        models = await ask(server.port, "GET", "/internal/models/raw?instance=inst-0", AS_ADMIN)
        smoke = await ask(server.port, "POST", "/internal/smoke?instance=inst-0", AS_ADMIN)
        text = await ask(server.port, "GET", "/metrics", {"x-api-key": METRICS})
    assert settings.json == {
        "settings": {"PORT": {"value": 8317, "origin": "default", "secret": False}}
    }
    assert models.json == {"instance": "inst-0", "models": ["qwen-max"]}
    assert smoke.json == {
        "ok": False,
        "steps": [
            {"name": "instance", "ok": True, "ms": 0.1, "error": None},
            {"name": "login", "ok": False, "ms": 2.0, "error": "login_required: no"},
        ],
    }
    assert text.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert text.body == b"gateway_queued 2.0\n"
    for reply in (settings, models, smoke):
        assert reply.headers["content-type"].startswith("application/json")
        assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("version", [{}, {"anthropic-version": "2023-06-01"}])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/internal/models/raw"), ("POST", "/internal/smoke")]
)
async def test_an_unknown_instance_is_404_in_openais_form(
    method: str, path: str, version: dict[str, str]
) -> None:
    async with endpoint(rules=OPEN) as server:
        reply = await ask(server.port, method, f"{path}?instance=inst-7", AS_ADMIN | version)
        one = server.admin.statuses[0]
        server.admin.statuses = (one, replace(one, name="inst-1"))  # type: ignore[arg-type]
        which = await ask(server.port, method, path, AS_ADMIN)
    assert reply.status == 404
    assert reply.json["error"]["code"] == "not_found"
    assert reply.json["error"]["type"] == "invalid_request_error"
    assert (which.status, which.json["error"]["param"]) == (400, "instance")
    assert "inst-0, inst-1" in which.json["error"]["message"]


@pytest.mark.parametrize(("method", "path"), [*INTERNAL, ("GET", "/metrics")])
async def test_other_methods(method: str, path: str) -> None:
    keys = {"x-api-key": METRICS if path == "/metrics" else ADMIN}
    async with endpoint(rules=OPEN) as server:
        head = await ask(server.port, "HEAD", path, keys)
        wrong = await ask(server.port, "DELETE", path, keys)
        options = await ask(server.port, "OPTIONS", path, keys)
        page = {
            "Origin": "vscode-webview://x",
            "Access-Control-Request-Method": method,
        }
        preflight = await ask(server.port, "OPTIONS", path, page)
    assert (head.status, head.body) == (200 if method == "GET" else 405, b"")
    for reply in (wrong, options):
        assert (reply.status, reply.json["error"]["code"]) == (405, "method_not_allowed")
        assert method in reply.headers["allow"]
    assert preflight.status == 204
