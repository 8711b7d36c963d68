"""Passing over a call that cannot be read to its end, to where the answer goes on. Pure.

A fenced one ends with the line its fence closes on, one without a fence with the first blank line,
and either before a line that opens another call.
"""

import re
from typing import Final

_CLOSING: Final = re.compile(r"[ \t]*`{3,}[ \t\r]*")
_OPENING: Final = re.compile(
    r"[ \t]*(?:`{3,}[ \t]*(?:json[ \t]+)?action|#tool call[ \t]*:?)[ \t\r]*", re.IGNORECASE
)
_MAX_LINE: Final = 256
"""A line longer than this neither closes nor opens a call: what is held stays small."""


class SpoiltCall:
    """Reads lines until `ended`. `next_opener` is then the line to be read again, if any."""

    def __init__(self, *, fenced: bool) -> None:
        self.ended = False
        self.next_opener = ""
        self._fenced = fenced
        self._line = ""  # the current line while it may be one that matters
        self._plain = False  # it may not

    def feed(self, text: str, index: int) -> int:
        """Read on to the end of the line; return the first index not read."""
        end = text.find("\n", index)
        if not self._plain:
            stop = len(text) if end < 0 else end
            self._line += text[index : min(stop, index + _MAX_LINE + 1)]
            start = self._line.lstrip()[:1]
            self._plain = len(self._line) > _MAX_LINE or start not in ("", "`", "#")
        if end < 0:
            return len(text)
        line, plain = self._line, self._plain
        self._line = ""
        self._plain = False
        if not plain:
            self._decide(line)
        return end + 1

    def _decide(self, line: str) -> None:
        if _OPENING.fullmatch(line):
            self.ended = True
            self.next_opener = line + "\n"
        else:
            pattern_fits = _CLOSING.fullmatch(line) is not None
            self.ended = pattern_fits if self._fenced else not line.strip()
