"""One call's arguments while they stream: what may already be sent on. Pure.

Tokens of the arguments object come in; `take` gives the text that is settled: strict JSON, of keys
and types the schema allows at its top level. A comma, a closing quote and spaces are settled only
by what follows them, so that a trailing comma or a stray quote never leaves. From the first token
that needs mending, or the first value that needs changing, everything is held until the object
closes; then `repair.conform` says what it means.
"""

from gateway_engine.tools.lenient_json import Kind, Token, key_of
from gateway_engine.tools.repair import Unrepairable, conform, kind_of, repair_arguments
from gateway_engine.tools.top_level import TopLevel


class ArgumentStream:
    """The arguments of one call. `whole` when they are complete; `problem` when they cannot be."""

    def __init__(self, schema: TopLevel) -> None:
        self.whole = False
        self.problem: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        self._schema = schema
        self._tokens: list[Token] = []
        self._unsettled: list[str] = []
        self._ready: list[str] = []
        self._sent: list[str] = []
        self._keys: set[str] = set()
        self._key = ""
        self._base = 1
        self._held = False

    @property
    def emitted(self) -> str:
        """Everything `take` has given so far."""
        return "".join(self._sent)

    def take(self) -> str:
        """Return what became settled since the last call."""
        text = "".join(self._ready)
        self._ready.clear()
        if text:
            self._sent.append(text)
        return text

    def add(self, token: Token) -> None:
        """Take the next token of the object, from its opening to its closing brace."""
        if not self._tokens:
            self._base = token.depth + 1
        self._tokens.append(token)
        if token.kind is Kind.CLOSE and token.depth < self._base:
            self._close(token)
        elif not self._held:
            self._follow(token)

    def replace(self, text: str) -> None:
        """Take all of the arguments at once, as a text that may need repair."""
        outcome = repair_arguments(text, self._schema)
        if isinstance(outcome, Unrepairable):
            self.problem = outcome.reasons
            return
        self.notes += outcome.notes
        self._ready.append(outcome.text)
        self.whole = True

    def _follow(self, token: Token) -> None:
        if token.mended:
            self._held = True
            return
        kind = token.kind
        if kind in (Kind.SPACE, Kind.COMMA, Kind.STRING_END, Kind.COLON):
            self._unsettled.append(token.text)
            return
        if token.depth == self._base:
            if kind is Kind.KEY:
                self._key = key_of(token)
                self._keys.add(self._key)
                self._unsettled.append(token.text)
                return
            if kind in (Kind.STRING_START, Kind.SCALAR, Kind.OPEN) and not (
                self._schema.knows(self._key)
                and self._schema.allows(self._key, kind_of(token, token.text))
            ):
                self._held = True
                return
        self._settle(token)

    def _settle(self, token: Token) -> None:
        self._ready += self._unsettled
        self._unsettled.clear()
        self._ready.append(token.text)

    def _close(self, token: Token) -> None:
        if not self._held and not token.mended and not self._schema.missing(self._keys):
            self._settle(token)
            self.whole = True
            return
        outcome = conform(self._tokens, self._schema)
        if isinstance(outcome, Unrepairable):
            self.problem = outcome.reasons
            return
        given = "".join([*self._sent, *self._ready])
        if not outcome.text.startswith(given):
            self.problem = ("the arguments changed while they were repaired",)
            return
        self.notes += ("the JSON was mended",) if any(t.mended for t in self._tokens) else ()
        self.notes += outcome.notes
        self._ready.append(outcome.text[len(given) :])
        self.whole = True
