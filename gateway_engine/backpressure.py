"""Tickets: how many chat turns run at once in the whole gateway, and who waits for how long.

    arrives --room, nobody waits--> in flight --leaves the block--> gone
       |                               ^
       +--room in the queue--> queued -+-- first of those who resume, else first who came
       |                          |
       +--> BusyError <--timeout--+-- or cancelled: gone

Turns that hold a ticket may themselves wait for an instance that starts. Who waited behind them in
vain is told what is amiss, not that the gateway is busy: `why_idle` says it.

A slot that becomes free is handed to the next one waiting at once, so that nobody who comes later
overtakes. A ticket is released exactly once, however its block is left.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from gateway_engine.errors import BusyError, GatewayError

RETRY_AFTER_S: Final = 5.0

_Waiters = OrderedDict["asyncio.Future[None]", None]


@dataclass(frozen=True, slots=True)
class BackPressureStats:
    """Figures now (`in_flight`, `queued`) and since the start; `max_in_flight` 0 = no limit."""

    in_flight: int
    queued: int
    accepted_total: int
    rejected_total: int
    max_in_flight: int


class BackPressure:
    """At most `max_in_flight` turns (0 = no limit); `max_queue` others wait `queue_timeout_s`
    (0 = no limit). `why_idle` gives the reason why nothing can be answered now, None while
    something can. Everything is called on one loop.
    """

    def __init__(
        self,
        *,
        max_in_flight: int,
        max_queue: int,
        queue_timeout_s: float,
        why_idle: Callable[[], GatewayError | None] = lambda: None,
    ) -> None:
        self._max_in_flight = max_in_flight
        self._max_queue = max_queue
        self._queue_timeout_s = queue_timeout_s
        self._why_idle = why_idle
        self._in_flight = 0
        self._accepted = self._rejected = 0
        self._resuming: _Waiters = OrderedDict()
        self._waiting: _Waiters = OrderedDict()

    def follow(self, *, max_in_flight: int, max_queue: int, queue_timeout_s: float) -> None:
        """These hold from now on: room that they make is given to those who wait at once. Who
        waits goes on waiting as long as was said when it came.
        """
        self._max_in_flight = max_in_flight
        self._max_queue = max_queue
        self._queue_timeout_s = queue_timeout_s
        while self._has_room() and self._hand_on():
            self._in_flight += 1

    @asynccontextmanager
    async def ticket(self, *, resume: bool = False) -> AsyncIterator[None]:
        """Hold a ticket within the block. Raises BusyError, or what `why_idle` gives.

        `resume`: this turn ran before and was parked; it waits ahead of new ones, and is never
        refused for a full queue.
        """
        await self._acquire(resume)
        try:
            yield
        finally:
            self._release()

    def stats(self) -> BackPressureStats:
        """The figures."""
        return BackPressureStats(
            in_flight=self._in_flight,
            queued=len(self._resuming) + len(self._waiting),
            accepted_total=self._accepted,
            rejected_total=self._rejected,
            max_in_flight=self._max_in_flight,
        )

    async def _acquire(self, resume: bool) -> None:
        queued = len(self._resuming) + len(self._waiting)
        if self._has_room() and not queued:
            self._in_flight += 1
        elif queued >= self._max_queue and not resume:
            self._rejected += 1
            raise BusyError(
                f"the gateway is busy: {self._in_flight} turns run and {queued} wait;"
                " try again later, or raise GATEWAY_MAX_IN_FLIGHT or GATEWAY_MAX_QUEUE",
                retry_after_s=RETRY_AFTER_S,
            )
        else:
            await self._wait(self._resuming if resume else self._waiting)
        self._accepted += 1

    async def _wait(self, queue: _Waiters) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue[turn] = None
        try:
            timeout_s = self._queue_timeout_s
            async with asyncio.timeout(timeout_s or None) as limit:
                await turn
        except BaseException as error:
            queue.pop(turn, None)
            if turn.done() and not turn.cancelled():
                self._release()  # the slot came in the same moment: it goes on to the next
            if isinstance(error, TimeoutError) and limit.expired():
                self._rejected += 1
                raise self._why_idle() or BusyError(
                    f"no turn became free within {timeout_s:g} s; try again later,"
                    " or raise GATEWAY_MAX_IN_FLIGHT or GATEWAY_QUEUE_TIMEOUT_SEC",
                    retry_after_s=RETRY_AFTER_S,
                ) from None
            raise

    def _has_room(self) -> bool:
        return not self._max_in_flight or self._in_flight < self._max_in_flight

    def _release(self) -> None:
        """Give the slot to the next one waiting, else back: so too when there are too many."""
        too_many = self._max_in_flight and self._in_flight > self._max_in_flight
        if too_many or not self._hand_on():
            self._in_flight -= 1

    def _hand_on(self) -> bool:
        """Let the next one go on that waits; False when nobody does."""
        for queue in (self._resuming, self._waiting):
            while queue:
                turn, _ = queue.popitem(last=False)
                if not turn.done():
                    turn.set_result(None)
                    return True
        return False
