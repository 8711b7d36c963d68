"""JSON in and out, the odd text of real programs included."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.json_text import (
    InvalidJsonError,
    ends_in_high_surrogate,
    mend_surrogates,
    parse,
    render,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_rendered_is_json(value: Any) -> None:
    assert json.loads(render(value)) == value


@pytest.mark.parametrize(
    ("text", "rendered"),
    [("\ud83d", '"\ufffd"'), ("\ud83d\ude80", '"🚀"'), ("a\udc00b", '"a\ufffdb"'), ("é", '"é"')],
)
def test_lone_surrogates_are_replaced_and_pairs_joined(text: str, rendered: str) -> None:
    assert render(text).decode() == rendered


@pytest.mark.parametrize("data", [b"{", b'{"a":1} x', b"", b"NaN", b'"\\u12"', b'{"\\ud800":NaN}'])
def test_what_is_not_json(data: bytes) -> None:
    for form in (data, bytearray(data), memoryview(data), data.decode()):
        with pytest.raises(InvalidJsonError):
            parse(form)


def test_a_message_never_quotes() -> None:
    with pytest.raises(InvalidJsonError) as caught:
        parse(b'{"password":"hunter2", \\ud800')
    assert "hunter2" not in str(caught.value)


def test_half_a_pair_is_read() -> None:
    for data in (b'"\\ud83d"', '"\\ud83d"', bytearray(b'"\\ud83d"'), memoryview(b'"\\ud83d"')):
        assert parse(data) == "\ud83d"


@pytest.mark.parametrize(("text", "ends"), [("", False), ("a\ud83d", True), ("\ude80", False)])
def test_the_end_of_a_cut(text: str, ends: bool) -> None:
    assert ends_in_high_surrogate(text) is ends


@given(st.text())
def test_good_text_is_left_alone(text: str) -> None:
    assert mend_surrogates(text) == text
