"""The turn before is found among other conversations and side by side with them."""

import asyncio

from gateway_engine.conversation import ChatRequest, Message, Role, TextPart
from gateway_engine.inspector.previous_turn import previous_turn
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.recorder import Recorder
from gateway_engine.inspector.redaction import Secrets
from tests.unit.inspector.samples import trace


def request(*texts: str) -> ChatRequest:
    roles = (Role.USER, Role.ASSISTANT)
    return ChatRequest(
        "m", tuple(Message(roles[n % 2], (TextPart(text),)) for n, text in enumerate(texts))
    )


async def test_it_is_the_newest_whose_conversation_goes_on() -> None:
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
        assert await previous_turn(recorder, "unknown") is None
    finally:
        await recorder.aclose()
        await asyncio.sleep(0)
