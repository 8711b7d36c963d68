"""Messages, parsed."""

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
from gateway_engine.errors import InvalidRequestError
from gateway_engine.protocols.anthropic_messages.request import ParsedMessages, Thinking, parse
from gateway_engine.protocols.request_fields import names
from tests.unit.protocols.hostile import mutated
from tests.unit.protocols.test_openai_chat_request import JSON

USER = {"role": "user", "content": "Hi"}
TOOL = {"name": "read", "description": "Reads.", "input_schema": {"type": "object"}}


def parsed(**fields: Any) -> ParsedMessages:
    return parse({"model": "m", "max_tokens": 9, "messages": [USER], **fields})


def messages(*items: Any) -> tuple[Message, ...]:
    return parsed(messages=list(items)).request.messages


def dropped(chat: ParsedMessages) -> set[str]:
    return {change.field for change in chat.request.changes}


def test_the_smallest_request() -> None:
    chat = parsed()
    assert chat.request.messages == (Message(Role.USER, (TextPart("Hi"),)),)
    assert chat.request.max_tokens == 9
    assert chat.request.changes == ()
    assert chat.thinking == Thinking()
    assert not chat.stream


def test_what_the_newest_clients_send_is_accepted_and_listed() -> None:
    chat = parsed(
        stream=True,
        system=[
            {"type": "text", "text": "billing line"},
            {"type": "text", "text": "You are.", "cache_control": {"type": "ephemeral"}},
        ],
        messages=[USER, {"role": "system", "content": "Later."}, USER],
        thinking={"type": "adaptive", "display": "omitted"},
        output_config={"effort": "high"},
        context_management={"edits": []},
        stop_sequences=["END"],
        metadata={"user_id": "u1"},
        temperature=1,
        betas=["x"],
    )
    assert chat.request.messages == (
        Message(Role.SYSTEM, (TextPart("billing line"), TextPart("You are."))),
        Message(Role.USER, (TextPart("Hi"),)),
        Message(Role.SYSTEM, (TextPart("Later."),)),
        Message(Role.USER, (TextPart("Hi"),)),
    )
    assert chat.thinking == Thinking(blocks=True, text=False)
    assert chat.request.stop == ("END",)
    assert chat.request.user == "u1"
    assert dropped(chat) == {
        "system[1].cache_control",
        "output_config.effort",
        "context_management",
        "temperature",
        "betas",
    }


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, Thinking()),
        ({"type": "disabled"}, Thinking()),
        ({"type": "enabled", "budget_tokens": 99_999}, Thinking(blocks=True)),
        ({"type": "adaptive"}, Thinking(blocks=True)),
        ({"type": "adaptive", "display": "summarized"}, Thinking(blocks=True)),
        ({"type": "between_tools"}, Thinking(blocks=True)),
    ],
)
def test_thinking(config: Any, expected: Thinking) -> None:
    assert parsed(thinking=config).thinking == expected


def test_tool_results_become_turns_of_their_own_in_order() -> None:
    found = messages(
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "anything"},
                {"type": "redacted_thinking", "data": "x"},
                {"type": "text", "text": "Let me look."},
                {"type": "tool_use", "id": "t1", "name": "read", "input": {"path": "ü"}},
                {"type": "tool_use", "id": "t2", "name": "ls", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": "text"},
                {
                    "type": "tool_result",
                    "tool_use_id": "t2",
                    "is_error": True,
                    "content": [
                        {"type": "text", "text": "x"},
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": "AA"},
                        },
                    ],
                },
                {"type": "tool_result", "tool_use_id": "t3"},
                {"type": "text", "text": "And now?"},
            ],
        },
    )
    assert found == (
        Message(
            Role.ASSISTANT,
            (
                ReasoningPart("hm"),
                TextPart("Let me look."),
                ToolCallPart("t1", "read", '{"path":"ü"}'),
                ToolCallPart("t2", "ls", "{}"),
            ),
        ),
        Message(Role.TOOL, (ToolResultPart("t1", (TextPart("text"),)),)),
        Message(
            Role.TOOL,
            (ToolResultPart("t2", (TextPart("x"), ImagePart("image/png", "AA")), is_error=True),),
        ),
        Message(Role.TOOL, (ToolResultPart("t3", (TextPart(""),)),)),
        Message(Role.USER, (TextPart("And now?"),)),
    )


