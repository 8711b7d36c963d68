"""Edits of arrays of tables (`[[name]]`) in TOML, by position. Pure.

An entry reaches from its header to the last statement below it, tables of its own
(`[name.inner]`) included; comments within that are the entry's, all others stay.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway_engine.splicing.edits import RefusedEditError
from gateway_engine.splicing.toml_text import (
    Statement,
    line_end,
    scan,
    spelled_key,
    with_comments_above,
    written_value,
)


@dataclass(frozen=True, slots=True)
class _Entry:
    header: Statement
    inside: tuple[Statement, ...]

    @property
    def last(self) -> Statement:
        return self.inside[-1] if self.inside else self.header


def count(text: str, name: str) -> int:
    """How many `[[name]]` headers there are. Raises RefusedEditError."""
    return len(_entries(text, name))


def add(text: str, name: str, pairs: Mapping[str, Any]) -> str:
    """Return `text` with one more entry, after the last one or at the end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = [f"[[{spelled_key(name)}]]", *_lines(pairs)]
    written = newline.join(lines) + newline
    entries = _entries(text, name)
    position = line_end(text, entries[-1].last.end) if entries else len(text)
    before, after = text[:position], text[position:]
    if before.strip("\ufeff"):
        before += "" if before.endswith("\n") else newline
        before += newline
    return before + written + after


def remove(text: str, name: str, index: int) -> str:
    """Return `text` without this entry and the empty lines before it."""
    entry = _entry(text, name, index)
    start = text.rfind("\n", 0, entry.header.start) + 1
    if text[start : entry.header.start].strip(" \t\ufeff"):
        raise RefusedEditError("two statements stand on one line")
    if text[start : entry.header.start].startswith("\ufeff"):
        start += 1
    end = line_end(text, entry.last.end)
    blank = re.search(r"(?<=\n)(?:[ \t]*\r?\n)+\Z", text[:start])
    start = blank.start() if blank else start
    return text[:start] + text[end:]


def put(text: str, name: str, index: int, key: str, value: Any) -> str:
    """Return `text` with `key` of this entry set to `value`."""
    entry = _entry(text, name, index)
    direct = _direct(entry)
    for statement in direct:
        if statement.names == (key,):
            kept = with_comments_above(text, statement)
            moved = len(kept) - len(text)
            value_start, end = statement.value_start + moved, statement.end + moved
            return kept[:value_start] + written_value(value) + kept[end:]
    # Written in parts, as a table of its own or with dots: these give way to one line.
    text = drop(text, name, index, key)
    entry = _entry(text, name, index)
    direct = _direct(entry)
    newline = "\r\n" if "\r\n" in text else "\n"
    position = line_end(text, (direct[-1] if direct else entry.header).end)
    before = text[:position] + ("" if text[:position].endswith("\n") else newline)
    return before + f"{spelled_key(key)} = {written_value(value)}{newline}" + text[position:]


def drop(text: str, name: str, index: int, key: str) -> str:
    """Return `text` without `key` of this entry, in whatever parts it is written."""
    entry = _entry(text, name, index)
    doomed: list[Statement] = []
    below: tuple[str, ...] = ()
    for statement in entry.inside:
        if statement.value_start < 0:
            below = statement.names[1:]
        if (below or statement.names)[:1] == (key,):
            doomed.append(statement)
    for statement in reversed(doomed):
        start = text.rfind("\n", 0, statement.start) + 1
        end = line_end(text, statement.end)
        comment = text[statement.end : end].strip()
        if text[start : statement.start].strip(" \t\ufeff"):
            raise RefusedEditError("two statements stand on one line")
        text = (
            text[: statement.start] + text[statement.end :].lstrip(" \t")
            if comment
            else (text[:start] + text[end:])
        )
    return text


def arrange(text: str, name: str, order: Sequence[int]) -> str:
    """Return `text` with the entries in this order, each with the comments that stand right above
    its header; what stands between them stays where it is.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    spans = [_span(text, entry) for entry in _entries(text, name)]
    if sorted(order) != list(range(len(spans))):
        raise RefusedEditError(f"this is no order of the entries of {name}")
    written, position = "", 0
    for (start, end), index in zip(spans, order, strict=True):
        moved = text[slice(*spans[index])]
        written += text[position:start] + moved + ("" if moved.endswith("\n") else newline)
        position = end
    written += text[position:]
    # The line end that the last entry of the text did not have is not wanted there now either.
    return written if text.endswith("\n") else written.removesuffix(newline)


def _span(text: str, entry: _Entry) -> tuple[int, int]:
    start = text.rfind("\n", 0, entry.header.start) + 1
    if text[start : entry.header.start].strip(" \t\ufeff"):
        raise RefusedEditError("two statements stand on one line")
    start += text.startswith("\ufeff", start)
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip(" \t").startswith("#"):
            break
        start = above
    return start, line_end(text, entry.last.end)


def _lines(pairs: Mapping[str, Any]) -> list[str]:
    return [f"{spelled_key(key)} = {written_value(value)}" for key, value in pairs.items()]


def _direct(entry: _Entry) -> Sequence[Statement]:
    found: list[Statement] = []
    for statement in entry.inside:
        if statement.value_start < 0:
            break
        found.append(statement)
    return found


def _entry(text: str, name: str, index: int) -> _Entry:
    entries = _entries(text, name)
    if not 0 <= index < len(entries):
        raise RefusedEditError(f"there is no entry {index} of {name}")
    return entries[index]


def _entries(text: str, name: str) -> list[_Entry]:
    found: list[_Entry] = []
    header: Statement | None = None
    inside: list[Statement] = []
    for statement in [*scan(text), Statement(None, 0, 0)]:
        is_header = statement.value_start < 0
        begins = is_header and statement.is_array and statement.names == (name,)
        goes_on = not begins and (not is_header or statement.names[:1] == (name,))
        if header is not None and goes_on:
            inside.append(statement)
            continue
        if header is not None:
            found.append(_Entry(header, tuple(inside)))
        header, inside = (statement if begins else None), []
    return found
