r"""LSP framing: `Content-Length: N\r\n\r\n` and N bytes, over any byte stream.

The transport's message boundaries mean nothing: bytes are handed in as they come, whole frames
come out (lingma-protocol §2). Header names are case-insensitive, unknown headers are passed over.
"""

from typing import Final

MAX_HEADER_BYTES: Final = 16 * 1024
MAX_BODY_BYTES: Final = 256 * 1024 * 1024
MAX_LENGTH_DIGITS: Final = 32

_END: Final = b"\r\n\r\n"


class FramingError(Exception):
    """The peer sent what cannot be a frame; the connection is beyond repair."""


def encode_frame(body: bytes) -> bytes:
    """Return `body` as one frame."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class FrameDecoder:
    """Collects bytes and hands out the bodies of whole frames.

    State: reading a header (`_need` is None) or a body of `_need` bytes. After a FramingError the
    decoder must be thrown away.
    """

    def __init__(self, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._buffer = bytearray()
        self._need: int | None = None
        self._scanned = 0
        self._max_body_bytes = max_body_bytes

    def receive_data(self, data: bytes) -> list[bytes]:
        """Take bytes; return the bodies that are now whole, in order. Raises FramingError."""
        buffer = self._buffer
        buffer += data
        bodies: list[bytes] = []
        at = 0
        while True:
            if self._need is None:
                end = buffer.find(_END, at + self._scanned)
                if end < 0:
                    pending = len(buffer) - at
                    if pending > MAX_HEADER_BYTES:
                        raise FramingError(f"no end of header in {pending} bytes")
                    self._scanned = max(0, pending - len(_END) + 1)
                    break
                if end - at > MAX_HEADER_BYTES:
                    raise FramingError(f"a header of {end - at} bytes")
                self._need = self._content_length(bytes(buffer[at:end]))
                self._scanned = 0
                at = end + len(_END)
            if len(buffer) - at < self._need:
                break
            bodies.append(bytes(buffer[at : at + self._need]))
            at += self._need
            self._need = None
        if at:
            del buffer[:at]
        return bodies

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
            raise FramingError(f"frame of {length} bytes, at most {self._max_body_bytes} allowed")
        return length
