"""How many turns an instance answers, and the wait until it answers none."""

import asyncio


class TurnCount:
    """Turns in flight. Everything is called on the engine's loop."""

    def __init__(self) -> None:
        self.now = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self) -> None:
        """One more."""
        self.now += 1
        self._idle.clear()

    def end(self) -> None:
        """One less."""
        self.now -= 1
        if not self.now:
            self._idle.set()

    async def drain(self, timeout_s: float) -> int:
        """Return when there is none, or after `timeout_s`: then how many there still are."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            return self.now
        return 0
