"""Secrets are removed from whatever is written, irrevocably; there is no switch. Pure.

Known values (the gateway's keys and tokens, what upstream's login brought) are removed wherever
they stand: in any text, in JSON however it is escaped, and cut into the deltas of a stream. In what
an upstream says, values under telling names go as well, and so do credentials that it quotes where
it says why something failed. What users wrote is theirs and stays.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote, unquote_plus

from gateway_engine.credential_text import MARK, without_credentials
from gateway_engine.json_text import InvalidJsonError, mend_surrogates, parse, render

MIN_ANYWHERE_CHARS: Final = 6
"""Shorter secrets are removed as whole words only: inside of words they are chance."""
MAX_KNOWN: Final = 512
BEGINNING_CHARS: Final = 16
"""So much of a long secret is enough, or its first half: what goes on from there goes as well."""
MIN_LONG_CHARS: Final = 24
MAX_REACH: Final = 4096

_GOES_ON: Final = re.compile(r"[\w.+/=~-]*")

_ESCAPES: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_SENSITIVE: Final = re.compile(
    "auth|authorization|bundle|bundleb64|bundleage|sessionbundle|credentials?"
    "|.*(apikey|accesskey|privatekey|token|tokenstring|passw(or)?d|passphrase|secret|cookie)"
)
_WHY: Final = frozenset(
    ("reason", "message", "msg", "error", "errormessage", "errormsg", "detail", "details", "data")
)
"""Where upstreams say in words what failed, without the marks between words."""
_NAMED: Final = re.compile(r'"([A-Za-z_-]{4,40})"\s*:\s*"((?:[^"\\]|\\.)*)"?')
_QUERY_VALUE: Final = re.compile(r"([?&])([^=&#]{1,100})=([^&#]+)")
_NAMES: Final = re.compile(r'"([A-Za-z_-]{4,40})"\s*:')

Span = tuple[int, int]


class Secrets:
    """The values that must never be written. Learn them on one thread; any may look."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()
        self._fixed = frozenset(value for value in values if value.strip())
        self._finder = SecretFinder.of(self._fixed)

    def learn(self, values: Iterable[str]) -> list[str]:
        """Take more of them, such as the tokens of a login, and return those that were new. When
        there are too many the oldest learnt are forgotten."""
        new = [value for value in values if value.strip() and value not in self._fixed]
        new = [value for value in new if value not in self._known]
        if not new:
            return []
        for value in new:
            self._known[value] = None
        while len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        self._finder = SecretFinder.of({*self._fixed, *self._known})
        return new

    def finder(self) -> "SecretFinder":
        """What is known now."""
        return self._finder


