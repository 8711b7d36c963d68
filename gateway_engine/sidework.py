"""Work on what is large, done beside the loop: in a thread, one piece of it at a time.

The loop belongs to all streams. What one large request costs (a body of megabytes, 50,000 messages)
is worked out in a thread that gives way to the loop every few milliseconds; small ones are dealt
with at once, where they are. Only a few such threads work at a time, lest the loop stand in a queue
for its turn and other work find no thread.

A client that leaves is not worked for any longer than the piece that is being done.
"""

import asyncio
import time
from collections.abc import Callable, Generator
from functools import partial
from typing import Final, TypeVar

LARGE_BYTES: Final = 256 * 1024
"""A request of so many bytes is large: less is dealt with in a few milliseconds."""
MOST_AT_ONCE: Final = 2
PIECE_S: Final = 0.1

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Long work that may be left between any two of its steps; its result is what it returns."""


class Sidework:
    """A few threads' worth of large work, for one loop. Whoever comes first is served first."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._free = asyncio.Semaphore(most)

    async def do(self, work: Callable[[], T], *, large: bool = True) -> T:
        """Return what `work` returns or raises; what is not `large` is done at once, here."""
        if not large:
            return work()
        async with self._free:
            return await asyncio.to_thread(work)

    async def in_pieces(self, steps: Steps[T]) -> T:
        """Return what `steps` return or raise; cancelled, no further piece of them is begun."""
        while True:
            found = await self.do(partial(_piece, steps))
            if found is not None:
                return found[0]


def _piece(steps: Steps[T]) -> tuple[T] | None:
    """Go on for PIECE_S, one step at least; the result, once there is one."""
    until = time.monotonic() + PIECE_S
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return (done.value,)
        if time.monotonic() >= until:
            return None
