"""Finds the turn before: the newest earlier request whose conversation this one goes on from."""

from typing import Final

from gateway_engine.inspector.conversation_view import goes_on_from, messages_of
from gateway_engine.inspector.query import RecordQuery
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.recorder import Recorder

LOOKED_THROUGH: Final = 60
"""Agents of one client run side by side; further back nobody waits for."""
SURELY: Final = 1000


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
    best: tuple[int, Record | None] = (0, None)
    for earlier in (await records.find(query)).summaries:
        candidate = await records.get(earlier.id)
        details = candidate.details if candidate is not None else None
        if candidate is None or details is None:
            continue
        likeness = goes_on_from(conversation, details.conversation)
        if likeness > SURELY:
            return candidate
        if likeness > best[0]:
            best = (likeness, candidate)
    return best[1]
