r"""LSP framing as the Lingma program speaks it inside WebSocket messages; no I/O.

A frame is ``Content-Length: <bytes>\r\n\r\n<UTF-8 JSON>``. Message boundaries mean nothing:
the reader accepts a frame cut anywhere and several frames at once. Header names are
case-insensitive and other headers may appear. Source: the wire notes, section 2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MAX_HEADER_BYTES = 8 * 1024
MAX_BODY_BYTES = 512 * 1024 * 1024

_END_OF_HEADER = b"\r\n\r\n"


class FrameError(Exception):
    """The peer's bytes are no frame; the stream cannot be resynchronised."""


def encode_frame(message: Mapping[str, Any]) -> bytes:
    """One whole frame; the length counts UTF-8 bytes, not characters."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return frame_of(body)


def frame_of(body: bytes) -> bytes:
    """A frame around a body that is already bytes (it need not be JSON)."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class FrameReader:
    """Gathers bytes and gives out whole frame bodies, in order."""

    __slots__ = ("_buffer", "_expected")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._expected: int | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """Add ``data``; the bodies that are complete now. Raises FrameError."""
        self._buffer += data
        bodies: list[bytes] = []
        while True:
            if self._expected is None:
                self._expected = self._take_header()
            if self._expected is None or len(self._buffer) < self._expected:
                return bodies
            bodies.append(bytes(self._buffer[: self._expected]))
            del self._buffer[: self._expected]
            self._expected = None

    def _take_header(self) -> int | None:
        end = self._buffer.find(_END_OF_HEADER, 0, MAX_HEADER_BYTES + len(_END_OF_HEADER))
        if end < 0:
            if len(self._buffer) > MAX_HEADER_BYTES:
                raise FrameError("header too long")
            return None
        length = _content_length(bytes(self._buffer[:end]))
        del self._buffer[: end + len(_END_OF_HEADER)]
        return length


def _content_length(header: bytes) -> int:
    length: int | None = None
    for line in header.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if not colon:
            raise FrameError(f"header line without a colon: {line[:40]!r}")
        if name.strip().lower() != b"content-length":
            continue
        digits = value.strip()
        if not digits.isdigit():
            raise FrameError(f"Content-Length is no number: {digits[:40]!r}")
        length = int(digits)
    if length is None:
        raise FrameError("header without Content-Length")
    if length > MAX_BODY_BYTES:
        raise FrameError(f"frame of {length} bytes is too large")
    return length
