"""Edits of YAML, by the positions that PyYAML's composer gives. Pure.

Only what our clients need: a value under a name at the top, and an entry of a list under such a
name. Texts are refused that are no single block mapping, and values that span lines unless ours.
"""

import functools
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from gateway_engine.splicing.edits import Item, Pairs, Path, RefusedEditError, Tree, tree_of

_DASH: Final = re.compile(r"[ \t]*-[ \t]+")
_REST: Final = re.compile(r"[ \t]*(#[^\r\n]*)?(?:\r?\n|\Z)")
_COMMENT: Final = re.compile(r"(?<![^\s])#[^\r\n]*")
MAX_NODES: Final = 100_000


class _Tagged:
    """A scalar as its tag and its text: what it means, without making dates or floats of it."""

    def __init__(self, tag: str, text: str) -> None:
        self._said = (tag, text)

    def __repr__(self) -> str:
        return repr(self._said)


def load(text: str) -> Tree:
    """Read `text` by way of PyYAML. Raises RefusedEditError."""
    budget = [MAX_NODES]
    return tree_of(_plain(_root(text), budget, ()))


def _plain(node: yaml.Node | None, budget: list[int], above: tuple[int, ...]) -> Any:
    budget[0] -= 1
    if budget[0] < 0 or id(node) in above:
        raise RefusedEditError("its aliases are too much to follow")
    if isinstance(node, yaml.MappingNode):
        inside = (*above, id(node))
        return Pairs([(_name(key), _plain(value, budget, inside)) for key, value in node.value])
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value, budget, (*above, id(node))) for value in node.value]
    if isinstance(node, yaml.ScalarNode):
        tag = str(node.tag).removeprefix("tag:yaml.org,2002:")
        if tag == "str":
            return str(node.value)
        return None if tag == "null" else _Tagged(tag, str(node.value))
    return {}


def _name(key: yaml.Node) -> Any:
    return str(key.value) if isinstance(key, yaml.ScalarNode) else tree_of(repr(key.value))


def forget() -> None:
    """Keep no text that was read."""
    _root.cache_clear()


def source(text: str, path: Path) -> str | None:
    """Return the value at `path` as it is written, None when there is none."""
    found = _find(text, path)
    return None if found is None else text[found[1].start_mark.index : _end(found[1])]


