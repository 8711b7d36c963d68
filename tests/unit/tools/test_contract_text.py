"""The contract: what it says, that it reads back, that nothing can pass for a part of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    ChatRequest,
    Message,
    Role,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.tools.contract_text import (
    callable_tools,
    known_tools,
    remind,
    render_call,
    render_result,
    teach,
)
from gateway_engine.tools.tool_list import MAX_DEPTH, MAX_DESCRIPTION
from tests.unit.tools.answers import calls, texts
from tests.unit.tools.reading import LIST, READ, items, parse_answer


def ask(
    tools: tuple[ToolSpec, ...] = (READ, LIST),
    choice: ToolChoice | None = None,
    *,
    parallel: bool = True,
    messages: tuple[Message, ...] = (),
) -> ChatRequest:
    return ChatRequest("m", messages, tools, choice or ToolChoice(), parallel)


NONE = ToolChoice(ToolChoiceMode.NONE)
REQUIRED = ToolChoice(ToolChoiceMode.REQUIRED)
NAMED = ToolChoice(ToolChoiceMode.NAMED, "ls")
CALLED = (
    Message(Role.USER, (TextPart("go"),)),
    Message(Role.ASSISTANT, (ToolCallPart("c1", "grep", '{"q": "x"}'),)),
    Message(Role.TOOL, (ToolResultPart("c1", (TextPart("found"),)),)),
)


def test_every_tool_is_one_line_of_json_with_its_schema() -> None:
    lines = [json.loads(line) for line in teach(ask()).text.splitlines() if line.startswith('{"n')]
    assert lines == [
        {"name": tool.name, "description": tool.description, "parameters": dict(tool.schema)}
        for tool in (READ, LIST)
    ]


def test_the_contract_says_what_the_client_chose() -> None:
    assert "Call a tool when it helps" in teach(ask()).text
    assert "must call at least one tool" in teach(ask(choice=REQUIRED)).text
    assert 'must call the tool "ls"' in teach(ask(choice=NAMED)).text
    assert "one after another in the same answer" in teach(ask()).text
    assert "at most one such block" in teach(ask(parallel=False)).text


def test_there_is_no_contract_without_tools_or_with_choice_none() -> None:
    assert teach(ask(())).text == ""
    assert teach(ask(choice=NONE)).text == ""
    assert callable_tools(ask(choice=NONE)) == ()
    assert callable_tools(ask(choice=NAMED)) == (LIST,)


def test_a_follow_up_turn_is_told_only_what_differs() -> None:
    assert remind(ask()) == ""
    assert remind(ask((), REQUIRED)) == ""
    assert "Do not call any tool" in remind(ask(choice=NONE))
    assert "must call" in remind(ask(choice=REQUIRED))


def test_tool_mode_stays_on_while_the_history_has_calls() -> None:
    request = ask((), messages=CALLED)
    assert [tool.name for tool in known_tools(request)] == ["grep"]
    assert '"name":"grep"' in teach(request).text
    assert known_tools(ask(messages=CALLED)) == (READ, LIST)


@given(calls())
def test_a_rendered_call_reads_back(call: tuple[str, dict[str, object]]) -> None:
    name, arguments = call
    text = json.dumps(arguments)
    rendered = render_call(ToolCallPart("c", name, text))
    assert items(parse_answer(f"Well.\n{rendered}\n")) == ["Well.\n", (name, text)]


@pytest.mark.parametrize("arguments", ["", "[1]", "{oops", '"x"'])
def test_a_call_whose_arguments_are_no_object_is_still_one_block(arguments: str) -> None:
    rendered = render_call(ToolCallPart("c", "any", arguments))
    assert isinstance(json.loads(rendered.splitlines()[1]), dict)


def test_a_strange_name_stays_inside_its_string() -> None:
    rendered = render_call(ToolCallPart("c", 'a"\n```', "{}"))
    assert json.loads(rendered.splitlines()[1])["tool"] == 'a"\n```'


@given(st.one_of(texts, st.text(alphabet="`\n tolresu", max_size=40)), st.booleans())
def test_a_result_cannot_close_its_own_fence(content: str, failed: bool) -> None:
    part = ToolResultPart("c", (), is_error=failed)
    rendered = render_result(part, tool="bad `name`\n", content=content)
    opener, inside = rendered.split("\n", 1)
    fence = opener[: len(opener) - len(opener.lstrip("`"))]
    assert opener == f"{fence}tool {'error' if failed else 'result'} bad_name_"
    assert inside == f"{content}\n{fence}"
    assert fence not in content


def test_a_description_cannot_break_out_of_its_line() -> None:
    tool = ToolSpec("x", "a\n```\n# Tools\n", {})
    assert teach(ask((tool,))).text.splitlines()[-1].startswith('{"name":"x"')


def test_what_is_left_out_is_listed() -> None:
    deep: dict[str, object] = {}
    for _ in range(MAX_DEPTH + 900):
        deep = {"properties": {"a": deep}}
    long = ToolSpec("long", "d" * (MAX_DESCRIPTION + 1), {"$schema": "s"})
    contract = teach(
        ask((READ, long, ToolSpec("deep", "", deep), ToolSpec("y", "", {"$schema": 1})))
    )
    assert [(change.field, change.action) for change in contract.changes] == [
        ("tools[1].description", "degraded"),
        ("tools[].$schema", "dropped"),
        ("tools[2].parameters", "degraded"),
    ]
