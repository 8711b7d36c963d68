"""Finds the neighbours of a turn: the one its conversation goes on from, the one that goes on.

Before it stands the newest earlier request of the same client whose conversation it continues;
after it the oldest later one that continues it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from gateway_engine.inspector.conversation_view import goes_on_from, messages_of
from gateway_engine.inspector.query import RecordQuery
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.recorder import Recorder

LOOKED_THROUGH: Final = 60
"""Agents of one client run side by side; further away nobody waits for."""
SURELY: Final = 1000

Conversation = Mapping[str, Any] | None


class Turns:
    """Finds the turns around one. Asked for the one after it again, it goes on where it stopped:
    somebody who waits for that turn asks with every request of its client."""

    def __init__(self, records: Recorder) -> None:
        self._records = records
        self._last: tuple[str, _Look] | None = None

    async def before(self, record_id: str) -> Record | None:
        """Return the record of the turn before, None when there is none (any more)."""
        record = await self._records.get(record_id)
        if record is None or record.details is None:
            return None
        conversation = record.details.conversation
        if len(messages_of(conversation)) < 2:
            return None
        query = _same_client(record, before=record_id)
        look = _Look(query, lambda earlier: goes_on_from(conversation, earlier))
        return await look.through(self._records)

    async def after(self, record_id: str) -> Record | None:
        """Return the record of the turn after, None when there is none yet (or any more)."""
        if self._last is None or self._last[0] != record_id:
            record = await self._records.get(record_id)
            if record is None or record.details is None:
                return None
            conversation = record.details.conversation
            query = _same_client(record, after=record_id)
            self._last = (record_id, _Look(query, lambda later: goes_on_from(later, conversation)))
        return await self._last[1].through(self._records)


def _same_client(record: Record, *, before: str = "", after: str = "") -> RecordQuery:
    line = record.summary
    return RecordQuery(
        limit=LOOKED_THROUGH,
        before=before,
        after=after,
        protocol=line.protocol,
        client=line.client,
    )


class _Look:
    """Goes through what `query` finds, for the first that surely belongs to the same conversation,
    else the one that does so most."""

    def __init__(self, query: RecordQuery, likeness: Callable[[Conversation], int]) -> None:
        self._query = query
        self._likeness = likeness
        self._left = query.limit
        self._best: tuple[int, Record | None] = (0, None)

    async def through(self, records: Recorder) -> Record | None:
        """Look at those that were not looked at yet."""
        if self._left < 1 or self._best[0] > SURELY:
            return self._best[1]
        query = replace(self._query, limit=self._left)
        for line in (await records.find(query)).summaries:
            self._left -= 1
            self._query = replace(self._query, after=line.id if query.after else "")
            candidate = await records.get(line.id)
            if candidate is None or candidate.details is None:
                continue
            # Long conversations take their time, and this loop has streams to serve.
            like = await asyncio.to_thread(self._likeness, candidate.details.conversation)
            if like > self._best[0]:
                self._best = (like, candidate)
            if like > SURELY:
                break
        return self._best[1]
