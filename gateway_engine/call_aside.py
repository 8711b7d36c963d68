"""A call that may block for ever, on a thread that nobody waits for.

A locked keyring blocks for as long as its prompt is open. Such a call belongs into no pool of
threads: the pool would run out of them, and the interpreter would wait for them at its end.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def call_aside(work: Callable[[], T], *, name: str) -> "asyncio.Future[T]":
    """What `work` returns or raises, on the running loop. Cancelled, its thread is left behind."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not future.done():
            outcome()

    def tell(outcome: Callable[[], None]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, outcome)

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - crosses to the waiting coroutine
            problem = error
            tell(lambda: future.set_exception(problem))
        else:
            tell(lambda: future.set_result(result))

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
