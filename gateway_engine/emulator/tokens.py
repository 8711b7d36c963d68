"""The emulator's own small tokenizer: its usage figures are real counts of these pieces.

A piece is a word with the white space before it (a long word in parts of eight), one CJK
character, one other character, or a run of trailing white space. Joined, the pieces give the text
back, so they also serve as the streamed deltas.
"""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"[^\S\n]?[^\W\u2e80-\uffff]{1,8}"  # a word, or a part of one
    r"|[\u2e80-\uffff]"  # CJK and full-width: one character each
    r"|\n+|[^\S\n]+"
    r"|[^\w\s]{1,4}"
    r"|.",
    re.DOTALL,
)


def split_tokens(text: str) -> list[str]:
    """The pieces of the text; joined they are the text."""
    return _PIECE.findall(text)


def count_tokens(text: str) -> int:
    """How many pieces the text has."""
    return sum(1 for _ in _PIECE.finditer(text))


def has_cjk(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return re.search(r"[\u3400-\u9fff\uf900-\ufaff]", text) is not None
