"""Sentences one after another, as the language of their words wants it, or a line each."""

from collections.abc import Sequence
from typing import Final

FULL_WIDTH_ENDS: Final = ("。", "！", "？", "：", "；", "）")


def as_points(sentences: Sequence[str]) -> str:
    """A line each; with a mark before each of several, as a line may wrap."""
    if len(sentences) < 2:
        return "".join(sentences)
    return "\n".join(f"• {sentence}" for sentence in sentences)


def in_a_row(*sentences: str) -> str:
    """All that are not empty: with a space between them, with none after Chinese punctuation."""
    text = ""
    for sentence in filter(None, sentences):
        gap = " " if text and not text.endswith(FULL_WIDTH_ENDS) else ""
        text += gap + sentence
    return text
