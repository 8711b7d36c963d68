"""Native calls of one Lingma turn: what is wanted of us, what is sent back, what is told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway_engine.errors import UpstreamTimeoutError
from gateway_engine.tools.native import APPROVE, INVOKE, INVOKE_RESULT, SYNC, NativeCalls
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolAnswer,
    ToolApproved,
    ToolCallsWanted,
    ToolCallWanted,
    ToolDenied,
    ToolOutcome,
    ToolResult,
    ToolUsed,
)
from gateway_engine.upstreams.lingma.tool_messages import Message
from gateway_engine.upstreams.lingma.turn_tools import TurnTools
from gateway_engine.upstreams.turn_inbox import TurnInbox


@dataclass
class Turn:
    """One turn's tools, fed with wire events."""

    inbox: TurnInbox = field(default_factory=lambda: TurnInbox(Deadlines(0, 0, 0)))
    sent: list[Message] = field(default_factory=list)
    now: float = 1000.0
    own_tools: bool = False

    def __post_init__(self) -> None:
        self._native = NativeCalls()
        self.tools = TurnTools(
            self.inbox, lambda: "s", self._send, lambda: self.now, own_tools=self.own_tools
        )

    def _send(self, messages: Sequence[Message]) -> None:
        self.sent += messages

    def hear(self, method: str, call_id: str = "c", name: str = "weather", **fields: Any) -> None:
        params = {"requestId": "r", "toolCallId": call_id, "name": name, **fields}
        for event in self._native.receive(method, params):
            self.tools.take(event)

    def sync(self, status: str, call_id: str = "c", **fields: Any) -> None:
        self.hear(SYNC, call_id, toolCallStatus=status, **fields)

    async def wanted(self) -> tuple[ToolCallWanted, ...]:
        async with asyncio.timeout(5):
            item = await self.inbox.take()
        assert isinstance(item, ToolCallsWanted)
        return item.calls

    def said(self) -> list[tuple[str, object]]:
        """What was sent: approvals, and results or their errors."""
        return [
            (method, params["approval"])
            if method == APPROVE
            else (method, params["result"] or params["errorMessage"])
            for method, params in self.sent
        ]


async def test_a_call_that_asks_leave_gets_it_before_its_result() -> None:
    turn = Turn()
    turn.sync("INIT", parameters={"city": "x"})
    turn.sync("Pending")
    (call,) = await turn.wanted()
    assert (call.name, call.arguments, call.runs_upstream) == ("weather", '{"city":"x"}', True)
    turn.now += 1.5
    assert call.answer(ToolResult("sunny"))
    assert turn.said() == [(APPROVE, True), (INVOKE_RESULT, "sunny")]
    assert turn.sent[0][1]["requestId"] == "r"
    result = turn.sent[1][1]
    assert (result["success"], result["startTime"], result["timeConsuming"]) == (
        True,
        1_000_000,
        1500,
    )


async def test_a_call_we_are_asked_to_run_gets_its_result_alone() -> None:
    turn = Turn()
    turn.hear(INVOKE, parameters={})
    (call,) = await turn.wanted()
    assert not call.runs_upstream
    assert call.answer(ToolResult("no such city", is_error=True))
    assert turn.said() == [(INVOKE_RESULT, "no such city")]
    assert turn.sent[0][1]["success"] is False


async def test_asked_to_run_it_after_all_it_gets_the_same_answer_again() -> None:
    turn = Turn()
    turn.sync("PENDING")
    (call,) = await turn.wanted()
    call.answer(ToolResult("sunny"))
    turn.hear(INVOKE)
    assert turn.said() == [(APPROVE, True), (INVOKE_RESULT, "sunny"), (INVOKE_RESULT, "sunny")]


async def test_a_tool_of_lingmas_own_is_never_approved_for_a_clients_result() -> None:
    turn = Turn(own_tools=True)
    turn.hear(SYNC, name="run_in_terminal", toolCallStatus="PENDING")
    (call,) = await turn.wanted()
    assert not call.answer(ToolResult("done"))
    assert not turn.said()
    turn.hear(INVOKE, "d", name="run_in_terminal")
    (handed_over,) = await turn.wanted()
    assert handed_over.answer(ToolResult("done"))
    assert turn.said() == [(INVOKE_RESULT, "done")]
    turn.tools.close()
    turn.inbox.close()


@pytest.mark.parametrize("is_error", [False, True])
async def test_a_name_of_lingmas_own_gets_the_result_alone_where_its_tools_are_off(
    is_error: bool,
) -> None:
    turn = Turn()
    turn.hear(SYNC, name="run_in_terminal", toolCallStatus="PENDING")
    (call,) = await turn.wanted()
    assert call.answer(ToolResult("done", is_error=is_error))
    assert turn.said() == [(INVOKE_RESULT, "done")]
    assert turn.sent[0][1]["success"] is not is_error


