"""The vendor's tools that the client runs: taught, called by their own items, read back."""

import json
from typing import Any

import pytest
from openai.types.responses import (
    ResponseApplyPatchToolCall,
    ResponseFunctionShellToolCall,
    ResponseToolSearchCall,
)
from openai.types.responses.response_output_item import LocalShellCall
from pydantic import BaseModel

from gateway_engine.conversation import (
    FinishReason,
    Role,
    StreamEvent,
    TextPart,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallPart,
    ToolCallStarted,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
    TurnFinished,
    Usage,
)
from gateway_engine.errors import InvalidRequestError
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.openai_responses.answer import body, head_of
from gateway_engine.protocols.openai_responses.request import ParsedResponse, parse
from gateway_engine.protocols.openai_responses.stream import ResponseStreamEncoder
from tests.unit.protocols.answers import ROUTED
from tests.unit.protocols.sse_reading import read

SEARCH = {
    "type": "tool_search",
    "execution": "client",
    "description": "Finds tools.",
    "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
}
DECLARED: dict[str, dict[str, Any]] = {
    "tool_search": SEARCH,
    "shell": {"type": "shell", "environment": {"type": "local"}},
    "local_shell": {"type": "local_shell"},
    "apply_patch": {"type": "apply_patch"},
}
CALLS: list[tuple[str, dict[str, Any], type[BaseModel]]] = [
    ("tool_search", {"query": "stamp"}, ResponseToolSearchCall),
    ("shell", {"commands": ["ls", "pwd"]}, ResponseFunctionShellToolCall),
    ("shell", {"commands": ["ls"], "timeout_ms": 5}, ResponseFunctionShellToolCall),
    ("local_shell", {"command": ["ls", "-l"], "working_directory": "/"}, LocalShellCall),
    ("local_shell", {"command": ["ls"], "env": {"A": "b"}}, LocalShellCall),
    (
        "apply_patch",
        {"type": "update_file", "path": "a", "diff": "@@\n-1\n+2\n"},
        ResponseApplyPatchToolCall,
    ),
    ("apply_patch", {"type": "delete_file", "path": "a"}, ResponseApplyPatchToolCall),
]


def parsed(*items: Any, **fields: Any) -> ParsedResponse:
    asked = {"role": "user", "content": "Hi"}
    return parse({"model": "m", "input": [asked, *items], "tools": [*DECLARED.values()], **fields})


def answer(tool: str, arguments: str) -> list[StreamEvent]:
    pieces = [ToolCallArguments(0, letter) for letter in arguments]
    return [
        ROUTED,
        ToolCallStarted(0, "call_1", tool),
        *pieces,
        ToolCallFinished(0),
        TurnFinished(FinishReason.TOOL_CALLS, Usage(1, 1)),
    ]


def head() -> Any:
    return head_of(parsed(), response_id="resp_1", created=1, clock=lambda: 1.0)


def whole(events: list[StreamEvent]) -> dict[str, Any]:
    collected = CollectedAnswer()
    collected.add(events)
    return body(collected, head())


def test_they_are_taught_with_a_schema() -> None:
    response = parsed()
    assert [tool.name for tool in response.request.tools] == list(DECLARED)
    assert response.request.changes == ()
    search, shell, *_ = response.request.tools
    assert (search.description, search.schema) == ("Finds tools.", SEARCH["parameters"])
    assert shell.schema["required"] == ["commands"]
    assert parsed(tools=[{"type": "shell"}]).request.tools == (shell,)


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "shell", "environment": {"type": "container_auto"}},
        {"type": "tool_search"},
        {"type": "tool_search", "execution": "server"},
        {"type": "computer"},
    ],
)
def test_what_runs_at_the_vendor_is_dropped(tool: dict[str, Any]) -> None:
    response = parsed(tools=[tool])
    assert response.request.tools == ()
    assert [change.field for change in response.request.changes] == ["tools[0]"]


def test_a_name_is_declared_once() -> None:
    custom = {"type": "custom", "name": "apply_patch"}
    response = parsed(tools=[custom, DECLARED["apply_patch"], DECLARED["shell"]])
    assert [tool.name for tool in response.request.tools] == ["apply_patch", "shell"]
    assert response.names.client_tool("apply_patch").custom


def test_a_choice_may_name_them() -> None:
    chosen = parsed(tool_choice={"type": "shell"}).request
    assert chosen.tool_choice == ToolChoice(ToolChoiceMode.NAMED, "shell")
    allowed = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "apply_patch"}]}
    assert [tool.name for tool in parsed(tool_choice=allowed).request.tools] == ["apply_patch"]
    with pytest.raises(InvalidRequestError):
        parsed(tools=[SEARCH], tool_choice={"type": "shell"})


@pytest.mark.parametrize(("tool", "arguments", "model"), CALLS)
def test_a_call_is_an_item_of_its_own_that_comes_back(
    tool: str, arguments: dict[str, Any], model: type[BaseModel]
) -> None:
    events = answer(tool, json.dumps(arguments))
    (item,) = whole(events)["output"]
    model.model_validate(item)
    assert (item["call_id"], item["status"]) == ("call_1", "completed")

    again = parsed(item).request.messages[1]
    assert again.role is Role.ASSISTANT
    (call,) = again.parts
    assert isinstance(call, ToolCallPart)
    assert (call.call_id, call.name, json.loads(call.arguments)) == ("call_1", tool, arguments)


@pytest.mark.parametrize(("tool", "arguments", "model"), CALLS)
def test_a_stream_gives_the_same_item_at_its_end(
    tool: str, arguments: dict[str, Any], model: type[BaseModel]
) -> None:
    events = answer(tool, json.dumps(arguments))
    told = read(ResponseStreamEncoder(head()).encode(events))
    assert [name for name, _ in told][2:] == [
        "response.output_item.added",
        "response.output_item.done",
        "response.completed",
    ]
    begun, done = told[2][1]["item"], told[3][1]["item"]
    model.model_validate(begun)
    assert (begun["status"], begun["id"]) == ("in_progress", done["id"])
    assert [done] == told[4][1]["response"]["output"] == whole(events)["output"]


def test_arguments_that_are_no_object_are_none() -> None:
    (item,) = whole(answer("shell", "[1]"))["output"]
    assert item["action"]["commands"] == []


def searched(*tools: Any, **fields: Any) -> ParsedResponse:
    call = {"type": "tool_search_call", "call_id": "s1", "arguments": {"query": "x"}, **fields}
    output = {"type": "tool_search_output", "call_id": "s1", "tools": list(tools), **fields}
    return parsed(call, output)


def test_found_tools_are_declared_and_named_to_the_model() -> None:
    stamp = {"type": "function", "name": "stamp", "defer_loading": True}
    response = searched({"type": "namespace", "name": "mcp__office", "tools": [stamp]}, stamp)
    assert [tool.name for tool in response.request.tools][-2:] == ["mcp__office__stamp", "stamp"]
    told = response.request.messages[-1]
    text = "These tools can be called now: mcp__office__stamp, stamp"
    assert told.parts == (ToolResultPart("s1", (TextPart(text),)),)
    nothing = searched().request.messages[-1]
    assert nothing.parts == (ToolResultPart("s1", (TextPart("No tool found."),)),)


def test_a_search_at_the_vendor_is_no_call_but_brings_its_tools() -> None:
    response = searched({"type": "function", "name": "stamp"}, execution="server")
    assert response.request.tools[-1].name == "stamp"
    assert [message.role for message in response.request.messages] == [Role.USER]
