"""An answer whose instance goes in the middle of it: when it is begun anew, and when never."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import pytest

from gateway_engine.chat.native_calls import ToolApproval
from gateway_engine.chat.service import ChatRules, ChatService
from gateway_engine.conversation import (
    Caller,
    Change,
    ChatRequest,
    Message,
    ReasoningDelta,
    RequestId,
    Role,
    TextDelta,
    TextPart,
)
from gateway_engine.errors import GatewayError, UpstreamError, UpstreamGoneError
from gateway_engine.events import EngineEvent, RequestFinished
from gateway_engine.pool.pool import Pool
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.server.turn_record import TurnRecord
from gateway_engine.tokens.vocabulary import count_tokens
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolCallsWanted,
    ToolCallWanted,
    ToolOutcome,
    ToolUsed,
    TurnEnd,
    TurnItem,
    UpstreamAsk,
)
from tests.unit.pool.fake_upstream import FakeUpstream, World

GONE = UpstreamGoneError("the upstream process ended")
BEGUN: TurnItem = [TextDelta("A bad beginn")]
TOOL_USED = ToolUsed("c", "run", "{}", ToolOutcome.FINISHED, "done")
TOOL_WANTED = ToolCallsWanted((ToolCallWanted("c", "run", "{}", True, lambda _answer: True),))


@dataclass
class Outcome:
    """What the client is given, its figures, the changes told and how often upstream was asked."""

    answer: CollectedAnswer
    figures: RequestFinished
    changes: list[str]
    asked: int


async def outcome(
    monkeypatch: pytest.MonkeyPatch,
    *items: TurnItem,
    error: GatewayError = GONE,
    whole: bool = True,
    model: str = "m",
    times: int = 1,
) -> Outcome:
    """What becomes of a request whose first `times` tries end with `error` after these items."""
    asked: list[UpstreamAsk] = []

    async def ask(
        _upstream: FakeUpstream, ask: UpstreamAsk, _deadlines: Deadlines
    ) -> AsyncGenerator[TurnItem, None]:
        asked.append(ask)
        if len(asked) <= times:
            for item in items:
                yield item
            raise error
        yield [TextDelta("Good.")]
        yield TurnEnd("s")

    monkeypatch.setattr(FakeUpstream, "ask", ask)
    pool, world = Pool(), World()
    pool.instances = (world.instance("one", pool), world.instance("two", pool))
    pool.start()
    rules = ChatRules(Deadlines(0, 0, 0), queue_timeout_s=5, tool_approval=ToolApproval.AUTO)
    trace, told, answer = Changes(), list[EngineEvent](), CollectedAnswer()
    caller = Caller(RequestId("r"), "test", whole=whole, trace=trace)
    record = TurnRecord(told.append, caller, 0.0)
    request = ChatRequest(model, (Message(Role.USER, (TextPart("go"),)),))
    now = 0.0
    code = ""
    try:
        async with aclosing(ChatService(pool, rules).ask(request, caller)) as batches:
            async for batch in batches:
                now += 1.0
                record.observe(batch, now)
                answer.add(batch)
    except GatewayError as failure:
        code = failure.code
    finally:
        await pool.stop()
    record.over(status=200, code=code, message="", at=0.0, now=now)
    assert isinstance(told[-1], RequestFinished)
    return Outcome(answer, told[-1], trace.codes, len(asked))


class Changes:
    """Hears what was changed, and nothing else."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def changed(self, changes: Iterable[Change]) -> None:
        self.codes += [change.code for change in changes]

    def to_upstream(self, frame: bytes) -> None:
        """See TurnTrace."""

    def from_upstream(self, frame: bytes, channel: str = "", text: str = "") -> None:
        """See TurnTrace."""


async def test_a_whole_answer_is_begun_anew_without_a_trace_of_its_first_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = await outcome(monkeypatch, [ReasoningDelta("Hm.")], BEGUN)
    assert (found.answer.text, found.answer.reasoning, found.asked) == ("Good.", "", 2)
    assert found.changes == ["begun_anew"]
    assert found.figures.tokens_out == count_tokens("Good.")
    assert found.figures.ttft_ms == 5000  # two events, then the second beginning and its first word


async def test_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await outcome(monkeypatch, BEGUN, times=2)
    assert (found.figures.error_code, found.asked) == ("upstream_error", 2)


@pytest.mark.parametrize(
    ("items", "fields"),
    [
        ([BEGUN], {"whole": False}),
        ([BEGUN, TOOL_USED], {}),
        ([TOOL_WANTED, BEGUN], {}),
        ([BEGUN], {"model": "lingma-agent"}),
        ([BEGUN], {"error": UpstreamError("it said no")}),
    ],
    ids=["the client has seen it", "a tool ran", "a tool may have run", "agent mode", "no death"],
)
async def test_what_cannot_be_taken_back_fails(
    monkeypatch: pytest.MonkeyPatch, items: list[TurnItem], fields: dict[str, Any]
) -> None:
    found = await outcome(monkeypatch, *items, **fields)
    assert (found.figures.error_code, found.asked) == ("upstream_error", 1)
    assert "begun_anew" not in found.changes
