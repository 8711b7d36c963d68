"""Reasoning that older builds put into the answer text, taken out of it while it streams.

Two spellings (lingma-protocol §5): a fence of four backticks that opens with ` ````think::<ms>` on
its own line and closes with a line of four backticks, and `<think>…</think>` before the first word
of the answer. Markers may be cut anywhere: only what may still be one is held back. A tag later in
the answer is text, because answers talk about tags. Line breaks beside a marker belong to it.
"""

import re
from typing import Final

_FENCE_OPENS: Final = "````think::"
_MAX_FENCE_LINE_CHARS: Final = 64
_TAG_OPENS: Final = "<think>"
_TAG_CLOSES: Final = "</think>"

_FENCE_OPENS_LINE: Final = re.compile(r"(?<=\n)````think::[^\n]{0,52}\n")
_FENCE_OPENS_TEXT: Final = re.compile(r"(?:(?<=\n)|\A)````think::[^\n]{0,52}\n")
_FENCE_CLOSE_LINE: Final = re.compile(r"\n````[ \t]{0,16}(?=\r?\n)")
_FENCE_CLOSE_BEGUN: Final = re.compile(r"\n(?:`{0,3}|````[ \t]{0,16}\r?)\Z")
_LAST_CHARS: Final = 24

Piece = tuple[bool, str]
"""Whether it is reasoning, and the text; never empty."""


class ThinkingSplitter:
    """One answer's text, told apart. State: in the text, in a fence or in a tag."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = ""
        self._line_begins = True
        self._nothing_said = True
        self._marker_ended = False

    @property
    def holds_text(self) -> bool:
        """True while text is held back that may turn out to be answer."""
        return bool(self._held) and not self._inside

    def feed(self, text: str) -> list[Piece]:
        """Take more of the answer; return what is certain now."""
        rest, self._held = self._held + text, ""
        pieces: list[Piece] = []
        while rest:
            if self._inside == "fence":
                rest = self._in_fence(rest, pieces)
            elif self._inside == "tag":
                rest = self._in_tag(rest, pieces)
            else:
                rest = self._in_text(rest, pieces)
        return pieces

    def flush(self) -> list[Piece]:
        """The answer is over: what was held back was no marker, or the last one."""
        rest, self._held = self._held, ""
        if self._inside:
            if self._inside == "fence":
                rest = re.sub(r"\n(?:````[ \t\r]*)?\Z", "", rest)
            return [(True, rest)] if rest else []
        return [(False, rest)] if rest else []

    def _in_text(self, rest: str, pieces: list[Piece]) -> str:
        if self._marker_ended:
            rest = rest.lstrip("\r\n")
            if not rest:
                return ""
            self._marker_ended = False
        if self._nothing_said:
            said = rest.lstrip()
            if said.startswith(_TAG_OPENS):
                return self._open("tag", said[len(_TAG_OPENS) :])
            if _TAG_OPENS.startswith(said):
                self._held = rest
                return ""
        found = (_FENCE_OPENS_TEXT if self._line_begins else _FENCE_OPENS_LINE).search(rest)
        if found is not None:
            self._say(rest[: found.start()], pieces)
            return self._open("fence", rest[found.end() - 1 :])
        line = rest.rfind("\n") + 1
        last = rest[line:]
        if (line or self._line_begins) and _may_open_fence(last):
            self._say(rest[:line], pieces)
            self._held = last
        else:
            self._say(rest, pieces)
        return ""

    def _say(self, text: str, pieces: list[Piece]) -> None:
        if text:
            pieces.append((False, text))
            self._line_begins = text[-1] == "\n"
            self._nothing_said = self._nothing_said and text.isspace()

    def _open(self, kind: str, rest: str) -> str:
        """A line break at the beginning of `rest` belongs to the marker."""
        self._inside = kind
        self._marker_ended = True
        return rest

    def _close(self, rest: str) -> str:
        self._inside = ""
        self._marker_ended = self._line_begins = self._nothing_said = True
        return rest

    def _in_fence(self, rest: str, pieces: list[Piece]) -> str:
        found = _FENCE_CLOSE_LINE.search(rest)
        if found is not None:
            self._think(rest[: found.start()], pieces)
            return self._close(rest[found.end() :])
        tail = max(0, len(rest) - _LAST_CHARS)
        begun = _FENCE_CLOSE_BEGUN.search(rest, tail)
        end = begun.start() if begun is not None else len(rest)
        self._think(rest[:end], pieces)
        self._held = rest[end:]
        return ""

    def _in_tag(self, rest: str, pieces: list[Piece]) -> str:
        at = rest.find(_TAG_CLOSES)
        if at >= 0:
            self._think(rest[:at], pieces)
            return self._close(rest[at + len(_TAG_CLOSES) :])
        end = next(
            (n for n in range(len(_TAG_CLOSES) - 1, 0, -1) if rest.endswith(_TAG_CLOSES[:n])), 0
        )
        self._think(rest[: len(rest) - end], pieces)
        self._held = rest[len(rest) - end :]
        return ""

    def _think(self, text: str, pieces: list[Piece]) -> None:
        if self._marker_ended and text:
            text = text.removeprefix("\n")
            self._marker_ended = False
        if text:
            pieces.append((True, text))


def _may_open_fence(line: str) -> bool:
    if not line:
        return False
    if len(line) < len(_FENCE_OPENS):
        return _FENCE_OPENS.startswith(line)
    return line.startswith(_FENCE_OPENS) and len(line) <= _MAX_FENCE_LINE_CHARS
