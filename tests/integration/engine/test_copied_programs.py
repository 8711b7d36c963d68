"""What is copied from a record really runs: against a live gateway, the key in the environment."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.events import RequestRecorded
from gateway_engine.inspector.curl import curl
from gateway_engine.inspector.query import RecordQuery
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.snippets import python
from tests.integration.engine.running_engine import KEY, Gateway, gateway

QUESTION = 'Say "it works" & don\'t $expand `this`'
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "openai_chat": (
        "/v1/chat/completions",
        {"model": "any", "stream": True, "messages": [{"role": "user", "content": QUESTION}]},
    ),
    "openai_responses": ("/v1/responses", {"model": "any", "input": QUESTION}),
    "anthropic_messages": (
        "/v1/messages?beta=true",
        {
            "model": "any",
            "max_tokens": 1000,
            "stream": True,
            "messages": [{"role": "user", "content": QUESTION}],
        },
    ),
    "ollama": (
        "/api/chat",
        {"model": "any", "messages": [{"role": "user", "content": QUESTION}]},
    ),
}


async def recorded(running: Gateway, count: int) -> None:
    """Wait for so many records: each is written just after its answer."""
    seen = running.events.seen
    await running.events.until(
        lambda: sum(isinstance(event, RequestRecorded) for event in seen) >= count or None
    )


async def asked(running: Gateway, protocol: str) -> Record:
    """The record of one request."""
    path, body = ASKED[protocol]
    async with running.client() as client, client.post(path, json=body) as response:
        assert response.status == 200, await response.text()
        await response.read()
    await recorded(running, 1)
    page = await running.engine.records.find(RecordQuery(limit=1))
    record = await running.engine.records.get(page.summaries[0].id)
    assert record is not None
    return record


async def run(*command: str) -> str:
    """What the command prints; it must end well."""
    environment = {**os.environ, "LINGMA_GATEWAY_API_KEY": KEY, "NO_PROXY": "127.0.0.1"}
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


@pytest.mark.parametrize("protocol", list(ASKED))
async def test_a_copied_program_asks_the_same_again(tmp_path: Path, protocol: str) -> None:
    async with gateway(tmp_path) as running:
        record = await asked(running, protocol)
        file = tmp_path / "copied.py"
        file.write_text(python(record), "utf-8")
        assert KEY not in file.read_text("utf-8")
        said = await run(sys.executable, str(file))
        commanded = await run("sh", "-c", curl(record))
        await recorded(running, 3)
        page = await running.engine.records.find(RecordQuery(limit=3))
        assert {line.status for line in page.summaries} == {200}
        assert len(page.summaries) == 3
        bodies = []
        for line in page.summaries:
            made = await running.engine.records.get(line.id)
            assert made is not None
            assert made.details is not None
            bodies.append(made.details.conversation)
        assert bodies[0] == bodies[1] == bodies[2]
    assert said.strip()
    assert commanded.strip()
