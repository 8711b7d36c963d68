"""Edits of JSON with comments and trailing commas (JSONC), by position. Pure.

The scanner below says where each value stands; whether an edit did what it should is decided by
another reader (`load`), which strips comments and commas and gives the rest to `json`.
"""

import functools
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from gateway_engine.splicing.edits import (
    Item,
    Pairs,
    Path,
    RefusedEditError,
    Step,
    Tree,
    spelled,
    tree_of,
)

MAX_DEPTH: Final = 100

_SPACE: Final = re.compile(r"(?:[ \t\r\n\ufeff]|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\\r\n]|\\.)*"')
_WORD: Final = re.compile(r"[-+.\w]+")
_SAME_LINE_COMMENT: Final = re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/)(?=[ \t]*\r?\n)")
_LINE_END: Final = re.compile(r"[ \t]*\r?\n")

_PLAIN: Final = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\r\n]*|/\*.*?\*/|\ufeff', re.DOTALL)
_COMMA: Final = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)


@dataclass(slots=True)
class _Node:
    start: int
    end: int = 0
    kind: str = "scalar"
    members: list["_Member"] = field(default_factory=list)


@dataclass(slots=True)
class _Member:
    """`start` is where its key begins, in a list its value; `comma` is the one after it, or -1."""

    start: int
    key: str
    value: _Node
    comma: int = -1


def load(text: str) -> Tree:
    """Read `text` by way of the standard library. Raises RefusedEditError."""
    bare = _COMMA.sub(lambda m: m[1] or "", _PLAIN.sub(lambda m: m[1] or " ", text))
    if not bare.strip():
        return tree_of({})
    try:
        return tree_of(json.loads(bare, object_pairs_hook=Pairs, parse_float=_Literal))
    except (ValueError, RecursionError) as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> RefusedEditError:
    words = str(error)
    return RefusedEditError(
        f"it is no JSON that can be read: {words}", "unreadable", form="JSON", words=words
    )


class _Literal(float):
    """A number that is what it is written as."""

    def __new__(cls, text: str) -> "_Literal":
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str

    def __repr__(self) -> str:
        return self.text


def forget() -> None:
    """Keep no text that was read."""
    _scan.cache_clear()


def source(text: str, path: Path) -> str | None:
    """Return the value at `path` as it is written, None when there is none."""
    node = _scan(text)
    for step in path:
        member = _member(node, step)
        if member is None:
            return None
        node = member.value
    return text[node.start : node.end]


def put(text: str, path: Path, value: Any) -> str:
    """Return `text` with `value` at `path`; maps that are missing on the way are made."""
    if _scan(text).kind == "nothing":
        line = "" if not text or text.endswith(("\n", "\ufeff")) else _newline(text)
        text = f"{text}{line}{{}}{_newline(text)}"
    root = node = _scan(text)
    for depth, step in enumerate(path):
        member = _member(node, step)
        if member is None:
            for missing in reversed(path[depth + 1 :]):
                value = [value] if isinstance(missing, Item) else {missing: value}
            return _insert(text, root, node, step, value)
        node = member.value
    written = _written(value, _newline(text), _unit(text, root), _indent(text, node.start))
    return text[: node.start] + written + text[node.end :]


def put_source(text: str, path: Path, written: str) -> str:
    """Return `text` with the value at `path`, which must be there, written as `written`."""
    node = _scan(text)
    for step in path:
        member = _member(node, step)
        if member is None:
            raise RefusedEditError("the value to be restored has gone")
        node = member.value
    return text[: node.start] + written + text[node.end :]


def drop(text: str, path: Path) -> str:
    """Return `text` without the member at `path`, and without the comma that went with it.

    Comments in it, which are its user's, stay where it was, a line each.
    """
    container = _scan(text)
    for step in path[:-1]:
        found = _member(container, step)
        if found is None:
            return text
        container = found.value
    member = _member(container, path[-1])
    if member is None:
        return text
    index = container.members.index(member)
    end = member.value.end
    cuts = []
    start = len(text[: member.start].rstrip(" \t\r\n"))
    if member.comma >= 0:
        if text[end : member.comma].strip():  # a comment before the comma stays
            cuts.append((member.comma, member.comma + 1))
        else:
            end = member.comma + 1
    elif index > 0:
        comma = container.members[index - 1].comma
        cuts.append((comma, comma + 1))
    own_line = "\n" in text[start : member.start]
    if not (own_line and (_LINE_END.match(text, end) or start == container.start + 1)):
        start = member.start
        if member.comma >= 0:
            end += len(text[end:]) - len(text[end:].lstrip(" \t"))
    cuts.append((start, end))
    if len(container.members) == 1:
        inner = text[container.start + 1 : start] + text[end : container.end - 1]
        if not inner.strip():
            cuts = [(container.start + 1, container.end - 1)]
    kept = _comments(text[member.start : member.value.end])
    line = _newline(text) + _indent(text, member.start)
    for start, end in sorted(cuts, reverse=True):
        left = ""
        if kept and start <= member.start < end:
            left = "".join(line + comment for comment in kept)
            closing = _newline(text) + _indent(text, container.start)
            after = closing if end == container.end - 1 else line
            left += "" if _LINE_END.match(text, end) else after
        text = text[:start] + left + text[end:]
    return text


