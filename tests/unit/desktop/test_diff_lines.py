"""What is shown as the difference is the difference, and never costs without bound."""

import difflib
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.widgets.diff_lines import MAX_LINE_CHARS, MAX_SHOWN, Diff, Kind, diff_from, diff_of
from gateway_engine.splicing import line_blocks

lines = st.lists(st.sampled_from(["a", "b", "c", "", "long line", "@@ -1 +1 @@", "- x"]))
some_text = st.builds(
    lambda parts, end: "\n".join(parts) + end, lines, st.sampled_from(["", "\n", "\r\n"])
)


def rebuilt(diff: Diff, old: str, *, side: Kind) -> list[str]:
    """The text `side` stands for: hunks in their places, old lines everywhere else."""
    shown, result = list(diff.lines), []
    before, position = old.split("\n"), 0
    for line in shown:
        if line.kind is Kind.HUNK:
            continue
        if line.old:
            result += before[position : line.old - 1]
            position = line.old
        if line.kind in (Kind.SAME, side):
            result.append(line.text)
    return result + before[position:]


@pytest.mark.parametrize("max_steps", [2, line_blocks.MAX_STEPS])
@settings(max_examples=200)
@given(old=some_text, new=some_text)
def test_the_old_text_and_the_difference_give_the_new_one(
    max_steps: int, old: str, new: str
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(line_blocks, "MAX_STEPS", max_steps)
        diff = diff_of(old, new, context=2)
    assert bool(diff.lines) == (old != new)
    assert _visible(rebuilt(diff, old, side=Kind.ADDED)) == _visible(new.split("\n"))
    assert _visible(rebuilt(diff, old, side=Kind.REMOVED)) == _visible(old.split("\n"))
    for line in diff.lines:
        assert bool(line.old) == (line.kind in (Kind.SAME, Kind.REMOVED))
        assert bool(line.new) == (line.kind in (Kind.SAME, Kind.ADDED))


def _visible(parts: Sequence[str]) -> list[str]:
    return [part.rstrip("\r␊␍") for part in parts if part.rstrip("\r␊␍")]


@given(old=lines, new=lines)
def test_a_unified_diff_reads_as_what_it_was_made_from(old: list[str], new: list[str]) -> None:
    made = list(difflib.unified_diff(old, new, "a", "b", lineterm=""))
    shown = diff_from("\n".join(made))
    assert [
        line.text if line.kind is Kind.HUNK else line.kind.value + line.text for line in shown.lines
    ] == made[2:]
    for line in shown.lines:
        assert line.old == 0 or old[line.old - 1] == line.text
        assert line.new == 0 or new[line.new - 1] == line.text


def test_few_changes_in_a_large_text_are_found_as_they_are() -> None:
    before = [f"line {n}" for n in range(20_000)]
    after = list(before)
    after[5_000] = "other"
    after[9_000:9_002] = []
    diff = diff_of("\n".join(before), "\n".join(after))
    assert (diff.added, diff.removed, diff.left_out) == (1, 3, 0)
    assert [line.kind for line in diff.lines].count(Kind.HUNK) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{\n}\n" * 30_000, "}\n}\n{\n" * 30_000),
        ("".join(f"{n}\n" for n in range(60_000)), "".join(f"{n} \n" for n in range(60_000))),
        ("".join(f"{n}\n" for n in range(60_000)), "".join(f"{-n}\n" for n in range(60_000))),
        ("x" * 4_000_000, "x" * 3_999_999 + "y"),
    ],
    ids=["alike", "all other", "turned round", "one long line"],
)
def test_the_worst_texts_cost_little_and_are_cut(old: str, new: str) -> None:
    started = time.process_time()
    diff = diff_of(old, new)
    assert time.process_time() - started < 5.0  # a quadratic walk takes minutes
    assert 0 < len(diff.lines) <= MAX_SHOWN
    assert all(len(line.text) <= MAX_LINE_CHARS + 2 for line in diff.lines)
    shown = sum(line.kind in (Kind.ADDED, Kind.REMOVED) for line in diff.lines)
    assert diff.added + diff.removed >= shown > 0


def test_a_long_line_is_shown_where_it_differs() -> None:
    old, new = ("x" * 5000 + middle + "z" * 5000 for middle in ("before", "after"))
    removed, added = diff_of(old, new).lines[1:]
    assert removed.text[slice(*removed.marked)] == "before"
    assert added.text[slice(*added.marked)] == "after"
    assert removed.text.startswith("…")
    assert removed.text.endswith("…")


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("a\r\nb\n", "a\nb\n", ["a␍␊", "a␊"]),
        ("a", "a\n", ["a", "a␊"]),
        ("\x1b[1m a\u202eb", "c", ["␛[1m a\ufffdb", "c"]),
    ],
)
def test_what_cannot_be_seen_is_shown_by_a_sign(old: str, new: str, shown: list[str]) -> None:
    assert [line.text for line in diff_of(old, new).lines[1:3]] == shown
