"""An agent's updates become the neutral answer: text, reasoning, usage, ends and failures."""

import asyncio
from typing import Any

import pytest

from gateway_engine.conversation import ReasoningDelta, TextDelta
from gateway_engine.errors import (
    GatewayError,
    LoginRequiredError,
    UpstreamError,
    UpstreamGoneError,
    UpstreamQuotaError,
)
from gateway_engine.upstreams.acp.peer import RefusedError
from gateway_engine.upstreams.acp.turn import AcpTurn
from gateway_engine.upstreams.acp.turn_calls import GATHER_S
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolApproved,
    ToolCallsWanted,
    ToolCallWanted,
    ToolDenied,
    ToolOutcome,
    ToolResult,
    ToolUsed,
    TurnEnd,
    UpstreamUsage,
)

NO_LIMITS = Deadlines(0, 0, 0)
OPTIONS = [
    {"optionId": "always", "kind": "allow_always"},
    {"optionId": "yes", "kind": "allow_once"},
    {"optionId": "no", "kind": "reject_once"},
]
YES = {"outcome": {"outcome": "selected", "optionId": "yes"}}
NO = {"outcome": {"outcome": "selected", "optionId": "no"}}
CANCELLED = {"outcome": {"outcome": "cancelled"}}


def a_turn(*tools: str, whole: bool = False) -> AcpTurn:
    return AcpTurn("s", NO_LIMITS, whole=whole, tools=tools, server="client-tools")


def update(turn: AcpTurn, update_kind: str, /, **fields: Any) -> None:
    turn.handle({"sessionUpdate": update_kind, **fields})


def say(turn: AcpTurn, text: Any, kind: str = "agent_message_chunk", **fields: Any) -> None:
    update(turn, kind, content={"type": "text", "text": text}, **fields)


async def items(turn: AcpTurn) -> list[Any]:
    """Everything up to the end, deltas one by one."""
    found: list[Any] = []
    async with asyncio.timeout(2):
        while True:
            item = await turn.inbox.take()
            found += item if isinstance(item, list) else [item]
            if isinstance(item, TurnEnd):
                return found


async def failure(turn: AcpTurn) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        await items(turn)
    return caught.value


async def test_text_and_thoughts_and_the_end() -> None:
    turn = a_turn()
    say(turn, "let me see", "agent_thought_chunk")
    say(turn, "hello ")
    say(turn, "world")
    say(turn, "")
    turn.asked({"stopReason": "end_turn"})
    assert await items(turn) == [
        ReasoningDelta("let me see"),
        TextDelta("hello "),
        TextDelta("world"),
        TurnEnd("s"),
    ]
    assert turn.over_upstream


async def test_a_character_cut_in_two_is_mended() -> None:
    turn = a_turn()
    say(turn, "\ud83d")
    say(turn, "\ude00!")
    turn.asked({})
    assert (await items(turn))[0] == TextDelta("😀!")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"type": "image", "data": "x"}, "[image]"),
        ({"type": "audio"}, "[audio]"),
        ({"type": "resource_link", "uri": "file:///a"}, "file:///a"),
        ({"type": "resource", "resource": {"text": "inside"}}, "inside"),
        ({"type": "resource", "resource": {"uri": "u"}}, "[file: u]"),
    ],
)
async def test_what_is_no_text_leaves_a_placeholder(content: Any, text: str) -> None:
    turn = a_turn()
    update(turn, "agent_message_chunk", content=content)
    turn.asked({})
    assert await items(turn) == [TextDelta(text), TurnEnd("s")]


@pytest.mark.parametrize("content", [None, 5, {}, {"type": "odd"}])
async def test_content_that_is_none_says_nothing(content: Any) -> None:
    turn = a_turn()
    update(turn, "agent_message_chunk", content=content)
    update(turn, "plan", entries=[])
    update(turn, "never heard of")
    turn.asked(None)
    assert await items(turn) == [TurnEnd("s")]


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("end_turn", TurnEnd("s")),
        ("max_tokens", TurnEnd("s", full=True)),
        ("max_turn_requests", TurnEnd("s", full=True)),
        ("refusal", TurnEnd("s", filtered=True)),
        ("brand_new", TurnEnd("s")),
    ],
)
async def test_stop_reasons(reason: str, end: TurnEnd) -> None:
    turn = a_turn()
    turn.asked({"stopReason": reason})
    assert await items(turn) == [end]


