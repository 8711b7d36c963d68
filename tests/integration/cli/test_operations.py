"""A running `serve` under its operator's eyes: metrics, figures, settings, a smoke test."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.cli.commands import Command, started
from tests.integration.engine.running_engine import KEY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ended by a signal of POSIX")

ADMIN, METRICS = "admin-canary-0123456789", "metrics-canary-0123456789"
TOKENS = {"ADMIN_TOKEN": ADMIN, "METRICS_TOKEN": METRICS}
CHAT = {"model": "any", "messages": [{"role": "user", "content": "count to 3"}]}


async def internal(
    command: Command, path: str, method: str = "GET", key: str = ADMIN
) -> tuple[int, Any]:
    """Status and JSON of an internal route."""
    async with (
        aiohttp.ClientSession(headers={"x-api-key": key}) as client,
        client.request(method, f"{command.url}{path}") as answer,
    ):
        return answer.status, await answer.json()


async def scraped(command: Command, key: str = METRICS) -> dict[str, float]:
    """Every sample by its name and labels, as they stand in the text."""
    async with (
        aiohttp.ClientSession(headers={"authorization": f"Bearer {key}"}) as client,
        client.get(f"{command.url}/metrics") as answer,
    ):
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        text = await answer.text()
    return {
        f"{s.name}{json.dumps(s.labels, sort_keys=True) if s.labels else ''}": s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


async def test_figures_follow_what_clients_do(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo", **TOKENS) as command:
        await command.ready()
        await command.upstreams()
        before = await scraped(command)
        assert before['gateway_pool_instance_ready{"name": "inst-0"}'] == 1
        assert before["gateway_accepted_total"] == 0
        async with aiohttp.ClientSession(command.url, headers={"x-api-key": KEY}) as client:
            for path, body in (
                ("/v1/chat/completions", CHAT),
                ("/v1/chat/completions", CHAT | {"stream": True}),
                ("/v1/messages", CHAT | {"max_tokens": 99}),
                (
                    "/v1/messages",
                    {
                        **CHAT,
                        "max_tokens": 99,
                        "messages": [{"role": "user", "content": "refuse: no"}],
                    },
                ),
            ):
                async with client.post(path, json=body) as answer:
                    await answer.read()
        after = await scraped(command)
        status, stats = await internal(command, "/internal/stats")
        assert (await command.end(signal.SIGTERM))[0] == 0
    count = "gateway_requests_total"
    assert after[f'{count}{{"outcome": "ok", "protocol": "openai_chat"}}'] == 2
    assert after[f'{count}{{"outcome": "ok", "protocol": "anthropic_messages"}}'] == 1
    assert after[f'{count}{{"outcome": "upstream_error", "protocol": "anthropic_messages"}}'] == 1
    assert after["gateway_accepted_total"] == 4
    assert after["gateway_request_seconds_count"] == 4
    assert after["gateway_first_token_seconds_count"] == 3
    assert after['gateway_tokens_total{"direction": "out"}'] > 10
    assert after["gateway_loop_lag_seconds"] < 5
    assert after["gateway_session_cache_miss_total"] == 4
    if sys.platform == "linux":
        assert after["process_open_fds"] > 5
    assert status == 200
    assert (stats["requests"], stats["concurrency"]["accepted_total"]) == (4, 4)
    assert (stats["pool"][0]["state"], stats["pool"][0]["in_flight"]) == ("ready", 0)
    cache = stats["session_cache"]
    assert (cache["miss_total"], cache["hit_rate"], cache["ttl_sec"]) == (4, 0.0, 1800)
    assert (cache["max"], stats["parked"]) == (256, 0)


async def test_settings_in_force_show_their_origin_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TOTAL_TIMEOUT_SEC=77\n", "utf-8")
    (tmp_path / "own.toml").write_text("heartbeat_sec = 3\n", "utf-8")
    async with started(
        tmp_path, "serve", "--upstream", "demo", "--config", "own.toml", "--port", "0", **TOKENS
    ) as command:
        await command.ready()
        status, shown = await internal(command, "/internal/effective-config")
    assert status == 200
    settings = shown["settings"]
    assert settings["HEARTBEAT_SEC"] == {"value": 3, "origin": "file", "secret": False}
    assert settings["TOTAL_TIMEOUT_SEC"] == {"value": 77, "origin": "env", "secret": False}
    assert settings["PORT"] == {"value": 0, "origin": "cli", "secret": False}
    assert settings["IDLE_TIMEOUT_SEC"] == {"value": 120, "origin": "default", "secret": False}
    assert settings["API_KEYS"] == {"value": "***", "origin": "env", "secret": True}
    assert not any(secret in json.dumps(shown) for secret in (KEY, ADMIN, METRICS))


async def test_a_smoke_test_of_each_instance(tmp_path: Path) -> None:
    two = {"LINGMA_INSTANCE_COUNT": "2", **TOKENS}
    async with started(tmp_path, "serve", "--upstream", "demo", **two) as command:
        await command.ready()
        for name in ("inst-0", "inst-1"):
            status, report = await internal(command, f"/internal/smoke?instance={name}", "POST")
            assert status == 200
            assert report["ok"], report
            assert [step["name"] for step in report["steps"]] == [
                "instance",
                "login",
                "models",
                "turn",
            ]
            log = tmp_path / "home" / "data" / "demo" / name / "work" / "logs" / "lingma.log"
            assert log.read_text("utf-8").count("chat/ask") >= 1
        status, raw = await internal(command, "/internal/models/raw?instance=inst-1")
        assert (status, raw["instance"]) == (200, "inst-1")
        assert any(entry["key"].startswith("demo-") for entry in raw["models"]["chat"])
        status, error = await internal(command, "/internal/smoke?instance=inst-9", "POST")
        assert (status, error["error"]["code"]) == (404, "not_found")
        status, error = await internal(command, "/internal/models/raw")
        assert (status, error["error"]["param"]) == (400, "instance")
        status, error = await internal(command, "/internal/stats", key=KEY)
        assert status == 401
        assert (await command.end(signal.SIGTERM))[0] == 0


@pytest.mark.parametrize(
    ("scenario", "failed", "code"),
    [
        ("logged_out", "login", "login_required"),
        ("never_ready", "instance", "upstream_unavailable"),
    ],
)
async def test_a_smoke_test_says_what_is_broken(
    tmp_path: Path, scenario: str, failed: str, code: str
) -> None:
    quick = {"GATEWAY_QUEUE_TIMEOUT_SEC": "0.5", **TOKENS}
    async with started(
        tmp_path, "serve", "--upstream", "demo", scenario=scenario, **quick
    ) as command:
        await command.ready()
        async with asyncio.timeout(10):
            while (await command.health())["instances"][0]["state"] == "stopped":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            if scenario == "logged_out":
                while (await command.health())["instances"][0]["state"] == "starting":  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        status, report = await internal(command, "/internal/smoke", "POST")
    assert (status, report["ok"]) == (200, False)
    assert report["steps"][-1]["name"] == failed
    assert report["steps"][-1]["error"].startswith(code)
