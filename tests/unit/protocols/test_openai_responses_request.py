"""Responses, parsed."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    DocumentPart,
    ImagePart,
    JsonFormat,
    Message,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.errors import InvalidRequestError, NotFoundError
from gateway_engine.json_text import render
from gateway_engine.protocols.openai_responses.request import ParsedResponse, lookups, parse
from gateway_engine.protocols.openai_responses.stored import (
    StoredResponse,
    document,
    find_item,
    listing,
    parse_page,
    read_document,
    response_of_item,
)
from gateway_engine.protocols.openai_responses.tools import ClientTool
from tests.unit.protocols.hostile import mutated

READ = {"type": "function", "name": "read", "description": "Reads.", "strict": True}
NAMESPACE = {
    "type": "namespace",
    "name": "mcp__files__",
    "description": "Files",
    "tools": [READ, {"type": "custom", "name": "patch", "description": "Patches."}],
}
GOOD: dict[str, Any] = {
    "model": "m",
    "instructions": "Be brief.",
    "input": [
        {"type": "message", "role": "developer", "content": "Be kind."},
        {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm"}]},
        {"type": "function_call", "call_id": "c1", "name": "read", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "text"},
        {"type": "custom_tool_call", "call_id": "c2", "name": "patch", "input": "x"},
        {
            "type": "custom_tool_call_output",
            "call_id": "c2",
            "output": [{"type": "input_text", "text": "a"}],
        },
        {"type": "shell_call", "call_id": "c3", "action": {"commands": ["ls"]}},
        {"type": "shell_call_output", "call_id": "c3", "output": [{"stdout": "a"}]},
        {"type": "item_reference", "id": "msg_1_0"},
        {"type": "additional_tools", "role": "developer", "tools": [READ]},
    ],
    "tools": [READ, NAMESPACE, {"type": "web_search"}],
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [READ]},
    "text": {"format": {"type": "json_schema", "name": "a", "schema": {"type": "object"}}},
    "reasoning": {"effort": "high"},
    "include": ["reasoning.encrypted_content"],
    "metadata": {"a": "b"},
    "max_output_tokens": 100,
    "previous_response_id": "resp_1",
    "stream_options": {"include_obfuscation": False},
    "store": False,
    "stream": True,
}


def parsed(**fields: Any) -> ParsedResponse:
    return parse({"model": "m", "input": "Hi", **fields})


def turns(*items: Any, **fields: Any) -> tuple[Message, ...]:
    return parsed(input=list(items), **fields).request.messages


def changed(response: ParsedResponse) -> set[str]:
    return {change.field for change in response.request.changes}


def test_the_smallest_request() -> None:
    response = parsed()
    assert response.request.messages == (Message(Role.USER, (TextPart("Hi"),)),)
    assert response.request.changes == ()
    assert response.store
    assert not response.stream
    assert response.input_items == (
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
    )


def test_instructions_stand_first() -> None:
    assert turns({"role": "user", "content": "Hi"}, instructions="Short.")[0] == Message(
        Role.SYSTEM, (TextPart("Short."),)
    )
    listed = parsed(instructions=[{"role": "developer", "content": "Short."}])
    assert listed.request.messages[0].role is Role.DEVELOPER


def test_what_the_model_said_is_one_turn() -> None:
    found = turns(
        {"role": "user", "content": "Hi"},
        {
            "type": "reasoning",
            "id": "rs_x",
            "status": "completed",
            "summary": [{"type": "summary_text", "text": "Let me"}],
            "encrypted_content": "gAAAA",
        },
        {
            "type": "message",
            "id": "msg_x",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "I look.", "annotations": []}],
        },
        {"type": "function_call", "id": "fc", "call_id": "a", "name": "read", "arguments": "{}"},
        {"type": "function_call", "call_id": "b", "name": "read", "arguments": ""},
        {"type": "function_call_output", "call_id": "a", "output": "one"},
        {
            "type": "function_call_output",
            "call_id": "b",
            "output": [{"type": "input_image", "image_url": "https://x/y.png"}],
        },
        {"role": "user", "content": "And?"},
    )
    assert [turn.role.value for turn in found] == ["user", "assistant", "tool", "tool", "user"]
    assert found[1].parts == (
        ReasoningPart("Let me"),
        TextPart("I look."),
        ToolCallPart("a", "read", "{}"),
        ToolCallPart("b", "read", "{}"),
    )
    assert found[2].parts == (ToolResultPart("a", (TextPart("one"),)),)
    assert found[3].parts == (ToolResultPart("b", (ImagePart(url="https://x/y.png"),)),)


@pytest.mark.parametrize(
    "item",
    [
        {"type": "reasoning"},
        {"type": "reasoning", "summary": [], "encrypted_content": "x"},
        {"type": "reasoning", "summary": None, "content": [None, {"text": 3}]},
        {"type": "web_search_call", "id": "ws_1", "status": "completed"},
        {"type": "compaction", "encrypted_content": "x"},
        {"type": "something_new", "id": "x"},
    ],
)
def test_items_of_no_use_are_no_error(item: dict[str, Any]) -> None:
    assert turns(item, {"role": "user", "content": "Hi"}) == turns(
        {"role": "user", "content": "Hi"}
    )


def test_reasoning_in_clear_is_preferred() -> None:
    item = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "short"}],
        "content": [{"type": "reasoning_text", "text": "long"}],
    }
    assert turns(item)[0].parts == (ReasoningPart("long"),)


def test_content_parts() -> None:
    (turn,) = turns(
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "a"},
                {"type": "input_image", "image_url": "data:image/png;base64,QQ==", "detail": "low"},
                {"type": "input_image", "file_id": "file_1"},
                {
                    "type": "input_file",
                    "filename": "a.txt",
                    "file_data": "data:text/plain;base64,QQ==",
                },
                {"type": "input_file", "file_url": "https://x/a.pdf"},
            ],
        }
    )
    assert turn.parts == (
        TextPart("a"),
        ImagePart("image/png", "QQ=="),
        ImagePart(),
        DocumentPart("a.txt", "A"),
        DocumentPart("https://x/a.pdf"),
    )


def test_tools_of_every_kind() -> None:
    grammar = {"type": "grammar", "syntax": "lark", "definition": "start: x"}
    response = parsed(
        tools=[
            READ,
            NAMESPACE,
            {"type": "custom", "name": "free", "format": grammar},
            {"type": "web_search", "filters": {}},
            {"type": "mcp", "server_label": "x"},
            READ,
        ]
    )
    specs = response.request.tools
    assert [spec.name for spec in specs] == [
        "read",
        "mcp__files__read",
        "mcp__files__patch",
        "free",
    ]
    assert specs[0] == ToolSpec("read", "Reads.", {"type": "object", "properties": {}})
    assert specs[2].schema["required"] == ["input"]
    assert "lark" in specs[3].description
    assert "start: x" in specs[3].description
    names = response.names
    assert names.client_tool("mcp__files__patch") == ClientTool("patch", "mcp__files__", "custom")
    assert names.client_tool("unknown") == ClientTool("unknown")
    assert {"tools[3]", "tools[4]", "tools[5]"} <= changed(response)


def test_two_tools_never_share_a_name() -> None:
    response = parsed(
        tools=[
            {"type": "function", "name": "a__b"},
            {"type": "namespace", "name": "a", "tools": [{"type": "function", "name": "b"}]},
        ]
    )
    assert [spec.name for spec in response.request.tools] == ["a__b", "a__b_2"]
    assert response.names.client_tool("a__b_2") == ClientTool("b", "a")


def test_calls_of_namespaced_tools_are_known_by_their_flat_name() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "read", "namespace": "mcp__files__"}
    response = parsed(tools=[NAMESPACE], input=[call])
    assert response.request.messages[0].parts == (ToolCallPart("c", "mcp__files__read", "{}"),)
    later = parsed(input=[call])  # the tools are not repeated
    assert later.request.messages[0].parts == (ToolCallPart("c", "mcp__files__read", "{}"),)
    assert later.names.client_tool("mcp__files__read") == ClientTool("read", "mcp__files__")


NAMED = ToolChoiceMode.NAMED


@pytest.mark.parametrize(
    ("value", "choice", "left"),
    [
        (None, ToolChoice(), 3),
        ("auto", ToolChoice(), 3),
        ("none", ToolChoice(ToolChoiceMode.NONE), 3),
        ("required", ToolChoice(ToolChoiceMode.REQUIRED), 3),
        ({"type": "function", "name": "read"}, ToolChoice(NAMED, "read"), 3),
        ({"type": "function", "function": {"name": "read"}}, ToolChoice(NAMED, "read"), 3),
        (
            {"type": "custom", "name": "patch", "namespace": "mcp__files__"},
            ToolChoice(NAMED, "mcp__files__patch"),
            3,
        ),
        ({"type": "web_search"}, ToolChoice(), 3),
        ({"type": "allowed_tools", "mode": "auto", "tools": [READ]}, ToolChoice(), 1),
        (
            {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "namespace", "name": "mcp__files__"}],
            },
            ToolChoice(ToolChoiceMode.REQUIRED),
            2,
        ),
    ],
)
def test_tool_choice(value: Any, choice: ToolChoice, left: int) -> None:
    request = parsed(tools=[READ, NAMESPACE], tool_choice=value).request
    assert request.tool_choice == choice
    assert len(request.tools) == left


def test_a_forced_choice_without_tools_is_dropped() -> None:
    response = parsed(tool_choice="required", tools=[{"type": "web_search"}])
    assert response.request.tool_choice == ToolChoice()
    assert "tool_choice" in changed(response)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, None),
        ({"type": "text"}, None),
        ({"type": "json_object"}, JsonFormat()),
        (
            {"type": "json_schema", "name": "n", "schema": {"a": 1}, "strict": True},
            JsonFormat({"a": 1}, "n", strict=True),
        ),
    ],
)
def test_text_format(value: Any, wanted: JsonFormat | None) -> None:
    assert parsed(text={"format": value, "verbosity": "low"}).request.json_format == wanted


def test_what_codex_sends_is_accepted() -> None:
    response = parsed(
        store=False,
        include=["reasoning.encrypted_content"],
        prompt_cache_key="c0ffee",
        parallel_tool_calls=False,
        reasoning={"effort": "high", "summary": "auto"},
        client_metadata={"x": "y"},
        stream=True,
    )
    assert response.stream
    assert not response.store
    assert not response.request.parallel_tool_calls
    assert response.encrypted_reasoning
    assert {"prompt_cache_key", "reasoning", "client_metadata"} <= changed(response)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": None}, "model"),
        ({"input": None}, "input"),
        ({"input": []}, "input"),
        ({"input": 3}, "input"),
        ({"input": [3]}, "input[0]"),
        ({"input": [{}]}, "input[0].type"),
        ({"input": [{"type": 3}]}, "input[0].type"),
        ({"input": [{"role": "critic", "content": "x"}]}, "input[0].role"),
        ({"input": [{"role": "user"}]}, "input[0].content"),
        ({"input": [{"type": "function_call", "name": "x"}]}, "input[0].call_id"),
        ({"input": [{"type": "function_call_output"}]}, "input[0].call_id"),
        ({"input": [{"type": "item_reference"}]}, "input[0].id"),
        ({"tools": [{"name": "x"}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].name"),
        ({"tool_choice": {"type": "function", "name": "x"}}, "tool_choice.name"),
        ({"tool_choice": 3}, "tool_choice"),
        ({"text": {"format": {"type": "yaml"}}}, "text.format.type"),
        ({"max_output_tokens": 0}, "max_output_tokens"),
        ({"metadata": "x"}, "metadata"),
        ({"include": [3]}, "include[0]"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"prompt": {"id": "p"}}, "prompt"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], param: str) -> None:
    body = {"model": "m", "input": "Hi", **fields}

    def read() -> None:
        lookups(body)
        parse(body)

    with pytest.raises(InvalidRequestError) as caught:
        read()
    assert caught.value.param == param


def test_stored_items_come_before_new_ones() -> None:
    said = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "a"}],
    }
    response = parse(
        {"model": "m", "input": "b", "previous_response_id": "resp_1", "instructions": "i"},
        history=[{"role": "user", "content": "Hi"}, said],
    )
    roles = [turn.role.value for turn in response.request.messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert len(response.input_items) == 1
    assert response.previous_id == "resp_1"


def test_references_are_resolved_or_refused() -> None:
    body = {
        "model": "m",
        "input": [{"id": "msg_1_0"}, {"type": "item_reference", "id": "rs_gone"}],
    }
    assert lookups(body).item_ids == ("msg_1_0", "rs_gone")
    item = {"type": "message", "role": "user", "content": "stored"}
    response = parse(body, referenced={"msg_1_0": item})
    assert response.request.messages == (Message(Role.USER, (TextPart("stored"),)),)
    assert "input[1]" in changed(response)
    with pytest.raises(NotFoundError):
        parse(body)


def test_documents_are_read_back() -> None:
    made = {"id": "resp_abc", "output": [{"id": "msg_abc_0", "type": "message"}]}
    items: list[Any] = [
        {"type": "message", "role": "user", "content": []},
        {"type": "function_call_output", "call_id": "c", "output": "", "id": "own"},
        {"type": "reasoning"},
    ]
    stored = read_document(document(made, items, "resp_before"))
    assert stored.response == made
    assert stored.previous_id == "resp_before"
    ids = [item["id"] for item in stored.input_items]
    assert ids == ["msg_abc_in0", "own", "item_abc_in2"]
    for item in stored.items:
        assert find_item(stored, item["id"]) == item
    assert find_item(stored, "msg_abc_1") is None
    assert response_of_item("msg_abc_in0") == response_of_item("msg_abc_0") == "resp_abc"
    assert response_of_item("own") == response_of_item("") == response_of_item("a_") == ""


@given(st.integers(0, 7), st.integers(1, 4), st.booleans())
def test_pages_give_every_item_once(count: int, limit: int, newest_first: bool) -> None:
    stored = StoredResponse("", [{"id": f"i{n}"} for n in range(count)], {})
    query = {"limit": str(limit), "order": "desc" if newest_first else "asc"}
    found: list[Any] = []
    while True:
        page = listing(stored, parse_page(query))
        found += [item["id"] for item in page["data"]]
        if not page["has_more"]:
            break
        query["after"] = page["last_id"]
    expected = [f"i{n}" for n in range(count)]
    assert found == (expected[::-1] if newest_first else expected)


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"order": "up"}]
)
def test_bad_pages_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(InvalidRequestError):
        parse_page(query)


def test_the_body_that_is_mutated_is_a_good_one() -> None:
    item = {"type": "message", "role": "assistant", "content": "x"}
    assert len(parse(GOOD, referenced={"msg_1_0": item}).request.messages) == 10


@given(mutated(GOOD))
def test_a_body_is_read_or_refused_and_what_is_read_can_be_said_again(body: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidRequestError, NotFoundError):
        lookups(body)
        item = {"type": "message", "role": "assistant", "content": "x"}
        response = parse(body, history=[item], referenced={"msg_1_0": item})
        assert render([response.echo, response.input_items])
        for turn in response.request.messages:
            for part in turn.parts:
                if isinstance(part, TextPart):
                    part.text.encode()


def test_an_empty_list_of_tools_forbids_calls() -> None:
    none = ToolChoice(ToolChoiceMode.NONE)
    assert parsed(tools=[]).request.tool_choice == none
    assert parsed().request.tool_choice == ToolChoice()
    brought = {"type": "additional_tools", "tools": [READ]}
    kept = parsed(input=[brought, {"role": "user", "content": "Hi"}], tools=[])
    assert (len(kept.request.tools), kept.request.tool_choice) == (1, ToolChoice())
