"""Native calls of tools the client did not declare, or may not be given now."""

import json

import pytest

from gateway_engine.chat.native_calls import ToolApproval
from gateway_engine.conversation import (
    Change,
    JsonFormat,
    ToolChoice,
    ToolChoiceMode,
)
from gateway_engine.upstreams.contract import (
    ToolApproved,
    ToolDenied,
    ToolOutcome,
    ToolUsed,
)
from tests.unit.chat.native_upstream import (
    CLOCK,
    WEATHER,
    Call,
    Heard,
    Step,
    called,
    calls_of,
    gateway,
    reasoning_of,
    result,
    text_of,
    user,
)

GO = user("weather?")


@pytest.mark.parametrize("runs_upstream", [True, False])
async def test_a_tool_nobody_declared_is_denied_and_told_why(
    monkeypatch: pytest.MonkeyPatch, runs_upstream: bool
) -> None:
    script: list[Step] = [(Call("run_in_terminal", runs_upstream=runs_upstream),), "Then not."]
    async with gateway(monkeypatch, script) as gate:
        trace = Heard()
        events = await gate.ask(GO, trace=trace)
        assert (text_of(events), calls_of(events)) == ("Then not.", [])
        ((name, answer),) = gate.upstream.answers
        assert name == "run_in_terminal"
        assert isinstance(answer, ToolDenied)
        assert "run_in_terminal" in answer.reason
        assert trace.changes == [Change("upstream tool run_in_terminal", "dropped", answer.reason)]


async def test_auto_lets_upstream_run_it_and_shows_what_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used = ToolUsed("c", "run_in_terminal", '{"command":"ls"}', ToolOutcome.FINISHED, "a.txt")
    script: list[Step] = [(Call("run_in_terminal"),), used, "Listed."]
    async with gateway(
        monkeypatch, script, script.copy(), script.copy(), tool_approval=ToolApproval.AUTO
    ) as gate:
        events = await gate.ask(GO)
        assert gate.upstream.answers == [("run_in_terminal", ToolApproved())]
        assert (text_of(events), calls_of(events)) == ("Listed.", [])
        shown = reasoning_of(events)
        for piece in ("run_in_terminal", '{"command":"ls"}', "a.txt", "finished"):
            assert piece in shown
        in_text = await gate.ask(user("again?"), reasoning_shown=False)
        assert not reasoning_of(in_text)
        assert shown in text_of(in_text)
        script[2] = '{"a": 1}'
        gate.upstream.turns[0] = script
        as_json = await gate.ask(user("json?"), reasoning_shown=False, json_format=JsonFormat())
        assert json.loads(text_of(as_json)) == {"a": 1}


async def test_auto_runs_nothing_that_upstream_wants_run_by_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script: list[Step] = [(Call("run_in_terminal", runs_upstream=False),), "Then not."]
    async with gateway(monkeypatch, script, tool_approval=ToolApproval.AUTO) as gate:
        await gate.ask(GO)
        assert isinstance(gate.upstream.answers[0][1], ToolDenied)


@pytest.mark.parametrize(
    "choice", [ToolChoice(ToolChoiceMode.NONE), ToolChoice(ToolChoiceMode.NAMED, "clock")]
)
@pytest.mark.parametrize("approval", list(ToolApproval))
async def test_a_declared_tool_that_is_not_wanted_now_is_never_run_upstream(
    monkeypatch: pytest.MonkeyPatch, choice: ToolChoice, approval: ToolApproval
) -> None:
    script: list[Step] = [(Call("weather"),), "Then not."]
    async with gateway(monkeypatch, script, ["x"], tool_approval=approval) as gate:
        events = await gate.ask(GO, tool_choice=choice)
        assert not calls_of(events)
        assert isinstance(gate.upstream.answers[0][1], ToolDenied)


async def test_declared_and_undeclared_calls_together(monkeypatch: pytest.MonkeyPatch) -> None:
    script: list[Step] = [(Call("save_file"), Call("weather")), "Done."]
    async with gateway(monkeypatch, script) as gate:
        first = await gate.ask(GO)
        assert [call[2] for call in calls_of(first)] == ["weather"]
        assert [name for name, _ in gate.upstream.answers] == ["save_file"]
        rest = await gate.ask(GO, called(("call_1", "weather")), result("call_1", "sunny"))
        assert text_of(rest) == "Done."


@pytest.mark.parametrize("forward", [True, False])
async def test_tools_travel_upstream_where_that_is_wanted(
    monkeypatch: pytest.MonkeyPatch, forward: bool
) -> None:
    async with gateway(monkeypatch, ["x"], ["y"], forward_tools=forward) as gate:
        await gate.ask(GO)
        assert gate.upstream.asked[0].tools == ((WEATHER, CLOCK) if forward else ())
        await gate.ask(GO, tool_choice=ToolChoice(ToolChoiceMode.NONE))
        assert gate.upstream.asked[1].tools == ()