async def test_a_turn_that_the_agent_cancelled_is_no_answer() -> None:
    turn = a_turn()
    say(turn, "half")
    turn.asked({"stopReason": "cancelled"})
    assert isinstance(await failure(turn), UpstreamError)


async def test_usage_from_all_its_places() -> None:
    turn = a_turn()
    say(turn, "", _meta={"usage": {"totalTokens": 10}})
    turn.asked({})
    assert (await items(turn))[-1].usage == UpstreamUsage(10, 0)
    turn = a_turn()
    update(turn, "usage_update", used=20, size=100)
    turn.asked({})
    assert (await items(turn))[-1].usage == UpstreamUsage(20, 100)
    turn = a_turn()
    turn.asked({"usage": {"totalTokens": 30, "inputTokens": 29}})
    assert (await items(turn))[-1].usage == UpstreamUsage(30, 0)
    turn = a_turn()
    turn.asked({"_meta": {"usage": {"totalTokens": True}}, "usage": {"totalTokens": "x"}})
    assert (await items(turn))[-1].usage is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-32000, LoginRequiredError),
        (429, UpstreamQuotaError),
        (-32603, RefusedError),
    ],
)
async def test_refusals_by_their_code(code: int, kind: type[GatewayError]) -> None:
    turn = a_turn()
    turn.refused(RefusedError("session/prompt", code, "said", "detail"))
    error = await failure(turn)
    assert type(error) is kind
    assert "said" in str(error)
    assert turn.over_upstream


async def test_lingmas_edition_ends_by_notification() -> None:
    turn = a_turn()
    say(turn, "text")
    update(turn, "notification", type="context_usage", data={"usedTokens": 7, "limitTokens": 9})
    update(turn, "notification", type="chat_finish", data={"statusCode": 200})
    assert await items(turn) == [TextDelta("text"), TurnEnd("s", usage=UpstreamUsage(7, 9))]
    for status, kind in (
        (401, LoginRequiredError),
        (429, UpstreamQuotaError),
        (500, UpstreamError),
    ):
        turn = a_turn()
        update(turn, "notification", type="chat_finish", statusCode=status)
        assert type(await failure(turn)) is kind


# --- the client's tools ---


def hosted(call_id: str = "c1", name: str = "add") -> tuple[ToolCallWanted, list[Any]]:
    answers: list[Any] = []

    def answer(said: Any) -> bool:
        answers.append(said)
        return len(answers) == 1

    return ToolCallWanted(call_id, name, "{}", runs_upstream=False, answer=answer), answers


async def test_calls_that_come_together_are_handed_out_together() -> None:
    turn = a_turn("add")
    say(turn, "let me add")
    first, second = hosted("c1"), hosted("c2")
    turn.calls.called(first[0])
    turn.calls.called(second[0])
    assert await turn.inbox.take() == [TextDelta("let me add")]
    wanted = await turn.inbox.take()
    assert isinstance(wanted, ToolCallsWanted)
    assert [call.call_id for call in wanted.calls] == ["c1", "c2"]
    assert wanted.calls[0].answer(ToolResult("3"))
    assert not wanted.calls[0].answer(ToolResult("4"))
    assert wanted.calls[1].answer(ToolDenied("no"))
    assert first[1] == [ToolResult("3")]
    assert second[1] == [ToolDenied("no")]
    turn.asked({})
    assert await items(turn) == [TurnEnd("s")]


async def test_a_call_given_up_before_it_was_handed_out_is_never_shown() -> None:
    turn = a_turn("add")
    turn.calls.called(hosted("c1")[0])
    turn.calls.gone("c1")
    await asyncio.sleep(2 * GATHER_S)
    turn.asked({})
    assert await items(turn) == [TurnEnd("s")]


async def test_a_call_that_the_agent_reports_failed_waits_no_longer() -> None:
    """Codex gives up after two minutes, and tells nobody over MCP."""
    turn = a_turn("add")
    given_up, goes_on = hosted("c1"), hosted("c2")
    turn.calls.called(given_up[0])
    turn.calls.called(goes_on[0])
    wanted = await turn.inbox.take()
    assert isinstance(wanted, ToolCallsWanted)
    update(turn, "tool_call", toolCallId="t", title="Tool: client-tools/add", status="in_progress")
    update(turn, "tool_call_update", toolCallId="t", status="failed")
    update(turn, "tool_call_update", toolCallId="t", status="failed")
    first, second = wanted.calls
    assert not first.answer(ToolResult("late"))
    assert second.answer(ToolResult("in time"))
    assert [type(each) for each in given_up[1]] == [ToolDenied]
    assert goes_on[1] == [ToolResult("in time")]
    turn.close()


