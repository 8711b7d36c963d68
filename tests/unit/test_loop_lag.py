"""A stall of the loop is seen, and forgotten after a while."""

import asyncio
import threading

import pytest

from gateway_engine import loop_lag
from gateway_engine.loop_lag import LoopLag


async def test_a_stall_is_seen_by_who_asks_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_lag, "INTERVAL_S", 0.01)
    monkeypatch.setattr(loop_lag, "WINDOW_S", 0.1)
    lag = LoopLag()
    assert lag.worst_s == 0
    async with asyncio.TaskGroup() as group:
        watch = group.create_task(lag.watch())
        await asyncio.sleep(0.03)
        threading.Event().wait(0.3)  # holds the loop, as a large parse would
        await asyncio.sleep(0.03)
        assert 0.25 < lag.worst_s < 5
        async with asyncio.timeout(5):
            while lag.worst_s > 0.25:  # noqa: ASYNC110 - ten more measurements
                await asyncio.sleep(0.01)
        watch.cancel()
