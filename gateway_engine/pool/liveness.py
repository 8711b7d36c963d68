"""Whether an upstream that runs still answers.

    answering --asked, nothing heard for SILENT_AFTER_S--> silent --`hung_after_s`--> hung
        ^                                                    |
        +------------- its answer, or anything else ---------+

It is asked for a sign of life every QUIET_INTERVAL_S, every WATCHED_INTERVAL_S while somebody looks
at it, and at once when a turn ran out of time. Who looks is to know within two seconds, of which a
busy machine takes its part. Anything that comes from it is life, so one that is slow under load is
not taken for hung: its stream speaks for it. With turns in flight it is given BUSY_PATIENCE times
as long. Silence means nothing of an upstream that has never answered such a question: it is then
left alone. Time in which this very loop stood still is not upstream's.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from gateway_engine.errors import GatewayError
from gateway_engine.upstreams.contract import Upstream

QUIET_INTERVAL_S: Final = 5.0
WATCHED_INTERVAL_S: Final = 0.3
LOOK_LASTS_S: Final = 6.0
SILENT_AFTER_S: Final = 0.9
TICK_S: Final = 0.1
STALL_S: Final = 0.3
BUSY_PATIENCE: Final = 2.0


class Liveness:
    """Watches one upstream. `silence_changed` is told when it falls silent, and when it is back.

    `hung_after_s` 0 means that silence never ends it; `busy` says whether turns are in flight.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        hung_after_s: float,
        busy: Callable[[], bool],
        silence_changed: Callable[[], None],
    ) -> None:
        self._upstream = upstream
        self._hung_after_s = hung_after_s
        self._busy = busy
        self._silence_changed = silence_changed
        self._now = asyncio.get_running_loop().time
        self._wanted_now = asyncio.Event()
        self._looked_at = -LOOK_LASTS_S
        self._answers_questions = False
        self.silent_for_s = 0.0
        """For how long it has been silent though asked; 0 while it answers."""

    def look(self) -> None:
        """Somebody looks at it now: ask more often for a while."""
        was_watched = self._is_watched()
        self._looked_at = self._now()
        if not was_watched:
            self._wanted_now.set()

    def check_now(self) -> None:
        """There is reason for doubt: ask at once."""
        self._wanted_now.set()

    async def watch(self) -> None:
        """Return when it hangs. Runs until cancelled otherwise."""
        while not await self._hangs():
            await self._wait()

    async def _hangs(self) -> bool:
        """Ask, and wait for the answer; True when there will be none."""
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(self._ask(), name="liveness/ask")
            try:
                return await self._no_answer(asking)
            finally:
                asking.cancel()

    async def _ask(self) -> bool:
        try:
            await self._upstream.ping()
        except GatewayError:
            return False  # one that is gone is told by `closed`
        return True

    async def _no_answer(self, asking: asyncio.Task[bool]) -> bool:
        silent_from = self._now()
        while True:
            tick = self._now()
            await asyncio.wait((asking,), timeout=TICK_S if self._answers_questions else None)
            now = self._now()
            if self._answers_questions and now - tick > STALL_S:
                # What was sent meanwhile may lie in the socket still. The tick was waited for.
                silent_from += now - tick - TICK_S
            if asking.done():
                self._answers_questions = self._answers_questions or asking.result()
                self._set_silence(0.0)
                return False
            if self._hung(now - max(silent_from, self._upstream.last_heard)):
                return True

    def _hung(self, silence_s: float) -> bool:
        self._set_silence(silence_s if silence_s >= SILENT_AFTER_S else 0.0)
        patience_s = self._hung_after_s * (BUSY_PATIENCE if self._busy() else 1.0)
        return bool(patience_s) and silence_s >= max(patience_s, SILENT_AFTER_S)

    def _set_silence(self, silence_s: float) -> None:
        changed = bool(silence_s) is not bool(self.silent_for_s)
        self.silent_for_s = silence_s
        if changed:
            self._silence_changed()

    def _is_watched(self) -> bool:
        return self._now() - self._looked_at < LOOK_LASTS_S

    async def _wait(self) -> None:
        self._wanted_now.clear()
        interval_s = WATCHED_INTERVAL_S if self._is_watched() else QUIET_INTERVAL_S
        with suppress(TimeoutError):
            async with asyncio.timeout(interval_s):
                await self._wanted_now.wait()
