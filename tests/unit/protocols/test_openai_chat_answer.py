"""Chat Completions, encoded: golden streams, and what holds for every answer."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    FinishReason,
    StreamEvent,
    TextDelta,
    ToolCallStarted,
    TurnFinished,
)
from gateway_engine.errors import UpstreamGoneError
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.openai_chat.answer import ChatStreamEncoder, body
from tests.unit.protocols.answers import NAMED, ROUTED, answers, batches
from tests.unit.protocols.sse_reading import read

GOLDEN = Path(__file__).parents[2] / "golden" / "protocols" / "openai_chat"


def encoder(*, include_usage: bool = False) -> ChatStreamEncoder:
    return ChatStreamEncoder(
        completion_id="chatcmpl-1", model="gpt-4o", created=1800000000, include_usage=include_usage
    )


def whole(events: list[StreamEvent]) -> dict[str, Any]:
    answer = CollectedAnswer()
    answer.add(events)
    return body(answer, completion_id="chatcmpl-1", model="gpt-4o", created=1800000000)


@pytest.mark.parametrize("name", NAMED)
def test_golden_streams(name: str) -> None:
    golden = (GOLDEN / f"{name}.sse").read_bytes()
    assert encoder(include_usage=True).encode(NAMED[name]) == golden


def test_every_golden_stream_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sse")} == set(NAMED)


def accumulate(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up deltas the way clients do, and check each on the way."""
    message: dict[str, Any] = {"role": None, "content": None}
    calls: list[dict[str, Any]] = []
    finish = None
    for number, chunk in enumerate(chunks):
        (choice,) = chunk["choices"]
        delta = choice["delta"]
        assert finish is None, "nothing follows the finish reason"
        assert ("role" in delta) == (number == 0)
        for name in ("role", "content", "reasoning_content"):
            if delta.get(name) is not None:
                message[name] = (message.get(name) or "") + delta[name]
        for part in delta.get("tool_calls", []):
            if part["index"] == len(calls):
                assert set(part) == {"index", "id", "type", "function"}
                calls.append({k: v for k, v in part.items() if k != "index"})
            else:
                assert set(part) == {"index", "function"}
                calls[part["index"]]["function"]["arguments"] += part["function"]["arguments"]
        finish = choice["finish_reason"]
    if calls:
        message["tool_calls"] = calls
    return {"message": message, "finish_reason": finish}


@given(st.data(), st.booleans())
def test_a_stream_adds_up_to_the_whole_answer(data: st.DataObject, include_usage: bool) -> None:
    events = data.draw(answers())
    stream = encoder(include_usage=include_usage)
    sent = read(b"".join(stream.encode(b) for b in data.draw(batches(events))))
    assert all(name == "" for name, _ in sent)
    *chunks, done = [payload for _, payload in sent]
    assert done == "[DONE]"
    expected = whole(events)
    if include_usage:
        usage = chunks.pop()
        assert usage["choices"] == []
        assert usage["usage"] == expected["usage"]
        assert all(chunk["usage"] is None for chunk in chunks)
    for chunk in chunks:
        assert chunk["object"] == "chat.completion.chunk"
        for name in ("id", "created", "model"):
            assert chunk[name] == expected[name]
    choice = expected["choices"][0]
    choice["message"].pop("refusal")
    added = accumulate(chunks)
    assert added["message"] == choice["message"]
    assert added["finish_reason"] == choice["finish_reason"]


@given(st.data())
def test_batches_do_not_change_the_bytes(data: st.DataObject) -> None:
    events = data.draw(answers())
    one, many = encoder(), encoder()
    assert one.encode(events) == b"".join(many.encode(b) for b in data.draw(batches(events)))


def test_nothing_is_sent_before_content() -> None:
    stream = encoder()
    assert stream.encode([ROUTED]) == b""
    assert stream.encode([ROUTED]) == b""
    assert stream.encode([TextDelta("x")])


@given(st.data())
def test_after_a_failure_there_is_no_terminator(data: st.DataObject) -> None:
    events = data.draw(answers())
    cut = data.draw(st.integers(0, len(events) - 1))
    stream = encoder(include_usage=True)
    sent = read(stream.encode(events[:cut]) + stream.fail(UpstreamGoneError("it died")))
    assert sent[-1] == (
        "",
        {
            "error": {
                "message": "it died",
                "type": "server_error",
                "param": None,
                "code": "upstream_error",
            }
        },
    )
    assert all(payload != "[DONE]" for _, payload in sent)
    assert all(p["choices"][0]["finish_reason"] is None for _, p in sent[:-1])


def test_a_heartbeat_is_a_comment() -> None:
    assert read(encoder().heartbeat()) == []
    assert encoder().heartbeat().startswith(b":")


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        (FinishReason.STOP, "stop"),
        (FinishReason.LENGTH, "length"),
        (FinishReason.STOP_SEQUENCE, "stop"),
        (FinishReason.TOOL_CALLS, "tool_calls"),
        (FinishReason.CONTENT_FILTER, "content_filter"),
    ],
)
def test_finish_reasons(reason: FinishReason, name: str) -> None:
    last = NAMED["empty"][-1]
    assert isinstance(last, TurnFinished)
    events: list[StreamEvent] = [ROUTED, TurnFinished(reason, last.usage)]
    assert whole(events)["choices"][0]["finish_reason"] == name


def test_an_unfinished_answer_has_no_body() -> None:
    with pytest.raises(ValueError, match="not finished"):
        whole([ROUTED, ToolCallStarted(0, "a", "b")])
