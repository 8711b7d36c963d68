"""What is remembered of a request: bounded, readable, the same read back, without secrets."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    AudioPart,
    Change,
    DocumentPart,
    ImagePart,
    ReasoningPart,
    RequestId,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.credential_text import MARK
from gateway_engine.events import RequestFinished
from gateway_engine.inspector.curl import curl
from gateway_engine.inspector.har import har
from gateway_engine.inspector.html_page import html_page
from gateway_engine.inspector.record import (
    FROM_UPSTREAM,
    TO_UPSTREAM,
    Record,
    details_json,
    parse_details,
    record_json,
    search_text,
)
from gateway_engine.inspector.redaction import SecretFinder
from gateway_engine.inspector.trace import MAX_BODY_BYTES, TAIL, Stretch
from gateway_engine.inspector.writing import CUT, MAX_PART_CHARS, write_record
from gateway_engine.json_text import parse, render
from tests.unit.inspector.samples import NO_SECRETS, record, request, trace

CANARY = "lgw-Canary_0123456789abcdef"
FINDER = SecretFinder.of([CANARY])


def written(record: Record) -> str:
    """Everything that can leave: the store's text, the exports."""
    texts = [render(record_json(record)).decode(), json.dumps(har(record)), curl(record)]
    return "\n".join([*texts, search_text(record)])


def test_a_good_answer() -> None:
    made = record("req_7")
    line, details = made.summary, made.details
    assert details is not None
    assert (line.id, line.started_at, line.status, line.error_code) == (
        "req_7",
        1_800_000_000.0,
        200,
        "",
    )
    assert (line.model_asked, line.model_used, line.instance, line.session) == (
        "gpt-4o",
        "qwen",
        "inst-0",
        "miss",
    )
    assert (line.ttft_ms, line.total_ms, line.tokens_in, line.tokens_out) == (120, 900, 11, 7)
    assert line.stream
    assert [(f.direction, f.at_ms) for f in details.frames] == [
        (TO_UPSTREAM, 0.0),
        (FROM_UPSTREAM, 100.0),
    ]
    assert '"chat/ask"' in details.frames[0].body.text
    assert details.exchange.response_body.text.endswith("data: [DONE]\n\n")
    assert details.exchange.response_body.text.count("data: ") == 2
    assert details.exchange.request_headers == (
        ("content-type", "application/json"),
        ("authorization", MARK),
    )
    assert (details.obstacle, details.removed) == ("", ())
    assert details.conversation is not None
    assert details.conversation["messages"] == [{"role": "user", "parts": [{"text": "Hello"}]}]


def test_it_reads_back_the_same() -> None:
    made = trace()
    made.changed([Change("temperature", "dropped", "upstream does not take it")])
    details = write_record(made, NO_SECRETS).details
    assert details is not None
    assert parse_details(parse(render(details_json(details)))) == details


def test_without_bodies_only_the_line_is_kept() -> None:
    made = record("req_8", bodies=False)
    assert made.details is None
    assert made.summary.tokens_out == 7
    assert made.summary.model_asked == "gpt-4o"
    assert record_json(made)["bodies_kept"] is False
    assert "Hello" not in written(made)
    assert "RECORD_BODIES" in curl(made)


def test_a_request_that_was_refused_before_it_was_understood() -> None:
    refused = trace()
    refused.request = refused.outcome.turn = refused.outcome.routed = None
    refused.outcome.status, refused.outcome.error_code = 400, "invalid_request"
    refused.outcome.error_message = "the body is not valid JSON"
    made = write_record(refused, NO_SECRETS)
    assert (made.summary.status, made.summary.error_code) == (400, "invalid_request")
    assert made.details is not None
    assert made.details.conversation is None
    assert made.details.error_message == "the body is not valid JSON"
    assert "not valid json" in search_text(made)


