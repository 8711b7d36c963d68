"""The history of requests in the database: bounded by size and age, written in batches.

The newest are in memory as well: they are what is shown when the database cannot be read.
"""

import asyncio
import logging
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from gateway_engine.errors import GatewayError
from gateway_engine.inspector.query import RecordPage, RecordQuery, Survey
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.record import (
    Record,
    Summary,
    details_json,
    parse_details,
    search_text,
    summary_json,
)
from gateway_engine.json_text import mend_surrogates, parse, render
from gateway_engine.storage import history_queries as queries
from gateway_engine.storage.database import Database, Statements, StorageError
from gateway_engine.storage.history_queries import COLUMNS

logger = logging.getLogger(__name__)

LINE_BYTES: Final = 300
"""About what a line takes beside its texts, indexes included."""
DELETED_AT_ONCE: Final = 200
COMPRESSION: Final = 1
"""A prompt shrinks to a third even so, and zlib works beside the other threads."""
DAY_S: Final = 24 * 3600.0
MIB: Final = 1024 * 1024

_COLUMNS: Final = ", ".join(COLUMNS)
_INSERT: Final = (
    f"INSERT OR IGNORE INTO requests ({_COLUMNS}, bytes)"  # noqa: S608 - our own names
    f" VALUES ({', '.join('?' for _ in COLUMNS)}, ?)"
)


class SqliteHistory:
    """A History (gateway_engine.inspector.recorder). `max_mb` and `max_days`: 0 = no limit; `clock`
    is what age is judged by, in seconds UTC. `tidied` is told how many lines a tidying deleted,
    those that `add` makes room for aside.
    """

    def __init__(
        self,
        database: Database,
        recent: RecentRecords,
        *,
        max_mb: int,
        max_days: float,
        clock: Callable[[], float],
        tidied: Callable[[int], None] = lambda _lines: None,
    ) -> None:
        self._database = database
        self._recent = recent
        self._max_bytes = max_mb * MIB
        self._max_age_s = max_days * DAY_S
        self._clock = clock
        self._tidied = tidied
        self._bytes: int | None = None
        self._failing = False

    async def limit(self, *, max_mb: int, max_days: float) -> None:
        """Keep so much for so long from now on; what is too much or too old goes."""
        self._max_bytes = max_mb * MIB
        self._max_age_s = max_days * DAY_S
        await self.tidy()

    async def add(self, records: Sequence[Record]) -> None:
        """Keep these, and delete the oldest that are too much."""
        await self._recent.add(records)
        rows = await asyncio.to_thread(lambda: [_row(record) for record in records])
        try:
            await self._database.run(lambda statements: self._write(statements, rows))
        except StorageError as error:
            self._bytes = None
            if not self._failing:
                logger.warning("requests are not recorded on disk for now: %s", error)
            self._failing = True
        else:
            if self._failing:
                logger.info("requests are recorded on disk again")
            self._failing = False

    async def find(self, query: RecordQuery) -> RecordPage:
        """Return one page, the newest first."""
        if self._failing:
            return await self._recent.find(query)
        try:
            return await self._database.run(lambda statements: queries.find(statements, query))
        except StorageError as error:
            logger.warning("the history cannot be read: %s", error)
            return await self._recent.find(query)

    async def get(self, record_id: str) -> Record | None:
        """Return one record."""
        recent = await self._recent.get(record_id)
        if recent is not None:
            return recent
        try:
            found = await self._database.run(lambda statements: queries.get(statements, record_id))
        except StorageError as error:
            logger.warning("the history cannot be read: %s", error)
            return None
        if found is None:
            return None
        summary, content = found
        return await asyncio.to_thread(_record, summary, content)

    async def survey(self, query: RecordQuery, locate: str = "") -> Survey:
        """Return what `query` finds now, to be read by `stretch`."""
        if self._failing:
            return await self._recent.survey(query, locate)
        try:
            return await self._database.run(
                lambda statements: queries.survey(statements, query, locate)
            )
        except StorageError as error:
            logger.warning("the history cannot be read: %s", error)
            return await self._recent.survey(query, locate)

    async def stretch(
        self, query: RecordQuery, anchor: int, offset: int, limit: int
    ) -> tuple[Summary, ...]:
        """Return what stands from `offset` on."""
        if self._failing:
            return await self._recent.stretch(query, anchor, offset, limit)
        try:
            return await self._database.run(
                lambda statements: queries.stretch(statements, query, anchor, offset, limit)
            )
        except StorageError as error:
            logger.warning("the history cannot be read: %s", error)
            return await self._recent.stretch(query, anchor, offset, limit)

    async def pin(self, record_id: str, pinned: bool) -> bool:
        """Let this record outlive the tidying, or not. Raises GatewayError."""
        in_memory = await self._recent.pin(record_id, pinned)
        try:
            changed = await self._database.run(
                lambda statements: statements.change(
                    "UPDATE requests SET pinned = ? WHERE id = ?", int(pinned), record_id
                )
            )
        except StorageError as error:
            raise GatewayError(f"the record could not be pinned: {error}") from error
        return bool(changed) or in_memory

    async def wipe(self) -> None:
        """Forget everything: overwritten on the disk, set-aside files included."""
        await self._recent.wipe()
        self._bytes = None
        try:
            await self._database.run(_wipe)
            await self._database.shrink()
            await self._database.forget_set_aside()
        except (StorageError, OSError) as error:
            raise GatewayError(f"not all of the history could be wiped: {error}") from error

    async def tidy(self) -> None:
        """Delete what is too much or too old by the present limits."""
        try:
            deleted = await self._database.run(self._delete_oldest)
        except StorageError as error:
            logger.warning("the history cannot be tidied: %s", error)
            return
        if deleted:
            self._tidied(deleted)

    async def keep_tidy(self, every_s: float) -> None:
        """Tidy now and then for good: what is too old goes though nothing is added."""
        while True:
            await self.tidy()
            await asyncio.sleep(every_s)

    # --- on the database's thread ---

    def _write(self, statements: Statements, rows: Sequence["_Row"]) -> None:
        for row in rows:
            size = LINE_BYTES + len(row.searched) + len(row.content or b"")
            seq = statements.insert(_INSERT, *row.values, size)
            if not seq:
                continue
            statements.insert("INSERT INTO searched VALUES (?, ?)", seq, row.searched)
            if row.content is not None:
                statements.insert("INSERT INTO details VALUES (?, ?)", seq, row.content)
            if self._bytes is not None:
                self._bytes += size
        self._delete_oldest(statements)

    def _delete_oldest(self, statements: Statements) -> int:
        """Delete what the limits leave no place for; how many lines that were."""
        if self._bytes is None:
            self._bytes = int(statements.rows("SELECT TOTAL(bytes) FROM requests")[0][0])
        too_old = self._clock() - self._max_age_s if self._max_age_s else 0.0
        deleted = 0
        while True:
            oldest = statements.rows(
                "SELECT seq, started_at, bytes FROM requests WHERE NOT pinned ORDER BY seq LIMIT ?",
                DELETED_AT_ONCE,
            )
            doomed: list[int] = []
            for seq, started_at, size in oldest:
                too_much = self._max_bytes and self._bytes > self._max_bytes
                if not too_much and started_at >= too_old:
                    break
                self._bytes -= size
                doomed.append(seq)
            for table in ("requests", "searched", "details"):
                statements.change_each(
                    f"DELETE FROM {table} WHERE seq = ?",  # noqa: S608 - our own names
                    [(seq,) for seq in doomed],
                )
            deleted += len(doomed)
            if len(doomed) < DELETED_AT_ONCE:
                return deleted


