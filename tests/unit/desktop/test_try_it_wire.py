"""The small client's wire: any cut of the bytes gives the same pieces, failures are kept apart."""

import json

import pytest

from desktop.try_it_wire import (
    AnswerReader,
    Piece,
    Protocol,
    StreamEnded,
    StreamFailed,
    TextPiece,
    build_request,
    error_body,
)

OPENAI_STREAM = (
    'data: {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}\r\n\r\n'
    ": a comment\n\n"
    'data: {"choices": [{"index": 0, "delta": {"content": "你好"}}]}\n\n'
    'data:{"choices": [{"index": 0, "delta": {"content": " world"}}]}\n\n'
    'data: {"choices": [], "usage": {"total_tokens": 3}}\n\n'
    "data: [DONE]\n\n"
).encode()
ANTHROPIC_STREAM = (
    'event: message_start\ndata: {"type": "message_start", "message": {}}\n\n'
    'event: ping\ndata: {"type": "ping"}\n\n'
    'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 0, '
    '"delta": {"type": "thinking_delta", "thinking": "hm"}}\n\n'
    'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 1, '
    '"delta": {"type": "text_delta", "text": "你好"}}\n\n'
    'event: message_stop\ndata: {"type": "message_stop"}\n\n'
).encode()
FAILED_STREAM = (
    b'data: {"error": {"message": "it died", "type": "server_error", "code": "upstream_error"}}\n\n'
)


@pytest.mark.parametrize(
    ("protocol", "stream", "expected"),
    [
        (
            Protocol.OPENAI,
            OPENAI_STREAM,
            [TextPiece("你好"), TextPiece(" world"), StreamEnded()],
        ),
        (Protocol.ANTHROPIC, ANTHROPIC_STREAM, [TextPiece("你好"), StreamEnded()]),
        (Protocol.OPENAI, FAILED_STREAM, [StreamFailed("upstream_error", "it died")]),
    ],
)
def test_a_stream_cut_anywhere_reads_the_same(
    protocol: Protocol, stream: bytes, expected: list[Piece]
) -> None:
    for cut in range(len(stream) + 1):
        reader = AnswerReader(protocol)
        assert reader.feed(stream[:cut]) + reader.feed(stream[cut:]) == expected


def test_a_line_that_is_no_json_is_a_failure() -> None:
    (piece,) = AnswerReader(Protocol.OPENAI).feed(b"data: <html>\n")
    assert piece == StreamFailed("malformed_event", "<html>")


def test_requests_are_those_of_real_clients() -> None:
    openai = build_request(Protocol.OPENAI, "http://127.0.0.1:1", "k", "hi")
    assert openai.url == "http://127.0.0.1:1/v1/chat/completions"
    assert ("Authorization", "Bearer k") in openai.headers
    anthropic = build_request(Protocol.ANTHROPIC, "http://127.0.0.1:1", "k", "hi")
    assert anthropic.url == "http://127.0.0.1:1/v1/messages"
    assert ("x-api-key", "k") in anthropic.headers
    body = json.loads(anthropic.body)
    assert body["stream"] is True
    assert body["max_tokens"] > 0


def test_error_bodies_of_both_protocols() -> None:
    assert error_body(b'{"error": {"code": "busy", "type": "x", "message": "m"}}') == (
        StreamFailed("busy", "m")
    )
    body = b'{"type": "error", "error": {"type": "overloaded_error", "message": "m"}}'
    assert error_body(body) == StreamFailed("overloaded_error", "m")
    assert error_body(b"<html>") is None
