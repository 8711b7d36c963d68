"""Newline-delimited JSON: one message a line, over any byte stream.

The framing of ACP and MCP over stdio. Bytes are handed in as they come, whole lines come out. A
line that cannot be a message is not an error: programs print to their standard output what belongs
to their log, and only they know why.
"""

from typing import Final

MAX_LINE_BYTES: Final = 256 * 1024 * 1024

_OPENERS: Final = (b"{", b"[")


class LineTooLongError(Exception):
    """No line of a sane peer is that long; the stream is beyond repair."""


def encode_line(body: bytes) -> bytes:
    """Return `body`, JSON without a line feed in it, as one line."""
    return body + b"\n"


def is_message(line: bytes) -> bool:
    """True when the line may be a JSON object or a batch of them."""
    return line.startswith(_OPENERS)


class LineDecoder:
    """Collects bytes and hands out whole lines, without their ends and without empty ones."""

    def __init__(self, *, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._rest: list[bytes] = []
        self._rest_bytes = 0
        self._max_line_bytes = max_line_bytes

    def receive_data(self, data: bytes | bytearray) -> list[bytes]:
        """Take bytes; return the lines that are now whole, in order. Raises LineTooLongError."""
        *whole, rest = bytes(data).split(b"\n")
        if whole and self._rest:
            # Joined once a line, however small the pieces it came in.
            whole[0] = b"".join([*self._rest, whole[0]])
            self._rest, self._rest_bytes = [], 0
        if rest:
            self._rest.append(rest)
            self._rest_bytes += len(rest)
            if self._rest_bytes > self._max_line_bytes:
                raise LineTooLongError(f"a line of more than {self._max_line_bytes} bytes")
        return [line for raw in whole if (line := raw.strip())]
