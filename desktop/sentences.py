"""Sentences one after another, as the language of their words wants it."""

from typing import Final

FULL_WIDTH_ENDS: Final = ("。", "！", "？", "：", "；", "）")


def in_a_row(*sentences: str) -> str:
    """All that are not empty: with a space between them, with none after Chinese punctuation."""
    text = ""
    for sentence in filter(None, sentences):
        gap = " " if text and not text.endswith(FULL_WIDTH_ENDS) else ""
        text += gap + sentence
    return text
