"""Whether an upstream still answers: told soon, judged late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway_engine.errors import UpstreamTimeoutError
from gateway_engine.events import InstanceState, LifeStep
from gateway_engine.pool import liveness
from gateway_engine.pool.instance import Instance
from tests.support.hygiene import ExpectedLogs
from tests.unit.pool.fake_upstream import FakeUpstream, World

REAL_WATCHED_INTERVAL_S = liveness.WATCHED_INTERVAL_S
REAL_SILENT_AFTER_S = liveness.SILENT_AFTER_S
REAL_TICK_S = liveness.TICK_S


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "QUIET_INTERVAL_S", 0.02)
    monkeypatch.setattr(liveness, "SILENT_AFTER_S", 0.05)
    monkeypatch.setattr(liveness, "TICK_S", 0.01)


@asynccontextmanager
async def running(world: World, *, hung_after_s: float) -> AsyncIterator[Instance]:
    instance = world.instance(hung_after_s=hung_after_s)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(instance.run())
        await world.until(lambda: instance.state is InstanceState.READY)
        yield instance
        task.cancel()


async def deafen(upstream: FakeUpstream) -> None:
    """Let it answer once, and then never again."""
    await upstream.asked(1)
    upstream.answers_pings.clear()


def steps(instance: Instance) -> list[LifeStep]:
    return [event.step for event in instance.status().life]


async def test_silence_is_told_and_taken_back() -> None:
    world = World()
    async with running(world, hung_after_s=0) as instance:
        await deafen(world.made[0])
        await world.until(lambda: instance.doubtful)
        status = instance.status()
        assert (status.state, status.last_error) == (InstanceState.READY, "not_answering")
        assert status.silent_since > 0
        world.made[0].answers_pings.set()
        await world.until(lambda: not instance.doubtful)
        assert (instance.status().silent_since, instance.status().last_error) == (0.0, "")
    assert steps(instance) == [LifeStep.STARTED, LifeStep.SILENT, LifeStep.ANSWERS]
    assert len(world.made) == 1


async def test_one_that_stays_silent_is_started_again(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("inst-0: the upstream stopped answering")
    world = World()
    async with running(world, hung_after_s=0.1) as instance:
        await deafen(world.made[0])
        await world.until(lambda: len(world.made) == 2 and instance.upstream is world.made[1])
        assert world.made[0].stopped
        assert instance.status().restarts == 1
    assert steps(instance) == [
        LifeStep.STARTED,
        LifeStep.SILENT,
        LifeStep.HUNG,
        LifeStep.STARTED,
    ]


async def test_a_stream_is_life(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    now = asyncio.get_running_loop().time
    async with running(world, hung_after_s=0.1) as instance:
        await deafen(world.made[0])
        # Whenever one looks, a token has just come: a task that sets it can be late on a busy day.
        heard = property(lambda _self: now())
        monkeypatch.setattr(FakeUpstream, "last_heard", heard, raising=False)
        await asyncio.sleep(0.6)
        assert instance.state is InstanceState.READY
        assert LifeStep.HUNG not in steps(instance)


async def test_one_with_turns_in_flight_is_given_longer(
    monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    monkeypatch.setattr(liveness, "BUSY_PATIENCE", 1000.0)
    expected_logs.expect("stopped answering")
    world = World()
    async with running(world, hung_after_s=0.1) as instance:
        instance.acquire()
        await deafen(world.made[0])
        await world.until(lambda: instance.doubtful)
        await asyncio.sleep(0.3)
        assert len(world.made) == 1
        instance.release()
        await world.until(lambda: len(world.made) == 2)


async def test_one_that_never_answered_is_left_alone() -> None:
    world = World()
    world.mute = True
    async with running(world, hung_after_s=0.1) as instance:
        await world.made[0].asked(1)
        await asyncio.sleep(0.4)
        assert (instance.state, instance.doubtful) == (InstanceState.READY, False)


async def test_who_looks_is_told_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "QUIET_INTERVAL_S", 1000.0)
    monkeypatch.setattr(liveness, "WATCHED_INTERVAL_S", 0.01)
    world = World()
    async with running(world, hung_after_s=0) as instance:
        await world.made[0].asked(1)
        await asyncio.sleep(0.1)
        assert world.made[0].pings == 1
        instance.look()
        await world.made[0].asked(3)


async def test_a_turn_that_timed_out_has_it_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "QUIET_INTERVAL_S", 1000.0)
    world = World()
    async with running(world, hung_after_s=0) as instance:
        await world.made[0].asked(1)
        await asyncio.sleep(0)
        instance.failed(UpstreamTimeoutError("too slow"))
        await world.made[0].asked(2)


def test_who_looks_knows_within_two_seconds_and_the_machine_may_be_busy() -> None:
    interval_s, silent_s = REAL_WATCHED_INTERVAL_S, REAL_SILENT_AFTER_S
    assert interval_s + silent_s + REAL_TICK_S <= 1.4
    assert silent_s >= 0.9, "one that is only slow would be taken for silent"


async def test_a_tick_that_came_late_costs_no_more_than_what_it_was_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every tick is a stall here: what was waited for on purpose still counts as silence."""
    monkeypatch.setattr(liveness, "STALL_S", 0.0)
    world = World()
    async with running(world, hung_after_s=0) as instance:
        await deafen(world.made[0])
        await world.until(lambda: instance.doubtful)
