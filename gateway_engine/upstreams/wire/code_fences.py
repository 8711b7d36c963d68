"""Where Markdown's code fences are, while a text streams. Pure, linear however the text is cut.

CommonMark 0.31 §4.5: a fence is three or more backticks or tildes after at most three spaces; one
of backticks has no backtick in the rest of its line; it is closed by the same character at least as
often, with nothing behind it.
"""

from typing import Final

MAX_INDENT: Final = 3
MIN_FENCE: Final = 3


class CodeFences:
    """Takes the text piece by piece and knows what the next line starts in."""

    def __init__(self) -> None:
        self.fresh = True
        """True at the start of a line."""
        self.in_code = False
        """True when the present line began inside a fence."""
        self._fence = ("", 0)
        self._reset()

    def _reset(self) -> None:
        self.fresh = True
        self._indent = 0
        self._char = ""
        self._run = 0
        self._rest = False
        self._other = False
        self._blank = True
        self._tick = False

    def take(self, piece: str) -> None:
        """Take more of the present line, at most to its line feed."""
        self.fresh = False
        if not self._other:
            self._scan(piece.removesuffix("\n"))
        if piece.endswith("\n"):
            self._end_line()
            self._reset()

    def _scan(self, piece: str) -> None:
        if not self._char:
            stripped = piece.lstrip(" ")
            self._indent += len(piece) - len(stripped)
            if not stripped:
                return
            if stripped[0] not in "`~" or self._indent > MAX_INDENT:
                self._other = True
                return
            self._char, piece = stripped[0], stripped
        if not self._rest:
            rest = piece.lstrip(self._char)
            self._run += len(piece) - len(rest)
            if not rest:
                return
            self._rest, piece = True, rest
        self._blank = self._blank and not piece.strip(" \t\r")
        self._tick = self._tick or "`" in piece

    def _end_line(self) -> None:
        if self._other or self._run < MIN_FENCE:
            return
        char, length = self._fence
        if not self.in_code:
            if self._char == "~" or not self._tick:
                self._fence = (self._char, self._run)
                self.in_code = True
        elif self._char == char and self._run >= length and self._blank:
            self.in_code = False
