"""A session's room without any wire: tools listed, calls parked and answered."""

import asyncio
from typing import Any

import pytest

from gateway_engine.conversation import ToolSpec
from gateway_engine.tools.mcp_host import messages
from gateway_engine.tools.mcp_host.rooms import CLOSED, MAX_WAITING, NOBODY, Refused, Room
from gateway_engine.upstreams.contract import (
    ToolApproved,
    ToolCallWanted,
    ToolDenied,
    ToolResult,
)
from gateway_engine.upstreams.tool_hosting import ToolServer
from tests.integration.emulator.running_program import until

WEATHER = ToolSpec("weather", "What it is like", {"properties": {"city": {"type": "string"}}})
ADD = ToolSpec("add", "", {"type": "object"})


class Watched:
    """A connection, as a room sees it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.heard.append((method, params))


class Opened:
    """A room with a listener that keeps what is called."""

    def __init__(self, *, progress_every_s: float = 5.0) -> None:
        self.closed: list[Room] = []
        self.calls: list[ToolCallWanted] = []
        self.gone: list[str] = []
        self.watched = Watched()
        self.room = Room(
            ToolServer("client-tools"),
            self.closed.append,
            version="1",
            progress_every_s=progress_every_s,
        )
        self.room.offer([WEATHER, ADD])
        self.room.listen(self.calls.append, self.gone.append)
        self.room.watch(self.watched)

    async def serve(self, method: str, **params: Any) -> dict[str, Any]:
        return await self.room.serve(method, params, self.watched.notify)

    async def called(self, count: int = 1) -> None:
        await until(lambda: len(self.calls) >= count)


async def test_it_introduces_itself_in_the_revision_the_client_speaks() -> None:
    opened = Opened()
    for asked, answered in (("2025-03-26", "2025-03-26"), ("2031-01-01", messages.VERSIONS[0])):
        said = await opened.serve("initialize", protocolVersion=asked)
        assert said["protocolVersion"] == answered
        assert said["capabilities"] == {"tools": {"listChanged": True}}
    assert await opened.serve("ping") == {}


async def test_tools_are_listed_with_a_schema_that_is_an_object() -> None:
    tools = (await Opened().serve("tools/list"))["tools"]
    assert tools == [
        {
            "name": "weather",
            "description": "What it is like",
            "inputSchema": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
        {"name": "add", "description": "add", "inputSchema": {"type": "object"}},
    ]


async def test_a_call_waits_for_its_answer() -> None:
    opened = Opened()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(
            opened.serve("tools/call", name="weather", arguments={"city": "Oslo"})
        )
        await opened.called()
        wanted = opened.calls[0]
        assert (wanted.name, wanted.arguments) == ("weather", '{"city":"Oslo"}')
        assert not wanted.runs_upstream
        assert not wanted.answer(ToolApproved())  # nobody here runs tools
        assert not call.done()
        assert wanted.answer(ToolResult("rain"))
        assert not wanted.answer(ToolResult("sun"))
    assert call.result() == {"content": [{"type": "text", "text": "rain"}], "isError": False}
    assert opened.gone == []


@pytest.mark.parametrize(
    "answer", [ToolResult("broke", is_error=True), ToolDenied("broke")], ids=["error", "denied"]
)
async def test_a_failure_is_told_as_one(answer: ToolResult | ToolDenied) -> None:
    opened = Opened()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(opened.serve("tools/call", name="add"))
        await opened.called()
        assert opened.calls[0].arguments == "{}"
        opened.calls[0].answer(answer)
    assert call.result() == {"content": [{"type": "text", "text": "broke"}], "isError": True}


async def test_parallel_calls_are_answered_in_any_order() -> None:
    opened = Opened()
    async with asyncio.TaskGroup() as group:
        calls = [
            group.create_task(opened.serve("tools/call", name="add", arguments={"n": n}))
            for n in range(3)
        ]
        await opened.called(3)
        assert len({call.call_id for call in opened.calls}) == 3
        for call in reversed(opened.calls):
            call.answer(ToolResult(call.arguments))
    said = [call.result()["content"][0]["text"] for call in calls]
    assert said == ['{"n":0}', '{"n":1}', '{"n":2}']


async def test_progress_while_the_client_thinks_for_those_who_want_it() -> None:
    opened = Opened(progress_every_s=0.01)
    async with asyncio.TaskGroup() as group:
        group.create_task(opened.serve("tools/call", name="add", _meta={"progressToken": "p"}))
        group.create_task(opened.serve("tools/call", name="add"))
        await until(lambda: len(opened.watched.heard) >= 3)
        for call in opened.calls:
            call.answer(ToolResult(""))
    steps = [params["progress"] for method, params in opened.watched.heard]
    assert {method for method, _ in opened.watched.heard} == {"notifications/progress"}
    assert {params["progressToken"] for _, params in opened.watched.heard} == {"p"}
    assert steps == sorted(set(steps))


async def test_a_call_that_is_given_up_is_told() -> None:
    opened = Opened()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(opened.serve("tools/call", name="add"))
        await opened.called()
        call.cancel()
    assert opened.gone == [opened.calls[0].call_id]
    assert not opened.calls[0].answer(ToolResult("late"))


async def test_with_nobody_listening_calls_fail_at_once() -> None:
    opened = Opened()
    opened.room.listen(None, None)
    said = await opened.serve("tools/call", name="add")
    assert said["isError"]
    assert said["content"][0]["text"] == NOBODY


@pytest.mark.parametrize(("end", "reason"), [("listen", NOBODY), ("close", CLOSED)])
async def test_what_waits_at_the_end_of_a_turn_fails(end: str, reason: str) -> None:
    opened = Opened()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(opened.serve("tools/call", name="add"))
        await opened.called()
        if end == "close":
            opened.room.close()
            opened.room.close()
            assert opened.closed == [opened.room]
        else:
            opened.room.listen(None, None)
    assert call.result()["content"][0]["text"] == reason


async def test_what_is_not_offered_cannot_be_called() -> None:
    opened = Opened()
    for params in ({"name": "rm"}, {}, {"name": "add", "arguments": [1]}):
        with pytest.raises(Refused) as refused:
            await opened.serve("tools/call", **params)
        assert refused.value.code == messages.INVALID_PARAMS
    with pytest.raises(Refused) as refused:
        await opened.serve("resources/list")
    assert refused.value.code == messages.METHOD_NOT_FOUND
    assert opened.calls == []


async def test_arguments_as_text_are_read() -> None:
    opened = Opened()
    async with asyncio.TaskGroup() as group:
        group.create_task(opened.serve("tools/call", name="add", arguments='{"a": 1}'))
        await opened.called()
        opened.calls[0].answer(ToolResult(""))
    assert opened.calls[0].arguments == '{"a":1}'


async def test_a_runaway_agent_is_bounded() -> None:
    opened = Opened()
    async with asyncio.TaskGroup() as group:
        for _ in range(MAX_WAITING):
            group.create_task(opened.serve("tools/call", name="add"))
        await opened.called(MAX_WAITING)
        said = await opened.serve("tools/call", name="add")
        assert said["isError"]
        opened.room.close()


async def test_a_changed_list_is_told_and_noticed_when_it_is_read() -> None:
    opened = Opened()
    opened.room.offer([WEATHER, ADD])
    assert opened.watched.heard == []
    await opened.serve("tools/list")
    assert await opened.room.listed(timeout_s=1)
    opened.room.offer([ADD])
    assert [method for method, _ in opened.watched.heard] == ["notifications/tools/list_changed"]
    assert not await opened.room.listed(timeout_s=0.01)
    await opened.serve("tools/list")
    assert await opened.room.listed(timeout_s=0.01)
    opened.room.unwatch(opened.watched)
    opened.room.offer([WEATHER])
    assert len(opened.watched.heard) == 1
    late = Watched()  # who listens only now has not heard of it
    opened.room.watch(late)
    assert [method for method, _ in late.heard] == ["notifications/tools/list_changed"]
