"""Every protocol's answer is read back as what was said, however its bytes come."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.inspector.sent_answer import AnswerReader, SentAnswer, read_answer

GOLDEN = Path(__file__).parents[2] / "golden" / "protocols"
STREAMED = ("anthropic_messages", "openai_chat", "openai_responses")
OLLAMA = (
    '{"message":{"role":"assistant","thinking":"Let me think."},"done":false}\n'
    '{"message":{"content":"42"},"done":false}\n'
    '{"message":{"tool_calls":[{"function":{"name":"read","arguments":{"path":"/tmp"}}}]},'
    '"done":false}\n'
    '{"message":{"content":""},"done":true,"done_reason":"stop"}\n'
)


def golden(protocol: str, name: str) -> str:
    return (GOLDEN / protocol / f"{name}.sse").read_text("utf-8")


@pytest.mark.parametrize("protocol", STREAMED)
def test_reasoning_stands_apart_from_the_text(protocol: str) -> None:
    answer = read_answer(protocol, golden(protocol, "reasoning_then_text"))
    assert (answer.text, answer.reasoning) == ("42", "Let me think.")
    assert answer.whole
    assert answer.finish in ("stop", "end_turn", "completed")


@pytest.mark.parametrize("protocol", STREAMED)
def test_calls_have_names_ids_and_whole_arguments(protocol: str) -> None:
    answer = read_answer(protocol, golden(protocol, "prose_between_calls"))
    assert answer.text == "First.Then."
    first, _second = answer.calls
    assert (first.call_id, first.name) == ("call_a", "read")
    assert json.loads(first.arguments) == {"path": "/tmp/ü"}


@pytest.mark.parametrize("protocol", [*STREAMED, "openai_completions"])
def test_a_stream_cut_off_is_not_whole(protocol: str) -> None:
    whole = golden(protocol, "text")
    assert read_answer(protocol, whole).whole
    assert not read_answer(protocol, whole[: len(whole) // 2]).whole


@given(cut=st.integers(0, 2000), protocol=st.sampled_from(STREAMED))
def test_bytes_may_be_cut_anywhere(cut: int, protocol: str) -> None:
    data = golden(protocol, "prose_between_calls").encode()
    reader = AnswerReader(protocol)
    reader.feed(data[:cut])
    reader.feed(data[cut:])
    assert reader.answer() == read_answer(protocol, data.decode())


def test_ollamas_lines_are_read() -> None:
    answer = read_answer("ollama", OLLAMA)
    assert (answer.text, answer.reasoning, answer.finish) == ("42", "Let me think.", "stop")
    assert [(call.name, call.arguments) for call in answer.calls] == [("read", '{"path":"/tmp"}')]
    assert answer.whole


WHOLE = {
    "openai_chat": {
        "choices": [
            {
                "message": {
                    "content": "Hi",
                    "reasoning_content": "Hm",
                    "tool_calls": [{"id": "c", "function": {"name": "read", "arguments": "{}"}}],
                },
                "finish_reason": "tool_calls",
            }
        ]
    },
    "anthropic_messages": {
        "content": [
            {"type": "thinking", "thinking": "Hm"},
            {"type": "text", "text": "Hi"},
            {"type": "tool_use", "id": "c", "name": "read", "input": {"a": 1}},
        ],
        "stop_reason": "tool_use",
    },
    "openai_responses": {
        "status": "completed",
        "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]},
            {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]},
            {"type": "function_call", "call_id": "c", "name": "read", "arguments": "{}"},
        ],
    },
    "ollama": {
        "message": {
            "content": "Hi",
            "thinking": "Hm",
            "tool_calls": [{"id": "c", "function": {"name": "read", "arguments": {}}}],
        },
        "done": True,
        "done_reason": "stop",
    },
}


@pytest.mark.parametrize("protocol", list(WHOLE))
def test_an_answer_that_was_not_streamed_is_read_too(protocol: str) -> None:
    answer = read_answer(protocol, json.dumps(WHOLE[protocol]))
    assert (answer.text, answer.reasoning, answer.whole) == ("Hi", "Hm", True)
    assert [(call.call_id, call.name) for call in answer.calls] == [("c", "read")]
    assert answer.finish


@pytest.mark.parametrize(
    ("protocol", "body", "code"),
    [
        ("openai_chat", '{"error":{"code":"busy","message":"m"}}', "busy"),
        ("anthropic_messages", '{"type":"error","error":{"type":"api_error"}}', "api_error"),
        ("openai_chat", 'data: {"error":{"code":"upstream_error"}}\n\n', "upstream_error"),
        (
            "openai_responses",
            'data: {"type":"response.failed","response":{"error":{"code":"c"}}}\n\n',
            "c",
        ),
        ("ollama", '{"error":"it broke"}', "error"),
    ],
)
def test_errors_are_told_as_errors(protocol: str, body: str, code: str) -> None:
    answer = read_answer(protocol, body)
    assert (answer.error_code, answer.whole) == (code, False)


@given(
    body=st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps)
)
@pytest.mark.parametrize("protocol", [*WHOLE, "openai_completions", "unheard of"])
def test_nothing_breaks_the_reader(protocol: str, body: str) -> None:
    assert isinstance(read_answer(protocol, body), SentAnswer)
