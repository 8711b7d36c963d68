r"""The start of a call, while it may still turn out to be text: everything before the brace. Pure.

A `Candidate` is begun at a backtick or at a `#` that may open a line, and reads one of::

    ```json action      a fence; also ```action, any case, more backticks, spaces after them
    ```json             a plain fence: on its own line only
    #Tool Call          a marker on its own line, optional colon, any case; then the object,
                        or a fence of the kinds above or without a name, with the object

    MARK -> MARK_GAP -> RUN -> INFO -> GAP -> FOUND at the brace
      \         \------- FOUND at the brace
       any step not as above ---------------> REFUSED

The character that decides is never consumed. `raw` is the candidate byte for byte.
"""

import re
from enum import Enum, auto
from typing import Final

MIN_FENCE: Final = 3
MAX_LINE: Final = 64
"""An opening line longer than this is text: no opener is, and what is held stays small."""

_MARK: Final = "#tool call"
_MARK_END: Final = re.compile(r"[ \t]*:?[ \t\r]*")
_TICKS: Final = re.compile(r"`+")
_BLANK: Final = re.compile(r"[ \t\r\n\ufeff]+")
_ACTIONS: Final = ("json action", "action")
_PLAIN: Final = "json"


class Form(Enum):
    """How a call is announced: by an action fence, by a marker line, by a plain fence alone."""

    ACTION = auto()
    MARKED = auto()
    PLAIN = auto()


class Progress(Enum):
    """Whether the candidate is decided."""

    READING = auto()
    FOUND = auto()
    REFUSED = auto()


class _Stage(Enum):
    MARK = auto()
    MARK_GAP = auto()
    RUN = auto()
    INFO = auto()
    GAP = auto()


class Candidate:
    """What may open a call. `own_line`: nothing but indentation stands before it on its line."""

    def __init__(self, first: str, *, own_line: bool) -> None:
        self.progress = Progress.READING
        self.form = Form.MARKED if first == "#" else Form.ACTION
        self.ticks = 0
        """Backticks of the opening fence; 0 when there is none."""
        self._own_line = own_line
        self._stage = _Stage.MARK if first == "#" else _Stage.RUN
        self._line = ""  # the marker, then what follows the backticks
        self._marker: list[str] = []
        self._fence: list[str] = []
        self._gap: list[str] = []

    @property
    def marker(self) -> str:
        """The marker line and the blank after it, "" when there is none."""
        return "".join(self._marker) if self._stage is not _Stage.MARK else self._line

    @property
    def fence(self) -> str:
        """The backticks and what follows them on their line."""
        return "".join(self._fence)

    @property
    def gap(self) -> str:
        """The blank between the fence and what decided."""
        return "".join(self._gap)

    @property
    def is_bare_fence(self) -> bool:
        """True for a fence of its own line with nothing after the backticks: it may close one."""
        return (
            self._stage in (_Stage.RUN, _Stage.INFO)
            and self._own_line
            and not self._marker
            and self.ticks >= MIN_FENCE
            and not self._line.strip()
        )

    @property
    def is_explicit(self) -> bool:
        """True when the opener can mean nothing but a call."""
        return self.form is not Form.PLAIN

    def feed(self, text: str, index: int) -> int:
        """Read on from `text[index]`; return the first index not read."""
        size = len(text)
        while index < size and self.progress is Progress.READING:
            if self._stage is _Stage.RUN:
                index = self._run(text, index)
            elif self._stage in (_Stage.MARK_GAP, _Stage.GAP):
                index = self._blank(text, index)
            elif self._stage is _Stage.MARK:
                index = self._mark(text[index], index)
            else:
                index = self._info(text[index], index)
        return index

    def _mark(self, char: str, index: int) -> int:
        if char == "\n" and len(self._line) >= len(_MARK):
            self._marker += [self._line, char]
            self._line = ""
            self._stage = _Stage.MARK_GAP
            return index + 1
        line = self._line + char
        head, tail = line[: len(_MARK)], line[len(_MARK) :]
        if (
            len(line) > MAX_LINE
            or not _MARK.startswith(head.lower())
            or not _MARK_END.fullmatch(tail)
        ):
            self.progress = Progress.REFUSED
            return index
        self._line = line
        return index + 1

    def _blank(self, text: str, index: int) -> int:
        pieces = self._gap if self._stage is _Stage.GAP else self._marker
        if blank := _BLANK.match(text, index):
            pieces.append(blank[0])
            return blank.end()
        if text[index] == "{":
            self.progress = Progress.FOUND
        elif text[index] == "`" and self._stage is _Stage.MARK_GAP:
            self._stage = _Stage.RUN
        else:
            self.progress = Progress.REFUSED
        return index

    def _run(self, text: str, index: int) -> int:
        if ticks := _TICKS.match(text, index):
            self.ticks += len(ticks[0])
            self._fence.append(ticks[0])
            return ticks.end()
        if self.ticks < MIN_FENCE:
            self.progress = Progress.REFUSED
        else:
            self._stage = _Stage.INFO
        return index

    def _info(self, char: str, index: int) -> int:
        if char in "\n{":
            self._decide(at_line_end=char == "\n")
            return index
        line = self._line + char
        name = " ".join(line.split())
        if char.isspace() and name:
            name += " "
        if len(line) > MAX_LINE or not any(
            known.startswith(name.lower()) or known == name.strip().lower() for known in _ACTIONS
        ):
            self.progress = Progress.REFUSED
            return index
        self._line = line
        self._fence.append(char)
        return index + 1

    def _decide(self, *, at_line_end: bool) -> None:
        name = " ".join(self._line.split()).lower()
        if self._marker:
            known = name in (*_ACTIONS, _PLAIN) or not name
        else:
            known = name in _ACTIONS or (name == _PLAIN and self._own_line and at_line_end)
            self.form = Form.PLAIN if name == _PLAIN else Form.ACTION
        if known:
            self._stage = _Stage.GAP
        else:
            self.progress = Progress.REFUSED
