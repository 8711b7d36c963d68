"""The newest records, in memory: bounded in number. What is left when there is no database."""

from collections import deque
from itertools import islice

from gateway_engine.inspector.query import RecordPage, RecordQuery, matches
from gateway_engine.inspector.record import Summary


class RecentRecords:
    """Summaries, the newest last. Not thread-safe: use it on one loop."""

    def __init__(self, *, max_records: int) -> None:
        self._kept: deque[Summary] = deque(maxlen=max_records)

    def find(self, query: RecordQuery) -> RecordPage:
        """Return what `query` wants of them."""
        newest_first = list(reversed(self._kept))
        start = 0
        if query.before:
            ids = [summary.id for summary in newest_first]
            start = ids.index(query.before) + 1 if query.before in ids else len(ids)
        wanted = (s for s in newest_first[start:] if matches(query, s, " ".join((s.id, s.path))))
        found = tuple(islice(wanted, query.limit + 1))
        page = found[: query.limit]
        return RecordPage(page, page[-1].id if len(found) > len(page) else "")
