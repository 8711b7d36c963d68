"""The turns before and after are found among other conversations, side by side with them."""

import asyncio

from gateway_engine.conversation import ChatRequest, Message, Role, TextPart
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.recorder import Recorder
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.inspector.turns import next_turn, previous_turn
from tests.unit.inspector.samples import trace


def request(*texts: str) -> ChatRequest:
    roles = (Role.USER, Role.ASSISTANT)
    return ChatRequest(
        "m", tuple(Message(roles[n % 2], (TextPart(text),)) for n, text in enumerate(texts))
    )


async def test_neighbours_are_the_nearest_of_the_same_conversation() -> None:
    recorder = Recorder(RecentRecords(), Secrets(), bodies=True, clock=lambda: 0.0)
    turns = {
        "first": request("One?"),
        "other": request("Else?"),
        "second": request("One?", "1", "Two?"),
        "other second": request("Else?", "No", "Why?"),
        "third": request("One?", "1", "Two?", "2", "Three?"),
    }
    for record_id, asked in turns.items():
        told = trace(record_id)
        told.understood(asked, stream=True)
        recorder.finish(told)
    try:
        found = {}
        for record_id in turns:
            before = await previous_turn(recorder, record_id)
            found[record_id] = before.summary.id if before is not None else None
        assert found == {
            "first": None,
            "other": None,
            "second": "first",
            "other second": "other",
            "third": "second",
        }
        after = {}
        for record_id in turns:
            following = await next_turn(recorder, record_id)
            after[record_id] = following.summary.id if following is not None else None
        assert after == {
            "first": "second",
            "other": "other second",
            "second": "third",
            "other second": None,
            "third": None,
        }
        assert await previous_turn(recorder, "unknown") is None
        assert await next_turn(recorder, "unknown") is None
    finally:
        await recorder.aclose()
        await asyncio.sleep(0)
