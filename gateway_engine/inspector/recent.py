"""The newest records, in memory: bounded in number and size. What is left without a database."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from gateway_engine.inspector.query import RecordPage, RecordQuery, matches
from gateway_engine.inspector.record import Record, search_text

MAX_RECORDS: Final = 200
MAX_BYTES: Final = 8 * 1024 * 1024


class RecentRecords:
    """A History (gateway_engine.inspector.recorder) that ends with the process."""

    def __init__(self, *, max_records: int = MAX_RECORDS, max_bytes: int = MAX_BYTES) -> None:
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._kept: deque[tuple[Record, int]] = deque()
        self._bytes = 0

    async def add(self, records: Sequence[Record]) -> None:
        """Keep these, and forget the oldest for them."""
        for record in records:
            size = _size(record)
            self._kept.append((record, size))
            self._bytes += size
        while self._kept and (len(self._kept) > self._max_records or self._bytes > self._max_bytes):
            self._bytes -= self._kept.popleft()[1]

    async def find(self, query: RecordQuery) -> RecordPage:
        """Return what `query` wants of them."""
        wanted = (r.summary for r in self._older(query.before) if _wanted(query, r))
        found = tuple(islice(wanted, query.limit + 1))
        page = found[: query.limit]
        return RecordPage(page, page[-1].id if len(found) > len(page) else "")

    async def get(self, record_id: str) -> Record | None:
        """Return one of them."""
        return next((r for r, _ in self._kept if r.summary.id == record_id), None)

    async def wipe(self) -> None:
        """Forget them all."""
        self._kept.clear()
        self._bytes = 0

    def _older(self, before: str) -> Iterator[Record]:
        passed = not before
        for record, _ in reversed(self._kept):
            if passed:
                yield record
            passed = passed or record.summary.id == before


def _wanted(query: RecordQuery, record: Record) -> bool:
    return matches(query, record.summary, search_text(record) if query.text else "")


def _size(record: Record) -> int:
    details = record.details
    if details is None:
        return 0
    exchange = details.exchange
    texts = len(exchange.request_body.text) + len(exchange.response_body.text)
    # The conversation says once more what the body says.
    return 2 * texts + sum(len(frame.body.text) for frame in details.frames)
