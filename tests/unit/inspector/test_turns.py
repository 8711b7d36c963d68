"""The turns before and after are found among other conversations, side by side with them."""

import asyncio

import pytest

from gateway_engine.conversation import ChatRequest, Message, Role, TextPart
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.recorder import Recorder
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.inspector.turns import LOOKED_THROUGH, Turns
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
        around = Turns(recorder)
        for record_id in turns:
            before = await around.before(record_id)
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
            following = await around.after(record_id)
            after[record_id] = following.summary.id if following is not None else None
        assert after == {
            "first": "second",
            "other": "other second",
            "second": "third",
            "other second": None,
            "third": None,
        }
        assert await around.before("unknown") is None
        assert await around.after("unknown") is None
    finally:
        await recorder.aclose()
        await asyncio.sleep(0)


async def test_a_turn_that_is_waited_for_is_not_looked_for_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorder = Recorder(RecentRecords(), Secrets(), bodies=True, clock=lambda: 0.0)
    read: list[str] = []
    get = recorder.get

    async def noted(record_id: str) -> Record | None:
        read.append(record_id)
        return await get(record_id)

    monkeypatch.setattr(recorder, "get", noted)

    def ended(record_id: str, *texts: str) -> None:
        told = trace(record_id)
        told.understood(request(*texts), stream=True)
        recorder.finish(told)

    around = Turns(recorder)
    try:
        ended("first", "One?")
        ended("other", "Else?")
        assert await around.after("first") is None
        assert read == ["first", "other"]
        for number in range(LOOKED_THROUGH - 2):
            ended(f"other {number}", "Else?")
        assert await around.after("first") is None
        ended("second", "One?", "1", "Two?")
        found = await around.after("first")
        assert found is not None
        assert found.summary.id == "second"
        assert await around.after("first") is found
        assert sorted(read) == sorted({*read}), "each is read once"
        assert await around.after("other") is None
        ended("and another", "Else?")
        ended("too far", "Else?", "No", "Why?")
        assert await around.after("other") is None
    finally:
        await recorder.aclose()
        await asyncio.sleep(0)