async def test_a_call_that_failed_of_its_own_result_gives_up_no_other() -> None:
    turn = a_turn("add")
    failed, waits = hosted("c1"), hosted("c2")
    turn.calls.called(failed[0])
    turn.calls.called(waits[0])
    wanted = await turn.inbox.take()
    assert isinstance(wanted, ToolCallsWanted)
    first, second = wanted.calls
    assert first.answer(ToolResult("no such number", is_error=True))
    for _ in range(2):  # said twice
        update(turn, "tool_call_update", toolCallId="t", title="client-tools/add", status="failed")
    assert second.answer(ToolResult("3"))
    assert waits[1] == [ToolResult("3")]
    turn.close()


async def test_no_deadline_passes_while_a_tool_runs() -> None:
    turn = AcpTurn("s", Deadlines(0.05, 0.05, 0), whole=False, tools=["add"], server="t")
    call, _ = hosted()
    turn.calls.called(call)
    wanted = await turn.inbox.take()
    await asyncio.sleep(0.6)
    assert isinstance(wanted, ToolCallsWanted)
    assert wanted.calls[0].answer(ToolResult("late but fine"))
    turn.asked({})
    assert await items(turn) == [TurnEnd("s")]
    turn.close()


OURS: list[dict[str, Any]] = [
    {"title": "add (client-tools MCP Server): {}", "kind": "other"},
    {"title": "{}", "_meta": {"toolName": "mcp__client-tools__add"}, "kind": "other"},
    {"title": "client-tools_add", "kind": "other"},
    {"title": "client-tools/add"},
    {"title": "Tool: client-tools/add"},
    {"title": "mcp__client_tools__add", "kind": "other"},
    {"title": "mcp__client_tools__mcp__github__find_all", "kind": "other"},
]
OTHERS: list[dict[str, Any]] = [
    {"title": "add", "kind": "other"},
    {"title": "echo client-tools_add", "kind": "execute"},
    {"title": "client-tools_add", "kind": "execute"},
    {"title": "client-tools_rm", "kind": "other"},
    {"title": "other-tools_add", "kind": "other"},
    {"title": "run client-tools_add", "kind": "other"},
    {"title": "Approve MCP tool call"},
    {"title": "{}", "_meta": {"toolName": "mcp__other__add"}, "kind": "other"},
]


@pytest.mark.parametrize("call", OURS)
async def test_leave_for_the_clients_tools_is_given_and_they_are_not_told_twice(
    call: dict[str, Any],
) -> None:
    turn = a_turn("add", "mcp__github__find.all")
    said: list[Any] = []
    turn.calls.asked_leave(
        {"toolCall": {"toolCallId": "t", **call}, "options": OPTIONS}, said.append
    )
    assert said == [YES]
    update(turn, "tool_call", toolCallId="t", **call)
    update(turn, "tool_call_update", toolCallId="t", status="completed", **call)
    turn.asked({})
    assert await items(turn) == [TurnEnd("s")]


@pytest.mark.parametrize("call", OTHERS)
@pytest.mark.parametrize(("answer", "said"), [(ToolApproved(), YES), (ToolDenied("no"), NO)])
async def test_leave_for_the_agents_own_is_asked_for(
    call: dict[str, Any], answer: Any, said: Any
) -> None:
    turn = a_turn("add")
    replies: list[Any] = []
    asked = {"toolCallId": "t", "rawInput": {"command": "x"}, **call}
    turn.calls.asked_leave({"toolCall": asked, "options": OPTIONS}, replies.append)
    wanted = await turn.inbox.take()
    assert isinstance(wanted, ToolCallsWanted)
    [only] = wanted.calls
    assert only.runs_upstream
    assert only.name != "add"  # never by the name of one of the client's
    assert only.arguments == '{"command":"x"}'
    assert replies == []
    assert only.answer(answer)
    assert not only.answer(answer)
    assert replies == [said]
    update(turn, "tool_call_update", toolCallId="t", status="failed")
    turn.asked({})
    # What was refused did not happen, and is not shown.
    shown = [each.outcome for each in await items(turn) if isinstance(each, ToolUsed)]
    assert shown == ([ToolOutcome.FAILED] if said == YES else [])


