"""Reasoning that stands in the answer text, however its markers are cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.upstreams.wire.thinking import ThinkingSplitter


def split(*chunks: str) -> tuple[str, str]:
    """Reasoning and text."""
    splitter = ThinkingSplitter()
    pieces = [piece for chunk in chunks for piece in splitter.feed(chunk)] + splitter.flush()
    assert all(text for _, text in pieces)
    return (
        "".join(text for reasoning, text in pieces if reasoning),
        "".join(text for reasoning, text in pieces if not reasoning),
    )


CASES = [
    ("plain text\nwith lines", "", "plain text\nwith lines"),
    ("````think::12\nhm\n````\n\nyes", "hm", "yes"),
    ("````think::\nhm\n````\nyes", "hm", "yes"),
    ("````think::12\n```python\nx\n```\n`````\n````x\n````  \r\nyes", None, "yes"),
    ("text\n````think::9\nhm\n````\nmore\n````think::9\nhm\n````\n", "hmhm", "text\nmore\n"),
    ("````think::12\nnever closed", "never closed", ""),
    ("````think::12\nclosed at the end\n````", "closed at the end", ""),
    ("````think::12\n````\nyes", "", "yes"),
    ("a ````think::12\nno", "", "a ````think::12\nno"),
    ("````thinking\nno", "", "````thinking\nno"),
    ("````think::" + "x" * 80 + "\nno", "", "````think::" + "x" * 80 + "\nno"),
    ("````python\ncode\n````\n", "", "````python\ncode\n````\n"),
    ("<think>hm</think>\n\nyes", "hm", "yes"),
    (" \n<think>\nhm</think>yes", "hm", "yes"),
    ("<think>a < b, </thin no</think>yes", "a < b, </thin no", "yes"),
    ("<think>never closed</thi", "never closed</thi", ""),
    ("<think></think>yes", "", "yes"),
    ("<thinking> is no tag", "", "<thinking> is no tag"),
    ("the tag <think>x</think> is text", "", "the tag <think>x</think> is text"),
    ("<think>a</think><think>b</think>yes", "ab", "yes"),
    ("<thin", "", "<thin"),
    ("  ", "", "  "),
    ("`", "", "`"),
]


@pytest.mark.parametrize(("stream", "reasoning", "text"), CASES)
def test_in_one_piece(stream: str, reasoning: str | None, text: str) -> None:
    got = split(stream)
    assert got[1] == text
    if reasoning is not None:
        assert got[0] == reasoning


@pytest.mark.parametrize("stream", [case[0] for case in CASES])
def test_a_cut_anywhere_changes_nothing(stream: str) -> None:
    whole = split(stream)
    for at in range(len(stream) + 1):
        assert split(stream[:at], stream[at:]) == whole
    assert split(*stream) == whole


TOKENS = ["````think::1\n", "````", "\n", "`", "<think>", "</think>", "<", "a", " ", "\r\n", "```"]


@given(st.lists(st.sampled_from(TOKENS), max_size=12), st.lists(st.integers(0, 60), max_size=5))
def test_any_cuts_of_anything(tokens: list[str], cuts: list[int]) -> None:
    stream = "".join(tokens)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[a:b] for a, b in itertools.pairwise(edges)]
    assert split(*chunks) == split(stream)


def test_only_what_may_be_a_marker_is_held_back() -> None:
    splitter = ThinkingSplitter()
    assert splitter.feed("a < b and `code`") == [(False, "a < b and `code`")]
    assert splitter.feed("\n`") == [(False, "\n")]
    assert splitter.holds_text
    assert splitter.feed("x") == [(False, "`x")]
    assert not splitter.holds_text
