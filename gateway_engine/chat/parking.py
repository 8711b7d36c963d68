"""Turns of upstream that wait for a client's tools, while no request of that client runs.

    asked --calls of the client's tools--> parked --its results--> asked, by the next request
                                             |
        expired, crowded out, upstream gone, left behind, gateway stops: stopped upstream

A parked turn holds no ticket and counts as in flight nowhere; it is counted here. At most
`max_turns` are kept, for `timeout_s` seconds each: the oldest gives way. Who brings results for a
turn that is gone goes on with the whole transcript, like any other request.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway_engine.chat.left_behind import Course
from gateway_engine.chat.live_turn import LiveTurn
from gateway_engine.chat.returned_results import CallsMade, ReturnedResults
from gateway_engine.sessions.key import SessionKey
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.contract import ToolCallWanted

logger = logging.getLogger(__name__)

MAX_PARKED_TURNS: Final = 64


@dataclass(frozen=True, slots=True)
class ParkingStats:
    """Turns parked now, and how those since the start ended."""

    parked: int
    parked_total: int
    resumed_total: int
    expired_total: int
    dropped_total: int


@dataclass(slots=True, eq=False)
class ParkedTurn:
    """A turn that waits. `calls` are upstream's, under the ids the client knows, in their order."""

    live: LiveTurn
    calls: Mapping[str, ToolCallWanted]
    made: CallsMade
    timer: asyncio.TimerHandle | None = None
    on_closed: Callable[[object], None] | None = None


class Parking:
    """All parked turns. Everything is called on one loop. `timeout_s` 0 means no limit."""

    def __init__(self, *, timeout_s: float, max_turns: int = MAX_PARKED_TURNS) -> None:
        self._timeout_s = timeout_s
        self._max_turns = max_turns
        self._turns: dict[ParkedTurn, None] = {}  # the oldest first
        self._tasks = TaskOwner("parking")
        self._closed = False
        self._parked_total = self._resumed = self._expired = self._dropped = 0

    def follow(self, *, timeout_s: float) -> None:
        """This holds for turns that are parked from now on."""
        self._timeout_s = timeout_s

    def park(self, turn: ParkedTurn) -> None:
        """Keep this turn until its results come; from now on it is nobody else's."""
        if self._closed or turn.live.lease.upstream.closed.done():
            return  # whoever holds the turn stops it
        turn.live.keep()
        self._turns[turn] = None
        self._parked_total += 1
        if self._timeout_s:
            loop = asyncio.get_running_loop()
            turn.timer = loop.call_later(self._timeout_s, self._expire, turn)
        turn.on_closed = lambda _: self._drop(turn, "its upstream ended")
        turn.live.lease.upstream.closed.add_done_callback(turn.on_closed)
        if len(self._turns) > self._max_turns:
            self._drop(next(iter(self._turns)), "too many turns are parked")

    def waiting(self) -> tuple[CallsMade, ...]:
        """What the parked turns wait for."""
        return tuple(turn.made for turn in self._turns)

    def find(self, returned: ReturnedResults | None, course: Course) -> ParkedTurn | None:
        """Return the turn that goes on with these results, without taking it.

        Turns are ended which this request shows to be left behind; where it cannot tell which of
        several alike, only the oldest.
        """
        turns = tuple(self._turns)
        if returned is not None:
            for turn in turns:
                if returned.answers(turn.made):
                    return turn
        ended: set[SessionKey] = set()
        for turn in turns:
            if turn.made.asked not in ended and course.leaves_behind(turn.made):
                ended.add(turn.made.asked)
                self._drop(turn, "the client goes on in another way")
        return None

    def take(self, turn: ParkedTurn) -> bool:
        """Leave this turn to the caller alone; False when it is gone, or somebody was faster."""
        if not self._forget(turn):
            return False
        self._resumed += 1
        turn.live.kept = False
        return True

    def stats(self) -> ParkingStats:
        """The figures."""
        return ParkingStats(
            parked=len(self._turns),
            parked_total=self._parked_total,
            resumed_total=self._resumed,
            expired_total=self._expired,
            dropped_total=self._dropped,
        )

    async def aclose(self) -> None:
        """End every parked turn; none is parked any more."""
        self._closed = True
        for turn in tuple(self._turns):
            self._drop(turn, "the gateway stops")
        await self._tasks.wait()

    def _expire(self, turn: ParkedTurn) -> None:
        if self._forget(turn):
            self._expired += 1
            self._stop(turn, f"no results came within {self._timeout_s:g} s")

    def _drop(self, turn: ParkedTurn, reason: str) -> None:
        if self._forget(turn):
            self._dropped += 1
            self._stop(turn, reason)

    def _forget(self, turn: ParkedTurn) -> bool:
        if turn not in self._turns:
            return False
        del self._turns[turn]
        if turn.timer is not None:
            turn.timer.cancel()
        if turn.on_closed is not None:
            turn.live.lease.upstream.closed.remove_done_callback(turn.on_closed)
        return True

    def _stop(self, turn: ParkedTurn, reason: str) -> None:
        logger.info("%s: the parked turn ends: %s", turn.live.ask.request_id, reason)
        self._tasks.spawn(turn.live.aclose(), name="stop")
