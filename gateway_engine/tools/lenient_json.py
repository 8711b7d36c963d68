r"""One JSON value read as it arrives, with the slips of language models mended on the way. Pure.

`LenientReader` turns pieces of text into tokens whose texts, joined, are strict JSON. What is
strict on the way in is byte for byte the same on the way out; a token that had to be mended says
so. Mended are:

* a trailing comma before a closing bracket (the closing token is the mended one; whoever joins the
  tokens leaves the comma out, see `join_strict`),
* typographic or single quotes as delimiters, a key without quotes,
* raw line ends, tabs and control characters inside a string, an escape JSON does not know (`\d`
  means a backslash and a d, unless the same string also holds a `\n`: then nobody can tell),
* `True`, `False`, `None`; spaces JSON does not know; half a surrogate pair.

Not mended, because it would be a guess: missing commas, missing quotes, comments, `NaN`.

At every moment the reader is between tokens or inside one string whose end only one character can
bring, and every quote character changes that state. So readers that started at different places of
one text can never come to agree, and re-reading a text from each place that could start a value
costs no more than a fixed number of passes: that is why comments are not skipped.
"""

import re
from collections.abc import Iterable
from enum import Enum, auto
from typing import Final, NamedTuple

from gateway_engine.json_text import parse

MAX_DEPTH: Final = 200

_SPACE: Final = re.compile(r"[ \t\r\n]+")
_WORD: Final = re.compile(r"[A-Za-z0-9_$+.\-]+")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BARE_KEY: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$\-]*")
_CLOSING_QUOTE: Final = {'"': '"', "'": "'", "“": "”", "”": "”", "‘": "’", "’": "’"}
_PLAIN: Final = {
    quote: re.compile(rf'[^"\\\x00-\x1f{quote}]+') for quote in _CLOSING_QUOTE.values()
}
_WORDS: Final = {"true": "true", "false": "false", "null": "null"}
_PYTHON_WORDS: Final = {"True": "true", "False": "false", "None": "null"}
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_HARD_ESCAPES: Final = '"\\/'
_SOFT_ESCAPES: Final = "bfnrt"
_CONTROLS: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


class Kind(Enum):
    """What a token is. A key is one token; a string value is a start, chunks and an end."""

    OPEN = auto()
    CLOSE = auto()
    KEY = auto()
    COLON = auto()
    COMMA = auto()
    STRING_START = auto()
    STRING_CHUNK = auto()
    STRING_END = auto()
    SCALAR = auto()
    SPACE = auto()


class Token(NamedTuple):
    """`text` is strict JSON; `depth` counts the containers around the token."""

    kind: Kind
    text: str
    depth: int
    mended: bool


class _Expect(Enum):
    VALUE = auto()
    FIRST_VALUE = auto()  # or the end of an empty array
    NEXT_VALUE = auto()  # after a comma: or, mended, the end of the array
    FIRST_KEY = auto()
    NEXT_KEY = auto()
    COLON = auto()
    COMMA = auto()


_VALUES: Final = (_Expect.VALUE, _Expect.FIRST_VALUE, _Expect.NEXT_VALUE)
_KEYS: Final = (_Expect.FIRST_KEY, _Expect.NEXT_KEY)
_PAUSES: Final = frozenset({Kind.OPEN, Kind.CLOSE, Kind.KEY, Kind.STRING_END, Kind.SCALAR})


