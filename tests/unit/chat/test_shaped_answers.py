"""Calls, forced choices, broken arguments, JSON formats: what is asked, what comes out."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from itertools import count
from typing import Any

import pytest

from gateway_engine.chat.service import ChatRules, ChatService
from gateway_engine.conversation import (
    Caller,
    ChatRequest,
    FinishReason,
    JsonFormat,
    Message,
    RequestId,
    Role,
    SessionUse,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallPart,
    ToolCallStarted,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
    ToolSpec,
    TurnFinished,
    TurnRouted,
)
from gateway_engine.errors import UpstreamError
from gateway_engine.pool.pool import Pool
from gateway_engine.sessions.cache import SessionCache
from gateway_engine.upstreams.contract import Deadlines, TurnEnd, TurnItem, UpstreamAsk
from tests.unit.pool.fake_upstream import FakeUpstream, World

READ = ToolSpec(
    "read",
    "Reads a file.",
    {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
)
CALL = '```json action\n{"tool": "read", "parameters": {"path": "a.txt"}}\n```'
FORCED = ToolChoice(ToolChoiceMode.REQUIRED)
NUMBERED = {
    "type": "object",
    "properties": {
        "n": {"type": "integer"},
        "of": {"type": "object", "properties": {"x": {"type": "string"}}},
    },
    "required": ["n"],
}


class Script:
    """Answers to give, in order, and what was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[UpstreamAsk] = []

    async def ask(self, ask: UpstreamAsk, _deadlines: Deadlines) -> AsyncGenerator[TurnItem, None]:
        self.asked.append(ask)
        for letter in self.answers.pop(0):
            yield [TextDelta(letter)]
        yield TurnEnd(ask.session_id or f"session {len(self.asked)}")


@asynccontextmanager
async def service(script: Script, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChatService]:
    monkeypatch.setattr(FakeUpstream, "ask", lambda _self, ask, limits: script.ask(ask, limits))
    pool = Pool()
    pool.instances = (World().instance(pool=pool),)
    pool.start()
    sessions = SessionCache(max_entries=9, ttl_s=99, clock=lambda: 0.0)
    rules = ChatRules(Deadlines(0, 0, 0), queue_timeout_s=5)
    numbers = count(1)
    try:
        yield ChatService(
            pool, rules, sessions=sessions, new_call_id=lambda: f"call_{next(numbers)}"
        )
    finally:
        await pool.stop()


async def answer(chat: ChatService, *messages: Message, **fields: Any) -> list[StreamEvent]:
    return await answer_to(chat, ChatRequest("m", messages or (said(Role.USER, "go"),), **fields))


async def answer_to(chat: ChatService, request: ChatRequest) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    async with aclosing(chat.ask(request, Caller(RequestId("r"), "test"))) as batches:
        async for batch in batches:
            events += batch
    assert isinstance(events[0], TurnRouted)
    return events


def said(role: Role, text: str) -> Message:
    return Message(role, (TextPart(text),))


def text_of(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def arguments_of(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ToolCallArguments))


def end_of(events: list[StreamEvent]) -> TurnFinished:
    assert isinstance(events[-1], TurnFinished)
    return events[-1]


async def test_a_call_is_taught_and_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(f"I look.\n{CALL}\n", "It says hello.")
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, tools=(READ,))
        assert '"read"' in script.asked[0].prompt
        assert text_of(events) == "I look.\n"
        assert [e for e in events if isinstance(e, ToolCallStarted)] == [
            ToolCallStarted(0, "call_1", "read")
        ]
        assert arguments_of(events) == '{"path": "a.txt"}'
        assert ToolCallFinished(0) in events
        assert end_of(events).reason is FinishReason.TOOL_CALLS

        went_on = await answer(
            chat,
            said(Role.USER, "go"),
            Message(
                Role.ASSISTANT,
                (TextPart("I look.\n"), ToolCallPart("call_1", "read", '{"path":"a.txt"}')),
            ),
            Message(Role.TOOL, (ToolResultPart("call_1", (TextPart("hello"),)),)),
            tools=(READ,),
        )
        assert isinstance(went_on[0], TurnRouted)
        assert went_on[0].session is SessionUse.HIT
        assert "```tool result read\nhello\n```" in script.asked[1].prompt
        assert "Reads a file." not in script.asked[1].prompt
        assert (text_of(went_on), end_of(went_on).reason) == ("It says hello.", FinishReason.STOP)


@pytest.mark.parametrize(
    ("more", "use"),
    [("\n", SessionUse.HIT), ("\nNow I wait.", SessionUse.MISS), (f"\n{CALL}", SessionUse.MISS)],
)
async def test_an_only_call_that_ends_its_answer_keeps_the_session(
    monkeypatch: pytest.MonkeyPatch, more: str, use: SessionUse
) -> None:
    script = Script(CALL + more, "It says hello.")
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, tools=(READ,), parallel_tool_calls=False)
        assert arguments_of(events) == '{"path": "a.txt"}'
        assert text_of(events) == ""
        assert end_of(events).reason is FinishReason.TOOL_CALLS
        went_on = await answer(
            chat,
            said(Role.USER, "go"),
            Message(Role.ASSISTANT, (ToolCallPart("call_1", "read", '{"path":"a.txt"}'),)),
            Message(Role.TOOL, (ToolResultPart("call_1", (TextPart("hello"),)),)),
            tools=(READ,),
            parallel_tool_calls=False,
        )
        assert isinstance(went_on[0], TurnRouted)
        assert went_on[0].session is use


