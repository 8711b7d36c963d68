"""A ResponseStore within this process: bounded in entries, bytes and age; gone when it ends."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MAX_ENTRIES: Final = 2048
MAX_BYTES: Final = 128 * 1024 * 1024
MAX_AGE_S: Final = 14 * 24 * 3600.0

_Key = tuple[str, str]


class MemoryResponseStore:
    """See contracts.ResponseStore. `clock` gives seconds since the epoch."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        max_entries: int = MAX_ENTRIES,
        max_bytes: int = MAX_BYTES,
        max_age_s: float = MAX_AGE_S,
    ) -> None:
        self._clock = clock
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._kept: OrderedDict[_Key, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0

    async def get(self, key_id: str, response_id: str) -> bytes | None:
        """Return the document and make it young again."""
        self._expire()
        key = (key_id, response_id)
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept[key] = (self._clock(), found[1])
        self._kept.move_to_end(key)
        return found[1]

    async def put(self, key_id: str, response_id: str, document: bytes) -> None:
        """Keep the document, and forget the oldest ones for it; one over the limit is not kept."""
        self._remove((key_id, response_id))
        self._expire()
        if len(document) > self._max_bytes or not self._max_entries:
            return
        self._kept[(key_id, response_id)] = (self._clock(), document)
        self._bytes += len(document)
        while self._bytes > self._max_bytes or len(self._kept) > self._max_entries:
            self._remove(next(iter(self._kept)))

    async def delete(self, key_id: str, response_id: str) -> bool:
        """Forget the document."""
        self._expire()
        return self._remove((key_id, response_id))

    def _remove(self, key: _Key) -> bool:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= len(found[1])
        return found is not None

    def _expire(self) -> None:
        """Entries lie in the order of their last use: the first young one ends the search."""
        oldest = self._clock() - self._max_age_s
        while self._kept:
            key, (used, _) = next(iter(self._kept.items()))
            if used >= oldest:
                return
            self._remove(key)
