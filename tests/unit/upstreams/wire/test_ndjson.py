"""Lines, however the bytes are cut."""

import pytest

from gateway_engine.upstreams.wire.ndjson import (
    LineDecoder,
    LineTooLongError,
    encode_line,
    is_message,
)

STREAM = b'{"a": 1}\n\n  \r\nplugin loaded\r\n' + '["引"]\n'.encode() + b'{"rest'
LINES = [b'{"a": 1}', b"plugin loaded", '["引"]'.encode()]


def test_the_same_lines_cut_at_every_position() -> None:
    for cut in range(len(STREAM) + 1):
        decoder = LineDecoder()
        assert decoder.receive_data(STREAM[:cut]) + decoder.receive_data(STREAM[cut:]) == LINES


def test_byte_by_byte() -> None:
    decoder = LineDecoder()
    assert [line for byte in STREAM for line in decoder.receive_data(bytes([byte]))] == LINES
    assert decoder.receive_data(b'"}\n') == [b'{"rest"}']


def test_what_may_be_a_message() -> None:
    assert [is_message(line) for line in LINES] == [True, False, True]


def test_what_is_encoded_is_decoded() -> None:
    assert LineDecoder().receive_data(encode_line(b'{"x": 1}')) == [b'{"x": 1}']


def test_a_line_without_an_end_is_refused_in_time() -> None:
    decoder = LineDecoder(max_line_bytes=10)
    assert decoder.receive_data(b"0123456789") == []
    with pytest.raises(LineTooLongError):
        decoder.receive_data(b"x")
