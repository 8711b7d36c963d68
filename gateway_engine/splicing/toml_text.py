"""Edits of TOML, by position. Pure.

The scanner below only finds where statements, keys and values begin and end; what they mean, and
whether an edit did what it should, is decided by `tomllib` (`load`).
"""

import json
import math
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.splicing.edits import Item, Path, RefusedEditError, Tree, spelled, tree_of

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*')"""
_DOTTED: Final = re.compile(rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*")
_ONE: Final = re.compile(_KEY)
_BLANK: Final = re.compile(r"(?:[ \t\r\n\ufeff]|#[^\r\n]*)*")
TEXT: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:[^"\\\r\n]|\\.)*"|' r"'[^'\r\n]*'",
    re.DOTALL,
)
TEXT_OR_COMMENT: Final = re.compile(rf"{TEXT.pattern}|(?P<comment>#[^\r\n]*)", re.DOTALL)
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(slots=True)
class Statement:
    """A header (`value_start` is -1) or a pair. `path` is absolute, None inside an array of tables.

    `start` is where the statement begins and `end` where the rest of its last line, a comment at
    most, does. `names` is what stands there, `is_array` that this is the header of an entry.
    """

    path: tuple[str, ...] | None
    start: int
    end: int
    value_start: int = -1
    names: tuple[str, ...] = ()
    is_array: bool = False


def load(text: str) -> Tree:
    """Read `text` by way of the standard library. Raises RefusedEditError."""
    with _readable():
        return tree_of(_parsed(text))


def content_of(text: str) -> dict[str, Any]:
    """Return what `text` says, by the standard library. Raises RefusedEditError."""
    with _readable():
        return _parsed(text)


def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (ValueError, RecursionError) as error:
        raise RefusedEditError(
            f"it is no TOML that can be read: {error}",
            "unreadable",
            form="TOML",
            words=str(error),
        ) from None


def source(text: str, path: Path) -> str | None:
    """Return the value at `path` as it is written, None when there is none."""
    pair = _pair(scan(text), path)
    return text[pair.value_start : pair.end] if pair else None


def put(text: str, path: Path, value: Any) -> str:
    """Return `text` with `value` at `path`; a table that is missing is made at the end."""
    names = _names(path)
    written = written_value(value)
    statements = scan(text)
    pair = _pair(statements, names)
    if pair is not None:
        return text[: pair.value_start] + written + text[pair.end :]
    newline = "\r\n" if "\r\n" in text else "\n"
    line = f"{spelled_key(names[-1])} = {written}{newline}"
    table = names[:-1]
    if any(s.value_start >= 0 and s.path and s.path == names[: len(s.path)] for s in statements):
        raise RefusedEditError(f"a value stands where {spelled(path)} belongs")
    beside = _last_dotted(statements, table)
    if beside is not None:  # its table is made by dotted keys: no header may come to it
        section = len(beside.path or ()) - len(beside.names)
        line = f"{'.'.join(map(spelled_key, names[section:]))} = {written}{newline}"
    after = beside or _last_of(statements, table)
    if after is not None:
        position = line_end(text, after.end)
        before = text[:position]
        return before + ("" if before.endswith("\n") else newline) + line + text[position:]
    if not table:
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        return mark + line + text.removeprefix("\ufeff")
    gap = "" if not text.strip("\ufeff") else newline if text.endswith("\n") else 2 * newline
    return f"{text}{gap}[{'.'.join(map(spelled_key, table))}]{newline}{line}"


def comments_above(text: str, path: Path) -> str:
    """Return `text` with the comments inside the value at `path` written above it as well: there
    they stay when the value is replaced or dropped.
    """
    pair = _pair(scan(text), path)
    return text if pair is None else with_comments_above(text, pair)


def with_comments_above(text: str, pair: Statement) -> str:
    """The same for a pair that was scanned."""
    newline = "\r\n" if "\r\n" in text else "\n"
    found = TEXT_OR_COMMENT.finditer(text, pair.value_start, pair.end)
    comments = [each["comment"].rstrip() + newline for each in found if each["comment"]]
    return text[: pair.start] + "".join(comments) + text[pair.start :]


def put_source(text: str, path: Path, written: str) -> str:
    """Return `text` with the value at `path`, which must be there, written as `written`."""
    pair = _pair(scan(text), path)
    if pair is None:
        raise RefusedEditError("the value to be restored has gone")
    return text[: pair.value_start] + written + text[pair.end :]


def drop(text: str, path: Path) -> str:
    """Return `text` without the pair at `path`, or without the header of the table there."""
    statements = scan(text)
    found = _pair(statements, path)
    header = found is None
    if found is None:
        found = next((s for s in statements if s.value_start < 0 and s.path == path), None)
    if found is None:
        return text
    end = line_end(text, found.end)
    if text[found.end : end].strip():  # a comment stays, on a line of its own
        rest = text[found.end :]
        return text[: found.start] + rest.lstrip(" \t")
    start = text.rfind("\n", 0, found.start) + 1
    if text[start : found.start].strip(" \t\ufeff"):
        raise RefusedEditError("two statements stand on one line")
    if text[start : found.start].startswith("\ufeff"):
        start += 1
    if header:  # and the empty line that was made before it
        blank = re.search(r"(?<=\n)\r?\n\Z|\A\r?\n\Z", text[:start])
        start = blank.start() if blank else start
    return text[:start] + text[end:]


def is_empty(text: str, path: Path) -> bool:
    """Whether the header of a table without pairs stands at `path`."""
    found = [s for s in scan(text) if s.path is not None and s.path[: len(path)] == path]
    return len(found) == 1 and found[0].value_start < 0 and found[0].path == path


def _names(path: Path) -> tuple[str, ...]:
    if any(isinstance(step, Item) for step in path):
        raise RefusedEditError("entries of arrays cannot be edited in TOML")
    return tuple(str(step) for step in path)


def _pair(statements: list[Statement], path: Path) -> Statement | None:
    return next((s for s in statements if s.value_start >= 0 and s.path == path), None)


def _last_of(statements: list[Statement], table: tuple[str, ...]) -> Statement | None:
    """The last statement of `table`'s own section, after which a pair of it may stand."""
    last: Statement | None = None
    inside = not table
    for statement in statements:
        if statement.value_start < 0:
            inside = statement.path == table
            last = statement if inside else last
        elif inside:
            last = statement
    return last


def _last_dotted(statements: list[Statement], table: tuple[str, ...]) -> Statement | None:
    """The last pair that makes `table` by the dots of its key, without a header."""
    found = [
        s
        for s in statements
        if s.value_start >= 0
        and s.path is not None
        and len(s.path) - len(s.names) < len(table) < len(s.path)
        and s.path[: len(table)] == table
    ]
    return found[-1] if found else None


def line_end(text: str, position: int) -> int:
    """Where the line of `position` ends, its newline included."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def spelled_key(name: str) -> str:
    """Return a key as TOML spells it."""
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def written_value(value: Any) -> str:
    """Return a value on one line of TOML, maps as inline tables. Raises RefusedEditError."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{spelled_key(name)} = {written_value(inner)}" for name, inner in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    raise RefusedEditError(f"a {type(value).__name__} cannot be written as TOML here")


def scan(text: str) -> list[Statement]:
    """Return every statement in order. Raises RefusedEditError."""
    statements: list[Statement] = []
    table: tuple[str, ...] | None = ()
    arrays: set[tuple[str, ...]] = set()
    position = _skip(text, 0)
    while position < len(text):
        start = position
        header = re.compile(r"\[\[?[ \t]*").match(text, position)
        if header:
            position = header.end()
        key = _DOTTED.match(text, position)
        if key is None:
            raise RefusedEditError(f"no TOML statement at {position}")
        path = tuple(_name(part) for part in _ONE.findall(key[0]))
        position = key.end()
        if header:
            closing = re.compile(r"[ \t]*\]\]?").match(text, position)
            if closing is None:
                raise RefusedEditError(f"no TOML header at {position}")
            array = header[0].startswith("[[")
            below = any(path[:depth] in arrays for depth in range(1, len(path) + 1))
            table = None if array or below else path
            if table is None:
                arrays.add(path)
            position = closing.end()
            statements.append(Statement(table, start, position, names=path, is_array=array))
        else:
            equals = re.compile(r"[ \t]*=[ \t]*").match(text, position)
            if equals is None:
                raise RefusedEditError(f"no TOML pair at {position}")
            end = _value_end(text, equals.end())
            full = None if table is None else (*table, *path)
            statements.append(Statement(full, start, end, equals.end(), path))
            position = end
        position = _skip(text, position)
    return statements


def _name(part: str) -> str:
    if part.startswith('"'):
        return str(tomllib.loads(f"k = {part}")["k"])
    return part.strip("'")


def _skip(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _value_end(text: str, position: int) -> int:
    depth, end = 0, position
    while position < len(text):
        char = text[position]
        if char in "\"'":
            found = TEXT.match(text, position)
            if found is None:
                raise RefusedEditError(f"a string at {position} does not end")
            position = end = found.end()
            continue
        if char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        elif char == "#" or char in "\r\n":
            if depth <= 0:
                break
            if char == "#":
                position = len(text) if (n := text.find("\n", position)) < 0 else n
        position += 1
        if char not in " \t\r\n#":
            end = position
    return end
