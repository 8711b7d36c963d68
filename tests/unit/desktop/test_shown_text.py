"""Places of a text and of the document that shows it, and searching it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.widgets.shown_text import (
    LINE_CHARS,
    MAX_MATCHES,
    ShownText,
    displayable,
    find_all,
)

long_lines = st.lists(
    st.tuples(st.sampled_from(["a", "你", "😀", "ab\n", "\n"]), st.integers(0, 1500)), max_size=6
).map(lambda runs: "".join(piece * count for piece, count in runs))


def units(text: str) -> int:
    """Qt's length of a text."""
    return len(text.encode("utf-16-le")) // 2


@given(text=long_lines)
def test_every_line_is_short_and_nothing_is_lost(text: str) -> None:
    shown = ShownText(text)
    whole = shown.folded(0, len(text))
    assert all(len(line) <= LINE_CHARS for line in whole.split("\n"))
    assert len(whole) == len(text) + len(shown.folds)
    assert whole.replace("\n", "") == text.replace("\n", "")


@given(text=long_lines, cut=st.integers(0, 5000))
def test_pieces_put_together_are_the_whole(text: str, cut: int) -> None:
    shown = ShownText(text)
    at = min(cut, len(text))
    assert shown.folded(0, at) + shown.folded(at, len(text)) == shown.folded(0, len(text))


@given(text=long_lines, at=st.integers(0, 5000))
def test_places_lead_there_and_back(text: str, at: int) -> None:
    shown, at = ShownText(text), min(at, len(text))
    before = shown.folded(0, at)
    # A fold before this very character is drawn with it.
    assert shown.place(at) == units(before) + (at in shown.folds)
    assert shown.offset(shown.place(at)) == at


@given(start=long_lines, more=long_lines)
def test_a_text_that_goes_on_keeps_its_folds(start: str, more: str) -> None:
    longer = ShownText(start + more)
    assert ShownText(start).folds == [fold for fold in longer.folds if fold < len(start)]


def test_searching_does_not_mind_the_case_and_is_bounded() -> None:
    assert find_all("Abc aBC", "abc") == ([0, 4], False)
    assert find_all("İİ x", "X") == ([], False), "where small letters are longer, case counts"
    assert find_all("İİ x", "x") == ([3], False)
    assert find_all("abc", "") == ([], False)
    found, more = find_all("a" * (MAX_MATCHES + 1), "a")
    assert (len(found), more) == (MAX_MATCHES, True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\r\nb\rc", "a\nb\nc"), ("a\ud83d", "a?"), ("你\u2029好", "你\n好"), ("plain", "plain")],
)
def test_what_qt_cannot_hold_is_mended(text: str, shown: str) -> None:
    assert displayable(text) == shown
