"""JSON as bytes, in one place: the only module that knows which library reads and writes it.

orjson does the work. What it refuses and real programs send all the same (a lone UTF-16
surrogate escape, which a stream cut inside an emoji produces) is read by the standard library.
Whoever keeps such text must call `mend_surrogates` before it is encoded.
"""

import json
import math
import re
from collections.abc import Generator
from typing import Any, Final, NoReturn

import orjson

REPEATED_CHARS: Final = 16 * 1024
"""Texts shorter than this are escaped again sooner than they are handled as pieces."""

_HIGH: Final = ("\ud800", "\udbff")
_LOW: Final = ("\udc00", "\udfff")
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""An escape of a JSON string; the group is one of half a pair."""


class InvalidJsonError(ValueError):
    """The bytes are not one JSON value; the message says where, and never quotes them."""


def parse(data: bytes | bytearray | memoryview | str) -> Any:
    """Return the JSON value in `data` (UTF-8 bytes or text). Raises InvalidJsonError."""
    try:
        return parse_exactly(data)
    except InvalidJsonError as first:
        reason = str(first)
    text = data if isinstance(data, str) else bytes(data)
    if (b"\\u" if isinstance(text, bytes) else "\\u") not in text:  # type: ignore[operator]
        raise InvalidJsonError(reason)
    try:
        return json.loads(text, parse_float=finite, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidJsonError(reason) from None


def parse_exactly(data: bytes | bytearray | memoryview | str) -> Any:
    """Return the JSON value in `data`, which has no lone surrogates. Raises InvalidJsonError."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        where = f"(line {error.lineno}, column {error.colno})"
        raise InvalidJsonError(f"{error.msg} {where}") from None


def mended_escapes(data: bytes | bytearray) -> Generator[None, None, bytearray]:
    """Return the JSON text `data` with U+FFFD for escapes of lone surrogates, in short steps."""
    mended = bytearray()
    at = 0
    for number, found in enumerate(_ESCAPE.finditer(data)):
        if found[1] is not None:
            mended += data[at : found.start()]
            mended += b"\\ufffd"
            at = found.end()
        if number % 1000 == 0:
            yield
    mended += data[at:]
    return mended


def render(value: Any) -> bytes:
    """Return `value` as compact UTF-8 JSON. Lone surrogates in its strings become U+FFFD."""
    try:
        return orjson.dumps(value)
    except TypeError:
        text = json.dumps(
            value,
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
            default=_text_of_piece,
        )
        return mend_surrogates(text).encode()


def render_indented(value: Any) -> bytes:
    """Return `value` as UTF-8 JSON for people: a line a member, two spaces a level."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:
        return mend_surrogates(json.dumps(value, ensure_ascii=False, indent=2)).encode()


def repeated(text: str) -> Any:
    """Return what stands for `text` in a value for `render` that holds it several times.

    A long text is then escaped once and copied; to everybody but `render` it is opaque.
    """
    return text if len(text) < REPEATED_CHARS else orjson.Fragment(render(text))


def _text_of_piece(value: Any) -> Any:
    if isinstance(value, orjson.Fragment):
        return orjson.loads(orjson.dumps(value))
    raise TypeError(f"{type(value).__name__} is no JSON value")


def refuse_constant(name: str) -> NoReturn:
    """NaN and the infinities are no JSON."""
    raise ValueError(name)


def finite(text: str) -> float:
    """Return the number that `text` writes; none is infinite."""
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


def ends_in_high_surrogate(text: str) -> bool:
    """True when `text` stops in the middle of a surrogate pair: hold that character back."""
    return bool(text) and _HIGH[0] <= text[-1] <= _HIGH[1]


def mend_surrogates(text: str) -> str:
    """Return `text` with surrogate pairs joined and lone surrogates replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
