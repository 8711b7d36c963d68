"""The estimate of tokens: never nothing for something, never less for more."""

from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.tokens import estimate_tokens


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(one: str, two: str) -> None:
    assert estimate_tokens(one + two) >= estimate_tokens(one)
    assert (estimate_tokens(one) == 0) is (one == "")


def test_about_what_vocabularies_say() -> None:
    assert 250 <= estimate_tokens("x" * 1000) <= 300
    assert 600 <= estimate_tokens("引擎" * 500) <= 1000
    assert estimate_tokens("\ud83d") == 1
