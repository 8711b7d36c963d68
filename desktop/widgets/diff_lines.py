"""What differs between two texts, as lines to be shown. Pure; the cost is bounded."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from gateway_engine.public import Block, changed_blocks

CONTEXT_LINES: Final = 3
MAX_SHOWN: Final = 2_000
MAX_LINE_CHARS: Final = 600
LEAD_CHARS: Final = 60
"""So much of a long line stands before the place where it differs."""
_CONTROLS: Final = {
    **{code: 0x2400 + code for code in range(0x20) if code != 0x09},
    **dict.fromkeys((*range(0x7F, 0xA0), 0x2028, 0x2029), 0xFFFD),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),
}
"""What would begin a line, turn others around or draw nothing is shown as a sign of its own."""
_HUNK: Final = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Kind(Enum):
    """What a shown line is. The value is its sign."""

    SAME = " "
    REMOVED = "-"
    ADDED = "+"
    HUNK = "@"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`old`, `new`: its numbers from 1, 0 where it is not. `marked`: the part (from, to) of `text`
    that differs from its counterpart, (0, 0) where that is all or nothing."""

    kind: Kind
    text: str
    old: int = 0
    new: int = 0
    marked: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Diff:
    """`left_out`: lines beyond the limit. No lines: the texts are the same."""

    lines: tuple[DiffLine, ...] = ()
    left_out: int = 0
    added: int = 0
    removed: int = 0


def diff_of(old: str, new: str, *, context: int = CONTEXT_LINES) -> Diff:
    """Compare two texts line by line; line ends and whether the last one has one count."""
    if old == new:
        return Diff()
    before, after = _lines(old), _lines(new)
    return _shown(_hunks(changed_blocks(before, after), before, after, context))


def diff_from(unified: str) -> Diff:
    """Read what `diff -u` writes; what stands before the first hunk is passed over."""
    lines: list[DiffLine] = []
    old = new = old_left = new_left = 0
    for text in unified.split("\n"):
        header = _HUNK.match(text)
        if old_left + new_left == 0:
            if header:
                old, new = int(header[1]), int(header[3])
                old_left, new_left = int(header[2] or 1), int(header[4] or 1)
                lines.append(DiffLine(Kind.HUNK, header[0]))
            continue
        sign, rest = text[:1], text[1:]
        if sign == Kind.REMOVED.value:
            lines.append(DiffLine(Kind.REMOVED, rest, old=old))
            old, old_left = old + 1, old_left - 1
        elif sign == Kind.ADDED.value:
            lines.append(DiffLine(Kind.ADDED, rest, new=new))
            new, new_left = new + 1, new_left - 1
        elif sign != "\\":  # "\ No newline at end of file"
            lines.append(DiffLine(Kind.SAME, rest, old, new))
            old, new, old_left, new_left = old + 1, new + 1, old_left - 1, new_left - 1
    return _shown(lines)


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


# --- what is shown of it -------------------------------------------------------------------------


def _hunks(
    blocks: Sequence[Block], before: Sequence[str], after: Sequence[str], context: int
) -> Iterator[DiffLine]:
    groups: list[list[Block]] = []
    for block in blocks:
        if groups and block[0] - groups[-1][-1][1] <= 2 * context:
            groups[-1].append(block)
        else:
            groups.append([block])
    for group in groups:
        lead = min(context, group[0][0])
        trail = min(context, len(before) - group[-1][1])
        old, new = group[0][0] - lead, group[0][2] - lead
        old_count, new_count = group[-1][1] + trail - old, group[-1][3] + trail - new
        span = f"-{old + bool(old_count)},{old_count} +{new + bool(new_count)},{new_count}"
        yield DiffLine(Kind.HUNK, f"@@ {span} @@")
        for a, a_end, b, b_end in group:
            while old < a:
                yield DiffLine(Kind.SAME, before[old], old + 1, new + 1)
                old, new = old + 1, new + 1
            yield from (DiffLine(Kind.REMOVED, before[n], old=n + 1) for n in range(a, a_end))
            yield from (DiffLine(Kind.ADDED, after[n], new=n + 1) for n in range(b, b_end))
            old, new = a_end, b_end
        for _ in range(trail):
            yield DiffLine(Kind.SAME, before[old], old + 1, new + 1)
            old, new = old + 1, new + 1


def _shown(lines: Iterable[DiffLine]) -> Diff:
    kept: list[DiffLine] = []
    left_out = added = removed = 0
    for line in lines:
        added += line.kind is Kind.ADDED
        removed += line.kind is Kind.REMOVED
        if len(kept) < MAX_SHOWN:
            kept.append(line)
        else:
            left_out += 1
    return Diff(tuple(_readable(kept)), left_out, added, removed)


def _readable(lines: list[DiffLine]) -> Iterator[DiffLine]:
    """Lines cut to what can be read; those that took the place of others say where they differ."""
    position = 0
    while position < len(lines):
        end = position
        while end < len(lines) and lines[end].kind is Kind.REMOVED:
            end += 1
        middle = end
        while end < len(lines) and lines[end].kind is Kind.ADDED:
            end += 1
        if end - middle == middle - position > 0:
            pairs = [_pair(lines[n], lines[n + middle - position]) for n in range(position, middle)]
            yield from (old for old, _ in pairs)
            yield from (new for _, new in pairs)
        else:
            end = max(end, position + 1)
            yield from (_cut(line, (0, 0)) for line in lines[position:end])
        position = end


def _pair(old: DiffLine, new: DiffLine) -> tuple[DiffLine, DiffLine]:
    here, there = _differing(old.text, new.text)
    first, second = _cut(old, here), _cut(new, there)
    if first.text != second.text:
        return first, second
    # Only their ends differ, which nobody sees.
    return _with_end(first, old.text), _with_end(second, new.text)


def _with_end(shown: DiffLine, text: str) -> DiffLine:
    ending = text[len(text.rstrip("\r\n")) :].translate(_CONTROLS)
    marked = (len(shown.text), len(shown.text) + len(ending))
    return replace(shown, text=shown.text + ending, marked=marked if ending else (0, 0))


def _differing(old: str, new: str) -> tuple[tuple[int, int], tuple[int, int]]:
    low, high = 0, min(len(old), len(new))
    while low < high:  # the common beginning, by halves: long lines are compared by the machine
        middle = (low + high + 1) // 2
        low, high = (middle, high) if old[:middle] == new[:middle] else (low, middle - 1)
    start = low
    low, high = 0, min(len(old), len(new)) - start
    while low < high:
        middle = (low + high + 1) // 2
        same = old[len(old) - middle :] == new[len(new) - middle :]
        low, high = (middle, high) if same else (low, middle - 1)
    return (start, len(old) - low), (start, len(new) - low)


def _cut(line: DiffLine, marked: tuple[int, int]) -> DiffLine:
    text = line.text
    start = max(0, marked[0] - LEAD_CHARS) if len(text) > MAX_LINE_CHARS else 0
    shown = text[start : start + MAX_LINE_CHARS]
    ended = shown.rstrip("\r\n")
    low, high = (min(max(0, n - start), len(ended)) for n in marked)
    before = "…" if start else ""
    after = "…" if start + MAX_LINE_CHARS < len(text) else ""
    is_part = low < high and (low, high) != (0, len(ended))
    place = (low + len(before), high + len(before)) if is_part else (0, 0)
    return replace(line, text=before + ended.translate(_CONTROLS) + after, marked=place)
