"""From an upstream's answer channels to stream events: overwrites, reasoning, halves of characters.

`AnswerAssembler` is handed what an upstream says of one turn, in order, and returns the neutral
events that say the same. It owns four truths:

* Reasoning from its own channel and from inside the answer text is one stream of ReasoningDelta.
* `overwrite` replaces all text so far. What a client has already been given cannot be taken back:
  a new text that extends it goes on from there, any other raises OverwriteConflictError. Reasoning
  that was given stays; a new text's reasoning goes on from there, or is left out.
* `full_answer` at the end counts only when no text came.
* A delta never ends in half a surrogate pair (a stream cut inside an emoji).

Cards of upstream's own tools are no text; they are kept in `cards`.
"""

from gateway_engine.conversation import ReasoningDelta, TextDelta
from gateway_engine.json_text import ends_in_high_surrogate, mend_surrogates
from gateway_engine.upstreams.wire.reasoning import (
    AnswerReasoning,
    AnswerText,
    Item,
    NativeCard,
    ReasoningSplitter,
)

Delta = TextDelta | ReasoningDelta


class OverwriteConflictError(Exception):
    """Upstream replaced text that had been passed on already. Carries both texts."""

    def __init__(self, sent: str, replacement: str) -> None:
        super().__init__("upstream replaced text that was already sent")
        self.sent = sent
        self.replacement = replacement


class AnswerAssembler:
    """One turn's answer in the making. Pure; each method returns the deltas that follow from it."""

    def __init__(self) -> None:
        self.cards: list[NativeCard] = []
        self._given: list[tuple[Delta, bool]] = []  # a delta, and whether the text channel gave it
        self._texts = 0
        self._text = _Joiner()
        self._splitter = ReasoningSplitter()
        self._reasoning = _Joiner()

    @property
    def has_text(self) -> bool:
        """True once any answer text was given; reasoning alone is none."""
        return self._texts > 0 or self._text.holds

    def answer(self, text: str) -> list[Delta]:
        """Upstream gave more text."""
        return self._split(self._text.join(text))

    def overwrite(self, text: str, unsent: int) -> list[Delta]:
        """Upstream gave the whole text so far; the last `unsent` deltas of any kind never left.

        They are void now: what is returned stands in their place. Raises OverwriteConflictError.
        """
        kept = len(self._given) - unsent
        again = [delta for delta, from_text in self._given[kept:] if not from_text]
        del self._given[kept:]
        joiner = _Joiner()
        whole = joiner.join(text)
        splitter = ReasoningSplitter()
        items = splitter.feed(whole)
        rest = self._beyond_given(items, whole)
        self._texts = sum(isinstance(delta, TextDelta) for delta, _ in self._given)
        self.cards = [item for item in items if isinstance(item, NativeCard)]
        self._text = joiner
        self._splitter = splitter
        return [*self._give(again, from_text=False), *self._give(rest, from_text=True)]

    def think(self, text: str) -> list[Delta]:
        """Upstream gave more reasoning."""
        joined = self._reasoning.join(text)
        return self._give([ReasoningDelta(joined)] if joined else [], from_text=False)

    def finish(self, full_answer: str = "") -> list[Delta]:
        """Upstream is done; what was held back comes out now."""
        thought = self._reasoning.flush()
        deltas = self._give([ReasoningDelta(thought)] if thought else [], from_text=False)
        deltas += self._split(self._text.flush())
        deltas += self._take(self._splitter.finish())
        if full_answer and not self.has_text:
            splitter = ReasoningSplitter()
            items = [*splitter.feed(mend_surrogates(full_answer)), *splitter.finish()]
            deltas += self._give(self._beyond_given(items, full_answer), from_text=True)
            self.cards = [item for item in items if isinstance(item, NativeCard)]
        return deltas

    def _split(self, text: str) -> list[Delta]:
        return self._take(self._splitter.feed(text)) if text else []

    def _take(self, items: list[Item]) -> list[Delta]:
        self.cards += [item for item in items if isinstance(item, NativeCard)]
        return self._give(_deltas(items), from_text=True)

    def _give(self, deltas: list[Delta], *, from_text: bool) -> list[Delta]:
        for delta in deltas:
            self._given.append((delta, from_text))
            self._texts += isinstance(delta, TextDelta)
        return deltas

    def _beyond_given(self, items: list[Item], whole: str) -> list[Delta]:
        """What `items` say beyond what the text channel gave already."""
        deltas = _deltas(items)
        sent = _said(TextDelta, [delta for delta, _ in self._given])
        text = _said(TextDelta, deltas)
        if not text.startswith(sent):
            raise OverwriteConflictError(sent, whole)
        known = _said(ReasoningDelta, [delta for delta, from_text in self._given if from_text])
        thought = _said(ReasoningDelta, deltas)
        goes_on = thought.startswith(known)
        skip = {TextDelta: len(sent), ReasoningDelta: len(known) if goes_on else len(thought)}
        rest: list[Delta] = []
        for delta in deltas:
            kind = type(delta)
            new = delta.text[skip[kind] :]
            skip[kind] = max(0, skip[kind] - len(delta.text))
            if new:
                rest.append(kind(new))
        return rest


def _deltas(items: list[Item]) -> list[Delta]:
    deltas: list[Delta] = []
    for item in items:
        if isinstance(item, AnswerText):
            deltas.append(TextDelta(item.text))
        elif isinstance(item, AnswerReasoning):
            deltas.append(ReasoningDelta(item.text))
    return deltas


def _said(kind: type[Delta], deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, kind))


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
