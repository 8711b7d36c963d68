"""The state machine of one instance."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway_engine.errors import UpstreamError, UpstreamQuotaError
from gateway_engine.events import InstanceChanged, InstanceState, QuotaSpent
from gateway_engine.pool import instance as module
from gateway_engine.pool.backoff import backoff_s
from gateway_engine.pool.instance import Instance
from gateway_engine.upstreams.contract import Login, LoginState, UpstreamStartError
from tests.support.hygiene import ExpectedLogs
from tests.unit.pool.fake_upstream import IN, OUT, World, settle

S = InstanceState


@asynccontextmanager
async def running(world: World) -> AsyncIterator[Instance]:
    instance = world.instance()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(instance.run())
        await settle()
        yield instance
        task.cancel()
    assert instance.state is S.CLOSED
    assert all(upstream.stopped for upstream in world.made)


@pytest.fixture(autouse=True)
def quick_backoff(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """No waiting; what would have been waited for is kept."""
    asked: list[int] = []

    def quick(failures: int) -> float:
        asked.append(failures)
        return 0.0

    monkeypatch.setattr(module, "backoff_s", quick)
    return asked


def test_the_backoff() -> None:
    assert [backoff_s(n) for n in range(11)] == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_good_life() -> None:
    world = World()
    async with running(world) as instance:
        assert instance.state is S.READY
        assert instance.upstream is world.made[0]
        status = instance.status()
        assert (status.pid, status.account, status.models) == (100, "li", ("m",))
        assert (status.restarts, status.last_error) == (0, "")
    assert world.states() == [S.STARTING, S.READY, S.CLOSED]
    assert all(isinstance(e, InstanceChanged) and e.status.since == 1000.0 for e in world.events)


async def test_logins_come_and_go() -> None:
    world = World(login=OUT)
    async with running(world) as instance:
        assert (instance.state, instance.upstream) == (S.NEEDS_LOGIN, None)
        assert instance.status().last_error == "login_required"
        assert instance.status().last_error_message == "sign in first"
        world.made[0].change(IN)
        assert (instance.state, instance.status().last_error) == (S.READY, "")
        for state, code in (
            (LoginState.EXPIRED, "login_expired"),
            (LoginState.FORBIDDEN, "upstream_forbidden"),
            (LoginState.UNKNOWN, "login_unknown"),
        ):
            world.made[0].change(Login(state, message="why"))
            assert (instance.state, instance.status().last_error) == (S.NEEDS_LOGIN, code)


async def test_an_end_by_itself_is_known_at_once(
    expected_logs: ExpectedLogs, quick_backoff: list[int]
) -> None:
    expected_logs.expect("inst-0: the upstream process ended")
    world = World()
    async with running(world) as instance:
        heard: list[tuple[S, object]] = []
        first = world.made[0]
        first.may_stop.clear()
        first.closed.set_result("exited")
        # Whoever waits for the end must not find the instance ready any more.
        first.closed.add_done_callback(lambda _: heard.append((instance.state, instance.upstream)))
        await settle()
        assert heard == [(S.RECONNECTING, None)]
        assert instance.status().last_error == "exited"
        assert len(world.made) == 1
        first.may_stop.set()
        await settle()
        assert (instance.state, len(world.made)) == (S.READY, 2)
        assert (instance.status().restarts, instance.status().last_error) == (1, "")
        assert quick_backoff == [1]


@pytest.mark.parametrize("stayed_s", [0.0, 31.0])
async def test_only_a_life_that_was_short_makes_it_wait_longer(
    stayed_s: float,
    expected_logs: ExpectedLogs,
    quick_backoff: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected_logs.expect("being restarted")
    monkeypatch.setattr(module, "STABLE_S", 0.0 if stayed_s else 30.0)
    world = World()
    async with running(world):
        for life in range(3):
            world.made[life].closed.set_result("connection_lost")
            await settle()
    assert quick_backoff == ([1, 1, 1] if stayed_s else [1, 2, 3])


async def test_one_that_answered_is_restarted_at_once(
    expected_logs: ExpectedLogs, quick_backoff: list[int]
) -> None:
    expected_logs.expect("being restarted")
    world = World()
    async with running(world) as instance:
        for life, answers in enumerate((False, False, True, True, False)):
            if answers:
                instance.went_well()
            world.made[life].closed.set_result("exited")
            await settle()
    assert quick_backoff == [1, 2, 1, 1, 2]


async def test_starts_that_fail(expected_logs: ExpectedLogs, quick_backoff: list[int]) -> None:
    expected_logs.expect("could not start: no")
    world = World(failures=[UpstreamStartError("exited", "no")] * 6)
    async with running(world) as instance:
        assert instance.state is S.READY
        assert quick_backoff == [1, 2, 3, 4, 5, 6]
    assert world.states() == [S.STARTING, S.RECONNECTING, S.FAILED, S.READY, S.CLOSED]


async def test_a_start_that_cannot_heal_waits_for_a_restart(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("could not start: no")
    world = World(failures=[UpstreamStartError("not_found", "no", retry=False)])
    async with running(world) as instance:
        assert (instance.state, len(world.made)) == (S.FAILED, 1)
        assert instance.status().last_error_message == "no"
        instance.restart()
        assert instance.state is S.RECONNECTING
        await settle()
        assert (instance.state, len(world.made)) == (S.READY, 2)


async def test_an_unforeseen_failure_is_one_failure(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("unforeseen")
    expected_logs.expect("could not start: ValueError")
    world = World(failures=[ValueError("secret detail")])
    async with running(world) as instance:
        assert instance.state is S.READY
    codes = {e.status.last_error for e in world.events if isinstance(e, InstanceChanged)}
    assert codes == {"", "internal_error"}


async def test_a_restart_of_a_good_one() -> None:
    world = World()
    async with running(world) as instance:
        instance.restart()
        await settle()
        assert (instance.state, len(world.made), instance.status().restarts) == (S.READY, 2, 1)
        assert world.made[0].stopped
        assert instance.status().last_error == ""


async def test_a_restart_while_starting() -> None:
    world = World(slow=True)
    async with running(world) as instance:
        instance.restart()
        world.slow = False
        world.made[0].may_start.set()
        await settle()
        assert (instance.state, len(world.made)) == (S.READY, 2)


async def test_an_end_under_way_is_not_cut_short(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("being restarted")
    world = World()
    instance = world.instance()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(instance.run())
        await settle()
        world.made[0].may_stop.clear()
        world.made[0].closed.set_result("exited")
        await settle()
        task.cancel()
        await settle()
        assert not task.done()
        world.made[0].may_stop.set()
    assert world.made[0].stopped
    assert instance.state is S.CLOSED


async def test_closing_while_starting() -> None:
    world = World(slow=True)
    async with running(world) as instance:
        assert instance.state is S.STARTING
        assert instance.upstream is None
    assert world.states() == [S.STARTING, S.CLOSED]


async def test_turns_are_counted() -> None:
    world = World()
    async with running(world) as instance:
        instance.acquire()
        instance.acquire()
        assert instance.status().in_flight == 2
        instance.release()
        assert instance.in_flight == 1
        instance.release()


async def test_a_pause_that_follows_a_resume_at_once() -> None:
    world = World()
    async with running(world) as instance, asyncio.timeout(5):
        await instance.pause()
        instance.resume()
        await instance.pause()
        assert instance.state is S.STOPPED
        assert [upstream.stopped for upstream in world.made] == [True]
        instance.resume()
        await settle()
        assert instance.upstream is world.made[1]


async def test_what_a_person_stopped_rests_until_it_is_started() -> None:
    world = World()
    async with running(world) as instance, asyncio.timeout(5):
        await instance.stop()
        status = instance.status()
        assert (status.state, status.stopped, status.pid) == (S.STOPPED, True, 0)
        assert (instance.coming, world.made[0].stopped) == (False, True)
        # Whoever changes its files lets it go again, and it stays at rest all the same.
        await instance.pause()
        instance.resume()
        await settle()
        assert (instance.state, len(world.made)) == (S.STOPPED, 1)
        await instance.pause()
        instance.start()
        await settle()
        assert (instance.state, len(world.made)) == (S.STOPPED, 1)
        instance.resume()
        await settle()
        assert (instance.state, instance.stopped, len(world.made)) == (S.READY, False, 2)
        assert instance.status().restarts == 0
    assert world.states() == [S.STARTING, S.READY, S.STOPPED, S.STARTING, S.READY, S.CLOSED]


async def test_a_restart_of_what_was_stopped_starts_it() -> None:
    world = World()
    async with running(world) as instance, asyncio.timeout(5):
        await instance.stop()
        instance.restart()
        await settle()
        assert (instance.state, instance.stopped) == (S.READY, False)


async def test_a_start_that_takes_for_ever_can_be_stopped() -> None:
    world = World(slow=True)
    async with running(world) as instance, asyncio.timeout(5):
        await instance.stop()
        assert (instance.state, world.made[0].stopped) == (S.STOPPED, True)


async def test_what_happened_is_told(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("could not start: no")
    expected_logs.expect("the upstream process ended")
    world = World(failures=[UpstreamStartError("exited", "no")])
    async with running(world) as instance, asyncio.timeout(5):
        world.made[1].exit_code = -9
        world.made[1].printed = ["first", "last words"]
        world.made[1].closed.set_result("exited")
        await settle()
        assert instance.output(1) == ["last words"]
        world.made[2].change(OUT)
        world.made[2].change(IN)
        instance.restart()
        await settle()
        life = [(e.step.value, e.code, e.detail, e.exit_code) for e in instance.status().life]
    assert life == [
        ("start_failed", "exited", "no", None),
        ("started", "", "Fake 1", None),
        ("ended", "exited", "", -9),
        ("started", "", "Fake 1", None),
        ("signed_out", "login_required", "", None),
        ("signed_in", "", "li", None),
        ("restart_asked", "", "", None),
        ("started", "", "Fake 1", None),
    ]


async def test_a_spent_quota_is_told_until_a_turn_goes_well() -> None:
    world = World()
    async with running(world) as instance:
        instance.failed(UpstreamQuotaError("none left", retry_after_s=60, passes_soon=False))
        status = instance.status()
        assert status.out_of_quota == QuotaSpent(1000.0, 1060.0, "none left")
        assert (status.state, status.last_error) == (S.READY, "upstream_quota")
        assert [instance.doubtful] == [True]
        world.now = 1061.0
        assert [instance.doubtful] == [False]
        assert instance.status().out_of_quota is not None
        instance.failed(UpstreamError("something else"))
        assert instance.status().out_of_quota is not None
        instance.went_well()
        assert (instance.status().out_of_quota, instance.status().last_error) == (None, "")
        instance.failed(UpstreamQuotaError("none left", passes_soon=False))
        world.made[0].change(OUT)
        world.made[0].change(IN)
        assert instance.status().out_of_quota is not None
        world.made[0].change(Login(LoginState.LOGGED_IN, "han"))
        assert instance.status().out_of_quota is None
