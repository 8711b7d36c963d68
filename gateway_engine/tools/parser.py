"""An answer that may hold tool calls, parsed while it streams. Pure.

Pieces of the answer's text go in; text, calls and warnings come out in the answer's order. How the
text was cut into pieces changes nothing but how the events are cut.

Where the parser stands::

    TEXT ------ "```" or "#" that may open a call ------------> CANDIDATE
    CANDIDATE - something else follows -----------------------> TEXT (what was held is text)
        |------ its brace ------------------------------------> OBJECT
    OBJECT ---- is no call, and its name is not out ----------> TEXT (what was held is read again)
        |------ closed, unfenced -----------------------------> LINE_END
        |------ closed, fenced -------------------------------> AFTER
        |------ arguments beyond repair, name is out ---------> SKIP
    AFTER ----- another brace in the same fence --------------> OBJECT
        |------ closing fence --------------------------------> LINE_END
        |------ something else -------------------------------> TEXT (a closing fence is owed)
    SKIP ------ closing fence (unfenced: blank line) ---------> TEXT
        |------ a line that opens a call ---------------------> TEXT (that line is read again)
    LINE_END -- the rest of the line is blank or not ---------> TEXT

What belongs to a call: from its backticks or marker to the end of the line its fence closes on
(unfenced: on which its brace closes, when nothing follows there). All other characters are text
and stay as they are, with one exception: where only white space stands between calls, before the
first or after the last, it is left out, so that no client gets an empty block of text.

Fences a model quotes: inside an open fence of four or more backticks, shorter fences and markers
are the quoted text's own, not calls.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum, auto
from itertools import groupby
from typing import Final

from gateway_engine.conversation import (
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    ToolSpec,
)
from gateway_engine.tools.call_object import CallObject, CallState
from gateway_engine.tools.opener import MIN_FENCE, Candidate, Form, Progress
from gateway_engine.tools.parser_events import ArgumentsBroken, ParserEvent, Warned
from gateway_engine.tools.spoilt_call import SpoiltCall
from gateway_engine.tools.top_level import top_level

_INDENT: Final = " \t\ufeff"
_BLANK: Final = " \t\r\n\f\v\ufeff"
_HASH: Final = re.compile(r"[ \t\ufeff]*#")
_OPENER: Final = re.compile(r"^[ \t\ufeff]*#|`{3,}|`{1,2}\Z", re.MULTILINE)
_AFTER_OBJECT: Final = re.compile(r"[\s\ufeff}\],;]+")
_ONLY_BLANK: Final = re.compile(r"[\s\ufeff]+")
_TICKS: Final = re.compile(r"`+")
_REST_OF_LINE: Final = re.compile(r"[ \t\r]+")
_REST_OF_CALL: Final = re.compile(r"[\s\ufeff}\],;`]*")


class _Mode(Enum):
    TEXT = auto()
    CANDIDATE = auto()
    OBJECT = auto()
    AFTER = auto()
    CLOSING = auto()
    LINE_END = auto()
    SKIP = auto()


class AnswerParser:
    """One answer's parser. `tools` are those that may be called.

    `new_id` makes the ids of calls. With `parallel` False everything after the first call is left
    out. `index` is the number of the first call.
    """

    def __init__(
        self,
        tools: Sequence[ToolSpec],
        new_id: Callable[[], str],
        *,
        parallel: bool = True,
        index: int = 0,
    ) -> None:
        self._tools = {tool.name: top_level(tool.schema) for tool in tools}
        self._new_id = new_id
        self._parallel = parallel
        self._next_index = index
        self._first_index = index
        self._out: list[ParserEvent] = []
        self._sources: list[tuple[str, int]] = []
        self._mode = _Mode.TEXT
        self._deaf = False
        # text
        self._line_start = True
        self._quoting = 0  # backticks of the open fence that quotes
        self._owed = False  # a call's fence is not closed yet
        self._blank = True  # only white space since the start or the last call
        self._white: list[str] = []
        # a call
        self._candidate = Candidate("`", own_line=False)
        self._object = CallObject({}, exact=False)
        self._raw: list[str] = []  # what was read of the object, or since its arguments were whole
        self._lead = ""  # text, should the object be no call
        self._again = ""  # to be read again before `_raw` then
        self._form = Form.ACTION
        self._ticks = 0
        self._call_id = ""
        self._index = -1  # of the call being read, once its name is out
        self._announced_end = False
        self._gap: list[str] = []
        self._run: list[str] = []
        self._spoilt = SpoiltCall(fenced=False)
        self._at_end = False
        self._more = False  # something follows the only call

    @property
    def calls(self) -> int:
        """How many calls began."""
        return self._next_index - self._first_index

    @property
    def closed(self) -> bool:
        """True when nothing more can come: parallel calls are off and one was made."""
        return self._deaf

    @property
    def ended(self) -> bool:
        """True when the answer goes on after all that can come of it.

        The end of the only call (braces, its fence, white space) is no more of the answer: who
        stops upstream there loses a session that was about to end well.
        """
        return self._more

    def feed(self, text: str) -> list[ParserEvent]:
        """Take more of the answer; return what is certain now."""
        if text:
            self._sources.append((text, 0))
            self._drain()
        return self._taken()

    def finish(self) -> list[ParserEvent]:
        """The answer is over; return what was held back. Nothing may be fed afterwards."""
        self._at_end = True
        while not self._deaf:
            self._drain()
            if self._mode is _Mode.TEXT:
                break
            self._end_mode()
        if self._white and not self.calls:
            self._out.append(TextDelta("".join(self._white)))
        self._white.clear()
        return self._taken()

    def _drain(self) -> None:
        steps = {
            _Mode.TEXT: self._read_text,
            _Mode.CANDIDATE: self._read_candidate,
            _Mode.OBJECT: self._read_object,
            _Mode.AFTER: self._read_after,
            _Mode.CLOSING: self._read_closing,
            _Mode.LINE_END: self._read_line_end,
            _Mode.SKIP: self._read_skip,
        }
        while self._sources and not self._deaf:
            text, index = self._sources.pop()
            depth = len(self._sources)
            while index < len(text) and len(self._sources) == depth and not self._deaf:
                index = steps[self._mode](text, index)
            if index < len(text):
                # What a step wants read again comes before the rest of this.
                self._sources.insert(depth, (text, index))
        if self._deaf:
            self._more = self._more or any(
                not _REST_OF_CALL.fullmatch(text, index) for text, index in self._sources
            )
            self._sources.clear()

    def _read_again(self, text: str) -> None:
        if text:
            self._sources.append((text, 0))

    def _taken(self) -> list[ParserEvent]:
        taken, self._out = self._out, []
        joined: list[ParserEvent] = []
        for run in _runs(taken):
            first = run[0]
            if isinstance(first, TextDelta | ToolCallArguments) and len(run) > 1:
                text = "".join(e.text for e in run if isinstance(e, TextDelta | ToolCallArguments))
                joined.append(replace(first, text=text))
            else:
                joined += run
        return joined

    # --- text ------------------------------------------------------------------------------------

    def _text(self, text: str) -> None:
        if not text:
            return
        line_at = text.rfind("\n") + 1
        in_indent = not text[line_at:].strip(_INDENT)
        self._line_start = in_indent and (line_at > 0 or self._line_start)
        if self._blank:
            self._white.append(text)
            if not text.strip(_BLANK):
                return
            self._blank = False
            text = "".join(self._white)
            self._white.clear()
        self._out.append(TextDelta(text))

    def _read_text(self, text: str, start: int) -> int:
        search = start
        hash_here = _HASH.match(text, start) if self._line_start else None
        while found := hash_here or _OPENER.search(text, search):
            hash_here = None
            at = found.end() - 1 if found[0][-1] == "#" else found.start()
            self._text(text[start:at])
            start = at
            if text[at] == "`" or (self._line_start and not self._quoting):
                self._candidate = Candidate(text[at], own_line=self._line_start)
                self._mode = _Mode.CANDIDATE
                return at
            search = found.end()
        self._text(text[start:])
        return len(text)

    def _read_candidate(self, text: str, index: int) -> int:
        candidate = self._candidate
        index = candidate.feed(text, index)
        if candidate.progress is Progress.REFUSED:
            self._refuse(at_line_end=index < len(text) and text[index] == "\n")
        elif candidate.progress is Progress.FOUND:
            if candidate.ticks and candidate.ticks < self._quoting:
                if candidate.is_explicit:
                    self._out.append(Warned("not_a_call", "quoted"))
                self._refuse(at_line_end=False)
            else:
                self._found()
        return index

    def _refuse(self, *, at_line_end: bool) -> None:
        """The candidate is text. A marker's fence may still be a call of its own."""
        candidate = self._candidate
        self._mode = _Mode.TEXT
        if candidate.marker and candidate.fence:
            self._text(candidate.marker)
            self._read_again(candidate.fence + candidate.gap)
            return
        bare = candidate.is_bare_fence and (at_line_end or self._at_end)
        if bare and self._owed:
            self._owed = False
            self._mode = _Mode.LINE_END
            self._gap = []
            return
        if candidate.fence and self._line_start:
            if self._quoting:
                if candidate.ticks >= self._quoting:
                    self._quoting = 0
            elif candidate.ticks > MIN_FENCE:
                self._quoting = candidate.ticks
            if candidate.ticks >= MIN_FENCE:
                self._owed = False
        self._text(candidate.marker + candidate.fence + candidate.gap)

    def _found(self) -> None:
        candidate = self._candidate
        if candidate.marker:
            self._lead, self._again = candidate.marker, candidate.fence + candidate.gap
        else:
            self._lead, self._again = candidate.fence, candidate.gap
        self._form, self._ticks = candidate.form, candidate.ticks
        self._begin_object()

    # --- the object ------------------------------------------------------------------------------

    def _begin_object(self) -> None:
        self._object = CallObject(self._tools, exact=self._form is Form.PLAIN)
        self._raw = []
        self._index = -1
        self._announced_end = False
        self._mode = _Mode.OBJECT

    def _read_object(self, text: str, start: int) -> int:
        index = self._object.feed(text, start)
        self._raw.append(text[start:index])
        if self._form is not Form.PLAIN:
            self._announce()
        if self._deaf:
            return index
        state = self._object.state
        if state is CallState.HOPELESS:
            self._give_up(self._object.reason)
        elif state is CallState.SPOILT:
            if self._form is Form.PLAIN:
                self._give_up("not_json")
            else:
                self._spoil(self._object.reason)
        elif state is CallState.CLOSED:
            self._object_closed()
        return index

    def _announce(self) -> None:
        """Send on what is known of the call."""
        call = self._object
        if call.arguments is None or self._announced_end:
            return
        if self._index < 0:
            self._index = self._next_index
            self._next_index += 1
            self._call_id = self._new_id()
            self._white.clear()
            self._blank = True
            self._quoting = 0
            self._owed = False
            self._out.append(ToolCallStarted(self._index, self._call_id, call.name))
        if settled := call.arguments.take():
            self._out.append(ToolCallArguments(self._index, settled))
        if call.arguments.whole:
            for note in call.arguments.notes:
                self._out.append(Warned("arguments_repaired", note))
            self._out.append(ToolCallFinished(self._index))
            self._announce_end()
        elif call.arguments.problem:
            self._break_off(call.arguments.problem)

    def _break_off(self, reasons: tuple[str, ...]) -> None:
        call = self._object
        emitted = call.arguments.emitted if call.arguments else ""
        self._out.append(ArgumentsBroken(self._index, self._call_id, call.name, emitted, reasons))
        self._announce_end()

    def _announce_end(self) -> None:
        self._announced_end = True
        self._raw.clear()
        self._deaf = not self._parallel

    def _give_up(self, reason: str) -> None:
        """The object is no call, and no word of it is out: text, read again for calls in it."""
        if self._form is not Form.PLAIN:
            self._out.append(Warned("not_a_call", reason))
        raw = "".join(self._raw)
        again = self._again + raw
        self._raw = []
        self._mode = _Mode.TEXT
        if self._candidate_quotes():
            self._quoting = self._ticks
        self._text(self._lead)
        self._read_again(again)

    def _candidate_quotes(self) -> bool:
        return self._ticks > MIN_FENCE and self._line_start and self._lead[:1] == "`"

    def _spoil(self, reason: str) -> None:
        """The object cannot be read to its end: leave the call where its fence closes."""
        raw = "".join(self._raw)
        if not self._announced_end:
            self._break_off((f"the arguments are not JSON: {reason}",))
        self._raw = []
        self._spoilt = SpoiltCall(fenced=self._ticks > 0)
        self._mode = _Mode.SKIP
        if not self._deaf:
            self._read_again(raw)

    def _object_closed(self) -> None:
        if self._object.torn:
            self._out.append(Warned("call_not_closed"))
        if self._object.extra_keys:
            self._out.append(Warned("extra_keys_ignored"))
        self._line_start = False
        self._gap = []
        self._run = []
        self._mode = _Mode.AFTER if self._ticks else _Mode.LINE_END

    # --- after the object ------------------------------------------------------------------------

    def _read_after(self, text: str, index: int) -> int:
        plain = self._form is Form.PLAIN
        if gap := (_ONLY_BLANK if plain else _AFTER_OBJECT).match(text, index):
            self._gap.append(gap[0])
            return gap.end()
        if text[index] == "`":
            self._mode = _Mode.CLOSING
        elif plain:
            self._raw += self._gap
            self._give_up("more_than_a_call")
        elif text[index] == "{":
            self._lead, self._again = "".join(self._gap), ""
            self._owed = True
            self._begin_object()
        else:
            self._leave_open()
        return index

    def _leave_open(self) -> None:
        """Something stands between a call and the end of its fence: text."""
        self._owed = True
        self._mode = _Mode.TEXT
        self._text("".join(self._gap))

    def _read_closing(self, text: str, index: int) -> int:
        if ticks := _TICKS.match(text, index):
            self._run.append(ticks[0])
            return ticks.end()
        self._closing_decided(closes=text[index].isspace())
        return index

    def _closing_decided(self, *, closes: bool) -> None:
        ticks = "".join(self._run)
        closes = closes and len(ticks) >= MIN_FENCE
        if self._form is Form.PLAIN:
            if not closes or len(ticks) < self._ticks:
                self._raw += [*self._gap, ticks]
                self._give_up("more_than_a_call")
                return
            self._announce()
        if closes:
            if any(char in "}],;" for piece in self._gap for char in piece):
                self._out.append(Warned("debris_after_call"))
            self._gap = []
            self._mode = _Mode.LINE_END
            return
        self._owed = len(ticks) < MIN_FENCE
        self._mode = _Mode.TEXT
        self._read_again("".join(self._gap) + ticks)

    def _read_line_end(self, text: str, index: int) -> int:
        if rest := _REST_OF_LINE.match(text, index):
            self._gap.append(rest[0])
            return rest.end()
        self._mode = _Mode.TEXT
        if text[index] == "\n":
            self._line_start = True
            return index + 1
        self._line_start = False
        self._text("".join(self._gap))
        return index

    def _read_skip(self, text: str, index: int) -> int:
        index = self._spoilt.feed(text, index)
        if self._spoilt.ended:
            self._line_start = True
            self._mode = _Mode.TEXT
            self._read_again(self._spoilt.next_opener)
        return index

    # --- the end of the answer -------------------------------------------------------------------

    def _end_mode(self) -> None:
        """The answer ends here, with nothing left to read: decide what is open."""
        if self._mode is _Mode.CANDIDATE:
            self._refuse(at_line_end=True)
        elif self._mode is _Mode.OBJECT:
            self._end_object()
        elif self._mode is _Mode.CLOSING:
            self._closing_decided(closes=True)
        elif self._mode is _Mode.AFTER:
            if self._form is Form.PLAIN:
                self._announce()
            self._mode = _Mode.TEXT
        else:
            self._mode = _Mode.TEXT

    def _end_object(self) -> None:
        if self._index < 0:
            self._give_up("cut_off")
        elif self._announced_end:
            self._out.append(Warned("call_not_closed"))
            self._spoil("")
        else:
            self._spoil("they are cut off")


def _runs(events: Iterable[ParserEvent]) -> Iterator[list[ParserEvent]]:
    """Group neighbours that say the same kind of thing of the same call."""
    for _, run in groupby(events, lambda event: (type(event), getattr(event, "index", -1))):
        yield list(run)
