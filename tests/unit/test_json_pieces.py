"""A large JSON text in short steps: the very value, the very refusals, of a parser in one go."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine import json_pieces
from gateway_engine.json_pieces import TooManyValuesError, parse_steps
from gateway_engine.json_text import InvalidJsonError, mend_surrogates, parse
from tests.support.steps import finish

NUMBERS = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(scope="module", autouse=True)
def short_stretches() -> Iterator[None]:
    """Every text is gone through, a few characters at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_pieces, "STRETCH_CHARS", 11)
        patch.setattr(json_pieces, "FEW_VALUES", -1)
        yield


def outcome(data: bytes) -> tuple[str, Any]:
    try:
        return "value", finish(parse_steps(data))
    except InvalidJsonError:
        return "refused", None


def in_one_go(data: bytes) -> tuple[str, Any]:
    try:
        return "value", parse(data)
    except InvalidJsonError:
        return "refused", None


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_it_is_the_same_value(value: Any, indent: int | None, ascii_only: bool) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert outcome(data) == in_one_go(data)


@given(VALUES, st.integers(0, 200), st.sampled_from([b"", b",", b"}", b'"', b"\\", b"\xff", b"1"]))
def test_what_is_spoilt_is_refused_alike(value: Any, at: int, slip: bytes) -> None:
    data = json.dumps(value).encode()
    spoilt = data[:at] + slip + data[at + 1 :]
    assert outcome(spoilt) == in_one_go(spoilt)


def test_a_refusal_says_where() -> None:
    with pytest.raises(InvalidJsonError, match=r"a comma was expected \(line 2, column 21\)"):
        finish(parse_steps(b'[1,\n "a string so long" 2]'))


def test_depth_has_an_end() -> None:
    with pytest.raises(InvalidJsonError, match="nested too deeply"):
        finish(parse_steps(b"[" * 5000 + b"]" * 5000))


def test_very_many_values_are_refused_and_commas_in_strings_are_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_pieces, "STRETCH_CHARS", 4000)
    monkeypatch.setattr(json_pieces, "MAX_VALUES", 1000)
    assert finish(parse_steps(json.dumps([["," * 900]] * 100).encode())) == [["," * 900]] * 100
    with pytest.raises(TooManyValuesError):
        finish(parse_steps(json.dumps([[1] * 100] * 100).encode()))


def test_no_step_reads_more_than_a_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_pieces, "STEPS_VALUES", 10)
    steps = parse_steps(json.dumps([{"n": n} for n in range(1000)]).encode())
    assert sum(1 for _ in steps) >= 100


@pytest.mark.parametrize("few", [-1, 50_000])
def test_halves_of_pairs_are_read_as_ever(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_pieces, "FEW_VALUES", few)
    data = rb'["\ud83d\ude80 \ud83d", "\\ud83d", "\ude80\ud83d"]'
    found = [mend_surrogates(text) for text in finish(parse_steps(data))]
    assert found == ["🚀 \ufffd", "\\ud83d", "\ufffd\ufffd"]
