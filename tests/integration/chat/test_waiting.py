"""What a client is told when its turn does not come in time, in the form of its protocol."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.integration.chat.conversing import gateway
from tests.integration.emulator.running_program import until
from tests.integration.engine.running_engine import gateway as starting_gateway

MESSAGES = [{"role": "user", "content": "echo: hello"}]
PROTOCOLS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": MESSAGES},
    "/v1/completions": {"prompt": "echo: hello"},
    "/v1/responses": {"input": "echo: hello"},
    "/v1/messages": {"messages": MESSAGES, "max_tokens": 9},
    "/api/chat": {"messages": MESSAGES},
}


def kind_of(path: str, error: Any) -> str:
    """What the body calls the error, in the protocol's own place."""
    if path.startswith("/api"):
        return str(error)
    return str(error["type"] if path == "/v1/messages" else error["code"])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("full", [False, True], ids=["waited too long", "queue full"])
async def test_busy_is_429_and_says_when_to_come_back(
    tmp_path: Path, stream: bool, full: bool
) -> None:
    async with gateway(
        tmp_path,
        GATEWAY_MAX_IN_FLIGHT=1,
        GATEWAY_MAX_QUEUE=0 if full else 9,
        GATEWAY_QUEUE_TIMEOUT_SEC=0.1,
    ) as gate:
        slow = asyncio.ensure_future(  # noqa: TID251 - awaited
            gate.ask("repeat 5000 tokens every 20 ms", stream=True)
        )
        await until(lambda: gate.engine.concurrency().in_flight == 1)
        for path, fields in PROTOCOLS.items():
            body = {"model": "any", "stream": stream, **fields}
            async with gate.client.post(path, json=body, headers={"x-api-key": "k1"}) as response:
                error = (await response.json())["error"]
            wanted = "rate_limit_error" if path == "/v1/messages" else "busy"
            assert (path, response.status) == (path, 429)
            assert wanted in kind_of(path, error) or path == "/api/chat"
            assert int(response.headers["retry-after"]) >= 1
            assert int(response.headers["retry-after-ms"]) >= 1
        assert gate.engine.concurrency().rejected_total == len(PROTOCOLS)
        slow.cancel()
        await asyncio.wait((slow,))


async def test_whoever_waits_for_a_start_in_vain_is_not_told_that_it_is_busy(
    tmp_path: Path,
) -> None:
    async with starting_gateway(
        tmp_path,
        "slow_start=20",
        GATEWAY_MAX_IN_FLIGHT=1,
        GATEWAY_QUEUE_TIMEOUT_SEC=0.4,
    ) as running:
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*(running.ask("hello") for _ in range(3)))
        for answer in answers:
            assert (answer.status, answer.error["code"]) == (503, "upstream_unavailable")
            assert "ready" in answer.error["message"]
