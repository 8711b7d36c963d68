"""The newest records, in memory: bounded in number and size. What is left without a database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from gateway_engine.inspector.query import MAX_CHOICES, RecordPage, RecordQuery, Survey, matches
from gateway_engine.inspector.record import Record, Summary, search_text

MAX_RECORDS: Final = 200
MAX_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Kept:
    number: int
    record: Record
    size: int


class RecentRecords:
    """A History (gateway_engine.inspector.recorder) that ends with the process."""

    def __init__(self, *, max_records: int = MAX_RECORDS, max_bytes: int = MAX_BYTES) -> None:
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._kept: dict[str, _Kept] = {}
        self._bytes = 0
        self._added = 0

    async def add(self, records: Sequence[Record]) -> None:
        """Keep these, and forget the oldest for them; what is pinned goes last."""
        for record in records:
            self._added += 1
            kept = _Kept(self._added, record, _size(record))
            if self._kept.setdefault(record.summary.id, kept) is kept:
                self._bytes += kept.size
        while self._too_much():
            self._forget_one()

    async def find(self, query: RecordQuery) -> RecordPage:
        """Return what `query` wants of them."""
        kept = list(self._kept.values())
        ids = list(self._kept)
        first = _place(ids, query.after, len(ids)) + 1 if query.after else 0
        last = _place(ids, query.before, 0) if query.before else len(ids)
        kept = kept[first:last]
        if not query.after:
            kept.reverse()
        found = tuple(islice(_wanted(query, kept), query.limit + 1))
        page = found[: query.limit]
        return RecordPage(page, page[-1].id if len(found) > len(page) else "")

    async def get(self, record_id: str) -> Record | None:
        """Return one of them."""
        kept = self._kept.get(record_id)
        return None if kept is None else kept.record

    async def survey(self, query: RecordQuery, locate: str = "") -> Survey:
        """Return what `query` finds now."""
        found = self._by_start(query, self._added)
        ids = [summary.id for summary in found]
        lines = [kept.record.summary for kept in self._kept.values()]
        return Survey(
            total=len(found),
            anchor=self._added,
            place=ids.index(locate) if locate in ids else None,
            protocols=_names(line.protocol for line in lines),
            clients=_names(line.client for line in lines),
            instances=_names(line.instance for line in lines),
        )

    async def stretch(
        self, query: RecordQuery, anchor: int, offset: int, limit: int
    ) -> tuple[Summary, ...]:
        """Return what stands from `offset` on."""
        return tuple(self._by_start(query, anchor)[offset : offset + limit])

    async def pin(self, record_id: str, pinned: bool) -> bool:
        """Keep this one longer than others, or not."""
        kept = self._kept.get(record_id)
        if kept is None:
            return False
        summary = replace(kept.record.summary, pinned=pinned)
        self._kept[record_id] = replace(kept, record=replace(kept.record, summary=summary))
        return True

    async def wipe(self) -> None:
        """Forget them all."""
        self._kept.clear()
        self._bytes = 0

    def _by_start(self, query: RecordQuery, anchor: int) -> list[Summary]:
        kept = [one for one in self._kept.values() if one.number <= anchor]
        kept.sort(key=lambda one: (one.record.summary.started_at, one.number), reverse=True)
        return list(_wanted(query, kept))

    def _too_much(self) -> bool:
        is_many = len(self._kept) > self._max_records or self._bytes > self._max_bytes
        return bool(self._kept) and is_many

    def _forget_one(self) -> None:
        unpinned = (one for one in self._kept.values() if not one.record.summary.pinned)
        oldest = next(unpinned, None) or next(iter(self._kept.values()))
        self._bytes -= oldest.size
        del self._kept[oldest.record.summary.id]


def _place(ids: list[str], record_id: str, otherwise: int) -> int:
    return ids.index(record_id) if record_id in ids else otherwise


def _wanted(query: RecordQuery, kept: Iterable[_Kept]) -> Iterable[Summary]:
    for one in kept:
        searched = search_text(one.record) if query.text else ""
        if matches(query, one.record.summary, searched):
            yield one.record.summary


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))[:MAX_CHOICES]


def _size(record: Record) -> int:
    details = record.details
    if details is None:
        return 0
    exchange = details.exchange
    texts = len(exchange.request_body.text) + len(exchange.response_body.text)
    # The conversation says once more what the body says.
    return 2 * texts + sum(len(frame.body.text) for frame in details.frames)
