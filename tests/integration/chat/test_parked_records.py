"""The record of a turn that waited for tools: each request keeps the frames of its own part."""

import json
from pathlib import Path
from typing import Any

from gateway_engine.inspector.query import RecordQuery
from tests.integration.chat.conversing import Gateway, gateway
from tests.integration.chat.dialects import Chat


async def frames(gate: Gateway, requests: int) -> list[list[dict[str, Any]]]:
    """The frames of these requests' records, the oldest first."""
    await gate.recorded(requests)
    page = await gate.engine.records.find(RecordQuery())
    found = [await gate.engine.records.get(line.id) for line in reversed(page.summaries)]
    return [
        [json.loads(frame.body.text) for frame in record.details.frames]
        for record in found
        if record is not None and record.details is not None
    ]


async def test_each_request_has_its_own_part_of_the_turn(tmp_path: Path) -> None:
    async with gateway(tmp_path) as gate:
        chat = Chat(gate.client, stream=True, tools=("weather",))
        first = await chat.say('native tool weather {"city": "x"}')
        rest = await chat.give(first, "sunny")
        assert "sunny" in rest.text
        asked, resumed = await frames(gate, 2)
    methods = [frame.get("method", "") for frame in asked]
    assert methods[0] == "chat/ask"
    assert "chat/finish" not in methods
    assert "sunny" not in json.dumps(asked)
    calls = [frame["method"] for frame in resumed if "method" in frame]
    assert "chat/ask" not in calls
    assert "chat/finish" in calls
    assert any("sunny" in json.dumps(f) for f in resumed if "result" not in f)
    results = [f for f in resumed if str(f.get("method", "")).startswith("tool/")]
    assert results
