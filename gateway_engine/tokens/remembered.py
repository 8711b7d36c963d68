"""Counts made before: an agent sends its whole conversation again with every turn.

Only a digest of each text is kept, never the text. Safe to call from several threads.
"""

import hashlib
import threading
from collections.abc import Callable
from typing import Final

from gateway_engine.tokens.vocabulary import count_tokens

SHORT_CHARS: Final = 512
"""A shorter text is counted about as fast as it is looked up."""
MOST_TEXTS: Final = 16_384
"""About 2 MB when full; the longest unused go first."""
DIGEST_BYTES: Final = 16


class CountMemory:
    """`count` with a memory of the last texts."""

    def __init__(self, count: Callable[[str], int], most: int = MOST_TEXTS) -> None:
        self._count = count
        self._most = most
        self._known: dict[bytes, int] = {}
        self._lock = threading.Lock()

    def __call__(self, text: str) -> int:
        """Return `count(text)`."""
        if len(text) < SHORT_CHARS:
            return self._count(text)
        content = text.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()
        with self._lock:
            found = self._known.pop(digest, None)
            if found is not None:
                self._known[digest] = found
                return found
        counted = self._count(text)
        with self._lock:
            self._known[digest] = counted
            while len(self._known) > self._most:
                self._known.pop(next(iter(self._known)))
        return counted

    def __len__(self) -> int:
        return len(self._known)


count_remembered: Final = CountMemory(count_tokens)
"""`count_tokens` with a memory: for texts that come again."""
