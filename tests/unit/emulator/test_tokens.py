"""The small tokenizer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.emulator.tokens import count_tokens, has_cjk, split_tokens


@given(st.text())
def test_pieces_joined_are_the_text(text: str) -> None:
    pieces = split_tokens(text)
    assert "".join(pieces) == text
    assert len(pieces) == count_tokens(text)
    assert all(pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello world", ["Hello", " world"]),
        ("你好，世界", ["你", "好", "，", "世", "界"]),
        ("a\n\nb", ["a", "\n\n", "b"]),
        ("internationalisation", ["internat", "ionalisa", "tion"]),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    assert split_tokens(text) == pieces


def test_cjk() -> None:
    assert has_cjk("a 中 b")
    assert not has_cjk("a – é 🚀")
