"""Three-way undo: what we did is taken back, what was done since stays. Pure.

Three ways, the surest first. Nothing was done since: the very bytes of before. Something was done
on other lines: the lines of ours are turned back (as diff3 does). Else key by key. Where somebody
has worked in an entry of ours, that much of it stays as its client needs to read what is left.
"""

import contextlib
from collections.abc import Sequence

from gateway_engine.connect.splice import Format, Leaf, Reverted, load, prove_reverted, revert
from gateway_engine.splicing.edits import Path, RefusedEditError, value_at
from gateway_engine.splicing.line_blocks import Block, changed_blocks


def undo(
    current: str,
    form: Format,
    *,
    before: str,
    after: str,
    found: Sequence[Leaf],
    made: Sequence[Path],
    needed: Sequence[Path] = (),
) -> Reverted:
    """Return `current` without what led from `before` to `after`. Raises RefusedEditError.

    `needed`: leaves without which the client refuses whatever else is in their map.
    """
    if current == after:
        return Reverted(before, ())
    done = _undone(current, form, before, after, found, made)
    left = load(done.text, form)
    stay = [
        leaf
        for leaf in found
        if leaf.path in needed
        and value_at(left, leaf.path) is None
        and value_at(left, leaf.path[:-1]) is not None
    ]
    if not stay:
        return done
    done = revert(current, form, [leaf for leaf in found if leaf not in stay], made)
    entries = dict.fromkeys(leaf.path[:-1] for leaf in stay)
    told = [entry for entry in entries if all(path[: len(entry)] != entry for path in done.kept)]
    return Reverted(done.text, (*done.kept, *told))


def _undone(
    current: str, form: Format, before: str, after: str, found: Sequence[Leaf], made: Sequence[Path]
) -> Reverted:
    tree = load(current, form)
    if all(value_at(tree, leaf.path) == leaf.ours[0] for leaf in found):
        merged = turned_back(before.splitlines(True), after.splitlines(True), current)
        if merged is not None:
            # Where the lines fit and what they say does not, it goes key by key.
            with contextlib.suppress(RefusedEditError):
                prove_reverted(current, merged, form, found)
                return Reverted(merged, ())
    return revert(current, form, found, made)


def turned_back(before: Sequence[str], after: Sequence[str], current: str) -> str | None:
    """Return `current` with the lines of `after` that are not in `before` turned back.

    None when somebody has changed these lines too.
    """
    lines = current.splitlines(True)
    since = unchanged(changed_blocks(after, lines), len(after))
    for start, end, old_start, old_end in reversed(changed_blocks(after, before)):
        shift = next((to - at for at, to, size in since if at <= start and end <= at + size), None)
        if shift is None:
            return None
        back_again = list(before[old_start:old_end])
        if back_again and end + shift < len(lines) and not back_again[-1].endswith(("\r", "\n")):
            # It was the last line of the file; what the user has added follows on its own.
            taken = after[end - 1] if end > start else ""
            back_again[-1] += "\r\n" if taken.endswith("\r\n") else "\n"
        lines[start + shift : end + shift] = back_again
    return "".join(lines)


def unchanged(changed: Sequence[Block], length: int) -> list[tuple[int, int, int]]:
    """Return the stretches between `changed` of a text of `length` lines: where each begins in
    either text, and its lines."""
    found, old, new = [], 0, 0
    for block in (*changed, (length, length, -1, -1)):
        if block[0] > old:
            found.append((old, new, block[0] - old))
        old, new = block[1], block[3]
    return found