async def test_a_denial_says_why() -> None:
    turn = Turn()
    turn.sync("PENDING")
    (call,) = await turn.wanted()
    call.answer(ToolDenied("not here"))
    assert turn.said() == [(APPROVE, False), (INVOKE_RESULT, "not here")]
    assert turn.sent[1][1]["success"] is False
    turn.sync("CANCELLED")
    turn.inbox.close()
    assert not await anything(turn)


async def test_an_approved_call_is_told_when_it_ended() -> None:
    turn = Turn()
    turn.sync("PENDING", parameters={"a": 1})
    (call,) = await turn.wanted()
    call.answer(ToolApproved())
    assert turn.said() == [(APPROVE, True)]
    turn.sync("RUNNING")
    turn.sync("FINISHED", results=[{"success": True, "result": "42"}])
    assert await turn.inbox.take() == ToolUsed(
        "c", "weather", '{"a":1}', ToolOutcome.FINISHED, "42"
    )


async def test_an_approved_call_we_are_asked_to_run_is_wanted_again() -> None:
    turn = Turn()
    turn.sync("PENDING")
    (call,) = await turn.wanted()
    call.answer(ToolApproved())
    turn.hear(INVOKE)
    (again,) = await turn.wanted()
    assert not again.runs_upstream
    again.answer(ToolDenied("nobody runs it"))
    assert turn.said() == [(APPROVE, True), (INVOKE_RESULT, "nobody runs it")]


@pytest.mark.parametrize(
    ("status", "fields", "outcome", "result"),
    [
        ("FINISHED", {"results": [{"result": "r"}]}, ToolOutcome.FINISHED, "r"),
        ("ERROR", {"errorMessage": "broke"}, ToolOutcome.FAILED, "broke"),
        ("CANCELLED", {}, ToolOutcome.CANCELLED, ""),
        ("FINISHED", {"success": False, "errorMessage": "no"}, ToolOutcome.FAILED, "no"),
    ],
)
async def test_a_call_that_asks_nobody_is_told_once(
    status: str, fields: dict[str, Any], outcome: ToolOutcome, result: str
) -> None:
    turn = Turn()
    turn.sync("RUNNING")
    turn.sync(status, **fields)
    turn.sync(status, **fields)
    assert await turn.inbox.take() == ToolUsed("c", "weather", "{}", outcome, result)
    turn.inbox.close()
    assert not await anything(turn)


async def test_calls_that_come_together_are_wanted_together() -> None:
    turn = Turn()
    turn.sync("PENDING", "a")
    turn.sync("PENDING", "b")
    turn.hear(INVOKE, "c")
    calls = await turn.wanted()
    assert [call.call_id for call in calls] == ["a", "b", "c"]


async def test_an_answer_counts_once_and_not_after_the_end() -> None:
    turn = Turn()
    turn.sync("PENDING", "a")
    turn.sync("PENDING", "b")
    turn.sync("PENDING", "c")
    first, second, third = await turn.wanted()
    assert first.answer(ToolResult("x"))
    assert not first.answer(ToolResult("y"))
    turn.sync("CANCELLED", "b")
    assert not second.answer(ToolResult("too late"))
    turn.tools.close()
    assert not third.answer(ToolResult("too late"))
    assert turn.said() == [(APPROVE, True), (INVOKE_RESULT, "x")]
    turn.inbox.close()


async def test_a_call_that_ended_while_it_was_gathered_is_not_handed_out() -> None:
    turn = Turn()
    turn.sync("PENDING", "a")
    turn.sync("CANCELLED", "a")
    turn.sync("PENDING", "b")
    assert [call.call_id for call in await turn.wanted()] == ["b"]
    turn.tools.close()
    turn.inbox.close()


@pytest.mark.parametrize("answer", [ToolResult("x"), ToolDenied("y"), ToolApproved()])
async def test_the_deadlines_stand_still_until_every_call_is_answered(answer: ToolAnswer) -> None:
    turn = Turn(TurnInbox(Deadlines(0.3, 0.3, 0.3)))
    turn.sync("PENDING", "a")
    turn.sync("PENDING", "b")
    first, second = await turn.wanted()
    await asyncio.sleep(0.7)
    first.answer(answer)
    await asyncio.sleep(0.7)
    assert not turn.inbox.ended
    second.answer(answer)
    async with asyncio.timeout(5):
        with pytest.raises(UpstreamTimeoutError):
            await turn.inbox.take()


async def anything(turn: Turn) -> bool:
    """Whether the inbox has something to hand out."""
    try:
        async with asyncio.timeout(0.2):
            await turn.inbox.take()
    except TimeoutError:
        return False
    return True
