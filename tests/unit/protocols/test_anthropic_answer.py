"""Messages, encoded: golden streams, and what holds for every answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import ReasoningDelta, StreamEvent, TextDelta
from gateway_engine.errors import UpstreamGoneError
from gateway_engine.protocols.anthropic_messages.answer import MessageStreamEncoder, body
from gateway_engine.protocols.anthropic_messages.request import Thinking
from gateway_engine.protocols.collected_answer import CollectedAnswer
from tests.unit.protocols.answers import NAMED, ROUTED, answers, batches
from tests.unit.protocols.sse_reading import read

GOLDEN = Path(__file__).parents[2] / "golden" / "protocols" / "anthropic_messages"
SHOWN = Thinking(blocks=True)
THINKING = [Thinking(), SHOWN, Thinking(blocks=True, text=False)]


def encoder(thinking: Thinking = SHOWN) -> MessageStreamEncoder:
    return MessageStreamEncoder(
        message_id="msg_1", model="claude-x", thinking=thinking, request_id="req_1"
    )


def whole(events: list[StreamEvent], thinking: Thinking = SHOWN) -> dict[str, Any]:
    answer = CollectedAnswer()
    answer.add(events)
    return body(answer, message_id="msg_1", model="claude-x", thinking=thinking)


@pytest.mark.parametrize("name", NAMED)
def test_golden_streams(name: str) -> None:
    assert encoder().encode(NAMED[name]) == (GOLDEN / f"{name}.sse").read_bytes()


def test_every_golden_stream_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sse")} == set(NAMED)


def accumulate(sent: list[tuple[str, Any]]) -> dict[str, Any]:
    """Add up events by the vendor's rules, and check each on the way."""
    for name, payload in sent:
        assert payload["type"] == name
    (first, start), *events, (last, _) = sent
    assert (first, last) == ("message_start", "message_stop")
    message: dict[str, Any] = start["message"]
    assert message["content"] == []
    assert message["stop_reason"] is None
    opened: int | None = None
    json_text = ""
    delta_done = False
    for name, payload in events:
        if name == "ping":
            continue
        assert not delta_done, "message_delta comes once, at the end"
        match name:
            case "content_block_start":
                assert opened is None, "never two blocks at once"
                opened = payload["index"]
                assert opened == len(message["content"])
                message["content"].append(payload["content_block"])
                json_text = ""
            case "content_block_delta":
                assert payload["index"] == opened
                block, delta = message["content"][-1], payload["delta"]
                match delta["type"]:
                    case "text_delta":
                        assert block["type"] == "text"
                        block["text"] += delta["text"]
                    case "thinking_delta":
                        assert block["type"] == "thinking"
                        assert not block["signature"]
                        block["thinking"] += delta["thinking"]
                    case "signature_delta":
                        assert block["type"] == "thinking"
                        assert delta["signature"]
                        block["signature"] = delta["signature"]
                    case "input_json_delta":
                        assert block["type"] == "tool_use"
                        json_text += delta["partial_json"]
                    case other:
                        raise AssertionError(other)
            case "content_block_stop":
                assert payload["index"] == opened
                opened = None
                block = message["content"][-1]
                if block["type"] == "tool_use":
                    block["input"] = json.loads(json_text)
                if block["type"] == "thinking":
                    assert block["signature"]
            case "message_delta":
                assert opened is None
                delta_done = True
                message |= payload["delta"]
                message["usage"] |= payload["usage"]
            case other:
                raise AssertionError(other)
    assert delta_done
    return message


@given(st.data(), st.sampled_from(THINKING))
def test_a_stream_adds_up_to_the_whole_answer(data: st.DataObject, thinking: Thinking) -> None:
    events = data.draw(answers())
    stream = encoder(thinking)
    out = b""
    for batch in data.draw(batches(events)):
        out += stream.encode(batch)
        if out and batch is not events and data.draw(st.booleans()) and b"message_stop" not in out:
            out += stream.heartbeat()
    assert accumulate(read(out)) == whole(events, thinking)


@given(st.data())
def test_batches_do_not_change_the_bytes(data: st.DataObject) -> None:
    events = data.draw(answers())
    one, many = encoder(), encoder()
    assert one.encode(events) == b"".join(many.encode(b) for b in data.draw(batches(events)))


def test_nothing_is_sent_before_content() -> None:
    stream = encoder()
    assert stream.encode([ROUTED]) == b""
    assert stream.encode([TextDelta("x")]).startswith(b"event: message_start\n")


def test_hidden_reasoning_is_not_content() -> None:
    assert encoder(Thinking()).encode([ROUTED, ReasoningDelta("x")]) == b""


def test_a_ping_before_content_begins_the_message() -> None:
    stream = encoder()
    stream.encode([ROUTED])
    assert [name for name, _ in read(stream.heartbeat())] == ["message_start", "ping"]
    assert [name for name, _ in read(stream.heartbeat())] == ["ping"]
    names = [name for name, _ in read(stream.encode(NAMED["text"]))]
    assert "message_start" not in names


def test_reused_input_is_counted_apart() -> None:
    sent = read(encoder().encode(NAMED["text"]))
    start, delta = sent[0][1]["message"]["usage"], sent[-2][1]["usage"]
    for usage in (start, delta):
        assert usage["input_tokens"] == 20
        assert usage["cache_read_input_tokens"] == 10


@given(st.data())
def test_after_a_failure_there_is_no_terminator(data: st.DataObject) -> None:
    events = data.draw(answers())
    cut = data.draw(st.integers(0, len(events) - 1))
    stream = encoder()
    sent = read(stream.encode(events[:cut]) + stream.fail(UpstreamGoneError("it died")))
    assert sent[-1] == (
        "error",
        {
            "type": "error",
            "error": {"type": "api_error", "message": "it died"},
            "request_id": "req_1",
        },
    )
    assert not {"message_stop", "message_delta"} & {name for name, _ in sent}


def test_an_unfinished_answer_has_no_body() -> None:
    with pytest.raises(ValueError, match="not finished"):
        whole([ROUTED])
