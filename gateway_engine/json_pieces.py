"""A large JSON text parsed in many short steps, so that no other thread stands still for it. Pure.

A parser in C lets nobody else run before its end: a second and more for some millions of values.
Here it is given a stretch at a time. A value that does not end within its stretch is gone through
member by member; all others are read as they are. Texts of few values are read at once: their
characters cost next to nothing.

Values are counted: what takes much more memory than it has bytes is refused.
"""

import itertools
import json
import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.json_text import (
    InvalidJsonError,
    finite,
    mended_escapes,
    parse,
    parse_exactly,
    refuse_constant,
)

MAX_VALUES: Final = 1_500_000
FEW_VALUES: Final = 50_000
STRETCH_CHARS: Final = 64 * 1024
MAX_DEPTH: Final = 1000
"""Levels of what is large: about as many as other parsers go down."""
STEPS_VALUES: Final = 512

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"[-+.0-9eE]+", re.ASCII)
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CUT_CHARS: Final = 4
"""A number may seem to end that far before a cut: `1` of `1.5`, `1` of `1e+5`."""
_SURE: Final = 256
"""So few commas are not worth a look at which of them stand in strings."""

Steps = Generator[None, None, Any]


class TooManyValuesError(ValueError):
    """The text holds more than MAX_VALUES values."""


def parse_steps(data: bytes | bytearray) -> Steps:
    """Return the JSON value in `data` (UTF-8). Raises InvalidJsonError or TooManyValuesError."""
    if data.count(b",") <= FEW_VALUES:
        yield
        try:
            return parse_exactly(data)
        except InvalidJsonError:
            if b"\\u" not in data:
                raise
        yield
        return parse_exactly((yield from mended_escapes(data)))
    yield
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return parse(data)  # which says where
    yield
    return (yield from _Reader(text).whole())


class _Reader:
    """One text, read from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._decoder = json.JSONDecoder(parse_float=finite, parse_constant=refuse_constant)
        self._from = 0
        self._stretch = text[:STRETCH_CHARS]
        self._values = 0

    def whole(self) -> Steps:
        """Return the value that the text is."""
        open_ones: list[list[Any] | dict[str, Any]] = []
        names: list[str] = []
        at = self._past_space(0)
        for number in itertools.count():
            if number % STEPS_VALUES == 0:
                yield
            found = self._short(at)
            if found is None:
                yield
                found = self._long(at)
            value, at = found
            if isinstance(value, _Opened):
                if len(open_ones) >= MAX_DEPTH:
                    raise self._wrong("nested too deeply", at)
                open_ones.append(value.holder)
                name, at = self._name(at, value.holder)
                names.append(name)
                continue
            while open_ones:  # one more member of the innermost; it may be the last
                holder = open_ones[-1]
                if isinstance(holder, dict):
                    holder[names[-1]] = value
                else:
                    holder.append(value)
                at = self._past_space(at)
                follows = self._text[at : at + 1]
                if follows == ",":
                    names[-1], at = self._name(self._past_space(at + 1), holder)
                    break
                if follows != ("}" if isinstance(holder, dict) else "]"):
                    raise self._wrong("a comma was expected", at)
                value, at = open_ones.pop(), at + 1
                names.pop()
            else:
                at = self._past_space(at)
                if at != len(self._text):
                    raise self._wrong("nothing was expected after the value", at)
                return value
        raise AssertionError("a text has an end")

    def _short(self, at: int) -> tuple[Any, int] | None:
        """A value that ends within the present stretch; None when it does not, or is none."""
        start = at - self._from
        if start >= len(self._stretch):
            return None
        try:
            value, end = self._decoder.raw_decode(self._stretch, start)
        except (ValueError, RecursionError):
            return None
        cut = self._from + len(self._stretch) < len(self._text)
        if cut and end > len(self._stretch) - _CUT_CHARS:
            return None  # a number may go on
        self._count(start, end)
        return value, self._from + end

    def _long(self, at: int) -> tuple[Any, int]:
        """The value at `at` by a stretch of its own; else what opens it, or all of a long leaf."""
        if at != self._from:
            self._from, self._stretch = at, self._text[at : at + STRETCH_CHARS]
            if (found := self._short(at)) is not None:
                return found
        match self._text[at : at + 1]:
            case "{":
                return self._opened({}, "}", at)
            case "[":
                return self._opened([], "]", at)
            case '"':
                return self._string(at)
        number = _NUMBER.match(self._text, at)
        if number is None:
            raise self._wrong("a value was expected", at)
        try:
            return parse_exactly(number[0]), number.end()
        except InvalidJsonError:
            raise self._wrong("a number is not well-formed", at) from None

    def _opened(self, holder: list[Any] | dict[str, Any], end: str, at: int) -> tuple[Any, int]:
        at = self._past_space(at + 1)
        if self._text[at : at + 1] == end:
            return holder, at + 1
        return _Opened(holder), at

    def _count(self, start: int, end: int) -> None:
        commas = self._stretch.count(",", start, end)
        if commas > _SURE:
            commas = _STRING.sub("", self._stretch[start:end]).count(",")
        self._values += commas + 1
        if self._values > MAX_VALUES:
            raise TooManyValuesError(f"more than {MAX_VALUES} JSON values")

    def _name(self, at: int, holder: list[Any] | dict[str, Any]) -> tuple[str, int]:
        """The name of the member that begins at `at`, and where its value begins."""
        if isinstance(holder, list):
            return "", at
        if self._text[at : at + 1] != '"':
            raise self._wrong("a name in quotes was expected", at)
        name, at = self._string(at)
        at = self._past_space(at)
        if self._text[at : at + 1] != ":":
            raise self._wrong("a colon was expected", at)
        return name, self._past_space(at + 1)

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = self._decoder.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            raise self._wrong("a string is not well-formed", error.pos) from None
        return str(text), end

    def _past_space(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return at if found is None else found.end()

    def _wrong(self, problem: str, at: int) -> InvalidJsonError:
        line = self._text.count("\n", 0, at) + 1
        column = at - self._text.rfind("\n", 0, at)
        return InvalidJsonError(f"{problem} (line {line}, column {column})")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A list or an object that does not end within its stretch: its members are read next."""

    holder: list[Any] | dict[str, Any]
