"""How late the loop is: what a timer has to wait while something else holds the loop."""

import asyncio
from collections import deque
from typing import Final

INTERVAL_S: Final = 0.25
WINDOW_S: Final = 15.0


class LoopLag:
    """The worst of the last WINDOW_S seconds, so that a scrape now and then sees every stall."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=round(WINDOW_S / INTERVAL_S))

    @property
    def worst_s(self) -> float:
        """Seconds; 0 before the first measurement."""
        return max(self._late, default=0.0)

    async def watch(self) -> None:
        """Measure until cancelled."""
        now = asyncio.get_running_loop().time
        while True:
            due = now() + INTERVAL_S
            await asyncio.sleep(INTERVAL_S)
            self._late.append(max(0.0, now() - due))
