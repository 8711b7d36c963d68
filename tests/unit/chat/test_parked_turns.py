"""Native calls end the client's answer and park upstream's; what comes back decides the rest."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from gateway_engine.chat.parking import MAX_PARKED_TURNS
from gateway_engine.conversation import (
    COUNTED_ID,
    Caller,
    ChatRequest,
    FinishReason,
    ImagePart,
    Message,
    RequestId,
    Role,
    SessionUse,
    StreamEvent,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
    TurnFinished,
    TurnRouted,
)
from gateway_engine.errors import UpstreamError
from gateway_engine.upstreams.contract import (
    ToolResult,
)
from tests.unit.chat.native_upstream import (
    WEATHER,
    Call,
    Gateway,
    Heard,
    Step,
    called,
    calls_of,
    gateway,
    result,
    text_of,
    user,
)
from tests.unit.pool.fake_upstream import FakeUpstream, settle

ASKS: list[Step] = ["I look. ", (Call("weather", '{"city":"x"}'),), "Sunny it is."]
GO = user("weather?")
TRANSCRIPT: list[Step] = ["as a transcript"]


def routed(events: list[StreamEvent]) -> TurnRouted:
    assert isinstance(events[0], TurnRouted)
    return events[0]


def reason(events: list[StreamEvent]) -> FinishReason:
    assert isinstance(events[-1], TurnFinished)
    return events[-1].reason


def made(
    arguments: str = '{"city": "x"}', call_id: str = "call_1", text: str = "I look."
) -> Message:
    """The answer to GO as a client sends it back."""
    return Message(Role.ASSISTANT, (TextPart(text), ToolCallPart(call_id, "weather", arguments)))


async def test_a_call_ends_the_answer_and_its_result_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        first = await gate.ask(GO)
        assert (text_of(first), reason(first)) == ("I look. ", FinishReason.TOOL_CALLS)
        assert calls_of(first) == [(0, "call_1", "weather", '{"city":"x"}')]
        assert gate.upstream.running == 1
        assert gate.chat.parked().parked == 1
        assert gate.pressure.stats().in_flight == gate.instance.in_flight == 0

        rest = await gate.ask(GO, made(), result("call_1", "sunny"))
        assert (text_of(rest), reason(rest)) == ("Sunny it is.", FinishReason.STOP)
        assert gate.upstream.answers == [("weather", ToolResult("sunny"))]
        assert routed(rest).session is SessionUse.HIT
        assert (routed(rest).instance, routed(rest).model) == (
            routed(first).instance,
            routed(first).model,
        )
        assert len(gate.upstream.asked) == 1
        assert gate.idle()


async def test_the_session_goes_on_after_a_parked_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, ["And now."]) as gate:
        await gate.ask(GO)
        await gate.ask(GO, made(), result("call_1", "sunny"))
        done = Message(Role.ASSISTANT, (TextPart("Sunny it is."),))
        third = await gate.ask(GO, made(), result("call_1", "sunny"), done, user("and?"))
        assert routed(third).session is SessionUse.HIT
        assert gate.upstream.asked[1].prompt == "and?"


async def test_a_parked_turn_keeps_the_session_it_stands_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ["Hello."], ASKS) as gate:
        begin = [user("hi"), Message(Role.ASSISTANT, (TextPart("Hello."),)), GO]
        await gate.ask(*begin[:1])
        first = await gate.ask(*begin)
        assert routed(first).session is SessionUse.HIT
        assert not gate.upstream.forgotten
        await gate.ask(*begin, made(), result("call_1", "sunny"))
        assert not gate.upstream.forgotten


async def test_what_passes_belongs_to_the_request_it_passes_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        traces = [Heard(), Heard()]
        await gate.ask(GO, trace=traces[0])
        await gate.ask(GO, made(), result("call_1", "sunny"), trace=traces[1])
        assert [trace.frames for trace in traces] == [[b"I look. "], [b"Sunny it is."]]


async def test_a_failed_tool_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        await gate.ask(GO)
        await gate.ask(GO, made(), result("call_1", "no such city", is_error=True))
        assert gate.upstream.answers == [("weather", ToolResult("no such city", is_error=True))]


async def test_parallel_calls_go_on_when_all_results_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, [(Call("weather"), Call("clock")), "Both."]) as gate:
        first = await gate.ask(GO)
        assert [call[:3] for call in calls_of(first)] == [
            (0, "call_1", "weather"),
            (1, "call_2", "clock"),
        ]
        answer = called(("call_1", "weather"), ("call_2", "clock"))
        rest = await gate.ask(GO, answer, result("call_2", "noon"), result("call_1", "sunny"))
        assert text_of(rest) == "Both."
        assert gate.upstream.answers == [
            ("weather", ToolResult("sunny")),
            ("clock", ToolResult("noon")),
        ]


async def test_a_client_that_takes_one_call_at_a_time_gets_the_others_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, [(Call("weather"), Call("clock")), "Both."]) as gate:
        first = await gate.ask(GO, parallel_tool_calls=False)
        assert [call[1:3] for call in calls_of(first)] == [("call_1", "weather")]
        turns = [GO, called(("call_1", "weather")), result("call_1", "sunny")]
        second = await gate.ask(*turns, parallel_tool_calls=False)
        assert [call[1:3] for call in calls_of(second)] == [("call_2", "clock")]
        turns += [called(("call_2", "clock")), result("call_2", "noon")]
        assert text_of(await gate.ask(*turns, parallel_tool_calls=False)) == "Both."
        assert len(gate.upstream.asked) == 1


async def test_call_after_call_in_one_turn_of_upstream(monkeypatch: pytest.MonkeyPatch) -> None:
    script: list[Step] = ["a", (Call("weather"),), "b", (Call("clock"),), "c"]
    async with gateway(monkeypatch, script) as gate:
        await gate.ask(GO)
        turns = [GO, called(("call_1", "weather"), text="a"), result("call_1", "1")]
        second = await gate.ask(*turns)
        assert (text_of(second), reason(second)) == ("b", FinishReason.TOOL_CALLS)
        turns += [called(("call_2", "clock"), text="b"), result("call_2", "2")]
        assert text_of(await gate.ask(*turns)) == "c"
        stats = gate.chat.parked()
        assert (stats.parked_total, stats.resumed_total) == (2, 2)


async def test_a_client_without_call_ids_goes_on_by_order(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        await gate.ask(GO)
        counted = f"{COUNTED_ID}1_0"
        rest = await gate.ask(GO, made(call_id=counted), result(counted, "sunny"))
        assert text_of(rest) == "Sunny it is."


async def test_tools_need_not_be_declared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        await gate.ask(GO)
        rest = await gate.ask(GO, made(), result("call_1", "sunny"), tools=())
        assert text_of(rest) == "Sunny it is."


# --- what does not go on with the parked turn ---


async def other(gate: Gateway, *messages: Message, ends: bool, key: str = "k") -> None:
    """Ask so, and see a transcript turn; `ends` says what becomes of the parked one."""
    assert gate.chat.parked().parked == 1
    events = await gate.ask(*messages, key=key)
    assert text_of(events) == "as a transcript"
    assert gate.upstream.asked[-1].session_id == ""
    await settle()
    assert gate.upstream.stopped == gate.chat.parked().dropped_total == int(ends)
    assert gate.chat.parked().parked == int(not ends)


async def test_half_of_the_results(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, [(Call("weather"), Call("clock"))], TRANSCRIPT) as gate:
        await gate.ask(GO)
        answer = called(("call_1", "weather"), ("call_2", "clock"))
        await other(gate, GO, answer, result("call_1", "sunny"), ends=True)
        assert "sunny" in gate.upstream.asked[-1].prompt
        assert not gate.upstream.answers


async def test_words_of_the_user_beside_the_results(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        beside = Message(
            Role.USER, (ToolResultPart("call_1", (TextPart("sunny"),)), TextPart("in German!"))
        )
        await other(gate, GO, made(), beside, ends=True)
        assert "in German!" in gate.upstream.asked[-1].prompt
        assert "sunny" in gate.upstream.asked[-1].prompt


@pytest.mark.parametrize(
    "history",
    [
        [user("the weather?"), made()],
        [GO, made(text="I look it up.")],
        [GO, made('{"city": "y"}')],
        [user("before"), GO, made()],
    ],
)
async def test_an_edited_history(monkeypatch: pytest.MonkeyPatch, history: list[Message]) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        await other(gate, *history, result("call_1", "sunny"), ends=True)


async def test_another_key_neither_goes_on_nor_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        await other(gate, GO, made(), result("call_1", "mine"), key="thief", ends=False)
        assert text_of(await gate.ask(GO, made(), result("call_1", "sunny"))) == "Sunny it is."
        assert gate.upstream.answers == [("weather", ToolResult("sunny"))]


async def test_other_ids_are_other_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        await other(gate, GO, made(call_id="call_9"), result("call_9", "sunny"), ends=False)


async def test_other_tools_are_another_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        events = await gate.ask(GO, made(), result("call_1", "sunny"), tools=(WEATHER,))
        assert text_of(events) == "as a transcript"


NEVER_MIND = user("never mind")
OTHERWISE = Message(Role.ASSISTANT, (TextPart("I know it."),))


@pytest.mark.parametrize(
    "goes_on",
    [
        pytest.param([GO, made(), NEVER_MIND], id="a new question instead of the result"),
        pytest.param([GO, made(call_id=f"{COUNTED_ID}1_0"), NEVER_MIND], id="without call ids"),
        pytest.param([GO, NEVER_MIND], id="the call is left out"),
        pytest.param(
            [GO, Message(Role.SYSTEM, (TextPart("be brief"),)), NEVER_MIND], id="and instructed"
        ),
        pytest.param([user("the weather?"), made(), NEVER_MIND], id="an edited question before it"),
        pytest.param([GO, made(), result("call_1", "x"), OTHERWISE, NEVER_MIND], id="long past"),
    ],
)
async def test_a_conversation_that_goes_on_without_its_results(
    monkeypatch: pytest.MonkeyPatch, goes_on: list[Message]
) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        await other(gate, *goes_on, ends=True)
        assert gate.upstream.running == gate.instance.in_flight == 0


@pytest.mark.parametrize(
    "branch",
    [
        pytest.param([GO], id="asked a second time, for another answer"),
        pytest.param([GO, OTHERWISE, NEVER_MIND], id="gone on from another answer"),
        pytest.param([GO, made(call_id="call_9"), NEVER_MIND], id="gone on from another call"),
        pytest.param([user("the weather?"), NEVER_MIND], id="another question"),
        pytest.param([user("before"), GO, NEVER_MIND], id="another beginning"),
        pytest.param([user("what is it about?")], id="another conversation"),
    ],
)
async def test_another_branch_leaves_it(
    monkeypatch: pytest.MonkeyPatch, branch: list[Message]
) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        await other(gate, *branch, ends=False)
        assert text_of(await gate.ask(GO, made(), result("call_1", "sunny"))) == "Sunny it is."


@pytest.mark.parametrize("fields", [{"key": "thief"}, {"tools": ()}])
async def test_a_new_question_by_another_key_or_without_the_tools_leaves_it(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        await gate.ask(GO, NEVER_MIND, **fields)
        assert text_of(await gate.ask(GO, made(), result("call_1", "sunny"))) == "Sunny it is."


async def test_of_branches_asked_alike_one_goes_on_and_the_other_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ASKS, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        await gate.ask(GO)
        assert gate.chat.parked().parked == 2
        await gate.ask(GO, made(call_id="call_2"), NEVER_MIND)
        await settle()
        assert gate.chat.parked().parked == gate.upstream.running == gate.upstream.stopped == 1
        assert text_of(await gate.ask(GO, made(), result("call_1", "sunny"))) == "Sunny it is."


async def test_of_branches_that_look_alike_one_is_ended_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ASKS, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        await gate.ask(GO)
        await gate.ask(GO, NEVER_MIND)
        await settle()
        assert gate.chat.parked().parked == gate.upstream.running == 1


async def test_two_requests_for_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        again = [gate.ask(GO, made(), result("call_1", "sunny")) for _ in range(2)]
        answers = await asyncio.gather(*again)
        assert [text_of(events) for events in answers] == ["Sunny it is.", "as a transcript"]
        assert gate.upstream.answers == [("weather", ToolResult("sunny"))]


async def test_results_that_come_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT, park_timeout_s=0.05) as gate:
        await gate.ask(GO)
        async with asyncio.timeout(5):
            while gate.upstream.running:  # noqa: ASYNC110 - the timer is the thing waited for
                await asyncio.sleep(0.01)
        assert gate.chat.parked().expired_total == 1
        assert gate.idle()
        events = await gate.ask(GO, made(), result("call_1", "sunny"))
        assert text_of(events) == "as a transcript"
        assert "sunny" in gate.upstream.asked[-1].prompt


async def test_an_upstream_that_waited_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        gate.upstream.deaf = True
        events = await gate.ask(GO, made(), result("call_1", "sunny"))
        assert text_of(events) == "as a transcript"
        assert gate.upstream.stopped == 1


async def test_a_resumed_turn_that_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[Step] = [(Call("weather"),), UpstreamError("broke")]
    async with gateway(monkeypatch, broken, TRANSCRIPT) as gate:
        await gate.ask(GO)
        events = await gate.ask(GO, called(("call_1", "weather")), result("call_1", "sunny"))
        assert text_of(events) == "as a transcript"


async def test_a_resumed_turn_that_fails_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[Step] = [(Call("weather"),), "Sun", UpstreamError("broke")]
    async with gateway(monkeypatch, broken) as gate:
        await gate.ask(GO)
        with pytest.raises(UpstreamError, match="broke"):
            await gate.ask(GO, called(("call_1", "weather")), result("call_1", "sunny"))
        assert gate.idle()


async def test_an_instance_that_dies_ends_its_parked_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ASKS, TRANSCRIPT) as gate:
        await gate.ask(GO)
        upstream = gate.instance.upstream
        assert isinstance(upstream, FakeUpstream)
        gate.instance.restart()
        await settle()
        assert upstream.stopped
        assert gate.chat.parked().parked == gate.upstream.running == 0
        events = await gate.ask(GO, made(), result("call_1", "sunny"))
        assert text_of(events) == "as a transcript"


async def test_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[list[Step]] = [[(Call("weather"),), f"{n}"] for n in range(MAX_PARKED_TURNS + 1)]
    async with gateway(monkeypatch, *turns, TRANSCRIPT) as gate:
        for n in range(MAX_PARKED_TURNS + 1):
            await gate.ask(user(f"weather {n}?"))
        await settle()
        assert gate.chat.parked().parked == gate.upstream.running == MAX_PARKED_TURNS
        for n, said in ((1, "1"), (0, "as a transcript")):
            call_id = f"call_{n + 1}"
            turn = [user(f"weather {n}?"), called((call_id, "weather")), result(call_id, "sunny")]
            assert text_of(await gate.ask(*turn)) == said


async def test_a_client_that_goes_in_the_middle_leaves_nothing_parked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        request = ChatRequest("m", (GO,), tools=(WEATHER,))
        async with aclosing(gate.chat.ask(request, Caller(RequestId("r"), "test"))) as batches:
            await anext(batches)
            await anext(batches)
        assert gate.chat.parked().parked_total == 0
        assert gate.idle()


async def test_results_go_to_the_head_of_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS, ["slow"], ["later"]) as gate:
        await gate.ask(GO)
        order: list[str] = []

        async def ask(name: str, *messages: Message) -> None:
            await gate.ask(*messages)
            order.append(name)

        async with asyncio.TaskGroup() as group, gate.pressure.ticket():
            for name, turns in (
                ("new", [user("hi")]),
                ("newer", [user("ho")]),
                ("resumed", [GO, made(), result("call_1", "sunny")]),
            ):
                group.create_task(ask(name, *turns))
                await settle()
            assert gate.pressure.stats().queued == 3
        assert order == ["resumed", "new", "newer"]


# --- shapes and limits ---


async def test_a_call_written_as_text_beside_it_ends_upstream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = '```json action\n{"tool": "clock", "parameters": {}}\n```\n'
    async with gateway(monkeypatch, [written, (Call("weather"),)], TRANSCRIPT) as gate:
        events = await gate.ask(GO)
        assert [call[:3] for call in calls_of(events)] == [
            (0, "call_1", "clock"),
            (1, "call_2", "weather"),
        ]
        assert gate.chat.parked().parked_total == 0
        assert gate.upstream.stopped == 1


async def test_a_forced_choice_is_met_by_a_native_call(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        events = await gate.ask(GO, tool_choice=ToolChoice(ToolChoiceMode.REQUIRED))
        assert (text_of(events), reason(events)) == ("I look. ", FinishReason.TOOL_CALLS)
        assert len(gate.upstream.asked) == 1


async def test_a_stop_sequence_before_the_call_stops_upstream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        events = await gate.ask(GO, stop=("look",))
        assert (text_of(events), reason(events)) == ("I ", FinishReason.STOP_SEQUENCE)
        assert not calls_of(events)
        assert gate.idle()


async def test_an_image_in_a_result_leaves_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(monkeypatch, ASKS) as gate:
        await gate.ask(GO)
        seen = ToolResultPart("call_1", (TextPart("see"), ImagePart(data="aGk=")))
        await gate.ask(GO, made(), Message(Role.TOOL, (seen,)))
        assert gate.upstream.answers == [("weather", ToolResult("see\n[image]"))]