def put(text: str, path: Path, value: Any) -> str:
    """Return `text` with `value` at `path`; a list that is missing is made at the end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    root = _root(text)
    if isinstance(root, yaml.MappingNode) and root.flow_style:
        raise RefusedEditError("it is one mapping in braces; paste the settings by hand")
    key = str(path[0])
    found = _find(text, path[:1])
    if len(path) == 1:
        if found is None:
            return _append(text, root, f"{key}: {_scalar(value)}{newline}", newline)
        name, node = found
        if not isinstance(node, yaml.ScalarNode) or node.style in ("|", ">"):
            raise RefusedEditError(f"{key} is no plain value there")
        start, end = node.start_mark.index, node.end_mark.index
        if start == end:
            colon = text.index(":", name.end_mark.index) + 1
            return f"{text[:colon]} {_scalar(value)}{text[colon:]}"
        return text[:start] + _scalar(value) + text[end:]
    if len(path) != 2 or not isinstance(path[1], Item):
        raise RefusedEditError("only entries of a list at the top can be edited in YAML")
    if found is None:
        return _append(text, root, f"{key}:{newline}{_entry(value, '  ', newline)}", newline)
    if _find(text, path) is not None:
        text = drop(text, path)
        found = _find(text, path[:1])
    if found is None:
        raise RefusedEditError(f"{key} cannot be found again")
    name, node = found
    if isinstance(node, yaml.SequenceNode) and node.flow_style:
        opening = node.start_mark.index + 1
        comma = ", " if node.value else ""
        return text[:opening] + json.dumps(value, ensure_ascii=False) + comma + text[opening:]
    empty = isinstance(node, yaml.ScalarNode) and node.start_mark.index == node.end_mark.index
    if not (empty or isinstance(node, yaml.SequenceNode)):
        raise RefusedEditError(f"{key} is no list there")
    line = text.find("\n", name.end_mark.index) + 1
    if line == 0:
        text, line = text + newline, len(text) + len(newline)
    indent = "  " if empty else " " * node.start_mark.column
    return text[:line] + _entry(value, indent, newline) + text[line:]


def put_source(text: str, path: Path, written: str) -> str:
    """Return `text` with the value at `path`, which must be there, written as `written`."""
    found = _find(text, path)
    if found is None:
        raise RefusedEditError("the value to be restored has gone")
    node = found[1]
    return text[: node.start_mark.index] + written + text[_end(node) :]


def drop(text: str, path: Path) -> str:
    """Return `text` without the lines of what stands at `path`.

    Comments in them, which are their user's, stay, a line each.
    """
    found = _find(text, path)
    if found is None:
        return text
    name, node = found
    start, end = name.start_mark.index, _end(node)
    if len(path) > 1:
        above = _find(text, path[:1])
        if above is not None and above[1].flow_style:
            rest = re.compile(r"[ \t]*,[ \t]*").match(text, end)
            if rest:
                return text[:start] + text[rest.end() :]
            before = re.search(r",[ \t]*\Z", text[:start])
            return text[: before.start() if before else start] + text[end:]
    if node.start_mark.index == node.end_mark.index:
        end = text.index(":", name.end_mark.index) + 1
    line = text.rfind("\n", 0, start) + 1
    rest = _REST.match(text, end)
    lead = text[line:start].removeprefix("\ufeff")
    dashed = _DASH.fullmatch(lead) if len(path) > 1 else not lead
    if rest is None or not dashed:
        raise RefusedEditError("something else stands on our line")
    line += len(text[line:start]) - len(lead)
    indent, newline = lead.replace("-", " "), "\r\n" if "\r\n" in text else "\n"
    kept = "".join(f"{indent}{comment}{newline}" for comment in _comments(text, node))
    if rest[1]:  # so does the one behind it
        return text[:line] + kept + indent + text[rest.start(1) :]
    return text[:line] + kept + text[rest.end() :]


def _comments(text: str, node: yaml.Node) -> list[str]:
    """What is said between the parts of `node`, which is no text itself."""
    found, at = [], int(node.start_mark.index)
    for part in _parts(node):
        found += _COMMENT.findall(text[at : part.start_mark.index])
        at = part.end_mark.index
    return found


def _parts(node: yaml.Node) -> Iterator[yaml.Node]:
    """The names and values in `node` in their order, as deep as they stand in lines."""
    if isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", False) or not node.value:
        yield node
        return
    for inner in node.value:
        for part in inner if isinstance(inner, tuple) else (inner,):
            yield from _parts(part)


def is_empty(text: str, path: Path) -> bool:
    """Whether a list without entries, or nothing at all, stands at `path`."""
    found = _find(text, path)
    if found is None or len(path) != 1:
        return False
    node = found[1]
    return node.start_mark.index == node.end_mark.index or (
        isinstance(node, yaml.SequenceNode) and not node.value
    )


@functools.lru_cache(maxsize=2)
def _root(text: str) -> yaml.Node | None:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise RefusedEditError(
            f"it is no YAML that can be read: {error}",
            "unreadable",
            form="YAML",
            words=str(error),
        ) from None
    if root is not None and not isinstance(root, yaml.MappingNode):
        raise RefusedEditError("it is no mapping")
    return root


def _find(text: str, path: Path) -> tuple[yaml.Node, Any] | None:
    """The node at `path` and the node of its name (of an entry, the entry itself)."""
    root = _root(text)
    if root is None:
        return None
    pairs = [(k, v) for k, v in root.value if isinstance(k, yaml.ScalarNode) and k.value == path[0]]
    if len(pairs) > 1:
        raise RefusedEditError(f"{path[0]} stands in the file twice", "twice", key=str(path[0]))
    if not pairs or len(path) == 1:
        return pairs[0] if pairs else None
    item = path[1]
    if not isinstance(item, Item) or not isinstance(pairs[0][1], yaml.SequenceNode):
        return None
    entries = [
        entry
        for entry in pairs[0][1].value
        if isinstance(entry, yaml.MappingNode)
        and any((k.value, v.value) == (item.key, item.value) for k, v in entry.value)
    ]
    if len(entries) > 1:
        raise RefusedEditError(f"{item.value} stands in the file twice", "twice", key=item.value)
    return (entries[0], entries[0]) if entries else None


def _end(node: yaml.Node) -> int:
    """Where the text of `node` ends. A block collection's own mark lies after comments."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _append(text: str, root: yaml.Node | None, lines: str, newline: str) -> str:
    last = root
    while isinstance(last, yaml.CollectionNode) and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    is_block = isinstance(last, yaml.ScalarNode) and last.style in ("|", ">")
    if root is not None and is_block and not text.endswith("\n"):
        # A line end after a text in a block would be one more character of it.
        first = root.start_mark.index
        return text[:first] + lines + text[first:]
    gap = "" if not text.strip("\ufeff") or text.endswith("\n") else newline
    return text + gap + lines


def _scalar(value: Any) -> str:
    # A JSON string is a double-quoted YAML scalar; true, false and numbers are the same.
    return json.dumps(value, ensure_ascii=False)


def _entry(value: dict[str, Any], indent: str, newline: str) -> str:
    lines = [f"{key}: {_scalar(inner)}" for key, inner in value.items()]
    return "".join(
        f"{indent}{'- ' if n == 0 else '  '}{line}{newline}" for n, line in enumerate(lines)
    )
