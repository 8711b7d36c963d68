"""Owned background tasks: the only place where a task is made outside a TaskGroup.

A `TaskOwner` keeps a strong reference to each task, logs what a task died of, and ends them
all when its owner does. A bare `asyncio.create_task` is banned by the linter.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


async def finish(coro: Coroutine[Any, Any, object], *, name: str) -> None:
    """Run `coro` to its end, cancelled or not; a cancellation takes effect afterwards."""
    task = asyncio.get_running_loop().create_task(coro, name=name)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not task.cancelled() and (problem := task.exception()) is not None:
            logger.error("task %s died", name, exc_info=problem)
        raise cancelled
    await task


class TaskOwner:
    """A set of named tasks with one lifetime. Not thread-safe: use it on one loop."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, coro: Coroutine[Any, Any, object], *, name: str) -> None:
        """Start `coro` as a task owned here; an exception it dies of is logged once."""
        task = asyncio.get_running_loop().create_task(coro, name=f"{self._name}/{name}")
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            logger.error("task %s died", task.get_name(), exc_info=error)

    async def wait(self) -> None:
        """Wait until all of it has ended by itself."""
        while self._tasks:
            tasks = list(self._tasks)
            await asyncio.wait(tasks)
            self._tasks.difference_update(tasks)

    async def aclose(self) -> None:
        """Cancel what still runs and wait until all of it has ended."""
        while self._tasks:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            # Their callbacks may not have run yet, and waiting for done tasks yields to nobody.
            self._tasks.difference_update(tasks)

    def __len__(self) -> int:
        return len(self._tasks)
