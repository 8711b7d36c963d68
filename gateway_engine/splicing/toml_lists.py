"""Edits of one list of TOML as the user has laid it out: its lines, commas and comments. Pure.

An entry that stays keeps its text, wherever it moves, with the comments that are its own; one that
changes keeps its place. Each result is read again before it is taken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway_engine.splicing import toml_text
from gateway_engine.splicing.edits import RefusedEditError, tree_of
from gateway_engine.splicing.toml_text import TEXT, TEXT_OR_COMMENT, spelled_key, written_value

_GAP: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_REST_OF_LINE: Final = re.compile(r"[ \t]*#[^\r\n]*")
_COMMA: Final = re.compile(r"[ \t]*,")
_PAIR: Final = re.compile(r"[ \t]*(?P<name>[A-Za-z0-9_-]+)[ \t]*=[ \t]*")


@dataclass(frozen=True, slots=True)
class _Entry:
    """`before` stands between the comma of the entry before and `written`, `after` between that and
    its own comma, `beside` is the comment behind the comma.
    """

    before: str
    written: str
    after: str = ""
    beside: str = ""

    @property
    def comments(self) -> str:
        """Those of its own, a line each."""
        found = TEXT_OR_COMMENT.finditer(self.before + self.after + self.beside)
        return "".join(each["comment"].rstrip() + "\n" for each in found if each["comment"])


@dataclass(frozen=True, slots=True)
class _List:
    head: str
    entries: tuple[_Entry, ...]
    has_last_comma: bool
    tail: str


def put(text: str, name: str, values: Sequence[Any]) -> str:
    """Return `text` with `values` for the list called `name`; comments of entries that go stand
    above it. Where there is no list, or none whose layout is understood, it is written on one line.
    """
    pair = next((s for s in toml_text.scan(text) if s.value_start >= 0 and s.path == (name,)), None)
    done = _relaid(text[pair.value_start : pair.end], values) if pair is not None else None
    if pair is None or done is None:
        return toml_text.put(toml_text.comments_above(text, (name,)), (name,), values)
    written, comments = done
    return (text[: pair.start] + comments + text[pair.start : pair.value_start] + written) + text[
        pair.end :
    ]


def _relaid(written: str, values: Sequence[Any]) -> tuple[str, str] | None:
    """The list with other entries, and the comments of those that have gone, a line each."""
    known = toml_text.content_of(f"v = {written}\n")["v"]
    parts = _taken_apart(written)
    is_known = parts is not None and isinstance(known, list) and len(parts.entries) == len(known)
    if parts is None or not is_known or not known or not values:
        return None
    newline = "\r\n" if "\r\n" in written else "\n"
    places = _places(known, values)
    entries = []
    for number, (place, value) in enumerate(zip(places, values, strict=True)):
        gap = _gap(parts, number, newline)
        if place is None:
            entries.append(_Entry(gap, written_value(value)))
            continue
        kept = parts.entries[place]
        text = _changed(kept.written, known[place], value)
        before = kept.before if "#" in kept.before else gap
        entries.append(replace(kept, before=before, written=text))
    gone = [entry for place, entry in enumerate(parts.entries) if place not in places]
    comments = "".join(entry.comments for entry in gone).replace("\n", newline)
    done = _put_together(entries, parts, newline)
    try:
        is_right = tree_of(toml_text.content_of(f"v = {done}\n")["v"]) == tree_of(list(values))
    except RefusedEditError:
        return None
    return (done, comments) if is_right else None


def _places(known: Sequence[Any], values: Sequence[Any]) -> list[int | None]:
    """Which entry each of `values` is: an equal one, else what is in its place, or none."""
    before, after = [tree_of(each) for each in known], [tree_of(each) for each in values]
    free = list(range(len(known)))
    found: list[int | None] = [None] * len(values)
    for is_here in (True, False):  # those that stay where they are have the first choice
        for number, tree in enumerate(after):
            fitting = [place for place in free if before[place] == tree]
            fitting = [place for place in fitting if place == number or not is_here]
            if found[number] is None and fitting:
                found[number] = fitting[0]
                free.remove(fitting[0])
    for number, place in enumerate(found):
        if place is None and number in free:
            found[number] = number
            free.remove(number)
    return found


def _taken_apart(written: str) -> _List | None:
    if not written.startswith("[") or not written.endswith("]"):
        return None
    head = _match(_REST_OF_LINE, written, 1)
    position, entries, is_open = 1 + len(head), [], True
    while True:
        gap = _match(_GAP, written, position)
        start = position + len(gap)
        if written[start] == "]":
            break
        if not is_open:
            return None
        end = _value_end(written, start)
        after = _match(_GAP, written, end)
        is_open = written[end + len(after)] == ","
        after = after if is_open else ""
        position = end + len(after) + is_open
        beside = _match(_REST_OF_LINE, written, position)
        position += len(beside)
        entries.append(_Entry(gap, written[start:end], after, beside))
    return _List(head, tuple(entries), is_open and bool(entries), written[position:-1])


def _put_together(entries: Sequence[_Entry], parts: _List, newline: str) -> str:
    text, is_comment = f"[{parts.head}", bool(parts.head)
    for number, entry in enumerate(entries):
        comma = "," if number < len(entries) - 1 or parts.has_last_comma else ""
        text += _after_comment(entry.before, newline, is_comment=is_comment)
        # A comma never stands behind a comment on its line.
        text += entry.written + entry.after + comma + entry.beside
        is_comment = bool(entry.beside) or (not comma and "#" in entry.after.rpartition("\n")[2])
    return text + _after_comment(parts.tail, newline, is_comment=is_comment) + "]"


def _after_comment(gap: str, newline: str, *, is_comment: bool) -> str:
    return newline + gap if is_comment and not gap.lstrip(" \t\r").startswith("\n") else gap


def _gap(parts: _List, number: int, newline: str) -> str:
    """What stands before an entry in this place, no comment in it."""
    entries = parts.entries
    if number < len(entries) and "#" not in entries[number].before:
        return entries[number].before
    plain = [entry.before for entry in entries[1 if number else 0 :] if "#" not in entry.before]
    if plain:
        return plain[-1]
    first = entries[0].before
    indent = first.rpartition("\n")[2]
    return newline + indent if "\n" in first else " " if number else ""


def _changed(written: str, before: Any, after: Any) -> str:
    """One entry: a map keeps the writing of what stays in it."""
    if tree_of(before) == tree_of(after):
        return written
    both = isinstance(before, dict) and isinstance(after, dict)
    return (_map(written, before, after) if both else None) or written_value(after)


def _map(written: str, before: dict[str, Any], after: dict[str, Any]) -> str | None:
    """An inline table with plain keys; None for any other."""
    pieces: list[tuple[str, str, str]] = []
    position = 1
    while not written[position:].strip(" \t").startswith("}"):
        pair = _PAIR.match(written, position)
        if pair is None:
            return None
        end = _value_end(written, pair.end())
        pieces.append((pair["name"], pair[0], written[pair.end() : end]))
        position = end + len(_match(_COMMA, written, end))
    if [name for name, _head, _value in pieces] != list(before) or not pieces:
        return None
    shown = []
    for name, head, value in pieces:
        if name in after:
            same = tree_of(before[name]) == tree_of(after[name])
            shown.append(f"{head}{value if same else written_value(after[name])}")
    gap = re.match(r"[ \t]*", pieces[-1][1])
    space = gap[0] if gap is not None else " "
    shown += [
        f"{space}{spelled_key(name)} = {written_value(value)}"
        for name, value in after.items()
        if name not in before
    ]
    return "{" + ",".join(shown) + written[position:]


def _value_end(text: str, position: int) -> int:
    """Where the value that begins at `position`, inside of brackets, ends."""
    depth = 0
    while position < len(text):
        char = text[position]
        found = TEXT.match(text, position) if char in "\"'" else None
        if found is not None:
            position = found.end()
            continue
        if depth == 0 and char in ",]} \t\r\n#":
            break
        if char == "#":
            position += len(_match(_REST_OF_LINE, text, position))
            continue
        depth += (char in "[{") - (char in "]}")
        position += 1
    return position


def _match(pattern: re.Pattern[str], text: str, position: int) -> str:
    found = pattern.match(text, position)
    return found[0] if found is not None else ""
