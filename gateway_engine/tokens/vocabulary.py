"""How many tokens a text is, by the Qwen vocabulary. Pure; the vocabulary is read at first use.

The vocabulary file (package data, see THIRD_PARTY_NOTICES.md) holds 151,643 byte-pair tokens. The
split before the merging follows Qwen's published pattern (tokenization_note.md of the Qwen
repository): English contractions, a word with one leading mark, single digits, a run of marks with
one leading space, line breaks, other white space. One thing differs: every repetition ends at
MAX_RUN characters. Merging costs more than linear time in the length of a run, and backtracking
over white space overflows the stack; a real text has no such run, and one that has is counted with
at most one token more for each cut.

tiktoken lets other threads run while it counts.
"""

import functools
import gzip
import io
import unicodedata
from base64 import b64decode
from collections.abc import Iterator
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tiktoken import Encoding

VOCABULARY_FILE: Final = "qwen.tiktoken.gz"
VOCABULARY_SHA256: Final = "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186"
"""Of the unpacked file, which is the one in the wheel `dashscope` 2.0.2."""
MAX_RUN: Final = 128
PIECE_CHARS: Final = 64 * 1024
"""A longer text is counted in pieces: its list of tokens is made while everybody else waits."""
NORMALIZED_CHARS: Final = 128
"""Ordering combining marks costs the square of their number: so many characters at a time."""

_RUN: Final = f"{{1,{MAX_RUN}}}"
_MAYBE_RUN: Final = f"{{0,{MAX_RUN}}}"
_PATTERN: Final = "|".join(
    (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)",
        rf"[^\r\n\p{{L}}\p{{N}}]?\p{{L}}{_RUN}",
        r"\p{N}",
        rf" ?[^\s\p{{L}}\p{{N}}]{_RUN}[\r\n]{_MAYBE_RUN}",
        rf"\s{_MAYBE_RUN}[\r\n]{_RUN}",
        rf"\s{_RUN}(?!\S)",
        rf"\s{_RUN}",
    )
)


def count_tokens(text: str) -> int:
    """Return how many tokens `text` is. Markers of a chat template in it count as plain text."""
    if not text:
        return 0
    if len(text) > PIECE_CHARS:
        return sum(map(count_tokens, countable_pieces(text)))
    if not text.isascii():
        text = _normalized(text)
    return len(load_vocabulary().encode_ordinary(text))


def countable_pieces(text: str) -> Iterator[str]:
    """Cut a long text where its tokens end, or nearly: their sum is what `text` is counted as."""
    at = 0
    while len(text) - at > PIECE_CHARS:
        cut = text.rfind(" ", at + PIECE_CHARS // 2, at + PIECE_CHARS)
        end = cut if cut > 0 else at + PIECE_CHARS
        yield text[at:end]
        at = end
    yield text[at:]


def first_tokens(text: str, limit: int) -> str:
    """Return the beginning of `text` that is its first `limit` tokens, whole characters only."""
    vocabulary = load_vocabulary()
    content = vocabulary.decode_bytes(vocabulary.encode_ordinary(text)[:limit])
    return text[: len(content.decode("utf-8", "ignore"))]


@functools.cache
def load_vocabulary() -> "Encoding":
    """Read the vocabulary: some 0.2 s of work and 25 MB, once. Raises OSError when it is gone."""
    import tiktoken

    vocabulary = tiktoken.Encoding(
        "qwen", pat_str=_PATTERN, mergeable_ranks=read_ranks(), special_tokens={}
    )
    # It has made its own tables of them and never looks again; they weigh as much once more.
    vocabulary._mergeable_ranks = {}
    return vocabulary


def read_ranks() -> dict[bytes, int]:
    """The vocabulary file: each token and its number. Raises OSError when it is gone."""
    packed = resources.files(__package__).joinpath(VOCABULARY_FILE).read_bytes()
    lines = (line.split() for line in io.BytesIO(gzip.decompress(packed)))
    return {b64decode(token): int(rank) for token, rank in lines}


def forget_vocabulary() -> None:
    """Give its memory back; whoever counts next reads it again."""
    load_vocabulary.cache_clear()


def _normalized(text: str) -> str:
    """Compose characters as the model's own tokenizer does, piece by piece."""
    return "".join(
        unicodedata.normalize("NFC", text[at : at + NORMALIZED_CHARS])
        for at in range(0, len(text), NORMALIZED_CHARS)
    )
