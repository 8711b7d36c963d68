"""A call on a thread that nobody waits for."""

import asyncio
import threading

import pytest

from gateway_engine.call_aside import call_aside


async def test_what_it_returns_and_raises() -> None:
    assert await call_aside(lambda: 5, name="test") == 5
    with pytest.raises(ZeroDivisionError):
        await call_aside(lambda: 1 // 0, name="test")


async def test_whoever_stops_waiting_leaves_it_behind() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(10)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await call_aside(work, name="left-behind")
    assert begun.wait(10)
    [thread] = [each for each in threading.enumerate() if each.name == "left-behind"]
    assert thread.daemon
    go_on.set()
    await asyncio.to_thread(thread.join, 10)
