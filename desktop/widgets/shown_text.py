"""How a text stands in Qt's document: where a place of one is in the other. Pure.

Qt counts in UTF-16 units and lays out a line of a megabyte for seconds: long lines are folded, and
a place moves by one for every fold and every character beyond the basic plane before it.
"""

import re
from bisect import bisect_left, bisect_right
from typing import Final

LINE_CHARS: Final = 1000
MAX_MATCHES: Final = 5000

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")


class ShownText:
    """One text that is shown. `text` is what is copied: without the folds."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.folds = _folds(text)
        astral = [] if text.isascii() else [match.end() for match in _ASTRAL.finditer(text)]
        self._moved = sorted([*self.folds, *astral]) if astral else self.folds

    def place(self, offset: int) -> int:
        """Where the character at `offset` stands in the document."""
        return offset + bisect_right(self._moved, offset)

    def offset(self, place: int) -> int:
        """Which character stands at `place` of the document."""
        low, high = max(0, place - len(self._moved)), min(place, len(self.text))
        while low < high:
            middle = (low + high + 1) // 2
            if self.place(middle) <= place:
                low = middle
            else:
                high = middle - 1
        return low

    def folded(self, start: int, end: int) -> str:
        """The characters from `start` to `end` as the document has them, folds included."""
        first, last = bisect_left(self.folds, start), bisect_left(self.folds, end)
        pieces: list[str] = []
        at = start
        for fold in self.folds[first:last]:
            pieces += [self.text[at:fold], "\n"]
            at = fold
        pieces.append(self.text[at:end])
        return "".join(pieces)


def _folds(text: str) -> list[int]:
    """Where a line has become too long: before these characters it goes on in another one."""
    lines = text.split("\n")
    if max(map(len, lines)) <= LINE_CHARS:
        return []
    folds: list[int] = []
    start = 0
    for line in lines:
        if len(line) > LINE_CHARS:
            folds += range(start + LINE_CHARS, start + len(line), LINE_CHARS)
        start += len(line) + 1
    return folds


def displayable(text: str) -> str:
    """Return `text` with one kind of line end, and no half of a character."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    return text.replace("\u2029", "\n").encode("utf-8", "replace").decode()


def find_all(text: str, wanted: str) -> tuple[list[int], bool]:
    """Return where `wanted` begins in `text`, whatever the case; and whether there are more."""
    if not wanted:
        return [], False
    folded, needle = text.lower(), wanted.lower()
    if len(folded) != len(text):  # some capital letters have longer small ones
        folded, needle = text, wanted
    found: list[int] = []
    at = folded.find(needle)
    while at >= 0:
        if len(found) == MAX_MATCHES:
            return found, True
        found.append(at)
        at = folded.find(needle, at + len(needle))
    return found, False
