"""From an upstream's answer channels to stream events: overwrites, reasoning, halves of characters.

`AnswerAssembler` is handed what an upstream says of one turn, in order, and returns the neutral
events that say the same. It owns three truths of the contract (http-api §3, "Answers"):

* `overwrite` replaces all text so far. What a client has already been given cannot be taken back:
  a new text that extends it goes on from there, any other raises OverwriteConflictError.
* `full_answer` at the end counts only when no text came.
* A delta never ends in half a surrogate pair (a stream cut inside an emoji).
"""

from gateway_engine.conversation import ReasoningDelta, TextDelta
from gateway_engine.json_text import ends_in_high_surrogate, mend_surrogates

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
        self._text = _Joiner()
        self._reasoning = _Joiner()

    @property
    def has_text(self) -> bool:
        """True once any answer text came."""
        return bool(self._pieces) or self._text.holds

    def answer(self, text: str) -> list[Delta]:
        """Upstream gave more text."""
        return self._add(self._text.join(text))

    def overwrite(self, text: str, unsent: int) -> list[Delta]:
        """Upstream gave the whole text so far; the last `unsent` text deltas never left.

        They are void now: what is returned stands in their place. Raises OverwriteConflictError.
        """
        kept = len(self._pieces) - unsent
        sent = "".join(self._pieces[:kept])
        whole = mend_surrogates(text)
        if not whole.startswith(sent):
            raise OverwriteConflictError(sent, whole)
        del self._pieces[kept:]
        self._text = _Joiner()
        return self._add(whole[len(sent) :])

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
        deltas += self._add(self._text.flush())
        if full_answer and not self._pieces:
            deltas += self._add(mend_surrogates(full_answer))
        return deltas

    def _add(self, text: str) -> list[Delta]:
        if not text:
            return []
        self._pieces.append(text)
        return [TextDelta(text)]


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
