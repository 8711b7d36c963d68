"""Owned tasks end with their owner, and say what they died of."""

import asyncio

import pytest

from gateway_engine.tasks import TaskOwner, finish
from tests.support.hygiene import ExpectedLogs


async def test_closing_ends_everything() -> None:
    owner = TaskOwner("owner")
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("one")
            owner.spawn(asyncio.Event().wait(), name="born late")

    owner.spawn(endless(), name="endless")
    await asyncio.sleep(0)
    await owner.aclose()
    assert ended == ["one"]
    assert len(owner) == 0
    await owner.aclose()


async def test_a_death_is_logged_once(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("task owner/bad died")
    owner = TaskOwner("owner")

    async def bad() -> None:
        raise ValueError("no")

    owner.spawn(bad(), name="bad")
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(owner) == 0
    assert len(expected_logs.records) == 1


async def test_what_must_be_finished_is_finished_though_cancelled() -> None:
    may_end, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        ended.set()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(finish(work(), name="work"))
        for _ in range(2):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        may_end.set()
    assert task.cancelled()
    assert ended.is_set()


async def test_what_was_finished_says_how() -> None:
    async def bad() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await finish(bad(), name="bad")
