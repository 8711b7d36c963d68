"""Framing: cut anywhere, several at once, headers in any spelling; and what is refused."""

import json

import pytest

from gateway_engine.emulator.frames import FrameError, FrameReader, encode_frame, frame_of
from tests.golden.lingma_wire import load

MESSAGES = [
    {"jsonrpc": "2.0", "method": "chat/answer", "params": {"text": "世界 🚀\r\n\r\n"}},
    {"jsonrpc": "2.0", "id": "q", "result": {}},
]


def test_length_counts_bytes() -> None:
    body = '{"text":"世"}'.encode()
    assert encode_frame({"text": "世"}) == b"Content-Length: 14\r\n\r\n" + body


def test_transcript_bytes_give_the_listed_bodies() -> None:
    for name, direction in (("cut_points", "<<"), ("cut_requests", ">>")):
        transcript = load(name)
        reader, bodies = FrameReader(), []
        for step in transcript.steps:
            if step.direction == direction and step.body is None:
                bodies += reader.feed(step.data)
        assert [json.loads(body) for body in bodies] == transcript.meaning["frames"]


def test_one_cut_at_every_position_changes_nothing() -> None:
    stream = b"".join(encode_frame(message) for message in MESSAGES)
    for cut in range(len(stream) + 1):
        reader = FrameReader()
        bodies = reader.feed(stream[:cut]) + reader.feed(stream[cut:])
        assert [json.loads(body) for body in bodies] == MESSAGES


def test_one_byte_at_a_time() -> None:
    stream = load("cut_points").stream("<<")
    reader = FrameReader()
    bodies = [body for byte in stream for body in reader.feed(bytes([byte]))]
    assert [json.loads(body) for body in bodies] == load("cut_points").meaning["frames"]


def test_an_empty_body_is_a_frame() -> None:
    assert FrameReader().feed(frame_of(b"") + frame_of(b"{}")) == [b"", b"{}"]


@pytest.mark.parametrize(
    "stream",
    [
        b"Content-Length: many\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length\r\n\r\n{}",
        b"Content-Type: json\r\n\r\n{}",
        b"Content-Length: 99999999999\r\n\r\n{}",
        b"x" * 9000,
    ],
)
def test_bytes_that_are_no_frame(stream: bytes) -> None:
    with pytest.raises(FrameError):
        FrameReader().feed(stream)
