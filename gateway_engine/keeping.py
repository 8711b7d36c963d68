"""What is kept of requests and responses: on disk where that can be, else in memory."""

import logging
from collections.abc import Callable
from typing import Final

from gateway_engine.config import Settings
from gateway_engine.events import (
    Emit,
    HistoryNote,
    HistoryNoted,
    HistoryTidied,
    RequestRecorded,
)
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.recorder import Recorder
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.plan import EnginePlan
from gateway_engine.prompt import rendering_changes
from gateway_engine.server.contracts import ResponseStore
from gateway_engine.server.response_memory import MemoryResponseStore
from gateway_engine.storage.database import Database, NewerDatabaseError, StorageError
from gateway_engine.storage.history import SqliteHistory, newest_moment
from gateway_engine.storage.responses import SqliteResponseStore
from gateway_engine.storage.steady_time import SteadyTime
from gateway_engine.tasks import TaskOwner

logger = logging.getLogger(__name__)

HISTORY_FILE: Final = "history.db"
TIDY_INTERVAL_S: Final = 3600.0


class Keeping:
    """Records and responses of one engine. `clock` is monotonic, `wall_clock` since the epoch."""

    def __init__(
        self,
        plan: EnginePlan,
        secrets: Secrets,
        *,
        emit: Emit,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        self._file = plan.paths.data_dir / HISTORY_FILE
        self._secrets = secrets
        self._emit = emit
        self._clock = clock
        self._wall_clock = wall_clock
        self._tasks = TaskOwner("keeping")
        self._database: Database | None = None
        self._history: SqliteHistory | None = None
        self.responses: ResponseStore = MemoryResponseStore(clock=clock)
        self.records = Recorder(
            RecentRecords(),
            secrets,
            bodies=plan.settings.record_bodies,
            clock=clock,
            explain=rendering_changes,
            tell=lambda *told: emit(RequestRecorded(*told)),
        )

    async def open(self, settings: Settings) -> None:
        """Keep them on disk from now on; what hinders that is logged. Safe to call again."""
        if self._database is not None:
            return
        self._database = Database(self._file)
        try:
            await self._database.open()
        except StorageError as error:
            logger.warning("records and responses are kept in memory only: %s", error)
            newer = isinstance(error, NewerDatabaseError)
            self._note(HistoryNote.NEWER if newer else HistoryNote.UNAVAILABLE)
            return
        if self._database.brought_from:
            self._note(HistoryNote.UPGRADED)
        known = await newest_moment(self._database)
        steady = SteadyTime(self._wall_clock, self._clock, known=known)
        self._history = SqliteHistory(
            self._database,
            RecentRecords(),
            max_mb=settings.record_max_mb,
            max_days=settings.record_max_days,
            clock=steady.now,
            tidied=lambda lines: self._emit(HistoryTidied(lines, self._wall_clock())),
        )
        self._tasks.spawn(self._history.keep_tidy(TIDY_INTERVAL_S), name="tidy")
        self.records.history = self._history
        self.responses = SqliteResponseStore(self._database, self._secrets, clock=steady.now)

    def _note(self, note: HistoryNote) -> None:
        self._emit(HistoryNoted(note, self._wall_clock()))

    async def follow(self, settings: Settings) -> None:
        """These settings hold from now on."""
        self.records.keep_bodies(settings.record_bodies)
        if self._history is not None:
            await self._history.limit(
                max_mb=settings.record_max_mb, max_days=settings.record_max_days
            )

    async def aclose(self) -> None:
        """Write what waits and close the file."""
        await self._tasks.aclose()
        await self.records.aclose()
        if self._database is not None:
            await self._database.aclose()
