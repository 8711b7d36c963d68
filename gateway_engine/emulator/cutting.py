"""Cuts a stream of frames at every odd place; no I/O.

Cut points fall inside headers, inside multi-byte characters and between frames; every so often a
piece is large enough to hold several frames. Pieces alternate between text and binary where the
bytes are whole characters, otherwise they are binary.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

_SIZES = (1, 7, 2, 400, 15, 3, 1100, 16, 33, 5000, 21, 4, 64)
_LARGE = 65_521
_SMALL_CUTS = 200


class Cutter:
    """Cuts deterministically; its place in the pattern survives from call to call."""

    def __init__(self) -> None:
        self._sizes = cycle(_SIZES)
        self._text_next = True

    def cut(self, data: bytes) -> Iterator[str | bytes]:
        """The pieces of ``data``; a long one ends in large pieces so that it stays quick."""
        position = cuts = 0
        while position < len(data):
            size = next(self._sizes) if cuts < _SMALL_CUTS else _LARGE
            piece = data[position : position + size]
            position += size
            cuts += 1
            yield self._dress(piece)

    def _dress(self, piece: bytes) -> str | bytes:
        as_text, self._text_next = self._text_next, not self._text_next
        if as_text:
            try:
                return piece.decode("utf-8")
            except UnicodeDecodeError:
                return piece
        return piece
