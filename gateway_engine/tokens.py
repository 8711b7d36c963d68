"""Token figures where upstream gives none: an estimate, rounded up. Pure, linear in the text.

Measured ratios of current byte-pair vocabularies: about 4 bytes of ASCII text a token; about 1.5
characters of Chinese, Japanese or Korean a token (3 bytes each, so 4.5 bytes). An undercount would
make agents compact too late, so the estimate leans to the high side.
"""

from typing import Final

BYTES_PER_ASCII_TOKEN: Final = 3.6
CHARS_PER_WIDE_TOKEN: Final = 1.4


def estimate_tokens(text: str) -> int:
    """Return about how many tokens `text` is; 0 only for the empty text."""
    if not text:
        return 0
    size = len(text.encode("utf-8", "replace"))
    wide = (size - len(text)) / 2
    narrow = len(text) - wide
    return max(1, round(max(0.0, narrow) / BYTES_PER_ASCII_TOKEN + wide / CHARS_PER_WIDE_TOKEN))
