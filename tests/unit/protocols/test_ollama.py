"""Ollama's API: parsed, and encoded."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    FinishReason,
    ImagePart,
    JsonFormat,
    Message,
    Model,
    ModelId,
    ReasoningPart,
    Role,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallArguments,
    ToolCallPart,
    ToolCallStarted,
    ToolChoice,
    ToolChoiceMode,
    ToolResultPart,
    TurnFinished,
    Usage,
)
from gateway_engine.errors import InvalidRequestError, UpstreamGoneError
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.ollama import models
from gateway_engine.protocols.ollama.answer import OllamaForm, OllamaStreamEncoder, body
from gateway_engine.protocols.ollama.request import ParsedOllama, parse_chat, parse_generate
from tests.unit.protocols.answers import NAMED, ROUTED, answers, batches
from tests.unit.protocols.hostile import mutated

USER = {"role": "user", "content": "Hi"}
TOOL = {"type": "function", "function": {"name": "read", "parameters": {"type": "object"}}}
GOOD_CHAT: dict[str, Any] = {
    "model": "m:latest",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi", "images": ["iVBORw0KGgo="]},
        {
            "role": "assistant",
            "content": "",
            "thinking": "Hm",
            "tool_calls": [{"id": "c", "function": {"name": "read", "arguments": {"a": 1}}}],
        },
        {"role": "tool", "content": "text", "tool_name": "read"},
    ],
    "tools": [TOOL],
    "format": {"type": "object"},
    "options": {"num_predict": 5, "stop": ["x"], "temperature": 0.5},
    "keep_alive": "5m",
    "think": True,
    "stream": False,
}
GOOD_GENERATE: dict[str, Any] = {
    "model": "m",
    "prompt": "Hi",
    "system": "Be brief.",
    "images": ["/9j/4AAQ"],
    "format": "json",
    "options": {"num_predict": -1, "stop": "x"},
    "raw": False,
    "context": [1, 2],
}


def chat(*messages: Any, **fields: Any) -> ParsedOllama:
    return parse_chat({"model": "m", "messages": list(messages) or [USER], **fields})


def test_the_smallest_request_streams() -> None:
    parsed = chat()
    assert parsed.request.messages == (Message(Role.USER, (TextPart("Hi"),)),)
    assert parsed.stream
    assert parsed.thinking
    assert parsed.request.changes == ()


def test_everything_at_once() -> None:
    parsed = parse_chat(GOOD_CHAT)
    request = parsed.request
    assert (request.model, parsed.model) == ("m", "m:latest")
    assert not parsed.stream
    assert (request.max_tokens, request.stop) == (5, ("x",))
    assert request.json_format == JsonFormat({"type": "object"})
    assert [tool.name for tool in request.tools] == ["read"]
    assert {change.field for change in request.changes} == {"options.temperature"}
    _, user, assistant, tool = request.messages
    assert user.parts == (TextPart("Hi"), ImagePart("image/png", "iVBORw0KGgo="))
    assert assistant.parts == (ReasoningPart("Hm"), ToolCallPart("c", "read", '{"a":1}'))
    assert tool.parts == (ToolResultPart("c", (TextPart("text"),)),)


def test_results_find_their_calls_without_ids() -> None:
    calls: list[Any] = [
        {"function": {"name": name, "arguments": {}}} for name in ("read", "list", "read", "stat")
    ]
    request = chat(
        USER,
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "content": "1", "tool_name": "read"},
        {"role": "tool", "content": "2", "tool_name": "read"},
        {"role": "tool", "content": "3", "name": "list"},
        {"role": "tool", "content": "4"},
        {"role": "tool", "content": "5", "tool_name": "other"},
        {"role": "tool", "content": "6", "tool_call_id": "own"},
    ).request
    made = [part.call_id for part in request.messages[1].parts if isinstance(part, ToolCallPart)]
    assert made == ["counted_1_0", "counted_1_1", "counted_1_2", "counted_1_3"]
    given_to = [
        part.call_id
        for message in request.messages[2:]
        for part in message.parts
        if isinstance(part, ToolResultPart)
    ]
    assert given_to == [
        "counted_1_0",
        "counted_1_2",
        "counted_1_1",
        "counted_1_3",
        "counted_other_6",
        "own",
    ]


def test_an_empty_list_of_tools_forbids_calls() -> None:
    assert chat(USER, tools=[]).request.tool_choice == ToolChoice(ToolChoiceMode.NONE)
    assert chat(USER).request.tool_choice == ToolChoice()


def test_ids_that_only_results_have_say_nothing() -> None:
    calls: list[Any] = [
        {"function": {"name": "read", "arguments": {}}},
        {"id": "c", "function": {"name": "read", "arguments": {}}},
        {"function": {"name": "list", "arguments": {}}},
    ]
    request = chat(
        USER,
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "content": "1", "tool_call_id": "made-up", "tool_name": "list"},
        {"role": "tool", "content": "2", "tool_call_id": "made-up too"},
        {"role": "tool", "content": "3", "tool_call_id": "unknown"},
        {"role": "tool", "content": "4", "tool_call_id": "c"},
    ).request
    results = [message.parts[0] for message in request.messages[2:]]
    ids = [part.call_id for part in results if isinstance(part, ToolResultPart)]
    assert ids == ["counted_1_2", "counted_1_0", "unknown", "c"]


def test_generate() -> None:
    parsed = parse_generate(GOOD_GENERATE)
    system, user = parsed.request.messages
    assert system == Message(Role.SYSTEM, (TextPart("Be brief."),))
    assert user.parts == (TextPart("Hi"), ImagePart("image/jpeg", "/9j/4AAQ"))
    assert parsed.request.json_format == JsonFormat()
    assert parsed.request.max_tokens is None
    assert parsed.request.stop == ("x",)
    assert {change.field for change in parsed.request.changes} == {"raw", "context"}


@pytest.mark.parametrize(
    ("body", "load"),
    [
        ({"model": "m"}, "load"),
        ({"model": "m", "messages": [], "prompt": ""}, "load"),
        ({"model": "m", "keep_alive": 0}, "unload"),
    ],
)
def test_a_model_is_loaded_without_being_asked(body: dict[str, Any], load: str) -> None:
    assert parse_chat(body).load == parse_generate(body).load == load


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": ""}, "model"),
        ({"messages": "x"}, "messages"),
        ({"messages": [{"role": "judge"}]}, "messages[0].role"),
        ({"messages": [{**USER, "images": [3]}]}, "messages[0].images[0]"),
        ({"messages": [{"role": "assistant", "tool_calls": [{}]}]}, None),
        ({"format": "xml"}, "format"),
        ({"options": {"num_predict": "x"}}, "options.num_predict"),
        ({"options": 3}, "options"),
        ({"stream": "no"}, "stream"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], param: str | None) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse_chat({"model": "m", "messages": [USER], **fields})
    assert param is None or caught.value.param == param


@given(mutated(GOOD_CHAT), mutated(GOOD_GENERATE))
def test_a_body_is_read_or_refused(one: dict[str, Any], other: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidRequestError):
        parse_chat(one)
    with contextlib.suppress(InvalidRequestError):
        parse_generate(other)


# --- answers ---


def ticking() -> Iterator[float]:
    now = 1_800_000_000.0
    while True:
        yield now
        now += 0.25


def form(*, chat: bool = True, thinking: bool = True) -> OllamaForm:
    times = ticking()
    return OllamaForm(model="m", chat=chat, thinking=thinking, clock=lambda: next(times))


def lines(data: bytes) -> list[dict[str, Any]]:
    assert data == b"" or data.endswith(b"\n")
    found = [json.loads(line) for line in data.decode().splitlines()]
    assert len(found) == data.count(b"\n")
    return found


def whole(events: list[StreamEvent], *, chat: bool = True, thinking: bool = True) -> dict[str, Any]:
    answer = CollectedAnswer()
    answer.add(events)
    return body(answer, form(chat=chat, thinking=thinking))


def untimed(line: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in line.items() if k != "created_at" and not k.endswith("_duration")}


@given(st.data(), st.booleans(), st.booleans())
def test_lines_add_up_to_the_whole_answer(
    data: st.DataObject, is_chat: bool, thinking: bool
) -> None:
    events = data.draw(answers())
    encoder = OllamaStreamEncoder(form(chat=is_chat, thinking=thinking))
    sent = lines(b"".join(encoder.encode(b) for b in data.draw(batches(events))))
    assert [line["done"] for line in sent] == [False] * (len(sent) - 1) + [True]
    text = thought = ""
    calls: list[Any] = []
    for line in sent:
        said = line["message"] if is_chat else line
        text += said["content" if is_chat else "response"]
        thought += said.get("thinking", "")
        calls += said.get("tool_calls", [])
    expected = whole(events, chat=is_chat, thinking=thinking)
    said = expected["message"] if is_chat else expected
    assert text == said["content" if is_chat else "response"]
    assert thought == said.get("thinking", "")
    assert calls == (said.get("tool_calls", []) if is_chat else [])
    last = untimed(sent[-1])
    for key in ("done", "done_reason", "prompt_eval_count", "eval_count", "model"):
        assert last[key] == expected[key]


def test_the_last_line_tells_counts_and_durations() -> None:
    *_, last = lines(OllamaStreamEncoder(form()).encode(NAMED["text"]))
    assert last == {
        "model": "m",
        "created_at": "2027-01-15T08:00:01.500000Z",
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "stop",
        "total_duration": 1_250_000_000,
        "load_duration": 0,
        "prompt_eval_count": 30,
        "prompt_eval_duration": 250_000_000,
        "eval_count": 5,
        "eval_duration": 1_000_000_000,
    }


def test_a_call_is_one_line_with_its_arguments_as_an_object() -> None:
    found = lines(OllamaStreamEncoder(form()).encode(NAMED["prose_between_calls"]))
    calls = [line["message"]["tool_calls"] for line in found if "tool_calls" in line["message"]]
    read = {"index": 0, "name": "read", "arguments": {"path": "/tmp/ü"}}
    assert calls == [
        [{"id": "call_a", "function": read}],
        [{"id": "call_b", "function": {"index": 1, "name": "ls", "arguments": {}}}],
    ]


def test_a_call_cut_in_the_middle_is_none() -> None:
    events: list[StreamEvent] = [
        ROUTED,
        ToolCallStarted(0, "c", "read"),
        ToolCallArguments(0, '{"pa'),
        TurnFinished(FinishReason.LENGTH, Usage(30, 3)),
    ]
    (last,) = lines(OllamaStreamEncoder(form()).encode(events))
    assert last["done_reason"] == "length"
    assert "tool_calls" not in whole(events)["message"]


def test_nothing_before_content_no_heartbeats_and_errors_in_band() -> None:
    encoder = OllamaStreamEncoder(form())
    assert encoder.encode([ROUTED]) == b""
    assert encoder.heartbeat() == b""
    assert lines(encoder.encode([TextDelta("x\u2028y")]))[0]["message"]["content"] == "x\u2028y"
    assert lines(encoder.fail(UpstreamGoneError("it died"))) == [
        {"error": "it died", "code": "upstream_error"}
    ]


def test_an_unfinished_answer_has_no_body() -> None:
    with pytest.raises(ValueError, match="not finished"):
        whole([ROUTED])


def test_models_tell_what_editors_look_for() -> None:
    plain = Model(ModelId("a"), "A", "demo")
    able = Model(ModelId("b"), "B", "demo", context_tokens=1000, vision=True, reasoning=True)
    listed = models.tags([plain, able], since=0.0)["models"]
    assert [entry["name"] for entry in listed] == ["a", "b"]
    assert all(len(entry["digest"]) == 64 for entry in listed)
    shown = models.show(able, since=0.0)
    architecture = shown["model_info"]["general.architecture"]
    assert shown["model_info"][f"{architecture}.context_length"] == 1000
    assert shown["capabilities"] == ["completion", "tools", "vision", "thinking"]
    assert models.show(plain, since=0.0)["capabilities"] == ["completion", "tools"]
    assert [m["model"] for m in models.running([plain], since=0.0)["models"]] == ["a"]
