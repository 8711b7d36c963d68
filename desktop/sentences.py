"""Sentences one after another, as the language of their words wants it."""

from typing import Final

from PySide6.QtCore import QCoreApplication

FULL_WIDTH_ENDS: Final = ("。", "！", "？", "：", "；", "）")


def in_a_row(*sentences: str) -> str:
    """All that are not empty: with a space between them, with none after Chinese punctuation."""
    text = ""
    for sentence in filter(None, sentences):
        gap = " " if text and not text.endswith(FULL_WIDTH_ENDS) else ""
        text += gap + sentence
    return text


def titled(title: str, text: str) -> str:
    """A title, which has no stop, and what follows it as one run of sentences."""
    if not text:
        return title
    both = QCoreApplication.translate("Sentences", "{title}. {text}")
    return both.format(title=title, text=text)