async def newest_moment(database: Database) -> float:
    """When the newest request or stored response was, in seconds UTC; 0.0 when there is none."""
    newest = (
        "SELECT MAX(at) FROM (SELECT MAX(started_at) AS at FROM requests"
        " UNION ALL SELECT MAX(used_at) FROM responses)"
    )
    try:
        found = await database.run(lambda statements: statements.rows(newest))
    except StorageError as error:
        logger.warning("the history cannot be read: %s", error)
        return 0.0
    return float(found[0][0] or 0.0)


class _Row:
    """What is written of one record."""

    __slots__ = ("content", "searched", "values")

    def __init__(self, values: tuple[Any, ...], searched: str, content: bytes | None) -> None:
        self.values = values
        self.searched = searched
        self.content = content


def _row(record: Record) -> _Row:
    line = summary_json(record.summary)
    content = None
    if record.details is not None:
        content = zlib.compress(render(details_json(record.details)), COMPRESSION)
    values = (line[name] for name in COLUMNS)
    # SQLite takes no half of a character, which an upstream's cut-off message may end in.
    whole = tuple(mend_surrogates(v) if isinstance(v, str) else v for v in values)
    return _Row(whole, mend_surrogates(search_text(record)), content)


def _wipe(statements: Statements) -> None:
    for table in ("requests", "searched", "details"):
        statements.change(f"DELETE FROM {table}")  # noqa: S608 - our own names


def _record(summary: Summary, content: bytes | None) -> Record:
    details = parse_details(parse(zlib.decompress(content))) if content is not None else None
    return Record(summary, details)