def test_what_is_no_text_in_a_header_can_be_shown_and_exported() -> None:
    odd = b"beta-\xe9".decode("utf-8", "surrogateescape")
    seen = trace()
    seen.arrival.headers = (("anthropic-beta", odd), ("x-stainless-os", odd))
    seen.arrival.url += f"?q={odd}"
    made = write_record(seen, NO_SECRETS)
    assert made.details is not None
    assert made.details.exchange.request_headers[0] == ("anthropic-beta", "beta-\ufffd")
    assert made.details.removed == ()
    written(made).encode()
    html_page([made]).encode()


@pytest.mark.parametrize("secret", [CANARY, "pass word/with+signs"])
@pytest.mark.parametrize("part", ["key={}", "{}", "{}=1", "a=b&key={}&c=d"])
def test_a_secret_in_an_address_is_found_however_it_is_encoded(secret: str, part: str) -> None:
    every = "".join(f"%{byte:02x}" for byte in secret.encode())
    for spelled in (every, every.upper(), quote(secret, safe="/"), quote_plus(secret)):
        seen = trace()
        plain = seen.arrival.url.partition("?")[0]
        seen.arrival.url = f"{plain}?{part.format(spelled)}"
        made = write_record(seen, SecretFinder.of([secret]))
        assert made.details is not None
        assert made.details.removed == ("request.url",)
        assert made.details.exchange.url.startswith(f"{plain}?")
        told = written(made)
        assert secret not in told
        assert secret not in unquote_plus(told)


def test_parts_that_are_no_text_are_shown_as_what_they_are() -> None:
    told = trace()
    told.request = request(
        ImagePart("image/png", data="A" * 4000),
        ImagePart(url="https://example.com/a.png"),
        AudioPart("audio/wav"),
        DocumentPart("a.pdf"),
        DocumentPart("a.txt", "words"),
        ReasoningPart("hm"),
        ToolCallPart("c1", "look", "{}"),
        ToolResultPart("c1", (TextPart("seen"), ImagePart("image/png", data="AAAA"))),
        tools=(ToolSpec("look", "", {}),),
    )
    made = write_record(told, NO_SECRETS)
    assert made.details is not None
    assert made.details.conversation is not None
    assert made.details.conversation["messages"][0]["parts"] == [
        {"image": "image/png", "bytes": 3000},
        {"image": "", "url": "https://example.com/a.png"},
        {"audio": "audio/wav"},
        {"document": "a.pdf", "content": None},
        {"document": "a.txt", "content": "words"},
        {"reasoning": "hm"},
        {"call": "c1", "tool": "look", "arguments": "{}"},
        {
            "result_of": "c1",
            "is_error": False,
            "parts": [{"text": "seen"}, {"image": "image/png", "bytes": 3}],
        },
    ]
    assert made.summary.tools == 1


def test_a_prompt_that_a_frame_repeats_is_kept_once() -> None:
    told = trace()
    prompt = "words " * 1000
    frame = {"params": {"text": prompt, "chatContext": {"text": prompt}, "short": ["x", "x"]}}
    told.to_upstream(json.dumps(frame).encode())
    made = write_record(told, NO_SECRETS)
    assert made.details is not None
    last = made.details.frames[-1]
    assert json.loads(last.body.text) == {
        "params": {
            "text": prompt,
            "chatContext": {"text": "(the same as params.text)"},
            "short": ["x", "x"],
        }
    }
    assert last.body.size == len(json.dumps(frame))


@pytest.mark.parametrize("frame", [b"7" * 3000, b'"' + b"s" * 3000 + b'"', b"\xff" * 3000])
def test_frames_that_are_no_messages_are_kept_too(frame: bytes) -> None:
    told = trace()
    told.to_upstream(frame)
    made = write_record(told, NO_SECRETS)
    assert made.details is not None
    assert made.details.frames[-1].body.text == frame.decode("utf-8", "replace")