@dataclass(frozen=True, slots=True)
class SecretFinder:
    """Finds every spelling of some secrets, and the beginnings of long ones.

    Where a text was cut off, the last `reach` characters may hold the beginning of a secret.
    """

    spellings: tuple[str, ...]
    beginnings: tuple[str, ...]
    words: re.Pattern[str] | None
    reach: int

    @classmethod
    def of(cls, secrets: Iterable[str]) -> "SecretFinder":
        """Return the finder of these secrets."""
        spellings: set[str] = set()
        short: set[str] = set()
        for secret in secrets:
            found = spellings if len(secret) >= MIN_ANYWHERE_CHARS else short
            found |= _spellings(secret[:MAX_REACH])
        words = None
        if short:
            either = "|".join(re.escape(word) for word in sorted(short, key=len, reverse=True))
            words = re.compile(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])")
        long = {
            s[: min(BEGINNING_CHARS, len(s) // 2)] for s in spellings if len(s) >= MIN_LONG_CHARS
        }
        reach = min(6 * max(map(len, spellings | short), default=0), MAX_REACH)
        return cls(tuple(spellings), tuple(long), words, reach)

    def spans(self, text: str) -> list[Span]:
        """Return where secrets stand in `text`: in order, none touching another."""
        found: list[Span] = []
        for spelling in self.spellings:
            at = text.find(spelling)
            while at >= 0:
                found.append((at, at + len(spelling)))
                at = text.find(spelling, at + 1)
        for beginning in self.beginnings:
            at = text.find(beginning)
            while at >= 0:
                goes_on = _GOES_ON.match(text, at + len(beginning))
                end = goes_on.end() if goes_on is not None else at + len(beginning)
                found.append((at, end))
                at = text.find(beginning, end)
        if self.words is not None:
            found += [match.span() for match in self.words.finditer(text)]
        return _merged(found)

    def clean(self, text: str) -> str:
        """Return `text` without them."""
        for _ in range(3):  # a mark may complete another secret, if that has asterisks in it
            spans = self.spans(text)
            if not spans:
                return text
            text = _rewritten([text], spans)[0]
        return MARK if self.spans(text) else text


@dataclass(slots=True)
class Redactor:
    """Redacts the parts of one record and notes in `removed` where something was."""

    finder: SecretFinder
    removed: list[str] = field(default_factory=list)

    def text(self, text: str, where: str) -> str:
        """Return plain text without secrets, and such that it can be encoded: the bytes of a header
        that are no UTF-8 come as lone surrogates."""
        text = mend_surrogates(text)
        cleaned = self.finder.clean(text)
        if "\\u" in cleaned and self.finder.spans(_unescaped(cleaned)):
            cleaned = MARK  # hidden in escapes of what is not JSON: nothing of it can be kept
        return self._noted(text, cleaned, where)

    def url(self, url: str, where: str) -> str:
        """Return an address without secrets, however they are percent-encoded.

        What stands in it under a name that keys have is one, be it ours or another service's.
        """
        cleaned = self.finder.clean(_QUERY_VALUE.sub(_without_key, mend_surrogates(url)))
        if self.finder.spans(unquote(cleaned)) or self.finder.spans(unquote_plus(cleaned)):
            cleaned = f"{self.finder.clean(cleaned.partition('?')[0])}?{MARK}"
        return self._noted(mend_surrogates(url), cleaned, where)

    def json(self, text: str, where: str, *, by_name: bool = False) -> str:
        """Return a JSON text without secrets; what is no JSON is taken as plain text."""
        return self.stream([text], where, by_name=by_name)[0]

    def stream(
        self,
        texts: Sequence[str],
        where: str,
        *,
        by_name: bool = False,
        spoken: Iterable[str] | None = None,
    ) -> list[str]:
        """Return the pieces of one stream, of which each is JSON or plain, without secrets.

        A secret that was cut into several pieces is found where their strings at the same place,
        put together, spell it. `spoken` are all the texts that the pieces deal out, where that is
        known: pieces with nothing to hide are then seen as such at a glance.
        """
        if spoken is not None and self.harmless("\n".join(texts), spoken, by_name=by_name):
            return list(texts)
        values = [_parsed(text) for text in texts]
        leaves: dict[str, list[_Leaf]] = {}
        changed: set[int] = set()
        for number, value in enumerate(values):
            if value is not None:
                for leaf in _leaves(value, number, changed, by_name=by_name):
                    leaves.setdefault(leaf.path, []).append(leaf)
        for group in leaves.values():
            spans = self.finder.spans("".join(leaf.text for leaf in group))
            if spans:
                for leaf, new in zip(
                    group, _rewritten([leaf.text for leaf in group], spans), strict=True
                ):
                    if new != leaf.text:
                        leaf.holder[leaf.key] = new
                        changed.add(leaf.piece)
        return [
            self._piece(text, value, number in changed, where, by_name=by_name)
            for number, (text, value) in enumerate(zip(texts, values, strict=True))
        ]

    def harmless(self, joined: str, spoken: Iterable[str], *, by_name: bool = False) -> bool:
        """Tell whether it can be seen at a glance that pieces which deal out `spoken` are clean."""
        return not (
            "\\u" in joined
            or "\\/" in joined
            or self.finder.spans(joined)
            or any(self.finder.spans(text) for text in spoken)
            or (by_name and any(sensitive_name(name) for name in set(_NAMES.findall(joined))))
        )

    def value(self, value: dict[str, Any], where: str) -> dict[str, Any]:
        """Return a JSON object, changed in place, whose strings hold no secrets."""
        for leaf in _leaves([value], 0, set(), by_name=False):
            cleaned = self._noted(leaf.text, self.finder.clean(leaf.text), where)
            if cleaned != leaf.text:
                leaf.holder[leaf.key] = cleaned
        return value

    def _piece(
        self, text: str, value: "_Root | None", new: bool, where: str, *, by_name: bool
    ) -> str:
        if value is None:
            if by_name:
                named = without_credentials(_NAMED.sub(_without_named, text))
                text = self._noted(text, named, where)
            return self.text(text, where)
        # What a name twice in one object or an odd escape may hide does not survive rendering.
        shown = render(value[0]).decode() if new or "\\u" in text or "\\/" in text else text
        cleaned = self.finder.clean(shown)
        if new or cleaned != shown:
            self._note(where)
        return cleaned

    def _noted(self, before: str, after: str, where: str) -> str:
        if before != after:
            self._note(where)
        return after

    def _note(self, where: str) -> None:
        if where not in self.removed:
            self.removed.append(where)


def sensitive_name(name: str) -> bool:
    """Tell whether an upstream keeps a secret under this name."""
    return _SENSITIVE.fullmatch(_plain(name)) is not None


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


# --- JSON values ---

_Root = list[Any]
"""One value, held so that it can be replaced like any other."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A string of a JSON value and where it stands."""

    holder: Any
    key: Any
    path: str
    text: str
    piece: int


def _parsed(text: str) -> _Root | None:
    try:
        return [parse(text)] if text else None
    except InvalidJsonError:
        return None


def _leaves(root: _Root, piece: int, changed: set[int], *, by_name: bool) -> Iterator[_Leaf]:
    """Yield the strings in order; with `by_name` what stands under a telling name is replaced.

    Not recursive: a client may nest as deeply as the parser lets it.
    """
    kind = root[0].get("method") or root[0].get("type") if isinstance(root[0], dict) else ""
    waiting: list[tuple[Any, Any, str]] = [(root, 0, str(kind or ""))]
    while waiting:
        holder, key, path = waiting.pop()
        value = holder[key]
        if isinstance(value, str):
            yield _Leaf(holder, key, path, value, piece)
        elif isinstance(value, list):
            waiting += [(value, n, path) for n in range(len(value) - 1, -1, -1)]
        elif isinstance(value, dict):
            for name in reversed(value):
                inner = value[name]
                if by_name and sensitive_name(name) and _says_something(inner):
                    value[name] = MARK
                    changed.add(piece)
                    continue
                if by_name and isinstance(inner, str) and _plain(name) in _WHY:
                    value[name] = without_credentials(inner)
                    if value[name] != inner:
                        changed.add(piece)
                waiting.append((value, name, f"{path}.{name}"))


def _says_something(value: Any) -> bool:
    return value not in ("", MARK, None, [], {}) and not isinstance(value, bool | int | float)


def _without_key(match: re.Match[str]) -> str:
    name = unquote_plus(match[2])
    told = name.lower() == "key" or sensitive_name(name)
    return f"{match[1]}{match[2]}={MARK}" if told else match[0]


def _without_named(match: re.Match[str]) -> str:
    return f'"{match[1]}":"{MARK}"' if match[2] and sensitive_name(match[1]) else match[0]


# --- texts ---


def _spellings(secret: str) -> set[str]:
    written = json.dumps(secret, ensure_ascii=False)[1:-1]
    return {
        secret,
        written,
        json.dumps(secret)[1:-1],
        json.dumps(written, ensure_ascii=False)[1:-1],
        quote(secret, safe="", errors="replace"),
        secret.replace("/", "\\/"),
    }


def _unescaped(text: str) -> str:
    return _ESCAPES.sub(lambda match: chr(int(match[1], 16)), text)


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _rewritten(texts: Sequence[str], spans: Sequence[Span]) -> list[str]:
    """Return `texts` with the spans of their concatenation replaced, each where it begins."""
    rewritten: list[str] = []
    start, number = 0, 0
    for text in texts:
        end, at = start + len(text), start
        pieces: list[str] = []
        while number < len(spans) and spans[number][0] < end:
            first, last = spans[number]
            if first >= at:
                pieces += [text[at - start : first - start], MARK]
            at = min(last, end)
            if last > end:
                break  # it goes on in the next text
            number += 1
        pieces.append(text[at - start :])
        rewritten.append("".join(pieces))
        start = end
    return rewritten