class LenientReader:
    """Reads one value. `done` once it is whole; `broken` says why it can never be."""

    def __init__(self) -> None:
        self.done = False
        self.broken = ""
        self._stack: list[str] = []
        self._expect = _Expect.VALUE
        self._word: list[str] = []
        self._string: _String | None = None
        self._key: list[str] | None = None  # the strict text of the key being read

    def feed(self, text: str, start: int, out: list[Token]) -> int:
        """Read on from `text[start]`, append tokens to `out`, return the first index not read.

        Stops early when the value is done or broken, and after a token of the outermost object
        that means something to whoever looks for a call.
        """
        index, size = start, len(text)
        while index < size and not self.done and not self.broken:
            seen = len(out)
            if self._string is not None:
                index = self._read_string(self._string, text, index, out)
            elif self._word:
                index = self._read_word(text, index, out)
            else:
                index = self._between(text, index, out)
            if len(out) > seen and out[-1].depth <= 1 and out[-1].kind in _PAUSES:
                break
        return index

    # --- between tokens --------------------------------------------------------------------------

    def _between(self, text: str, index: int, out: list[Token]) -> int:
        char = text[index]
        if space := _SPACE.match(text, index):
            out.append(Token(Kind.SPACE, space[0], len(self._stack), False))
            return space.end()
        if char == "\ufeff" or char.isspace():
            out.append(Token(Kind.SPACE, "", len(self._stack), True))
            return index + 1
        if char in _CLOSING_QUOTE and self._expect in (*_VALUES, *_KEYS):
            return self._open_string(char, index, out)
        if char in "{[" and self._expect in _VALUES:
            return self._open(char, index, out)
        if char in "}]":
            return self._close(char, index, out)
        if char == ":" and self._expect is _Expect.COLON:
            out.append(Token(Kind.COLON, ":", len(self._stack), False))
            self._expect = _Expect.VALUE
            return index + 1
        if char == "," and self._expect is _Expect.COMMA:
            out.append(Token(Kind.COMMA, ",", len(self._stack), False))
            self._expect = _Expect.NEXT_KEY if self._stack[-1] == "{" else _Expect.NEXT_VALUE
            return index + 1
        if _WORD.match(char) and self._expect in (*_VALUES, *_KEYS):
            return self._read_word(text, index, out)
        self.broken = f"found {char!r} where JSON has {self._expect.name.lower().replace('_', ' ')}"
        return index

    def _open(self, char: str, index: int, out: list[Token]) -> int:
        if len(self._stack) >= MAX_DEPTH:
            self.broken = "nested too deeply"
            return index
        out.append(Token(Kind.OPEN, char, len(self._stack), False))
        self._stack.append(char)
        self._expect = _Expect.FIRST_KEY if char == "{" else _Expect.FIRST_VALUE
        return index + 1

    def _close(self, char: str, index: int, out: list[Token]) -> int:
        after_comma = self._expect in (_Expect.NEXT_KEY, _Expect.NEXT_VALUE)
        may = after_comma or self._expect in (
            _Expect.COMMA,
            _Expect.FIRST_KEY,
            _Expect.FIRST_VALUE,
        )
        if not may or not self._stack or (self._stack[-1] == "{") != (char == "}"):
            self.broken = f"found {char!r} in the wrong place"
            return index
        self._stack.pop()
        out.append(Token(Kind.CLOSE, char, len(self._stack), after_comma))
        self._value_ended()
        return index + 1

    def _value_ended(self) -> None:
        self._expect = _Expect.COMMA
        self.done = not self._stack

    # --- words -----------------------------------------------------------------------------------

    def _read_word(self, text: str, index: int, out: list[Token]) -> int:
        if more := _WORD.match(text, index):
            self._word.append(more[0])
            index = more.end()
            if index == len(text):
                return index
        word = "".join(self._word)
        self._word.clear()
        depth = len(self._stack)
        if self._expect in _KEYS:
            if not _BARE_KEY.fullmatch(word):
                self.broken = "found a key without quotes"
                return index
            out.append(Token(Kind.KEY, f'"{word}"', depth, True))
            self._expect = _Expect.COLON
            return index
        if word in _WORDS or _NUMBER.fullmatch(word):
            out.append(Token(Kind.SCALAR, word, depth, False))
        elif word in _PYTHON_WORDS:
            out.append(Token(Kind.SCALAR, _PYTHON_WORDS[word], depth, True))
        else:
            self.broken = "found a word that is not JSON"
            return index
        self._value_ended()
        return index

    # --- strings ---------------------------------------------------------------------------------

    def _open_string(self, char: str, index: int, out: list[Token]) -> int:
        closing = _CLOSING_QUOTE[char]
        self._string = _String(closing, mended=char != '"')
        if self._expect in _KEYS:
            self._key = ['"']
        else:
            out.append(Token(Kind.STRING_START, '"', len(self._stack), char != '"'))
        return index + 1

    def _read_string(self, string: "_String", text: str, index: int, out: list[Token]) -> int:
        chunks: list[str] = []
        string.strict = 0
        index = string.read(text, index, chunks)
        depth = len(self._stack)
        strict = string.strict if string.mended else len(chunks)
        if self._key is not None:
            self._key += chunks
        else:
            if strict:
                out.append(Token(Kind.STRING_CHUNK, "".join(chunks[:strict]), depth, False))
            if strict < len(chunks):
                out.append(Token(Kind.STRING_CHUNK, "".join(chunks[strict:]), depth, True))
        if string.broken:
            self.broken = string.broken
        elif string.ended:
            self._string = None
            if self._key is None:
                out.append(Token(Kind.STRING_END, '"', depth, string.mended))
                self._value_ended()
            else:
                out.append(Token(Kind.KEY, "".join([*self._key, '"']), depth, string.mended))
                self._key = None
                self._expect = _Expect.COLON
        return index