def test_images_documents_and_the_rest() -> None:
    chat = parsed(
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}},
                    {"type": "image", "source": {"type": "file", "file_id": "f"}},
                    {
                        "type": "document",
                        "title": "a.txt",
                        "source": {"type": "text", "media_type": "text/plain", "data": "A"},
                    },
                    {
                        "type": "document",
                        "source": {
                            "type": "base64",
                            "media_type": "application/pdf",
                            "data": "AAAA",
                        },
                    },
                    {
                        "type": "document",
                        "source": {"type": "content", "content": [{"type": "text", "text": "B"}]},
                    },
                    {
                        "type": "search_result",
                        "title": "T",
                        "source": "s",
                        "content": [{"type": "text", "text": "C"}],
                    },
                    {"type": "compaction", "content": "Summary."},
                    {"type": "web_search_tool_result", "tool_use_id": "x", "content": []},
                ],
            }
        ]
    )
    assert chat.request.messages[0].parts == (
        ImagePart(url="https://x/y.png"),
        ImagePart(),
        DocumentPart("a.txt", "A"),
        DocumentPart(""),
        DocumentPart("", "B"),
        DocumentPart("T", "C"),
        TextPart("Summary."),
    )
    assert dropped(chat) == {
        "messages[0].content[1]",
        "messages[0].content[3]",
        "messages[0].content[7]",
    }


def test_tools_and_what_may_be_chosen() -> None:
    chat = parsed(tools=[TOOL, {"type": "web_search_20250305", "name": "web_search"}])
    assert chat.request.tools == (ToolSpec("read", "Reads.", {"type": "object"}),)
    assert dropped(chat) == {"tools[1]"}
    for value, choice, parallel in [
        ({"type": "auto"}, ToolChoice(), True),
        ({"type": "none"}, ToolChoice(ToolChoiceMode.NONE), True),
        (
            {"type": "any", "disable_parallel_tool_use": True},
            ToolChoice(ToolChoiceMode.REQUIRED),
            False,
        ),
        ({"type": "tool", "name": "read"}, ToolChoice(ToolChoiceMode.NAMED, "read"), True),
    ]:
        request = parsed(tools=[TOOL], tool_choice=value).request
        assert (request.tool_choice, request.parallel_tool_calls) == (choice, parallel)
    assert dropped(parsed(tool_choice={"type": "any"})) == {"tool_choice"}


@pytest.mark.parametrize("thread", [{"type": "create"}, {"type": "continue"}])
def test_threads_are_refused_in_the_way_clients_understand(thread: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse({"thread": thread})
    assert caught.value.error_code == "thread_unsupported_request"


def test_counting_needs_no_limit() -> None:
    assert parse({"model": "m", "messages": [USER]}, needs_limit=False).request.max_tokens is None


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": None}, "model"),
        ({"max_tokens": None}, "max_tokens"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": "9"}, "max_tokens"),
        ({"messages": None}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{}]}]}, "messages[0].content[0].type"),
        (
            {"messages": [{"role": "user", "content": [{"type": "no kind\n"}]}]},
            "messages[0].content[0].type",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "tool_result"}]}]},
            "messages[0].content[0].tool_use_id",
        ),
        (
            {
                "messages": [
                    {
                        "role": "assistant",
                        "content": [{"type": "tool_use", "id": "x", "name": "y", "input": [1]}],
                    }
                ]
            },
            "messages[0].content[0].input",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image", "source": {}}]}]},
            "messages[0].content[0].source.type",
        ),
        ({"system": 5}, "system"),
        ({"thinking": {}}, "thinking.type"),
        ({"thinking": "on"}, "thinking"),
        ({"stop_sequences": "END"}, "stop_sequences"),
        ({"metadata": "me"}, "metadata"),
        ({"stream": 1}, "stream"),
        ({"tools": [{"description": "x"}]}, "tools[0].name"),
        ({"tools": [{"name": "x", "input_schema": 5}]}, "tools[0].input_schema"),
        ({"tool_choice": "auto"}, "tool_choice"),
        ({"tool_choice": {"type": "odd"}}, "tool_choice.type"),
        ({"tool_choice": {"type": "tool", "name": "gone"}}, "tool_choice.name"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parsed(**fields)
    assert caught.value.param == param
    assert param in str(caught.value)


@given(
    st.dictionaries(
        st.sampled_from(
            sorted(
                names("model messages system thinking tools tool_choice max_tokens metadata stream")
            )
        ),
        JSON,
    ),
    st.lists(JSON, max_size=2),
)
def test_no_json_breaks_the_parser(fields: dict[str, Any], items: list[Any]) -> None:
    for body in (fields, {"model": "m", "max_tokens": 1, "messages": items, "tools": items}):
        with contextlib.suppress(InvalidRequestError):
            parse(body)


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "bash_20250124", "name": "bash"},
        {"type": "text_editor_20241022", "name": "str_replace_editor"},
        {
            "type": "text_editor_20250728",
            "name": "str_replace_based_edit_tool",
            "max_characters": 9,
        },
        {"type": "memory_20250818", "name": "memory"},
        {
            "type": "computer_20250124",
            "name": "computer",
            "display_width_px": 1024,
            "display_height_px": 768,
        },
    ],
    ids=lambda tool: tool["type"],
)
def test_tools_that_the_client_runs_get_their_schema(tool: dict[str, Any]) -> None:
    chat = parsed(tools=[tool], tool_choice={"type": "tool", "name": tool["name"]})
    (spec,) = chat.request.tools
    assert spec.name == tool["name"]
    assert spec.description
    assert set(spec.schema["required"]) <= set(spec.schema["properties"])
    assert dropped(chat) == set()
    if "editor" in tool["name"]:
        commands = spec.schema["properties"]["command"]["enum"]
        old = tool["type"].endswith("20241022")
        assert ("undo_edit" in commands) == old
        assert ("insert_text" in spec.schema["properties"]) != old
    if tool["name"] == "computer":
        assert "1024 x 768" in spec.description


