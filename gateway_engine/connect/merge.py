"""Three-way undo: what we did is taken back, what was done since stays. Pure.

Three ways, the surest first. Nothing was done since: the very bytes of before. Something was done
on other lines: the lines of ours are turned back (as diff3 does). Else key by key.
"""

import contextlib
import difflib
from collections.abc import Sequence

from gateway_engine.connect.splice import Format, Leaf, Reverted, load, prove_reverted, revert
from gateway_engine.splicing.edits import Path, RefusedEditError, value_at


def undo(
    current: str,
    form: Format,
    *,
    before: str,
    after: str,
    found: Sequence[Leaf],
    made: Sequence[Path],
) -> Reverted:
    """Return `current` without what led from `before` to `after`. Raises RefusedEditError."""
    if current == after:
        return Reverted(before, ())
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
    since = difflib.SequenceMatcher(None, after, current.splitlines(True), autojunk=False)
    blocks = since.get_matching_blocks()
    lines = current.splitlines(True)
    back = difflib.SequenceMatcher(None, after, before, autojunk=False).get_opcodes()
    for kind, start, end, old_start, old_end in reversed(back):
        if kind == "equal":
            continue
        block = next((b for b in blocks if b.a <= start and end <= b.a + b.size and b.size), None)
        if block is None:
            return None
        shift = block.b - block.a
        back_again = list(before[old_start:old_end])
        if back_again and end + shift < len(lines) and not back_again[-1].endswith(("\r", "\n")):
            # It was the last line of the file; what the user has added follows on its own.
            taken = after[end - 1] if end > start else ""
            back_again[-1] += "\r\n" if taken.endswith("\r\n") else "\n"
        lines[start + shift : end + shift] = back_again
    return "".join(lines)