def test_large_bodies_are_cut_and_cannot_be_replayed() -> None:
    told = trace()
    told.received(bytearray(b'{"a":"' + b"x" * MAX_BODY_BYTES + b'"}'))
    told.answered(b"y" * (MAX_BODY_BYTES + 5))
    made = write_record(told, FINDER)
    assert made.details is not None
    body = made.details.exchange.request_body
    assert body.cut
    assert body.size == MAX_BODY_BYTES + 8
    assert body.text.endswith("x" + CUT)
    assert len(body.text) <= MAX_BODY_BYTES
    assert made.details.exchange.response_body.cut
    assert made.details.obstacle
    assert made.details.obstacle in har(made)["log"]["entries"][0]["comment"]
    assert curl(made).startswith("# cannot be replayed")


def test_long_parts_of_a_conversation_are_cut() -> None:
    told = trace()
    told.request = request(*(TextPart(f"{n}" * (MAX_PART_CHARS + 9)) for n in range(60)))
    made = write_record(told, NO_SECRETS)
    assert made.details is not None
    assert made.details.conversation is not None
    parts = made.details.conversation["messages"][0]["parts"]
    assert parts[0]["text"] == "0" * MAX_PART_CHARS + CUT
    assert len(parts) < 60


def test_of_a_long_stream_the_beginning_and_the_end_are_kept() -> None:
    stretch = Stretch(max_bytes=1000, max_items=10)
    for number in range(100):
        stretch.add(number, "in", b"%d" % number)
    head, tail = stretch.pieces()
    assert [piece.data for piece in head] == [b"%d" % n for n in range(10)]
    assert [piece.data for piece in tail] == [b"%d" % n for n in range(100 - TAIL, 100)]
    assert stretch.left_out == 100 - 10 - TAIL
    assert stretch.size == sum(len(str(n)) for n in range(100))


