"""Which lines of two texts differ. Pure; the cost is bounded, and small where little differs.

First the lines both begin and end with are set aside. What is left is compared by Myers' greedy
walk while few lines differ; beyond that it is cut at the lines that stand once in either text, and
each piece is walked again. A piece that is still too different counts as replaced whole.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

MAX_STEPS: Final = 240
"""So many lines may differ in one walk; its cost grows with the square."""
BUDGET: Final = 60_000
"""Steps of all walks together."""

Block = tuple[int, int, int, int]
"""Old lines from, to and new lines from, to that stand for each other; either may be none."""


def changed_blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """Return the places that differ, in order; neighbours are joined."""
    budget = [BUDGET]
    found: list[Block] = []
    for block in _compared(before, after, (0, len(before), 0, len(after)), budget, cut=True):
        last = found[-1] if found else None
        if last is not None and last[1] == block[0] and last[3] == block[2]:
            found[-1] = (last[0], block[1], last[2], block[3])
        else:
            found.append(block)
    return found


def _compared(
    before: Sequence[str], after: Sequence[str], area: Block, budget: list[int], *, cut: bool
) -> Iterator[Block]:
    old, old_end, new, new_end = area
    while old < old_end and new < new_end and before[old] == after[new]:
        old, new = old + 1, new + 1
    while old < old_end and new < new_end and before[old_end - 1] == after[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    if old == old_end and new == new_end:
        return
    if old == old_end or new == new_end:
        yield (old, old_end, new, new_end)
        return
    walked = _walk(before[old:old_end], after[new:new_end], budget)
    if walked is not None:
        for a, a_end, b, b_end in walked:
            yield (old + a, old + a_end, new + b, new + b_end)
        return
    if not cut:
        yield (old, old_end, new, new_end)
        return
    for a, b in (*_anchors(before, after, (old, old_end, new, new_end)), (old_end, new_end)):
        yield from _compared(before, after, (old, a, new, b), budget, cut=False)
        old, new = a, b


def _anchors(before: Sequence[str], after: Sequence[str], area: Block) -> list[tuple[int, int]]:
    """Pairs of places of lines that stand once in either part, in an order common to both."""
    old, old_end, new, new_end = area
    olds, news = Counter(before[old:old_end]), Counter(after[new:new_end])
    places = {after[n]: n for n in range(new, new_end) if news[after[n]] == 1}
    pairs = [
        (n, places[before[n]])
        for n in range(old, old_end)
        if olds[before[n]] == 1 and before[n] in places
    ]
    # The longest run of pairs that rises in both: for each length the run that ends lowest.
    ends: list[int] = []
    tails: list[int] = []
    came_from = [-1] * len(pairs)
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(ends, place)
        ends[at : at + 1], tails[at : at + 1] = [place], [number]
        came_from[number] = tails[at - 1] if at else -1
    chosen = []
    number = tails[-1] if tails else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = came_from[number]
    return chosen[::-1]


def _walk(before: Sequence[str], after: Sequence[str], budget: list[int]) -> list[Block] | None:
    """Myers' greedy walk; None when too much differs or the budget is used up."""
    wanted = len(before) - len(after)
    reached = {1: 0}
    history: list[dict[int, int]] = []
    for steps in range(MAX_STEPS + 1):
        budget[0] -= steps + 1
        if budget[0] < 0:
            return None
        history.append(dict(reached))
        for diagonal in range(-steps, steps + 1, 2):
            down = diagonal == -steps or (
                diagonal != steps and reached[diagonal - 1] < reached[diagonal + 1]
            )
            old = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            new = old - diagonal
            while old < len(before) and new < len(after) and before[old] == after[new]:
                old, new = old + 1, new + 1
            reached[diagonal] = old
            if diagonal == wanted and old >= len(before):
                return _way_back(history, len(before), len(after))
    return None


def _way_back(history: list[dict[int, int]], old: int, new: int) -> list[Block]:
    blocks: list[Block] = []
    for steps in range(len(history) - 1, 0, -1):
        reached, diagonal = history[steps], old - new
        down = diagonal == -steps or (
            diagonal != steps and reached[diagonal - 1] < reached[diagonal + 1]
        )
        at = diagonal + 1 if down else diagonal - 1
        old = reached[at]
        new = old - at
        step = (old, old, new, new + 1) if down else (old, old + 1, new, new)
        last = blocks[-1] if blocks else None
        if last is not None and (step[1], step[3]) == (last[0], last[2]):
            blocks[-1] = (step[0], last[1], step[2], last[3])
        else:
            blocks.append(step)
    return blocks[::-1]
