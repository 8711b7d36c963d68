"""The time by which things grow too old: the wall clock, but for jumps that nobody has confirmed.

A clock that is set wrong, or a battery that has run out, must not make a whole history too old at
once. A step ahead of what is known is believed at once up to `SLACK_S`, a larger one after
`HOLD_S` of running with it; meanwhile only time that has really passed counts. A step back always
counts: it makes nothing too old.
"""

from collections.abc import Callable
from typing import Final

SLACK_S: Final = 24 * 3600.0
"""Nights, weekends in parts, time zones set wrong."""
HOLD_S: Final = 24 * 3600.0


class SteadyTime:
    """`wall` gives seconds since the epoch, `clock` is monotonic; `known` is the newest moment that
    is sure to have been, 0.0 for none.
    """

    def __init__(
        self, wall: Callable[[], float], clock: Callable[[], float], *, known: float = 0.0
    ) -> None:
        self._wall = wall
        self._clock = clock
        self._at = clock()
        self._time = known or wall()
        self._ahead_since: float | None = None

    def now(self) -> float:
        """Seconds since the epoch, never ahead of the wall clock."""
        wall, at = self._wall(), self._clock()
        self._time += at - self._at
        self._at = at
        if wall <= self._time + SLACK_S:
            self._time, self._ahead_since = wall, None
        elif self._ahead_since is None:
            self._ahead_since = at
        elif at - self._ahead_since >= HOLD_S:
            self._time, self._ahead_since = wall, None
        return self._time