async def test_leave_for_a_call_that_was_reported_before_as_the_clients() -> None:
    turn = a_turn("add")
    replies: list[Any] = []
    update(turn, "tool_call", toolCallId="t", title="Tool: client-tools/add", status="in_progress")
    asked = {"toolCallId": "t", "title": "Approve MCP tool call", "status": "pending"}
    turn.calls.asked_leave({"toolCall": asked, "options": OPTIONS}, replies.append)
    assert replies == [YES]
    update(turn, "tool_call_update", toolCallId="t", status="completed")
    # The id of a call of the client's is no leave to run a command.
    asked = {"toolCallId": "t", "title": "rm -r x", "kind": "execute"}
    turn.calls.asked_leave({"toolCall": asked, "options": OPTIONS}, replies.append)
    wanted = await turn.inbox.take()
    assert isinstance(wanted, ToolCallsWanted)
    assert replies == [YES]
    assert wanted.calls[0].answer(ToolApproved())
    update(turn, "tool_call_update", toolCallId="t", status="completed")
    turn.asked({})
    [used] = [each for each in await items(turn) if isinstance(each, ToolUsed)]
    assert used.name == "rm -r x"


async def test_leave_that_was_refused_is_asked_for_again() -> None:
    turn = a_turn("add")
    replies: list[Any] = []
    asked = {"toolCallId": "t", "title": "ls"}
    for wanted_replies in ([NO], [NO, NO]):
        turn.calls.asked_leave({"toolCall": asked, "options": OPTIONS}, replies.append)
        wanted = await turn.inbox.take()
        assert isinstance(wanted, ToolCallsWanted)
        assert wanted.calls[0].answer(ToolDenied("no"))
        assert replies == wanted_replies
    turn.close()


async def test_without_tools_nothing_is_ours() -> None:
    turn = a_turn()
    replies: list[Any] = []
    turn.calls.asked_leave({"toolCall": OURS[0], "options": OPTIONS}, replies.append)
    assert isinstance(await turn.inbox.take(), ToolCallsWanted)
    assert replies == []


async def test_options_that_do_not_fit_are_a_no() -> None:
    turn = a_turn()
    for options in ([], [{"optionId": "x", "kind": "odd"}], [{"kind": "allow_once"}]):
        replies: list[Any] = []
        turn.calls.asked_leave(
            {"toolCall": {"toolCallId": "t"}, "options": options}, replies.append
        )
        wanted = await turn.inbox.take()
        assert isinstance(wanted, ToolCallsWanted)
        wanted.calls[0].answer(ToolApproved())
        assert replies == [CANCELLED]


async def test_a_turn_that_closes_answers_what_was_asked() -> None:
    turn = a_turn()
    replies: list[Any] = []
    turn.calls.asked_leave({"toolCall": {"toolCallId": "t"}, "options": OPTIONS}, replies.append)
    turn.close()
    assert replies == [CANCELLED]


async def test_what_the_agent_ran_by_itself_is_told_once_with_its_result() -> None:
    turn = a_turn("add")
    update(turn, "tool_call", toolCallId="t", title="ls", kind="execute", status="pending")
    update(turn, "tool_call_update", toolCallId="t", rawInput={"command": "ls -l"})
    text = {"type": "content", "content": {"type": "text", "text": "a.txt"}}
    diff = {"type": "diff", "path": "/a", "newText": "x"}
    update(turn, "tool_call_update", toolCallId="t", status="completed", content=[text, diff])
    update(turn, "tool_call", toolCallId="u", kind="fetch", status="failed", rawOutput={"e": 1})
    update(turn, "tool_call", toolCallId="v", title="sleep", status="in_progress")
    turn.asked({})
    assert await items(turn) == [
        ToolUsed("t", "ls", '{"command":"ls -l"}', ToolOutcome.FINISHED, "a.txt\nchanged /a"),
        ToolUsed("u", "fetch", "{}", ToolOutcome.FAILED, '{"e":1}'),
        ToolUsed("v", "sleep", "{}", ToolOutcome.CANCELLED, ""),
        TurnEnd("s"),
    ]


async def test_a_tool_that_ran_when_the_agent_ended_is_told_before_the_failure() -> None:
    turn = a_turn()
    update(turn, "tool_call", toolCallId="v", title="sleep", status="in_progress")
    turn.fail(UpstreamGoneError("gone"))
    assert await turn.inbox.take() == ToolUsed("v", "sleep", "{}", ToolOutcome.CANCELLED, "")
    with pytest.raises(UpstreamGoneError):
        await turn.inbox.take()
