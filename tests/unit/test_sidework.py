"""Work on what is large: beside the loop, in pieces, and not longer than it is wanted."""

import asyncio
import contextlib
import threading
from collections.abc import Generator

import pytest

from gateway_engine import sidework
from gateway_engine.sidework import Sidework


def counting(upto: int, threads: set[int]) -> Generator[None, None, int]:
    for _ in range(upto):
        threads.add(threading.get_ident())
        yield
    return upto


async def test_it_is_done_in_other_threads() -> None:
    threads: set[int] = set()
    side = Sidework()
    assert await side.do(threading.get_ident) != threading.get_ident()
    assert await side.in_pieces(counting(1000, threads)) == 1000
    assert threading.get_ident() not in threads


async def test_what_it_raises_is_raised() -> None:
    def failing() -> Generator[None, None, int]:
        yield
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await Sidework().in_pieces(failing())


async def test_nobody_works_on_for_a_client_that_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, over, go_on = asyncio.Event(), asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    done = 0

    def work() -> Generator[None, None, None]:
        nonlocal done
        while True:
            loop.call_soon_threadsafe(begun.set)
            go_on.wait(5)
            done += 1
            loop.call_soon_threadsafe(over.set)
            yield

    monkeypatch.setattr(sidework, "PIECE_S", 0.0)
    side = Sidework(most=1)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(side.in_pieces(work()))
        await begun.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert done == 0
        go_on.set()
        await over.wait()
    assert await side.do(lambda: 1) == 1
    assert done == 1


async def test_only_so_many_work_at_a_time() -> None:
    side, lock = Sidework(most=2), threading.Lock()
    running = most = 0
    gate = threading.Barrier(2)

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(5)
        with lock:
            running -= 1

    await asyncio.gather(*(side.do(work) for _ in range(6)))
    assert most == 2
