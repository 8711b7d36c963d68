"""The cutter loses nothing and cuts where it hurts."""

from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.emulator.cutting import Cutter
from gateway_engine.emulator.frames import encode_frame


def in_bytes(piece: str | bytes) -> bytes:
    return piece.encode("utf-8") if isinstance(piece, str) else piece


@given(st.binary(max_size=3000), st.binary(max_size=3000))
def test_nothing_is_lost(first: bytes, second: bytes) -> None:
    cutter = Cutter()
    pieces = [*cutter.cut(first), *cutter.cut(second)]
    assert b"".join(map(in_bytes, pieces)) == first + second
    assert all(pieces)


def test_text_and_binary_small_and_joined() -> None:
    stream = b"".join(encode_frame({"id": index, "text": "世界"}) for index in range(60))
    pieces = list(Cutter().cut(stream))
    assert {type(piece) for piece in pieces} == {str, bytes}
    assert any(in_bytes(piece).count(b"Content-Length") > 3 for piece in pieces)
    assert any(len(piece) == 1 for piece in pieces)


def test_long_data_ends_in_large_pieces() -> None:
    assert len(list(Cutter().cut(b"x" * 8_000_000))) < 400
