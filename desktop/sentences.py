"""Sentences one after another, as the language of their words wants it."""

from collections.abc import Iterable
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


def listed(words: Iterable[str]) -> str:
    """Several words of the window as one list, with the comma of its language."""
    between = QCoreApplication.translate("Sentences", "{one}, {next}")
    text = ""
    for word in words:
        text = between.format(one=text, next=word) if text else word
    return text


def remarked(text: str, remark: str) -> str:
    """A word, and after a comma what narrows it down."""
    both = QCoreApplication.translate("Sentences", "{text}, {remark}")
    return both.format(text=text, remark=remark)