class _String:
    """The inside of one string, up to and with its closing quote."""

    def __init__(self, closing: str, *, mended: bool) -> None:
        self.ended = False
        self.broken = ""
        self.mended = mended
        self.strict = 0
        """How many of the chunks last read stand before the first mended one."""
        self._closing = closing
        self._plain = _PLAIN[closing]
        self._escape = ""  # an escape that is not whole yet
        self._high = ""  # the escape of a first half of a surrogate pair
        self._soft = False
        self._unknown = False

    def read(self, text: str, index: int, chunks: list[str]) -> int:
        """Read on; append strict JSON to `chunks`; return the first index not read."""
        size = len(text)
        while index < size and not self.ended and not self.broken:
            if self._escape:
                index = self._read_escape(text[index], index, chunks)
                continue
            if plain := self._plain.match(text, index):
                self._flush_high(chunks)
                chunks.append(plain[0])
                index = plain.end()
                continue
            char = text[index]
            index += 1
            if char == "\\":
                self._escape = char
                continue
            self._flush_high(chunks)
            if char == self._closing:
                self.ended = True
                continue
            self._mend(chunks)
            chunks.append('\\"' if char == '"' else _CONTROLS.get(char) or f"\\u{ord(char):04x}")
        return index

    def _read_escape(self, char: str, index: int, chunks: list[str]) -> int:
        if len(self._escape) > 1:  # backslash, u and digits
            if char not in _HEX:
                self._escape_is_unknown(self._escape, chunks)
                return index
            self._escape += char
            if len(self._escape) == 6:
                self._unicode(self._escape, chunks)
            return index + 1
        if char == "u":
            self._escape += char
        elif char in _HARD_ESCAPES or char in _SOFT_ESCAPES:
            self._flush_high(chunks)
            chunks.append("\\" + char)
            self._escape = ""
            self._soft = self._soft or char in _SOFT_ESCAPES
            self._agree()
        elif char == "'" or (char == self._closing and char != '"'):
            self._flush_high(chunks)
            self._mend(chunks)
            chunks.append(char)
            self._escape = ""
        elif char < " ":
            self.broken = "found a backslash before a line end"
            return index
        else:
            self._escape_is_unknown("\\", chunks)
            return index
        return index + 1

    def _escape_is_unknown(self, raw: str, chunks: list[str]) -> None:
        self._flush_high(chunks)
        self._escape = ""
        self._unknown = True
        self._mend(chunks)
        chunks.append("\\" + raw)
        self._agree()

    def _mend(self, chunks: list[str]) -> None:
        if not self.mended:
            self.mended = True
            self.strict = len(chunks)

    def _agree(self) -> None:
        if self._soft and self._unknown:
            self.broken = "found backslashes that could mean two things"

    def _unicode(self, escape: str, chunks: list[str]) -> None:
        self._escape = ""
        self._soft = True
        self._agree()
        code = int(escape[2:], 16)
        if 0xDC00 <= code <= 0xDFFF and self._high:
            chunks.append(self._high + escape)
            self._high = ""
            return
        self._flush_high(chunks)
        if 0xD800 <= code <= 0xDBFF:
            self._high = escape
        elif 0xDC00 <= code <= 0xDFFF:
            self._mend(chunks)
            chunks.append("\\ufffd")
        else:
            chunks.append(escape)

    def _flush_high(self, chunks: list[str]) -> None:
        if self._high:
            self._high = ""
            self._mend(chunks)
            chunks.append("\\ufffd")


def key_of(token: Token) -> str:
    """Return the name a KEY token spells."""
    name: str = parse(token.text)
    return name


def join_strict(tokens: Iterable[Token]) -> str:
    """Return the strict JSON text of `tokens`, without their trailing commas."""
    pieces: list[str] = []
    comma = -1  # where the comma stands that nothing but space has followed yet
    for token in tokens:
        if token.kind is Kind.COMMA:
            comma = len(pieces)
        elif token.kind is not Kind.SPACE:
            if token.kind is Kind.CLOSE and comma >= 0:
                pieces[comma] = ""
            comma = -1
        pieces.append(token.text)
    return "".join(pieces)
