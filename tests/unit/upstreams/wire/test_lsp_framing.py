"""Frames come out whole, whatever the transport does to their bytes."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.upstreams.wire.lsp_framing import (
    MAX_HEADER_BYTES,
    FrameDecoder,
    FramingError,
    encode_frame,
)
from tests.golden import lingma_wire

BODIES = (b'{"a":1}', b"", b"Content-Length: 5\r\n\r\nhello", "引擎🚀".encode())
STREAM = b"".join(encode_frame(body) for body in BODIES)


def decode(*chunks: bytes) -> list[bytes]:
    decoder = FrameDecoder()
    bodies = [body for chunk in chunks for body in decoder.receive_data(chunk)]
    decoder.receive_eof()
    return bodies


@pytest.mark.parametrize("at", range(len(STREAM) + 1))
def test_a_cut_anywhere_changes_nothing(at: int) -> None:
    assert decode(STREAM[:at], STREAM[at:]) == list(BODIES)


def test_one_byte_at_a_time() -> None:
    assert decode(*(STREAM[n : n + 1] for n in range(len(STREAM)))) == list(BODIES)


@given(st.lists(st.binary(max_size=60), max_size=6), st.data())
def test_any_bodies_cut_in_any_way(bodies: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(encode_frame(body) for body in bodies)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    edges = [0, *cuts, len(stream)]
    chunks = [stream[a:b] for a, b in itertools.pairwise(edges)]
    assert decode(*chunks) == bodies


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 2\r\n\r\n",
        b"CONTENT-LENGTH:2\r\n\r\n",
        b"Content-Length:   2  \r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\nX-Trace: a:b:c\r\n\r\n",
        b"Content-Length: 0000000002\r\n\r\n",
    ],
)
def test_headers_are_read_liberally(header: bytes) -> None:
    assert decode(header + b"ok") == [b"ok"]


BAD_HEADERS = [
    b"Content-Length: many\r\n\r\n",
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length: +1\r\n\r\n",
    b"Content-Length: 1.0\r\n\r\n",
    b"Content-Length: \xd9\xa3\r\n\r\n",
    b"Content-Length:\r\n\r\n",
    b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    b"Content-Length: 999999999999\r\n\r\n",
    b"X-Other: 1\r\n\r\n",
    b"no header at all\r\n\r\n",
    b'{"jsonrpc":"2.0"}\r\n\r\n',
    b"X-Long: " + b"x" * MAX_HEADER_BYTES + b"\r\nContent-Length: 1\r\n\r\n1",
]


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("header", BAD_HEADERS)
def test_what_cannot_be_a_frame_is_refused_however_it_is_cut(header: bytes, size: int) -> None:
    with pytest.raises(FramingError) as caught:
        decode(*(header[start : start + size] for start in range(0, len(header), size)))
    assert len(str(caught.value)) < 200


def test_the_limit_of_a_body() -> None:
    assert FrameDecoder(max_body_bytes=3).receive_data(encode_frame(b"123")) == [b"123"]
    with pytest.raises(FramingError, match="at most 3"):
        FrameDecoder(max_body_bytes=3).receive_data(encode_frame(b"1234"))


@pytest.mark.parametrize("at", range(1, len(encode_frame(b"body"))))
def test_an_end_within_a_frame_is_an_error(at: int) -> None:
    decoder = FrameDecoder()
    decoder.receive_data(encode_frame(b"body")[:at])
    with pytest.raises(FramingError, match="inside a frame"):
        decoder.receive_eof()


@pytest.mark.parametrize("name", ["cut_points", "cut_requests"])
def test_the_golden_cut_points(name: str) -> None:
    transcript = lingma_wire.load(name)
    direction = ">>" if name == "cut_requests" else "<<"
    raw = [step for step in transcript.steps if step.body is None and step.direction == direction]
    bodies = decode(*(step.data for step in raw))
    assert [json.loads(body) for body in bodies] == transcript.meaning["frames"]


@pytest.mark.parametrize("name", lingma_wire.names())
def test_every_golden_stream(name: str) -> None:
    transcript = lingma_wire.load(name)
    for direction in (">>", "<<"):
        stream = transcript.stream(direction)
        assert decode(stream) == lingma_wire.frame_bodies(stream)