@pytest.mark.parametrize(
    "kind", ["web_search_20250305", "web_fetch_20250910", "code_execution_20250825", "mcp_toolset"]
)
def test_tools_that_run_at_the_vendor_are_dropped(kind: str) -> None:
    chat = parsed(
        tools=[{"type": kind, "name": "there"}, {"name": "here"}],
        tool_choice={"type": "tool", "name": "there"},
    )
    assert [tool.name for tool in chat.request.tools] == ["here"]
    assert chat.request.tool_choice == ToolChoice()
    assert {"tools[0]", "tool_choice"} <= dropped(chat)


@pytest.mark.parametrize(
    "fields",
    [
        {"output_config": {"format": {"type": "json_schema", "schema": {"a": 1}}}},
        {"output_format": {"type": "json_schema", "schema": {"a": 1}}},
    ],
)
def test_a_json_format_is_carried(fields: dict[str, Any]) -> None:
    chat = parsed(**fields)
    assert chat.request.json_format == JsonFormat({"a": 1})
    assert dropped(chat) == set()
    assert parsed(output_config={"effort": "low"}).request.json_format is None


@pytest.mark.parametrize(
    ("value", "param"),
    [
        ({"type": "yaml"}, "output_config.format.type"),
        ({"type": "json_schema"}, "output_config.format.schema"),
        (3, "output_config.format"),
    ],
)
def test_a_bad_json_format_is_named(value: Any, param: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parsed(output_config={"format": value})
    assert caught.value.param == param


@pytest.mark.parametrize("signature", ["", "EqQBCg==", "anything", None])
def test_thinking_comes_back_whatever_its_signature(signature: str | None) -> None:
    block = {"type": "thinking", "thinking": "Hm", "signature": signature}
    said = {"role": "assistant", "content": [block, {"type": "text", "text": "a"}]}
    chat = parsed(messages=[USER, said, USER])
    assert chat.request.messages[1].parts == (ReasoningPart("Hm"), TextPart("a"))


GOOD: dict[str, Any] = {
    "model": "m",
    "max_tokens": 5,
    "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm", "signature": "x"},
                {"type": "tool_use", "id": "t", "name": "bash", "input": {"command": "ls"}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "a"}]},
    ],
    "tools": [
        {"type": "bash_20250124", "name": "bash"},
        {"name": "own", "input_schema": {"type": "object"}},
        {"type": "web_search_20250305", "name": "web_search"},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {}}},
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "metadata": {"user_id": "u"},
}


@given(mutated(GOOD))
def test_a_body_that_is_nearly_right_is_read_or_refused(body: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidRequestError):
        parse(body)


def test_an_empty_list_of_tools_forbids_calls() -> None:
    assert parsed(tools=[]).request.tool_choice == ToolChoice(ToolChoiceMode.NONE)
    assert parsed().request.tool_choice == ToolChoice()


def test_a_block_of_a_kind_yet_unknown_is_shown_by_its_name_and_listed() -> None:
    chat = parsed(messages=[{"role": "user", "content": [{"type": "smell_2027", "of": "tea"}]}])
    assert chat.request.messages == (Message(Role.USER, (TextPart("[smell_2027]"),)),)
    assert {(c.field, c.action) for c in chat.request.changes} == {
        ("messages[0].content[0]", "degraded")
    }