@given(sizes=st.lists(st.integers(0, 3000), max_size=80), room=st.integers(0, 4000))
def test_a_stretch_is_bounded_and_counts_everything(sizes: list[int], room: int) -> None:
    stretch = Stretch(max_bytes=room, max_items=20)
    for size in sizes:
        stretch.add(0.0, "", b"x" * size, max_bytes=1600)
    head, tail = stretch.pieces()
    assert sum(len(piece.data) for piece in head) <= room
    assert len(head) <= 20
    assert all(len(piece.data) <= 1600 // TAIL for piece in tail)
    assert len(head) + len(tail) + stretch.left_out == len(sizes)
    assert stretch.size == sum(sizes)


def test_after_the_seal_nothing_is_added() -> None:
    told = trace()
    before = write_record(told, NO_SECRETS)
    told.seal()
    told.to_upstream(b"{}")
    told.from_upstream(b"{}")
    told.answered(b"late")
    told.changed([Change("x", "dropped", "late")])
    assert write_record(told, NO_SECRETS) == before


def plant(place: str, secret: str) -> Record:
    """A record of a request in which a secret stands at one place."""
    text = json.dumps({"say": [f"it is {secret} ok"]})
    told = trace(
        url=f"http://h/v1?{place == 'url' and secret}",
        client=secret if place == "client" else "curl",
        path=f"/v1/{secret}" if place == "path" else "/v1",
        headers=(
            ("Authorization", f"Bearer {secret}"),
            ("X-Api-Key", secret),
            ("Cookie", f"a={secret}"),
            ("X-Unknown", secret),
            ("User-Agent", secret if place == "user-agent" else "x"),
        ),
    )
    told.outcome.headers = (("set-cookie", secret), ("x-gateway-model", secret))
    if place == "body":
        told.received(text.encode())
    elif place == "broken body":
        told.received(f'{{"a": "{secret}"'.encode())
    elif place == "cut body":
        told.received(b'{"a":"' + b"x" * (MAX_BODY_BYTES - 6 - 9) + secret.encode() + b'"}')
    elif place == "cut frame":
        for _ in range(3000):
            told.from_upstream(b"{}")
        told.from_upstream(b"z" * (MAX_BODY_BYTES // TAIL - 9) + secret.encode())
    elif place == "conversation":
        told.request = request(TextPart(f"say {secret}"), model=secret, user=secret)
    elif place == "conversation cut":
        told.request = request(TextPart("w" * (MAX_PART_CHARS - 9) + secret))
    elif place == "frames":
        told.to_upstream(text.encode())
        told.from_upstream(text.encode())
    elif place == "split frames":
        for character in secret:
            told.from_upstream(json.dumps({"method": "chat/answer", "t": character}).encode())
    elif place == "spoken frames":
        for character in secret:
            frame = {"method": "chat/answer", "t": character}
            told.from_upstream(json.dumps(frame).encode(), "chat/answer", character)
            told.from_upstream(b'{"method": "chat/think", "t": "x"}', "chat/think", "x")
    elif place == "spoken answer":
        for character in secret:
            told.says("text", character)
            told.says("reasoning", "hm")
            told.answered(f"data: {json.dumps({'delta': character})}\n\n".encode())
    elif place == "hidden in a spoken frame":
        told.from_upstream(text.encode(), "chat/answer", "something else")
        told.from_upstream(b'{"refreshToken": "unknown-to-us"}', "chat/answer", "more")
    elif place == "answer":
        told.answered(f"data: {text}\n\n".encode())
    elif place == "split answer":
        for character in secret:
            told.answered(f"data: {json.dumps({'delta': character})}\n\n".encode())
    elif place == "whole answer":
        told.sent = Stretch(max_bytes=10_000, max_items=5)
        told.answered(text.encode())
    elif place == "changes":
        told.changed([Change(secret, "dropped", f"unknown {secret}")])
    elif place == "error":
        told.outcome.turn = replace(
            RequestFinished(RequestId("req_1"), 1.0, 502, "upstream_error", "", None, 1.0, 0, 0),
            error_message=f"refused: {secret}",
        )
    return write_record(told, SecretFinder.of([secret]))


WHOLE = ("url", "client", "path", "user-agent", "body", "conversation", "frames", "answer")
IN_PIECES = ("changes", "error", "broken body", "split frames", "split answer", "whole answer")
SPOKEN = ("spoken frames", "spoken answer", "hidden in a spoken frame")
AT_A_CUT = ("cut body", "cut frame", "conversation cut")
PLACES = (*WHOLE, *IN_PIECES, *SPOKEN, *AT_A_CUT)


@pytest.mark.parametrize("place", PLACES)
def test_a_canary_survives_nowhere(place: str) -> None:
    made = plant(place, CANARY)
    text = written(made)
    assert CANARY not in text
    assert CANARY[:10] not in text
    assert made.details is not None
    assert "unknown-to-us" not in text
    if place in ("split frames", "spoken frames"):
        said = [json.loads(f.body.text).get("t", "") for f in made.details.frames]
        assert CANARY not in "".join(said)
    if place in ("split answer", "spoken answer"):
        lines = made.details.exchange.response_body.text.split("\n")
        said = [json.loads(line[6:])["delta"] for line in lines if line.startswith('data: {"delta')]
        assert "".join(said) == MARK
    if place in ("body", "broken body", "url"):
        assert made.details.obstacle
        assert made.details.removed
    if place in ("frames", "answer", "changes"):
        assert not made.details.obstacle
        assert made.details.removed


@given(
    place=st.sampled_from((*WHOLE, *IN_PIECES, *SPOKEN)),
    secret=st.text("abc-_/\"\\é漢0 %+='$`", min_size=8, max_size=20).filter(
        lambda s: s == s.strip() and len(set(s)) > 4
    ),
)
def test_no_secret_of_any_kind_survives_anywhere(place: str, secret: str) -> None:
    made = plant(place, secret)
    shown: list[Any] = [record_json(made), har(made), curl(made), search_text(made)]
    while shown:
        item = shown.pop()
        if isinstance(item, dict):
            shown += [*item, *item.values()]
        elif isinstance(item, list | tuple):
            shown += item
        elif isinstance(item, str):
            assert secret not in item
            assert json.dumps(secret)[1:-1] not in item
