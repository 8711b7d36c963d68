r"""LSP framing: `Content-Length: N\r\n\r\n` and N bytes, over any byte stream.

The transport's message boundaries mean nothing: bytes are handed in as they come, whole frames come
out. Header names are case-insensitive, unknown headers are passed over.
"""

from collections.abc import Iterator
from typing import Final

MAX_HEADER_BYTES: Final = 16 * 1024
MAX_BODY_BYTES: Final = 256 * 1024 * 1024
MAX_LENGTH_DIGITS: Final = 32

_END: Final = b"\r\n\r\n"
_USUAL: Final = b"Content-Length: "
_USUAL_DIGITS: Final = 15


class FramingError(Exception):
    """The peer sent what cannot be a frame; the connection is beyond repair."""


def encode_frame(body: bytes) -> bytes:
    """Return `body` as one frame."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def cut_frame(body: bytes, piece_bytes: int) -> Iterator[bytes | memoryview]:
    """Yield `body` as one frame, in pieces of about `piece_bytes`; only the first is a copy."""
    yield b"Content-Length: %d\r\n\r\n%b" % (len(body), body[:piece_bytes])
    with memoryview(body) as view:
        for at in range(piece_bytes, len(body), piece_bytes):
            yield view[at : at + piece_bytes]


class FrameDecoder:
    """Collects bytes and hands out the bodies of whole frames.

    State: reading a header (`_need` is None) or a body of `_need` bytes. Whole frames are cut from
    the bytes as they came; only what is left of an unfinished one is copied into the buffer. After
    a FramingError the decoder must be thrown away.
    """

    def __init__(self, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._buffer = bytearray()
        self._need: int | None = None
        self._scanned = 0
        self._max_body_bytes = max_body_bytes

    def receive_data(self, data: bytes | bytearray) -> list[bytes]:
        """Take bytes; return the bodies that are now whole, in order. Raises FramingError."""
        if not self._buffer:
            bodies, at = self._cut(data)
            if at < len(data):
                self._buffer += memoryview(data)[at:]
            return bodies
        self._buffer += data
        if self._need is not None and len(self._buffer) < self._need:
            return []
        bodies, at = self._cut(self._buffer)
        if at:
            del self._buffer[:at]
        return bodies

    def _cut(self, data: bytes | bytearray) -> tuple[list[bytes], int]:
        """Return the bodies that are whole in `data`, and where what is left begins."""
        bodies: list[bytes] = []
        need, at, size = self._need, 0, len(data)
        while True:
            if need is None:
                end = data.find(_END, at + self._scanned)
                if end < 0:
                    pending = size - at
                    if pending > MAX_HEADER_BYTES:
                        raise FramingError(f"no end of header in {pending} bytes")
                    self._scanned = max(0, pending - len(_END) + 1)
                    break
                self._scanned = 0
                digits = data[at + len(_USUAL) : end] if data.startswith(_USUAL, at) else b""
                # All but a few headers are this one line, spelled like this.
                if digits.isdigit() and len(digits) <= _USUAL_DIGITS:
                    need = int(digits)
                    if need > self._max_body_bytes:
                        raise self._too_long(need)
                elif end - at > MAX_HEADER_BYTES:
                    raise FramingError(f"a header of {end - at} bytes")
                else:
                    need = self._content_length(bytes(data[at:end]))
                at = end + len(_END)
            if size - at < need:
                break
            bodies.append(bytes(data[at : at + need]))
            at += need
            need = None
        self._need = need
        return bodies, at

    def receive_eof(self) -> None:
        """The stream ended. Raises FramingError when it ended inside a frame."""
        if self._buffer or self._need is not None:
            raise FramingError(f"stream ended inside a frame, {len(self._buffer)} bytes pending")

    def _content_length(self, header: bytes) -> int:
        length: int | None = None
        for line in header.split(b"\r\n"):
            name, colon, value = line.partition(b":")
            if not colon:
                raise FramingError(f"header line without a colon: {line[:80]!r}")
            if name.strip().lower() == b"content-length":
                digits = value.strip()
                if not digits.isdigit() or len(digits) > MAX_LENGTH_DIGITS:
                    raise FramingError(f"Content-Length is not a number: {digits[:80]!r}")
                length = int(digits)
        if length is None:
            raise FramingError(f"header without Content-Length: {header[:80]!r}")
        if length > self._max_body_bytes:
            raise self._too_long(length)
        return length

    def _too_long(self, length: int) -> FramingError:
        return FramingError(f"frame of {length} bytes, at most {self._max_body_bytes} allowed")