async def test_a_choice_of_none_teaches_nothing_and_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = Script(CALL)
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, tools=(READ,), tool_choice=ToolChoice(ToolChoiceMode.NONE))
        assert "Reads a file." not in script.asked[0].prompt
        assert text_of(events) == CALL


async def test_a_forced_call_is_asked_for_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script("Shall I?", CALL)
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, tools=(READ,), tool_choice=FORCED)
        assert script.asked[1].session_id == "session 1"
        assert "must call" in script.asked[1].prompt
        assert (text_of(events), arguments_of(events)) == ("", '{"path": "a.txt"}')
        assert end_of(events).reason is FinishReason.TOOL_CALLS


async def test_a_forced_call_that_never_comes_gives_the_first_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = Script("Shall I?", "I would rather not.")
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, tools=(READ,), tool_choice=FORCED)
        assert (text_of(events), end_of(events).reason) == ("Shall I?", FinishReason.STOP)
        assert len(script.asked) == 2


async def test_broken_arguments_are_asked_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = '```json action\n{"tool": "read", "parameters": {"path": 7, nonsense'
    script = Script(broken, '{"path": "a.txt"}')
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, tools=(READ,))
        assert "could not be used" in script.asked[1].prompt
        assert arguments_of(events) == '{"path": "a.txt"}'
        assert events.count(ToolCallFinished(0)) == 1
        assert end_of(events).reason is FinishReason.TOOL_CALLS


async def test_arguments_broken_twice_fail_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script('```json action\n{"tool": "read", "parameters": {"path": 7, nons', "no idea")
    async with service(script, monkeypatch) as chat:
        with pytest.raises(UpstreamError, match="unusable arguments"):
            await answer(chat, tools=(READ,))
        assert len(script.asked) == 2


@pytest.mark.parametrize(
    "first",
    [
        '{"a": 1}',
        '```json\n{"a": 1}\n```',
        '\n {"a": 1} \n',
        'Here it is:\n\n```json\n{"a": 1}\n```\nAnything else?',
        'Here it is: {"a": 1}.',
        '{"a": 1,}',
    ],
    ids=["bare", "fenced", "air", "fenced_among_words", "among_words", "trailing_comma"],
)
async def test_a_json_format_is_checked(monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    script = Script(first)
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, json_format=JsonFormat())
        assert text_of(events) == '{"a": 1}'
        assert "JSON object" in script.asked[0].prompt


@pytest.mark.parametrize("tools", [(), (READ,)])
@pytest.mark.parametrize("answered", ['{"a": 1}', " 1}"])
async def test_an_answer_goes_on_where_the_client_began_it(
    monkeypatch: pytest.MonkeyPatch, answered: str, tools: tuple[ToolSpec, ...]
) -> None:
    script = Script(answered)
    begun = (said(Role.USER, "as JSON"), said(Role.ASSISTANT, '{"a":'))
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, *begun, json_format=JsonFormat(), tools=tools)
        assert text_of(events) == " 1}"
        assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("first", "expected"),
    [('{"n": "7"}', '{"n": 7}'), ('{"n": 7, "of": {"x": "y"}}', '{"n": 7, "of": {"x": "y"}}')],
)
async def test_a_json_answer_has_the_types_of_its_schema(
    monkeypatch: pytest.MonkeyPatch, first: str, expected: str
) -> None:
    script = Script(first)
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, json_format=JsonFormat(NUMBERED))
        assert text_of(events) == expected
        assert len(script.asked) == 1


async def test_a_json_answer_is_checked_on_all_its_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script('{"n": 7, "of": {"x": 1}}', '{"n": 7, "of": {"x": "1"}}')
    async with service(script, monkeypatch) as chat:
        events = await answer(chat, json_format=JsonFormat(NUMBERED))
        assert text_of(events) == '{"n": 7, "of": {"x": "1"}}'
        assert len(script.asked) == 2


async def test_an_answer_that_is_no_json_is_asked_for_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = JsonFormat({"type": "object", "required": ["a"], "properties": {"a": {}}})
    script = Script('{"b": 1}', '{"a": 1} or {"a": 2}', '{"b": 1}', '{"a": 2}')
    async with service(script, monkeypatch) as chat:
        in_vain = await answer(chat, json_format=wanted)
        assert text_of(in_vain) == '{"b": 1}'
        assert "Schema" in script.asked[1].prompt
        events = await answer(chat, json_format=wanted)
        assert text_of(events) == '{"a": 2}'
