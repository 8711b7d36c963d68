"""Responses, encoded: golden streams, and what holds for every answer."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    FinishReason,
    StreamEvent,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    TurnFinished,
)
from gateway_engine.errors import ContextLengthExceededError, UpstreamGoneError
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.openai_responses.answer import body, head_of
from gateway_engine.protocols.openai_responses.request import parse
from gateway_engine.protocols.openai_responses.stream import ResponseStreamEncoder
from tests.unit.protocols.answers import NAMED, ROUTED, answers, batches
from tests.unit.protocols.sse_reading import read

GOLDEN = Path(__file__).parents[2] / "golden" / "protocols" / "openai_responses"
ASKED: dict[str, Any] = {
    "model": "gpt-5",
    "input": "Hi",
    "tools": [
        {"type": "function", "name": "read"},
        {"type": "namespace", "name": "fs", "tools": [{"type": "custom", "name": "ls"}]},
    ],
}
DELTA = {
    "message": "response.output_text",
    "reasoning": "response.reasoning_summary_text",
    "function_call": "response.function_call_arguments",
    "custom_tool_call": "response.custom_tool_call_input",
}


def head(**asked: Any) -> Any:
    return head_of(
        parse({**ASKED, **asked}), response_id="resp_1", created=1800000000, clock=lambda: 1.8e9
    )


def whole(events: list[StreamEvent]) -> dict[str, Any]:
    answer = CollectedAnswer()
    answer.add(events)
    return body(answer, head())


@pytest.mark.parametrize("name", NAMED)
def test_golden_streams(name: str) -> None:
    golden = (GOLDEN / f"{name}.sse").read_bytes()
    assert ResponseStreamEncoder(head()).encode(NAMED[name]) == golden


def test_every_golden_stream_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sse")} == set(NAMED)


class Reader:
    """Follows a stream as a strict client would: every event in its place, every index right."""

    def __init__(self) -> None:
        self.done: list[dict[str, Any]] = []
        self.open: dict[str, Any] | None = None
        self.text = ""
        self.text_done = False
        self.part_open = False
        self.last: dict[str, Any] | None = None

    def follow(self, events: list[tuple[str, Any]]) -> None:
        for number, (name, event) in enumerate(events):
            assert name == event["type"]
            assert event["sequence_number"] == number
            assert self.last is None, "nothing follows the end"
            if number < 2:
                assert name == ("response.created", "response.in_progress")[number]
                assert event["response"]["status"] == "in_progress"
                assert event["response"]["output"] == []
                assert event["response"]["usage"] is None
                continue
            self._event(name, event)

    def _event(self, name: str, event: dict[str, Any]) -> None:
        if "response" in event:
            self.last = event
            return
        assert event["output_index"] == len(self.done)
        if name == "response.output_item.added":
            assert self.open is None
            self.open, self.text, self.text_done = event["item"], "", False
            assert self.open.get("status", "in_progress") == "in_progress"
            return
        assert self.open is not None
        if name == "response.output_item.done":
            self._close(event["item"])
            return
        assert event["item_id"] == self.open["id"]
        prefix = DELTA[self.open["type"]]
        if name == f"{prefix}.delta":
            assert not self.text_done
            self.text += event["delta"]
        elif name == f"{prefix}.done":
            self.text_done = True
            said = event.get("text", event.get("arguments", event.get("input")))
            assert said == self.text
        else:
            assert name.endswith(("part.added", "part.done"))
            self.part_open = not self.part_open
            assert self.part_open == name.endswith("added")
            assert event["part"]["text"] == ("" if name.endswith("added") else self.text)
        index = {"message": "content_index", "reasoning": "summary_index"}.get(self.open["type"])
        if index:
            assert event[index] == 0

    def _close(self, item: dict[str, Any]) -> None:
        assert self.open is not None
        assert self.text_done
        assert not self.part_open
        assert {k: item[k] for k in ("id", "type")} == {k: self.open[k] for k in ("id", "type")}
        self.done.append(item)
        self.open = None


@given(st.data())
def test_a_stream_is_valid_and_adds_up_to_the_whole_answer(data: st.DataObject) -> None:
    events = data.draw(answers())
    stream = ResponseStreamEncoder(head())
    reader = Reader()
    reader.follow(read(b"".join(stream.encode(b) for b in data.draw(batches(events)))))
    expected = whole(events)
    assert reader.open is None
    assert reader.last is not None
    assert reader.last["response"] == expected
    assert reader.last["type"] == f"response.{expected['status']}"
    assert reader.done == expected["output"]
    assert len({item["id"] for item in reader.done}) == len(reader.done)


@given(st.data())
def test_batches_do_not_change_the_bytes(data: st.DataObject) -> None:
    events = data.draw(answers())
    one, many = ResponseStreamEncoder(head()), ResponseStreamEncoder(head())
    assert one.encode(events) == b"".join(many.encode(b) for b in data.draw(batches(events)))


def test_nothing_is_sent_before_content() -> None:
    stream = ResponseStreamEncoder(head())
    assert stream.encode([ROUTED]) == b""
    assert stream.encode([TextDelta("x")])


@given(st.data())
def test_after_a_failure_nothing_is_completed(data: st.DataObject) -> None:
    events = data.draw(answers())
    cut = data.draw(st.integers(0, len(events) - 1))
    stream = ResponseStreamEncoder(head())
    sent = read(stream.encode(events[:cut]) + stream.fail(UpstreamGoneError("it died")))
    reader = Reader()
    reader.follow(sent)
    assert reader.last is not None
    assert reader.last["type"] == "response.failed"
    response = reader.last["response"]
    assert response["status"] == "failed"
    assert response["error"] == {"code": "upstream_error", "message": "it died"}
    assert response["output"][: len(reader.done)] == reader.done
    assert all(item.get("status") != "in_progress" for item in response["output"])


def test_failures_keep_the_codes_that_clients_know() -> None:
    stream = ResponseStreamEncoder(head())
    (_, _, (_, failed)) = read(stream.fail(ContextLengthExceededError(10, 5)))
    assert failed["response"]["error"]["code"] == "context_length_exceeded"


def test_a_heartbeat_is_a_comment_after_the_beginning() -> None:
    stream = ResponseStreamEncoder(head())
    first = stream.heartbeat()
    assert [name for name, _ in read(first)] == ["response.created", "response.in_progress"]
    assert read(stream.heartbeat()) == []
    rest = stream.encode(NAMED["text"])
    Reader().follow(read(first + rest))


@pytest.mark.parametrize(
    ("reason", "status", "why"),
    [
        (FinishReason.STOP, "completed", None),
        (FinishReason.STOP_SEQUENCE, "completed", None),
        (FinishReason.TOOL_CALLS, "completed", None),
        (FinishReason.LENGTH, "incomplete", {"reason": "max_output_tokens"}),
        (FinishReason.CONTENT_FILTER, "incomplete", {"reason": "content_filter"}),
    ],
)
def test_endings(reason: FinishReason, status: str, why: Any) -> None:
    last = NAMED["empty"][-1]
    assert isinstance(last, TurnFinished)
    response = whole([ROUTED, TextDelta("x"), TurnFinished(reason, last.usage)])
    assert (response["status"], response["incomplete_details"]) == (status, why)
    assert response["output"][0]["status"] == status


def test_a_namespaced_custom_call_has_its_own_form() -> None:
    events: list[StreamEvent] = [
        ROUTED,
        ToolCallStarted(0, "call_1", "fs__ls"),
        ToolCallArguments(0, '{"inp'),
        ToolCallArguments(0, 'ut": "-l\\n"}'),
        ToolCallFinished(0),
        NAMED["prose_between_calls"][-1],
    ]
    reader = Reader()
    reader.follow(read(ResponseStreamEncoder(head()).encode(events)))
    assert reader.done == [
        {
            "id": "ctc_1_0",
            "type": "custom_tool_call",
            "status": "completed",
            "call_id": "call_1",
            "name": "ls",
            "namespace": "fs",
            "input": "-l\n",
        }
    ]
    assert reader.last is not None
    assert reader.last["response"] == whole(events)


def test_a_custom_call_that_is_no_such_object_keeps_its_text() -> None:
    for arguments in ('{"other": 1}', "[1]", "{"):
        events: list[StreamEvent] = [
            ROUTED,
            ToolCallStarted(0, "c", "fs__ls"),
            ToolCallArguments(0, arguments),
            ToolCallFinished(0),
            NAMED["prose_between_calls"][-1],
        ]
        assert whole(events)["output"][0]["input"] == arguments


def test_encrypted_reasoning_is_there_when_asked_for() -> None:
    answer = CollectedAnswer()
    answer.add(NAMED["reasoning_then_text"])
    asked = head(include=["reasoning.encrypted_content"])
    assert body(answer, asked)["output"][0]["encrypted_content"]
    assert "encrypted_content" not in body(answer, head())["output"][0]


def test_the_request_is_repeated() -> None:
    response = body(_collected(), head(metadata={"k": "v"}, temperature=0.5, max_output_tokens=9))
    assert response["tools"] == ASKED["tools"]
    assert response["metadata"] == {"k": "v"}
    assert (response["temperature"], response["top_p"]) == (0.5, 1.0)
    assert response["max_output_tokens"] == 9
    assert response["model"] == "gpt-5"


def _collected() -> CollectedAnswer:
    answer = CollectedAnswer()
    answer.add(NAMED["text"])
    return answer


def test_an_unfinished_answer_has_no_body() -> None:
    with pytest.raises(ValueError, match="not finished"):
        whole([ROUTED])
