"""From an upstream's answer channels to stream events: overwrites, reasoning, halves of characters.

`AnswerAssembler` is handed what an upstream says of one turn, in order, and returns the neutral
events that say the same. It owns four truths of the contract (http-api §3, "Answers"):

* `overwrite` replaces all text so far. What a client has already been given cannot be taken back:
  a new text that extends it goes on from there, any other raises OverwriteConflictError.
* `full_answer` at the end counts only when no text came.
* Reasoning is one stream, whether it has a channel of its own or stands in the text.
* A delta never ends in half a surrogate pair (a stream cut inside an emoji).
"""

from gateway_engine.conversation import ReasoningDelta, TextDelta
from gateway_engine.json_text import ends_in_high_surrogate, mend_surrogates
from gateway_engine.upstreams.wire.thinking import Piece, ThinkingSplitter

Delta = TextDelta | ReasoningDelta


class OverwriteConflictError(Exception):
    """Upstream replaced text that had been passed on already. Carries both texts' lengths."""

    def __init__(self, sent: str, replacement: str) -> None:
        super().__init__("upstream replaced text that was already sent")
        self.sent = sent
        self.replacement = replacement


class AnswerAssembler:
    """One turn's answer in the making. Pure; each method returns the deltas that follow from it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._thoughts: list[str] = []
        self._text = _Joiner()
        self._splitter = ThinkingSplitter()
        self._reasoning = _Joiner()

    @property
    def has_text(self) -> bool:
        """True once any answer text came."""
        return bool(self._pieces) or self._text.holds or self._splitter.holds_text

    def answer(self, text: str) -> list[Delta]:
        """Upstream gave more text."""
        return self._add(self._splitter.feed(self._text.join(text)))

    def overwrite(self, text: str, unsent: int) -> list[Delta]:
        """Upstream gave the whole text so far; the last `unsent` text deltas never left.

        They are void now: what is returned stands in their place. Raises OverwriteConflictError.
        """
        kept = len(self._pieces) - unsent
        sent = "".join(self._pieces[:kept])
        self._text = _Joiner()
        self._splitter = ThinkingSplitter()
        split = self._splitter.feed(self._text.join(text))
        whole = "".join(said for reasoning, said in split if not reasoning)
        if not whole.startswith(sent):
            raise OverwriteConflictError(sent, whole)
        del self._pieces[kept:]
        # What was thought aloud stays said: only what goes beyond it is new.
        thought = "".join(self._thoughts)
        again = "".join(said for reasoning, said in split if reasoning)
        new_thought = again[len(thought) :] if again.startswith(thought) else ""
        return self._add([(True, new_thought), (False, whole[len(sent) :])])

    def think(self, text: str) -> list[Delta]:
        """Upstream gave more reasoning."""
        joined = self._reasoning.join(text)
        return [ReasoningDelta(joined)] if joined else []

    def finish(self, full_answer: str = "") -> list[Delta]:
        """Upstream is done; what was held back comes out now."""
        deltas: list[Delta] = []
        rest = self._reasoning.flush()
        if rest:
            deltas.append(ReasoningDelta(rest))
        deltas += self._end_text()
        if full_answer and not self._pieces:
            deltas += self.overwrite(full_answer, 0) + self._end_text()
        return deltas

    def _end_text(self) -> list[Delta]:
        split = self._splitter.feed(self._text.flush())
        return self._add([*split, *self._splitter.flush()])

    def _add(self, split: list[Piece]) -> list[Delta]:
        deltas: list[Delta] = []
        for reasoning, text in split:
            if not text:
                continue
            if reasoning:
                self._thoughts.append(text)
                deltas.append(ReasoningDelta(text))
            else:
                self._pieces.append(text)
                deltas.append(TextDelta(text))
        return deltas


class _Joiner:
    """Joins surrogate pairs that a stream cut in two."""

    def __init__(self) -> None:
        self._held = ""

    @property
    def holds(self) -> bool:
        return bool(self._held)

    def join(self, text: str) -> str:
        if text.isascii() and not self._held:
            return text
        text = self._held + text
        self._held = ""
        if ends_in_high_surrogate(text):
            self._held = text[-1]
            text = text[:-1]
        return mend_surrogates(text)

    def flush(self) -> str:
        held, self._held = self._held, ""
        return mend_surrogates(held)
