"""Legacy Completions: parsed, and encoded."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import Message, Role, StreamEvent, TextDelta, TextPart
from gateway_engine.errors import InvalidRequestError, UpstreamGoneError
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.openai_completions.answer import CompletionStreamEncoder, body
from gateway_engine.protocols.openai_completions.request import ParsedCompletion, parse
from tests.unit.protocols.answers import NAMED, ROUTED, answers, batches
from tests.unit.protocols.hostile import mutated
from tests.unit.protocols.sse_reading import read

GOLDEN = Path(__file__).parents[2] / "golden" / "protocols" / "openai_completions"
GOOD: dict[str, Any] = {
    "model": "m",
    "prompt": ["Say"],
    "max_tokens": 5,
    "stop": ["\n"],
    "echo": True,
    "stream": True,
    "stream_options": {"include_usage": True},
    "suffix": "x",
    "logprobs": 3,
}


def parsed(**fields: Any) -> ParsedCompletion:
    return parse({"model": "m", "prompt": "Say", **fields})


def encoder(*, include_usage: bool = False, echo: str = "") -> CompletionStreamEncoder:
    return CompletionStreamEncoder(
        completion_id="cmpl-1",
        model="m",
        created=1800000000,
        include_usage=include_usage,
        echo=echo,
    )


def whole(events: list[StreamEvent], echo: str = "") -> dict[str, Any]:
    answer = CollectedAnswer()
    answer.add(events)
    return body(answer, completion_id="cmpl-1", model="m", created=1800000000, echo=echo)


def test_a_prompt_is_a_user_message() -> None:
    assert parsed().request.messages == (Message(Role.USER, (TextPart("Say"),)),)
    assert parsed(prompt=["Say"]).request.messages == parsed().request.messages
    full = parse(GOOD)
    assert (full.request.max_tokens, full.request.stop, full.echo) == (5, ("\n",), "Say")
    assert full.stream
    assert full.include_usage
    assert {change.field for change in full.request.changes} == {"suffix", "logprobs"}


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"prompt": None}, "prompt", "required"),
        ({"prompt": ""}, "prompt", "empty"),
        ({"prompt": []}, "prompt", "one prompt"),
        ({"prompt": ["a", "b"]}, "prompt", "one prompt"),
        ({"prompt": [1, 2]}, "prompt", "token numbers"),
        ({"prompt": [[1, 2]]}, "prompt", "token numbers"),
        ({"prompt": {}}, "prompt", "string"),
        ({"n": 2}, "n", "one answer"),
        ({"stop": 3}, "stop", "list"),
        ({"max_tokens": 0}, "max_tokens", "at least 1"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], param: str, says: str) -> None:
    with pytest.raises(InvalidRequestError, match=says) as caught:
        parsed(**fields)
    assert caught.value.param == param


@given(mutated(GOOD))
def test_a_body_is_read_or_refused(body: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidRequestError):
        parse(body)


@pytest.mark.parametrize("name", NAMED)
def test_golden_streams(name: str) -> None:
    golden = (GOLDEN / f"{name}.sse").read_bytes()
    assert encoder(include_usage=True).encode(NAMED[name]) == golden


def test_every_golden_stream_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sse")} == set(NAMED)


@given(st.data(), st.booleans(), st.sampled_from(["", "Say: "]))
def test_a_stream_adds_up_to_the_whole_answer(
    data: st.DataObject, include_usage: bool, echo: str
) -> None:
    events = data.draw(answers())
    stream = encoder(include_usage=include_usage, echo=echo)
    sent = read(b"".join(stream.encode(b) for b in data.draw(batches(events))))
    *chunks, done = [payload for _, payload in sent]
    assert done == "[DONE]"
    expected = whole(events, echo)
    if include_usage:
        usage = chunks.pop()
        assert (usage["choices"], usage["usage"]) == ([], expected["usage"])
    assert all(("usage" in chunk) == include_usage for chunk in chunks)
    finishes = [chunk["choices"][0]["finish_reason"] for chunk in chunks]
    assert finishes[:-1] == [None] * (len(chunks) - 1)
    assert finishes[-1] == expected["choices"][0]["finish_reason"]
    text = "".join(chunk["choices"][0]["text"] for chunk in chunks)
    assert text == expected["choices"][0]["text"]
    assert text.startswith(echo)


def test_after_a_failure_there_is_no_terminator() -> None:
    stream = encoder()
    assert stream.encode([ROUTED]) == b""
    sent = read(stream.encode([TextDelta("x")]) + stream.fail(UpstreamGoneError("it died")))
    assert sent[-1][1]["error"]["code"] == "upstream_error"
    assert stream.heartbeat().startswith(b":")


def test_an_unfinished_answer_has_no_body() -> None:
    with pytest.raises(ValueError, match="not finished"):
        whole([ROUTED])
