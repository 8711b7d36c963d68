"""Tickets are handed out in order and released exactly once, whatever happens to their holders."""

import asyncio
import random
from contextlib import suppress

import pytest

from gateway_engine.backpressure import BackPressure, BackPressureStats
from gateway_engine.errors import BusyError, UpstreamUnavailableError


def pressure(
    max_in_flight: int = 1, max_queue: int = 10, queue_timeout_s: float = 0
) -> BackPressure:
    return BackPressure(
        max_in_flight=max_in_flight, max_queue=max_queue, queue_timeout_s=queue_timeout_s
    )


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Holder:
    """A turn: waits for its ticket, notes its name, holds the ticket until told."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name = name
        self.done = asyncio.Event()
        self._log = log

    async def run(self, pressure: BackPressure, *, resume: bool = False) -> None:
        async with pressure.ticket(resume=resume):
            self._log.append(self.name)
            await self.done.wait()


async def test_first_come_first_served_and_who_resumes_goes_first() -> None:
    tickets, log = pressure(), list[str]()
    holders = [Holder(name, log) for name in ("a", "b", "c", "r", "s")]
    async with asyncio.TaskGroup() as group:
        for holder in holders:
            group.create_task(holder.run(tickets, resume=holder.name in "rs"))
            await settle()
        assert tickets.stats() == BackPressureStats(1, 4, 1, 0, 1)
        for holder in (holders[0], *holders[3:], *holders[1:3]):
            holder.done.set()
            await settle()
    assert log == ["a", "r", "s", "b", "c"]
    assert tickets.stats() == BackPressureStats(0, 0, 5, 0, 1)


async def test_nobody_overtakes_who_waits() -> None:
    tickets, log = pressure(), list[str]()
    first, second, late = (Holder(name, log) for name in ("first", "second", "late"))
    async with asyncio.TaskGroup() as group:
        group.create_task(first.run(tickets))
        await settle()
        group.create_task(second.run(tickets))
        await settle()
        first.done.set()
        await asyncio.sleep(0)  # first leaves; second has been given its slot and not run yet
        group.create_task(late.run(tickets))
        await settle()
        assert log == ["first", "second"]
        second.done.set()
        late.done.set()


async def test_a_full_queue_is_busy_but_not_for_who_resumes() -> None:
    tickets, log = pressure(max_queue=0), list[str]()
    holder, resumed = Holder("a", log), Holder("r", log)
    async with asyncio.TaskGroup() as group:
        group.create_task(holder.run(tickets))
        await settle()
        with pytest.raises(BusyError) as caught:
            async with tickets.ticket():
                pass
        assert caught.value.retry_after_s > 0
        group.create_task(resumed.run(tickets, resume=True))
        await settle()
        holder.done.set()
        resumed.done.set()
    assert log == ["a", "r"]
    assert tickets.stats() == BackPressureStats(0, 0, 2, 1, 1)


async def test_who_waits_too_long_is_told_so() -> None:
    tickets = pressure(queue_timeout_s=0.01)
    async with tickets.ticket():
        with pytest.raises(BusyError, match=r"0\.01 s"):
            async with tickets.ticket():
                pass
        assert tickets.stats() == BackPressureStats(1, 0, 1, 1, 1)
    assert tickets.stats().in_flight == 0


async def test_who_waits_in_vain_because_nothing_answers_is_told_why() -> None:
    reason: list[UpstreamUnavailableError | None] = [UpstreamUnavailableError("none is ready")]
    tickets = BackPressure(
        max_in_flight=1, max_queue=1, queue_timeout_s=0.01, why_idle=lambda: reason[0]
    )
    async with tickets.ticket():
        with pytest.raises(UpstreamUnavailableError, match="none is ready"):
            async with tickets.ticket():
                pass
        reason[0] = None
        with pytest.raises(BusyError):
            async with tickets.ticket():
                pass
        assert tickets.stats() == BackPressureStats(1, 0, 1, 2, 1)


async def test_without_a_limit_nobody_waits() -> None:
    tickets = pressure(max_in_flight=0, max_queue=0)
    async with tickets.ticket(), tickets.ticket(), tickets.ticket():
        assert tickets.stats().in_flight == 3
    assert tickets.stats().in_flight == 0


async def test_an_error_releases_the_ticket() -> None:
    tickets = pressure()
    with pytest.raises(ValueError):
        async with tickets.ticket():
            raise ValueError
    assert tickets.stats().in_flight == 0


async def test_a_slot_given_to_one_who_is_cancelled_in_that_moment_goes_on() -> None:
    tickets, log = pressure(), list[str]()
    first, second, third = (Holder(name, log) for name in "abc")
    async with asyncio.TaskGroup() as group:
        group.create_task(first.run(tickets))
        await settle()
        waiting = group.create_task(second.run(tickets))
        await settle()
        group.create_task(third.run(tickets))
        await settle()
        first.done.set()
        await asyncio.sleep(0)  # first releases: the slot is second's now
        waiting.cancel()
        await settle()
        third.done.set()
    assert log == ["a", "c"]
    assert tickets.stats().in_flight == 0


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_is_cancelled_everything_is_free_afterwards(seed: int) -> None:
    chance = random.Random(seed)
    limit = chance.randrange(1, 4)
    tickets = pressure(limit, max_queue=8, queue_timeout_s=chance.choice([0, 0.001, 0.005]))
    running = 0

    async def turn() -> None:
        nonlocal running
        with suppress(BusyError):
            async with tickets.ticket(resume=chance.random() < 0.2):
                running += 1
                try:
                    assert running <= limit
                    for _ in range(chance.randrange(4)):
                        await asyncio.sleep(chance.choice([0, 0, 0.001]))
                finally:
                    running -= 1

    async with asyncio.TaskGroup() as group:
        tasks = []
        for _ in range(60):
            tasks.append(group.create_task(turn()))
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0)
            if chance.random() < 0.4:
                chance.choice(tasks).cancel()
    stats = tickets.stats()
    assert (stats.in_flight, stats.queued, running) == (0, 0, 0)
    async with tickets.ticket():
        assert tickets.stats().in_flight == 1
