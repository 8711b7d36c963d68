"""Edits a client's settings so that provably nothing but our keys changes. Pure.

Text goes in and comes out; every character that is not ours stays, comments and order included.
Each result is read again by a parser that had no part in finding the positions, and compared with
the text before: without our keys both must say the same. Else RefusedEditError.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import Final

from gateway_engine.connect import jsonc, yaml_text
from gateway_engine.splicing import toml_text
from gateway_engine.splicing.edits import (
    MAX_CHARS,
    Edit,
    Path,
    RefusedEditError,
    Tree,
    leaves,
    spelled,
    tree_of,
    value_at,
    without,
)


class Format(StrEnum):
    """How a settings file is written."""

    JSONC = "jsonc"
    TOML = "toml"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class _Dialect:
    load: Callable[[str], Tree]
    source: Callable[[str, Path], str | None]
    put: Callable[[str, Path, object], str]
    put_source: Callable[[str, Path, str], str]
    drop: Callable[[str, Path], str]
    is_empty: Callable[[str, Path], bool]


def _dialect(module: ModuleType) -> _Dialect:
    return _Dialect(
        module.load,
        module.source,
        module.put,
        module.put_source,
        module.drop,
        module.is_empty,
    )


_DIALECTS: Final = {
    Format.JSONC: _dialect(jsonc),
    Format.TOML: _dialect(toml_text),
    Format.YAML: _dialect(yaml_text),
}


MOST_CHARS: Final = {
    Format.JSONC: MAX_CHARS // 4,
    Format.TOML: MAX_CHARS // 4,
    Format.YAML: MAX_CHARS // 16,
}
"""Above this a text is refused: it is no settings file, and somebody waits."""


@dataclass(frozen=True, slots=True)
class Before:
    """What stood at a leaf of ours: its source, None when nothing did."""

    path: Path
    source: str | None


@dataclass(frozen=True, slots=True)
class Applied:
    """`made`: the containers that were not there, outermost first."""

    text: str
    before: tuple[Before, ...]
    made: tuple[Path, ...]


def load(text: str, form: Format) -> Tree:
    """Return what `text` says. Raises RefusedEditError."""
    if len(text) > MOST_CHARS[form]:
        raise RefusedEditError("it is too large for a settings file", "too_large", file="")
    return _read(text, form)


@functools.lru_cache(maxsize=3)
def _read(text: str, form: Format) -> Tree:
    return _DIALECTS[form].load(text)


def forget() -> None:
    """Keep no text that was read: each is read once while an edit is made, by every step."""
    _read.cache_clear()
    jsonc.forget()
    yaml_text.forget()


def apply_edits(text: str, form: Format, edits: Sequence[Edit]) -> Applied:
    """Return `text` with `edits` made. Raises RefusedEditError."""
    dialect = _DIALECTS[form]
    start = load(text, form)
    single = list(leaves(edits))
    before = tuple(Before(e.path, dialect.source(text, e.path)) for e in single)
    prefixes = {e.path[:n]: None for e in single for n in range(1, len(e.path))}
    made = tuple(
        path for path in sorted(prefixes, key=len) if _is_missing(text, dialect, start, path)
    )
    done = text
    for edit in edits:
        done = _put(done, dialect, edit)
    prove(text, done, form, single)
    return Applied(done, before, made)


def _is_missing(text: str, dialect: _Dialect, tree: Tree, path: Path) -> bool:
    return value_at(tree, path) is None and dialect.source(text, path) is None


def _put(text: str, dialect: _Dialect, edit: Edit) -> str:
    """Put a whole map at once where none is, so that it reads in its order; else key by key."""
    if isinstance(edit.value, dict) and list(leaves([edit])) != [edit]:
        tables = dialect.load is toml_text.load
        if not tables and value_at(dialect.load(text), edit.path) is None:
            return dialect.put(text, edit.path, edit.value)
        # JSON's new members come first in their map: the last one put is the first to stand.
        keys = list(edit.value) if tables else list(reversed(edit.value))
        for key in keys:
            text = _put(text, dialect, Edit((*edit.path, key), edit.value[key]))
        return text
    return dialect.put(text, edit.path, edit.value)


def prove(before: str, after: str, form: Format, single: Sequence[Edit]) -> None:
    """Check that `after` says `single` and else what `before` does. Raises RefusedEditError."""
    old, new = load(before, form), load(after, form)
    for edit in single:
        if value_at(new, edit.path) != tree_of(edit.value):
            raise RefusedEditError(f"{spelled(edit.path)} could not be set safely")
    _prove_rest(old, new, [edit.path for edit in single])


def _prove_rest(old: Tree, new: Tree, paths: Sequence[Path]) -> None:
    for path in paths:
        old, new = without(old, path), without(new, path)
    if old != new:
        raise RefusedEditError("something besides our own keys would change")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf we set: every value that was ours, the newest first, and what stood there before."""

    path: Path
    ours: tuple[Tree, ...]
    before: Before


@dataclass(frozen=True, slots=True)
class Reverted:
    """`kept`: leaves that somebody has changed or removed since; they stay as they are."""

    text: str
    kept: tuple[Path, ...]


def drifted(text: str, form: Format, found: Sequence[Leaf]) -> tuple[Path, ...]:
    """Return the leaves that no longer say what we last set."""
    tree = load(text, form)
    return tuple(leaf.path for leaf in found if value_at(tree, leaf.path) != leaf.ours[0])


def revert(text: str, form: Format, found: Sequence[Leaf], made: Sequence[Path]) -> Reverted:
    """Return `text` with our leaves as they were before, whatever else has changed since.

    A leaf that does not say what we set is not ours any more. Raises RefusedEditError.
    """
    dialect = _DIALECTS[form]
    tree = load(text, form)
    mine = [leaf for leaf in found if value_at(tree, leaf.path) in leaf.ours]
    done = text
    for leaf in reversed(mine):
        if leaf.before.source is None:
            done = dialect.drop(done, leaf.path)
        else:
            done = dialect.put_source(done, leaf.path, leaf.before.source)
    dropped = []
    for path in reversed(made):
        if dialect.is_empty(done, path):
            done = dialect.drop(done, path)
            dropped.append(path)
    prove_reverted(text, done, form, mine, dropped)
    return Reverted(done, tuple(leaf.path for leaf in found if leaf not in mine))


def drop(text: str, form: Format, paths: Sequence[Path]) -> str:
    """Return `text` without what stands at `paths`. Raises RefusedEditError."""
    done = text
    for path in paths:
        done = _DIALECTS[form].drop(done, path)
    _prove_rest(load(text, form), load(done, form), paths)
    return done


def prove_reverted(
    text: str, done: str, form: Format, mine: Sequence[Leaf], dropped: Sequence[Path] = ()
) -> None:
    """Check that in `done` only `mine` differ from `text`, and are what they were.

    `dropped`: containers we had made, which were empty and are gone. Raises RefusedEditError.
    """
    dialect = _DIALECTS[form]
    new = load(done, form)
    for leaf in mine:
        was = leaf.before.source
        now = dialect.source(done, leaf.path)
        if (now is None) != (was is None) or (was is None and value_at(new, leaf.path) is not None):
            raise RefusedEditError(f"{spelled(leaf.path)} could not be undone safely")
        if was is not None and now != was:
            raise RefusedEditError(f"{spelled(leaf.path)} could not be restored")
    _prove_rest(load(text, form), new, [*(leaf.path for leaf in mine), *dropped])
