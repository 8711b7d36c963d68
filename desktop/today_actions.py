"""Keeps the figures of this day true: the day is the calendar's, the history is part of them."""

import logging
import time
from collections.abc import Callable
from datetime import date, datetime

from desktop.asking import EngineAsker
from desktop.engine_thread import EngineControl, EngineThreadGoneError
from desktop.slices.today import DayBegan, TodayRead, day_of
from desktop.state import EnginePhase
from gateway_engine.public import GatewayError, RecordQuery

logger = logging.getLogger(__name__)

TRIES = 5


class TodayActions:
    """Hangs on `Actions.today`. `clock` gives seconds since the epoch."""

    def __init__(self, asker: EngineAsker, clock: Callable[[], float] = time.time) -> None:
        self._asker = asker
        self._clock = clock
        self._is_reading = False

    def look(self) -> None:
        """Somebody looks at the figures: they begin anew at midnight, though nothing happens."""
        day = day_of(self._clock())
        if self._asker.store.state.today.day != day:
            self._asker.store.dispatch(DayBegan(day))
        self.read()

    def read(self) -> None:
        """Read what the history has of this day, unless that is known. Failures are not said:
        nobody asked in words, and the next look tries again."""
        state = self._asker.store.state
        can_read = self._asker.has_engine and state.phase is EnginePhase.RUNNING
        if can_read and not state.today.is_whole and not self._is_reading:
            self._is_reading = True
            self._asker.spawn(self._read(), name="read-today")

    async def _read(self) -> None:
        day = day_of(self._clock())
        try:
            read = await self._asker.ask_or_raise(lambda engine: _count(engine, day))
        except (EngineThreadGoneError, TimeoutError, GatewayError) as error:
            logger.debug("the history of today was not read: %s", error)
            return
        finally:
            self._is_reading = False
        self._asker.store.dispatch(read)


async def _count(engine: EngineControl, day: date) -> TodayRead:
    since = datetime(day.year, day.month, day.day).timestamp()  # noqa: DTZ001 - local midnight
    for _ in range(TRIES):
        every = await engine.records.survey(RecordQuery(since=since))
        failed = await engine.records.survey(RecordQuery(status="failed", since=since))
        if every.recorded == failed.recorded:
            break  # else a request ended between the two
    return TodayRead(day, every.total, failed.total, every.recorded)
