"""Reasoning and native tool cards that older builds write into the answer text. Pure, incremental.

Three things are taken out of the text, each only at the start of the answer or of a line, and never
inside a Markdown code fence:

* a fence of four backticks opening with ` ````think::<ms>`, up to four backticks that end a line;
* `<think>` … `</think>`;
* a native tool card: a fence ` ```toolCall::<name>::<id>[::status]` up to its closing fence.

Everything else stays text, byte for byte: a model that explains `<think>` in prose or in a code
block loses nothing. Reasoning that never ends is reasoning to the end. Line breaks that only set
the markers apart (before the answer's first text, inside the markers' edges) go with the markers.

    text --opening--> reasoning --closing--> text        text --header--> card --closing--> text

Text is held back only while it may still become a marker; what is held is bounded, so that the
work is linear however the text is cut.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from gateway_engine.upstreams.wire.code_fences import CodeFences

MAX_HEADER: Final = 256
"""Longest opening line, in characters, that is waited for."""
MAX_BREAKS: Final = 16
"""Line breaks at the start of the answer that are held back because reasoning may follow."""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """More of the answer's own text; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerReasoning:
    """More of the reasoning; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class NativeCard:
    """A call of one of upstream's own tools, as its user interface would show it."""

    name: str
    call_id: str
    status: str
    body: str


Item = AnswerText | AnswerReasoning | NativeCard


class _In(Enum):
    TEXT = "text"
    TAG = "tag"
    FENCE = "fence"
    CARD = "card"


def _begun(word: str) -> str:
    """A pattern for every beginning of `word`, the empty one too."""
    pattern = ""
    for character in reversed(word):
        pattern = f"(?:{re.escape(character)}{pattern})?"
    return pattern


_BLANKS: Final = r"[ \t]{0,16}"
_BREAKS: Final = re.compile(r"[\r\n]*")
_TICKS: Final = re.compile(r"`*")
_OF_NOTE: Final = re.compile(r" *[<`~]")
"""How a line begins that may open something, or begin or end a fence."""
_LINE_OF_NOTE: Final = re.compile(rf"\n{_OF_NOTE.pattern}")
_OPENING: Final = re.compile(
    r"(?P<tag><think>)"
    rf"|(?P<fence>````think::[0-9]*{_BLANKS}\r?\n)"
    r"|```toolCall::(?P<name>[^\s`:]+)::(?P<id>[^\s`:]+)(?:::(?P<status>[^\s`:]*))?"
    rf"{_BLANKS}(?:\r?\n|(?P<cut>\Z))"
)
_MAY_OPEN: Final = re.compile(
    _begun("<think")
    + "|"
    + _begun("````think::")
    + rf"|````think::[0-9]*{_BLANKS}\r?|"
    + _begun("```toolCall::")
    + rf"|```toolCall::[^\s`]*{_BLANKS}\r?"
)
_END: Final = {
    _In.TAG: re.compile(r"(?:\r?\n)?</think>"),
    _In.FENCE: re.compile(rf"(?:\r?\n)?(?<!`)````(?!`){_BLANKS}(?:\r?\n|(?P<cut>\Z))"),
}
_MAY_END: Final = {
    _In.TAG: re.compile(rf"(?:\r?\n|\r)?{_begun('</think')}\Z"),
    _In.FENCE: re.compile(rf"(?:\r?\n|\r)?(?<!`)(?:`{{1,3}}|````{_BLANKS}\r?)?\Z"),
}
_LONGEST_END: Final = 2 + 4 + 16 + 2
_CARD_END: Final = re.compile(rf"```{_BLANKS}\r?\n?")
_MAY_END_CARD: Final = re.compile(rf"`{{0,3}}|```{_BLANKS}\r?")


