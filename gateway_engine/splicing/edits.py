"""What is to change in a settings file: paths and values, in no format's words. Pure.

A path leads through maps by name and through lists by what an entry says of itself
(`Item("name", "Lingma Gateway")`), never by position, which the user may change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

MAX_CHARS: Final = 4 * 1024 * 1024
"""A settings file above this is no settings file."""


class RefusedEditError(Exception):
    """The text cannot be edited so that nothing but our keys changes. The message says why, `code`
    and `facts` the same for whoever words it in a user's language.
    """

    def __init__(self, message: str, code: str = "unsafe", **facts: str) -> None:
        super().__init__(message)
        self.code = f"edit_{code}"
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Item:
    """The entry of a list whose `key` is `value`."""

    key: str
    value: str


Step = str | Item
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """`path` shall be `value`: a string, number, bool, list, or a map of these.

    A map is no value of its own: each of its leaves is an edit (`leaves`). An entry of a list is
    one: it is ours as a whole.
    """

    path: Path
    value: Any


Tree = tuple[Any, ...]
"""A parsed value that compares strictly: 1, 1.0, true and "1" differ, order and doubles count."""


def tree_of(value: Any) -> Tree:
    """Return `value` (maps as dicts or as `Pairs`) as a Tree."""
    if isinstance(value, Pairs):
        return ("map", tuple((key, tree_of(inner)) for key, inner in value.pairs))
    if isinstance(value, dict):
        return ("map", tuple((key, tree_of(inner)) for key, inner in value.items()))
    if isinstance(value, list | tuple):
        return ("list", tuple(tree_of(inner) for inner in value))
    return (type(value).__name__, repr(value))


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map as it stands in the text, a key that stands twice included."""

    pairs: Sequence[tuple[Any, Any]]


def leaves(edits: Sequence[Edit]) -> Iterator[Edit]:
    """Every edit of a single value, maps taken apart."""
    for edit in edits:
        whole = edit.path and isinstance(edit.path[-1], Item)
        if isinstance(edit.value, dict) and edit.value and not whole:
            inner = [Edit((*edit.path, key), value) for key, value in edit.value.items()]
            yield from leaves(inner)
        else:
            yield edit


def value_at(tree: Tree, path: Path) -> Tree | None:
    """Return what stands at `path`, None when nothing does. Raises RefusedEditError if two do."""
    for step in path:
        found = _matches(tree, step)
        if len(found) > 1:
            raise RefusedEditError(
                f"{spelled(path)} stands in the file twice", "twice", key=spelled(path)
            )
        if not found:
            return None
        tree = found[0]
    return tree


def without(tree: Tree, path: Path) -> Tree:
    """Return `tree` without what stands at `path`, nor containers on the way that are then empty.

    A container that was empty or null before is taken away as well: whether one stands there is
    not what a proof is about.
    """
    step, rest = path[0], path[1:]
    kind = tree[0]
    if kind not in ("map", "list"):
        return tree
    kept = []
    for entry in tree[1]:
        inner = entry[1] if kind == "map" else entry
        if not _is(entry, kind, step):
            kept.append(entry)
            continue
        if not rest:
            continue
        inner = without(inner, rest)
        if not (inner[0] == "NoneType" or (inner[0] in ("map", "list") and not inner[1])):
            kept.append((entry[0], inner) if kind == "map" else inner)
    return (kind, tuple(kept))


def spelled(path: Path) -> str:
    """Return `path` for people: `env.ANTHROPIC_BASE_URL`, `models[Lingma Gateway]`."""
    text = ""
    for step in path:
        text += f"[{step.value}]" if isinstance(step, Item) else f".{step}"
    return text.removeprefix(".")


def _matches(tree: Tree, step: Step) -> list[Tree]:
    kind = tree[0]
    if kind not in ("map", "list"):
        return []
    return [entry[1] if kind == "map" else entry for entry in tree[1] if _is(entry, kind, step)]


def _is(entry: Any, kind: str, step: Step) -> bool:
    if isinstance(step, Item):
        wanted = (step.key, tree_of(step.value))
        return kind == "list" and entry[0] == "map" and wanted in entry[1]
    return kind == "map" and entry[0] == step
