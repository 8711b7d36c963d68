"""What is shown of a change is what `diff -u` would say, without secrets."""

import difflib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.connect.showing import masked_diff

texts = st.lists(st.sampled_from(["a", "b", "", "c d", "@@ x", "- y"])).map("\n".join)


@given(before=texts, after=texts)
def test_the_shown_lines_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    shown = masked_diff(before, after, Path("x"), []).split("\n")
    theirs = list(
        difflib.unified_diff(before.splitlines(), after.splitlines(), "x", "x", lineterm="")
    )
    assert shown[:2] == (theirs[:2] or [""])
    changed = [sum(line[:1] == sign for line in shown[2:]) for sign in "-+"]
    wanted = [sum(line[:1] == sign for line in theirs[2:]) for sign in "-+"]
    assert changed[1] - changed[0] == wanted[1] - wanted[0]


def test_counts_and_places_stand_in_the_heads() -> None:
    lines = [f"line {n}" for n in range(1, 40)]
    other = [*lines[:9], "new", *lines[9:29], *lines[30:]]
    shown = masked_diff("\n".join(lines), "\n".join(other), Path("x"), [])
    wanted = difflib.unified_diff(lines, other, "x", "x", lineterm="")
    assert shown == "\n".join(wanted)
    assert masked_diff("", "one", Path("x"), []) == "--- x\n+++ x\n@@ -0,0 +1 @@\n+one"
    gone = masked_diff("token: abcdefgh", "", Path("x"), [], gone=True)
    assert gone == "--- x\n+++ (removed)\n@@ -1 +0,0 @@\n-token: ***"