def _comments(text: str) -> list[str]:
    return [m[0] for m in _PLAIN.finditer(text) if m[0].startswith(("//", "/*"))]


def is_empty(text: str, path: Path) -> bool:
    """Whether a container without members stands at `path`, comments in it counted as members."""
    written = source(text, path)
    return written is not None and re.fullmatch(r"[{\[]\s*[}\]]", written) is not None


def _insert(text: str, root: _Node, container: _Node, step: Step, value: Any) -> str:
    wanted = "array" if isinstance(step, Item) else "object"
    if container.kind != wanted:
        raise RefusedEditError(f"there is no {wanted} where our settings belong")
    newline, unit = _newline(text), _unit(text, root)
    opening, closing = container.start + 1, container.end - 1
    first = container.members[0] if container.members else None
    lead = text[opening : first.start] if first else ""
    name = "" if isinstance(step, Item) else f"{json.dumps(step, ensure_ascii=False)}: "
    if first and "\n" not in lead:
        member = name + json.dumps(value, ensure_ascii=False)
        spaced = f" {member}," if lead.startswith(" ") else f"{member}, "
        return text[:opening] + spaced + text[opening:]
    indent = _indent(text, container.start) + unit
    if first and not text[text.rfind("\n", 0, first.start) + 1 : first.start].strip(" \t"):
        indent = text[text.rfind("\n", 0, first.start) + 1 : first.start]
    comment = _SAME_LINE_COMMENT.match(text, opening)
    anchor = comment.end() if comment else opening
    member = f"{newline}{indent}{name}{_written(value, newline, unit, indent)}"
    if first:
        member += ","
    elif "\n" not in text[anchor:closing]:
        member += newline + _indent(text, container.start)
    return text[:anchor] + member + text[anchor:]


def _written(value: Any, newline: str, unit: str, indent: str) -> str:
    return json.dumps(value, ensure_ascii=False, indent=unit).replace("\n", newline + indent)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unit(text: str, root: _Node) -> str:
    if root.members:
        lead = text[text.rfind("\n", 0, root.members[0].start) + 1 : root.members[0].start]
        if lead and not lead.strip(" \t") and "\n" in text[root.start : root.members[0].start]:
            return lead
    return "  "


def _indent(text: str, position: int) -> str:
    line = text[text.rfind("\n", 0, position) + 1 : position].lstrip("\ufeff")
    return line[: len(line) - len(line.lstrip(" \t"))]


def _member(node: _Node, step: Step) -> _Member | None:
    if isinstance(step, Item):
        found = [m for m in node.members if node.kind == "array" and _says(m.value, step)]
    else:
        found = [m for m in node.members if node.kind == "object" and m.key == step]
    if len(found) > 1:
        raise RefusedEditError(f"{step} stands in the file twice", "twice", key=spelled((step,)))
    return found[0] if found else None


def _says(node: _Node, item: Item) -> bool:
    wanted = ("string", item.value)
    return any(m.key == item.key and (m.value.kind, _text(m.value)) == wanted for m in node.members)


def _text(node: _Node) -> str:
    return node.members[0].key if node.kind == "string" else ""


@functools.lru_cache(maxsize=2)
def _scan(text: str) -> _Node:
    start = _skip(text, 0)
    if start == len(text):
        return _Node(start, start, "nothing")
    try:
        node, end = _value(text, start, 0)
    except (ValueError, IndexError) as error:
        raise _unreadable(error) from None
    if _skip(text, end) != len(text):
        raise RefusedEditError("something follows after the end of the JSON")
    return node


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _value(text: str, position: int, depth: int) -> tuple[_Node, int]:
    if depth > MAX_DEPTH:
        raise ValueError("it is nested too deeply")
    node = _Node(position)
    opening = text[position]
    if opening in "{[":
        node.kind = "object" if opening == "{" else "array"
        node.end = _members(text, node, depth)
    elif opening == '"':
        found = _STRING.match(text, position)
        if found is None:
            raise ValueError(f"a string at {position} does not end")
        node.kind, node.end = "string", found.end()
        node.members = [_Member(position, json.loads(found[0]), _Node(position))]
    else:
        found = _WORD.match(text, position)
        if found is None:
            raise ValueError(f"no value at {position}")
        node.end = found.end()
    return node, node.end


def _members(text: str, node: _Node, depth: int) -> int:
    closing = "}" if node.kind == "object" else "]"
    position = _skip(text, node.start + 1)
    while text[position] != closing:
        start, key = position, ""
        if node.kind == "object":
            found = _STRING.match(text, position)
            if found is None:
                raise ValueError(f"no key at {position}")
            key = json.loads(found[0])
            position = _skip(text, found.end())
            if text[position] != ":":
                raise ValueError(f"no colon at {position}")
            position = _skip(text, position + 1)
        value, position = _value(text, position, depth + 1)
        member = _Member(start, key, value)
        node.members.append(member)
        position = _skip(text, position)
        if text[position] == ",":
            member.comma = position
            position = _skip(text, position + 1)
        elif text[position] != closing:
            raise ValueError(f"no comma at {position}")
    return position + 1
