"""The log of a running `serve`: every line of a request carries its id, and none holds a secret."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.cli.commands import Command, log_lines, started
from tests.integration.engine.running_engine import KEY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ended by a signal of POSIX")

# The upstream's own reader says at the end of the answer that it left this out.
CARD = "echo: ```toolCall::{name}::id-1::FINISHED\nls\n```\nhello\n"

CANARIES = {
    "API_KEYS": f"{KEY},canary-key-0123456789",
    "ADMIN_TOKEN": "canary-admin-0123456789",
    "METRICS_TOKEN": "canary-metrics-0123456789",
}


async def ask(command: Command, content: str, **fields: Any) -> str:
    """The request id of one chat request, read to its end."""
    body = {"model": "any", "messages": [{"role": "user", "content": content}], **fields}
    async with (
        aiohttp.ClientSession(headers={"x-api-key": KEY}) as client,
        client.post(f"{command.url}/v1/chat/completions", json=body) as answer,
    ):
        await answer.read()
        return answer.headers["x-request-id"]


async def test_every_line_of_a_request_carries_its_id(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo") as command:
        await command.ready()
        await command.upstreams()
        ids = await asyncio.gather(
            *(ask(command, CARD.format(name=f"tool{n}"), stream=n % 2 == 0) for n in range(4))
        )
        refused = await ask(command, "refuse: no")
        _, _, stderr = await command.end(signal.SIGTERM)
    lines = log_lines(stderr)
    cards = [line for line in lines if "native tool cards" in line["message"]]
    assert {line["message"][-5:]: line["request_id"] for line in cards} == {
        f"tool{n}": request_id for n, request_id in enumerate(ids)
    }
    assert [line["request_id"] for line in lines if line["message"] == "request"][-1] == refused
    for line in lines:
        # What the gateway does for itself belongs to nobody's request.
        assert line.get("request_id") in (None, *ids, refused)
        if line["logger"].startswith(("gateway_engine.pool", "gateway_engine.cli")):
            assert "request_id" not in line


async def test_no_secret_is_ever_written(tmp_path: Path) -> None:
    async with started(
        tmp_path, "serve", "--upstream", "demo", LOG_LEVEL="DEBUG", **CANARIES
    ) as command:
        await command.ready()
        await command.upstreams()
        tried = [value.rpartition(",")[2] for value in CANARIES.values()]
        async with aiohttp.ClientSession(command.url) as client:
            for secret in tried:
                for path in ("/v1/models", "/healthz", f"/nowhere/{secret}?key={secret}"):
                    headers = {"authorization": f"Bearer {secret}", "user-agent": f"{secret}/1"}
                    async with client.get(path, headers=headers) as answer:
                        await answer.read()
        await ask(command, f"refuse: {' '.join(tried)}")
        await ask(command, CARD.format(name=CANARIES["ADMIN_TOKEN"]))
        _, stdout, stderr = await command.end(signal.SIGTERM)
    kept = "".join(
        file.read_text("utf-8") for file in (tmp_path / "home" / "state" / "logs").iterdir()
    )
    assert "***" in kept
    for secret in tried:
        assert secret not in stdout + stderr + kept
