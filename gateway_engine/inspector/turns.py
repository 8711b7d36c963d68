"""Finds the neighbours of a turn: the one its conversation goes on from, the one that goes on.

Before it stands the newest earlier request of the same client whose conversation it continues;
after it the oldest later one that continues it.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from gateway_engine.inspector.conversation_view import goes_on_from, messages_of
from gateway_engine.inspector.query import RecordQuery
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.recorder import Recorder

LOOKED_THROUGH: Final = 60
"""Agents of one client run side by side; further away nobody waits for."""
SURELY: Final = 1000

Conversation = Mapping[str, Any] | None


async def previous_turn(records: Recorder, record_id: str) -> Record | None:
    """Return the record of the turn before, None when there is none (any more)."""
    record = await records.get(record_id)
    if record is None or record.details is None:
        return None
    conversation = record.details.conversation
    if len(messages_of(conversation)) < 2:
        return None
    line = record.summary
    query = RecordQuery(
        limit=LOOKED_THROUGH, before=line.id, protocol=line.protocol, client=line.client
    )
    return await _likest(records, query, lambda earlier: goes_on_from(conversation, earlier))


async def next_turn(records: Recorder, record_id: str) -> Record | None:
    """Return the record of the turn after, None when there is none yet (or any more)."""
    record = await records.get(record_id)
    if record is None or record.details is None:
        return None
    conversation = record.details.conversation
    line = record.summary
    query = RecordQuery(
        limit=LOOKED_THROUGH, after=line.id, protocol=line.protocol, client=line.client
    )
    return await _likest(records, query, lambda later: goes_on_from(later, conversation))


async def _likest(
    records: Recorder, query: RecordQuery, likeness: Callable[[Conversation], int]
) -> Record | None:
    """The first that surely belongs to the same conversation, else the one that does so most."""
    best: tuple[int, Record | None] = (0, None)
    for line in (await records.find(query)).summaries:
        candidate = await records.get(line.id)
        if candidate is None or candidate.details is None:
            continue
        # Long conversations take their time, and this loop has streams to serve.
        like = await asyncio.to_thread(likeness, candidate.details.conversation)
        if like > SURELY:
            return candidate
        if like > best[0]:
            best = (like, candidate)
    return best[1]
