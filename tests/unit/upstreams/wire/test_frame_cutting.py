"""Frames out of bytes cut anywhere, and into pieces; the usual header and every other spelling."""

import pytest

from gateway_engine.upstreams.wire.lsp_framing import (
    MAX_HEADER_BYTES,
    FrameDecoder,
    FramingError,
    cut_frame,
    encode_frame,
)

BODIES = [b"{}", b"", '{"text":"词元"}'.encode(), b"x" * 300, b"Content-Length: 3\r\n\r\nabc"]
STREAM = b"".join(
    (
        encode_frame(BODIES[0]),
        b"content-length:0\r\n\r\n",
        b"Content-Type: a; b=c\r\nContent-Length:  %d \r\n\r\n%b" % (len(BODIES[2]), BODIES[2]),
        encode_frame(BODIES[3]),
        encode_frame(BODIES[4]),
    )
)


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_the_same_bytes_cut_at_every_two_places_give_the_same_bodies(kind: type[bytes]) -> None:
    for first in range(len(STREAM)):
        for second in range(first, len(STREAM), 7):
            decoder = FrameDecoder()
            bodies: list[bytes] = []
            for piece in (STREAM[:first], STREAM[first:second], STREAM[second:]):
                bodies += decoder.receive_data(kind(piece))
            decoder.receive_eof()
            assert bodies == BODIES


def test_a_byte_at_a_time() -> None:
    decoder = FrameDecoder()
    bodies = [body for at in range(len(STREAM)) for body in decoder.receive_data(STREAM[at:][:1])]
    assert bodies == BODIES
    assert all(type(body) is bytes for body in bodies)


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: -1",
        b"Content-Length: +1",
        b"Content-Length: 1_0",
        b"Content-Length: ",
        b"Content-Length: 1e3",
        b"Content-Length: 11",
        b"Content-Length: 9999999999999999",
        b"Content-Length: " + b"9" * 5000,
        b"Content-Length 5",
        b"Length: 5",
        b"X: " + b"y" * MAX_HEADER_BYTES + b"\r\nContent-Length: 2",
    ],
)
@pytest.mark.parametrize("cut", [0, 5, None])
def test_what_is_no_frame_is_refused_however_it_is_cut(header: bytes, cut: int | None) -> None:
    decoder = FrameDecoder(max_body_bytes=10)
    data = header + b"\r\n\r\n"
    if cut is not None:
        assert decoder.receive_data(data[:cut]) == []
        data = data[cut:]
    with pytest.raises(FramingError):
        decoder.receive_data(data)


def test_an_end_inside_a_frame_is_told() -> None:
    for cut in range(1, len(encode_frame(b"abc"))):
        decoder = FrameDecoder()
        assert decoder.receive_data(encode_frame(b"abc")[:cut]) == []
        with pytest.raises(FramingError):
            decoder.receive_eof()


@pytest.mark.parametrize("size", [1, 9, 10, 11, 20, 95])
def test_the_pieces_of_a_frame_are_the_frame(size: int) -> None:
    body = bytes(range(size))
    pieces = [bytes(piece) for piece in cut_frame(body, 10)]
    assert b"".join(pieces) == encode_frame(body)
    assert all(len(piece) <= 10 for piece in pieces[1:])
