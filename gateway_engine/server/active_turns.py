"""The chat turns that are being answered now, so that stopping can end them in good order.

aiohttp closes a connection before its handler hears of it; a stream could then not be told why it
ends. So the turns are ended here first, while their connections are still open.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Final

END_TIMEOUT_S: Final = 2.0


class ActiveTurns:
    """Tasks that answer a chat request. Not thread-safe: use it on one loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self.ending = False

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Count the current task as a turn."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("not in a task")
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    def took_back(self) -> bool:
        """Take back the cancellation of the current task that `end` asked for, as asyncio.timeout
        does with its own. False when somebody else wants the task cancelled too."""
        task = asyncio.current_task()
        return self.ending and task is not None and task.uncancel() == 0

    async def end(self, grace_s: float) -> None:
        """Give the turns `grace_s` seconds to finish, then cancel those that are left."""
        now = asyncio.get_running_loop().time
        until = now() + grace_s
        while self._tasks and (left_s := until - now()) > 0:  # one may have begun meanwhile
            await asyncio.wait(set(self._tasks), timeout=left_s)
        self.ending = True
        left = set(self._tasks)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=END_TIMEOUT_S)

    def __len__(self) -> int:
        return len(self._tasks)
