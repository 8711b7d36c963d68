"""Chat Completions, parsed."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    AudioPart,
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
from gateway_engine.errors import InvalidRequestError
from gateway_engine.protocols.openai_chat.request import ParsedChat, parse
from gateway_engine.protocols.request_fields import names
from tests.unit.protocols.hostile import mutated

USER = {"role": "user", "content": "Hi"}
TOOL = {
    "type": "function",
    "function": {
        "name": "read",
        "description": "Reads.",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
        "strict": True,
    },
}


def parsed(**fields: Any) -> ParsedChat:
    return parse({"model": "m", "messages": [USER], **fields})


def messages(*items: Any) -> tuple[Message, ...]:
    return parsed(messages=list(items)).request.messages


def dropped(chat: ParsedChat) -> set[str]:
    return {change.field for change in chat.request.changes}


def test_the_smallest_request() -> None:
    chat = parsed()
    assert chat.request.model == "m"
    assert chat.request.messages == (Message(Role.USER, (TextPart("Hi"),)),)
    assert chat.request.changes == ()
    assert not chat.stream
    assert not chat.include_usage


def test_everything_a_client_sends_as_null_means_nothing() -> None:
    fields = names("tools tool_choice stop max_tokens n stream stream_options user seed odd")
    assert parsed(**dict.fromkeys(fields)) == parsed()


def test_options() -> None:
    chat = parsed(
        stream=True,
        stream_options={"include_usage": True},
        max_tokens=7,
        max_completion_tokens=9,
        stop="END",
        parallel_tool_calls=False,
        user="ada",
        temperature=0.2,
        seed=1,
        brand_new={"x": 1},
    )
    assert chat.stream
    assert chat.include_usage
    assert chat.request.max_tokens == 9
    assert chat.request.stop == ("END",)
    assert not chat.request.parallel_tool_calls
    assert chat.request.user == "ada"
    assert dropped(chat) == {"temperature", "seed", "brand_new"}


def test_every_role() -> None:
    found = messages(
        {"role": "system", "content": "s"},
        {"role": "developer", "content": [{"type": "text", "text": "d"}]},
        USER,
        {
            "role": "assistant",
            "content": "a",
            "reasoning_content": "r",
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "read", "arguments": '{"a":1}'},
                },
                {"id": "c2", "type": "function", "function": {"name": "ls", "arguments": ""}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "text"},
        {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "x"}]},
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "done"},
    )
    assert found == (
        Message(Role.SYSTEM, (TextPart("s"),)),
        Message(Role.DEVELOPER, (TextPart("d"),)),
        Message(Role.USER, (TextPart("Hi"),)),
        Message(
            Role.ASSISTANT,
            (
                ReasoningPart("r"),
                TextPart("a"),
                ToolCallPart("c1", "read", '{"a":1}'),
                ToolCallPart("c2", "ls", "{}"),
            ),
        ),
        Message(Role.TOOL, (ToolResultPart("c1", (TextPart("text"),)),)),
        Message(Role.TOOL, (ToolResultPart("c2", (TextPart("x"),)),)),
        Message(Role.ASSISTANT, (ToolCallPart("counted_f_6", "f", "{}"),)),
        Message(Role.TOOL, (ToolResultPart("counted_f_6", (TextPart("done"),)),)),
    )


def test_every_kind_of_part() -> None:
    (message,) = messages(
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "t"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "image_url", "image_url": "https://example.com/x.png"},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                {
                    "type": "file",
                    "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,aMOkdQ=="},
                },
                {
                    "type": "file",
                    "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AA=="},
                },
                {"type": "file", "file": {"file_id": "file-1"}},
            ],
        }
    )
    assert message.parts == (
        TextPart("t"),
        ImagePart("image/png", "AAAA"),
        ImagePart(url="https://example.com/x.png"),
        AudioPart("audio/wav"),
        DocumentPart("a.txt", "häu"),
        DocumentPart("a.pdf"),
        DocumentPart("file-1"),
    )


def test_tools_and_what_may_be_chosen() -> None:
    spec = ToolSpec("read", "Reads.", TOOL["function"]["parameters"])  # type: ignore[index]
    chat = parsed(tools=[TOOL, {"type": "web_search"}])
    assert chat.request.tools == (spec,)
    assert dropped(chat) == {"tools[1]", "tools[].function.strict"}
    bare = parsed(tools=[{"type": "function", "function": {"name": "x"}}]).request.tools
    assert bare == (ToolSpec("x", "", {"type": "object", "properties": {}}),)
    for value, choice in [
        ("auto", ToolChoice()),
        ("none", ToolChoice(ToolChoiceMode.NONE)),
        ("required", ToolChoice(ToolChoiceMode.REQUIRED)),
        (
            {"type": "function", "function": {"name": "read"}},
            ToolChoice(ToolChoiceMode.NAMED, "read"),
        ),
    ]:
        assert parsed(tools=[TOOL], tool_choice=value).request.tool_choice == choice
    allowed = parsed(
        tools=[TOOL, {"type": "function", "function": {"name": "x"}}],
        tool_choice={
            "type": "allowed_tools",
            "allowed_tools": {
                "mode": "required",
                "tools": [{"type": "function", "function": {"name": "x"}}],
            },
        },
    ).request
    assert [tool.name for tool in allowed.tools] == ["x"]
    assert allowed.tool_choice.mode is ToolChoiceMode.REQUIRED
    without = parsed(tool_choice="required")
    assert without.request.tool_choice == ToolChoice()
    assert dropped(without) == {"tool_choice"}


def test_lone_surrogates_do_not_get_in() -> None:
    chat = parsed(messages=[{"role": "user", "content": "a\ud83d b"}], user="\udc00")
    (part,) = chat.request.messages[0].parts
    assert part == TextPart("a\ufffd b")
    assert chat.request.user == "\ufffd"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": None}, "model"),
        ({"model": ""}, "model"),
        ({"model": 5}, "model"),
        ({"messages": None}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "Hi"}, "messages"),
        ({"messages": ["Hi"]}, "messages[0]"),
        ({"messages": [{}]}, "messages[0].role"),
        ({"messages": [{"role": "pope", "content": "x"}]}, "messages[0].role"),
        ({"messages": [USER, {"role": "user"}]}, "messages[1].content"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [5]}]}, "messages[0].content[0]"),
        (
            {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages[0].content[0].text",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "no kind\n"}]}]},
            "messages[0].content[0].type",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages[0].content[0].image_url.url",
        ),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].tool_call_id"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "x"}]}]},
            "messages[0].tool_calls[0].function",
        ),
        ({"n": 2}, "n"),
        ({"n": 0}, "n"),
        ({"n": "1"}, "n"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": "5"}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"max_completion_tokens": 1.5}, "max_completion_tokens"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": []}, None),
        ({"stream_options": [1]}, "stream_options"),
        ({"stop": 5}, "stop"),
        ({"stop": ["a", 5]}, "stop[1]"),
        ({"user": 5}, "user"),
        ({"tools": {}}, "tools"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
        ({"tool_choice": "sometimes"}, "tool_choice"),
        (
            {"tool_choice": {"type": "function", "function": {"name": "x"}}},
            "tool_choice.function.name",
        ),
        ({"tool_choice": {"type": "odd"}}, "tool_choice.type"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], param: str | None) -> None:
    if param is None:
        parsed(**fields)
        return
    with pytest.raises(InvalidRequestError) as caught:
        parsed(**fields)
    assert caught.value.param == param
    assert param in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                sorted(
                    names("type role content text id function name arguments tool_calls image_url")
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
FIELDS = (
    "model messages stream stream_options tools tool_choice parallel_tool_calls max_tokens "
    "max_completion_tokens stop n user temperature"
)


@given(st.dictionaries(st.sampled_from(FIELDS.split()), JSON), st.lists(JSON, max_size=2))
def test_no_json_breaks_the_parser(fields: dict[str, Any], items: list[Any]) -> None:
    for body in (fields, {"model": "m", "messages": items, "tools": items}):
        with contextlib.suppress(InvalidRequestError):
            parse(body)


READ = {"name": "read", "description": "Reads.", "parameters": {"type": "object"}}


def test_functions_of_2023_are_tools() -> None:
    chat = parsed(functions=[READ], function_call={"name": "read"})
    assert chat.legacy_call
    assert chat.request.tools == (ToolSpec("read", "Reads.", {"type": "object"}),)
    assert chat.request.tool_choice == ToolChoice(ToolChoiceMode.NAMED, "read")
    assert not chat.request.parallel_tool_calls
    assert dropped(chat) == set()
    none = parsed(functions=[READ], function_call="none")
    assert none.request.tool_choice == ToolChoice(ToolChoiceMode.NONE)
    both = parsed(functions=[READ], tools=[TOOL])
    assert not both.legacy_call
    assert len(both.request.tools) == 1


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"functions": 3}, "functions"),
        ({"functions": [{}]}, "functions[0].name"),
        ({"functions": [READ], "function_call": "required"}, "function_call"),
        ({"functions": [READ], "function_call": {"name": "x"}}, "function_call.name"),
        ({"response_format": {"type": "yaml"}}, "response_format.type"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": 3}}},
            "response_format.json_schema.schema",
        ),
    ],
)
def test_what_is_wrong_with_older_and_newer_fields_is_named(
    fields: dict[str, Any], param: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parsed(**fields)
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, None),
        ({"type": "text"}, None),
        ({"type": "json_object"}, JsonFormat()),
        (
            {"type": "json_schema", "json_schema": {"name": "n", "schema": {"a": 1}}},
            JsonFormat({"a": 1}, "n"),
        ),
    ],
)
def test_the_response_format_is_carried(value: Any, wanted: JsonFormat | None) -> None:
    chat = parsed(response_format=value)
    assert chat.request.json_format == wanted
    assert dropped(chat) == set()


GOOD: dict[str, Any] = {
    "model": "m",
    "messages": [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c", "type": "function", "function": {"name": "read", "arguments": "{}"}}
            ],
        },
        {"role": "tool", "tool_call_id": "c", "content": "text"},
    ],
    "tools": [TOOL],
    "tool_choice": {"type": "function", "function": {"name": "read"}},
    "functions": [READ],
    "function_call": {"name": "read"},
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}},
    "stream_options": {"include_usage": True},
    "stop": ["x"],
}


@given(mutated(GOOD))
def test_a_body_that_is_nearly_right_is_read_or_refused(body: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidRequestError):
        parse(body)


def test_an_empty_list_of_tools_forbids_calls() -> None:
    assert parsed(tools=[]).request.tool_choice == ToolChoice(ToolChoiceMode.NONE)
    assert parsed(tools=None).request.tool_choice == ToolChoice()
    assert parsed().request.tool_choice == ToolChoice()
    dropped = parsed(tools=[{"type": "web_search"}]).request
    assert (dropped.tools, dropped.tool_choice) == ((), ToolChoice())


def test_a_part_of_a_kind_yet_unknown_is_shown_by_its_name_and_listed() -> None:
    part = {"type": "video_url", "video_url": {"url": "https://example.com/v.mp4"}}
    chat = parsed(messages=[{"role": "user", "content": [part]}])
    assert chat.request.messages == (Message(Role.USER, (TextPart("[video_url]"),)),)
    assert {(c.field, c.action) for c in chat.request.changes} == {
        ("messages[0].content[0]", "degraded")
    }


@pytest.mark.parametrize(
    "part", [{"type": "thinking", "thinking": "hm"}, {"type": "reasoning", "text": "hm"}]
)
def test_thoughts_beside_the_text_stay_thoughts(part: dict[str, Any]) -> None:
    said = {"role": "assistant", "content": [part, {"type": "text", "text": "Yes."}]}
    assert parsed(messages=[USER, said]).request.messages[1].parts == (
        ReasoningPart("hm"),
        TextPart("Yes."),
    )


def test_of_very_many_unknown_fields_the_first_are_listed() -> None:
    changes = parsed(**{f"k{n}": 1 for n in range(5000)}, seed=1).request.changes
    assert [change.field for change in changes[:2]] == ["k0", "k1"]
    assert [change.field for change in changes[-3:]] == ["k99", "seed", "… (4900 more)"]
    assert (len(changes), changes[-1].code) == (102, "unknown_field")


def test_of_very_many_changes_the_first_are_told() -> None:
    parts = [{"type": f"kind_{n}"} for n in range(5000)]
    changes = parsed(messages=[{"role": "user", "content": parts}]).request.changes
    assert len(changes) == 1001
    assert (changes[-1].field, changes[-1].code) == ("… (4000 more)", "shown_as_name")