class ReasoningSplitter:
    """One answer's text in, its parts out, in order. `feed` any number of times, then `finish`."""

    def __init__(self) -> None:
        self._state = _In.TEXT
        self._held = ""
        self._fences = CodeFences()
        self._lead = ""  # line breaks before the first text
        self._any_text = False
        self._after_block = False
        self._block_began = False
        self._long_run = False  # inside more than four backticks within fenced reasoning
        self._header: re.Match[str] | None = None
        self._body: list[str] = []
        self._mid_line = False

    def feed(self, text: str) -> list[Item]:
        """Return the parts that are certain now."""
        return self._run(text, last=False) if text else []

    def finish(self) -> list[Item]:
        """The text is over: what was held back is decided as it stands."""
        items = self._run("", last=True)
        if self._state is _In.CARD:
            items.append(self._card())
        elif self._lead and not self._any_text:
            items.append(AnswerText(self._lead))
        self._lead = ""
        return items

    def _run(self, text: str, *, last: bool) -> list[Item]:
        data, self._held = self._held + text, ""
        items: list[Item] = []
        at = 0
        while at < len(data):
            if self._state is _In.TEXT:
                at, stuck = self._text(data, at, items, last=last)
            elif self._state is _In.CARD:
                at, stuck = self._in_card(data, at, items, last=last)
            else:
                at, stuck = self._reasoning(data, at, items, last=last)
            if stuck:
                self._held = data[at:]
                break
        return items

    # --- text ---

    def _text(self, data: str, at: int, items: list[Item], *, last: bool) -> tuple[int, bool]:
        if not self._any_text:
            at = self._leading_breaks(data, at, items)
        start = at
        while at < len(data):
            if self._fences.fresh and not self._fences.in_code and data[at] in "<`":
                opening = _OPENING.match(data, at, at + MAX_HEADER)
                if opening is not None and _whole(opening, data, last=last):
                    self._say(data[start:at], items)
                    self._open(opening)
                    return opening.end(), False
                short = len(data) - at < MAX_HEADER
                if short and not last and _MAY_OPEN.fullmatch(data, at) is not None:
                    self._say(data[start:at], items)
                    return at, True
            if self._fences.fresh and _OF_NOTE.match(data, at) is None:
                of_note = _next_of_note(data, at)
                if of_note > at:
                    at = of_note
                    continue
            end = data.find("\n", at) + 1 or len(data)
            self._fences.take(data[at:end])
            at = end
        self._say(data[start:at], items)
        return at, False

    def _leading_breaks(self, data: str, at: int, items: list[Item]) -> int:
        end = _end_of(_BREAKS, data, at)
        if not self._after_block:
            self._lead += data[at:end]
            if len(self._lead) > MAX_BREAKS:
                self._say("", items)
        return end

    def _say(self, text: str, items: list[Item]) -> None:
        if text or len(self._lead) > MAX_BREAKS:
            items.append(AnswerText(self._lead + text))
            self._lead = ""
            self._any_text = True

    def _open(self, opening: re.Match[str]) -> None:
        self._lead = ""
        self._block_began = self._long_run = self._mid_line = False
        if opening["tag"] is not None:
            self._state = _In.TAG
        elif opening["fence"] is not None:
            self._state = _In.FENCE
        else:
            self._state, self._header, self._body = _In.CARD, opening, []

    def _close(self) -> None:
        self._state = _In.TEXT
        self._fences = CodeFences()
        self._after_block = True

    # --- reasoning ---

    def _reasoning(self, data: str, at: int, items: list[Item], *, last: bool) -> tuple[int, bool]:
        if not self._block_began:
            at = _end_of(_BREAKS, data, at)
        start = at
        if self._long_run:
            at = _end_of(_TICKS, data, at)
            self._long_run = at == len(data)
        end = _END[self._state].search(data, at)
        if end is not None and _whole(end, data, last=last):
            self._reason(data[start : end.start()], items)
            self._close()
            return end.end(), False
        if last:
            self._reason(data[start:], items)
            return len(data), False
        may = _MAY_END[self._state].search(data, max(at, len(data) - _LONGEST_END))
        hold = len(data) if may is None else may.start()
        if may is None:
            self._long_run = True
        self._reason(data[start:hold], items)
        return hold, hold < len(data)

    def _reason(self, text: str, items: list[Item]) -> None:
        if text:
            self._block_began = True
            items.append(AnswerReasoning(text))

    # --- cards ---

    def _in_card(self, data: str, at: int, items: list[Item], *, last: bool) -> tuple[int, bool]:
        end = data.find("\n", at) + 1
        line = data[at : end or len(data)]
        if not self._mid_line:
            if (end or last) and _CARD_END.fullmatch(line) is not None:
                items.append(self._card())
                self._close()
                return at + len(line), False
            if not end and not last and _MAY_END_CARD.fullmatch(line) is not None:
                return at, True
        self._body.append(line)
        self._mid_line = not end
        return at + len(line), False

    def _card(self) -> NativeCard:
        header, body = self._header, "".join(self._body)
        self._header, self._body = None, []
        assert header is not None  # noqa: S101 - the state CARD has one
        return NativeCard(header["name"], header["id"], header["status"] or "", body)


def _next_of_note(data: str, at: int) -> int:
    """Skip whole lines that mean nothing: one by one, those of a large answer take seconds."""
    line = _LINE_OF_NOTE.search(data, at)
    return max(at, line.start() + 1 if line is not None else data.rfind("\n", at) + 1)


def _whole(found: re.Match[str], data: str, *, last: bool) -> bool:
    """False when the match ends only because the text does, for now."""
    cut = found.groupdict().get("cut")
    return cut is None or (last and found.end() == len(data))


def _end_of(pattern: re.Pattern[str], data: str, at: int) -> int:
    """Where `pattern`, which matches the empty text too, ends."""
    found = pattern.match(data, at)
    return at if found is None else found.end()
