"""Who answers, who waits, and what is said when nobody can."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from gateway_engine.conversation import InstanceName, ModelId
from gateway_engine.errors import (
    BusyError,
    GatewayError,
    LoginRequiredError,
    UpstreamForbiddenError,
    UpstreamQuotaError,
    UpstreamUnavailableError,
)
from gateway_engine.events import InstanceState
from gateway_engine.models import names_meant, resolve_model
from gateway_engine.pool.pool import Pool
from gateway_engine.upstreams.contract import Login, LoginState, UpstreamModel, UpstreamStartError
from tests.support.hygiene import ExpectedLogs
from tests.unit.pool.fake_upstream import IN, OUT, World, settle

A = UpstreamModel(ModelId("a"), "A", is_default=True)
B = UpstreamModel(ModelId("b"), "B")
C = UpstreamModel(ModelId("c"), "C")
ALIASES = {"claude-*": "b"}


@asynccontextmanager
async def pool_of(*worlds: World) -> AsyncIterator[Pool]:
    pool = Pool()
    pool.instances = tuple(
        world.instance(f"inst-{number}", pool) for number, world in enumerate(worlds)
    )
    pool.start()
    await settle()
    try:
        yield pool
    finally:
        await pool.stop()


def any_of(models: Sequence[UpstreamModel]) -> ModelId | None:
    return resolve_model("", models, aliases={}, default="")


async def chosen(pool: Pool, name: str = "", default: str = "") -> tuple[str, str]:
    names = names_meant(name, aliases=ALIASES, default=default)
    async with pool.lease(
        lambda models: resolve_model(name, models, aliases=ALIASES, default=default),
        timeout_s=1,
        names=names,
    ) as lease:
        return lease.instance.name, lease.model


async def test_least_in_flight_then_in_turn() -> None:
    async with pool_of(World(), World(), World()) as pool, AsyncExitStack() as held:
        names = [
            (await held.enter_async_context(pool.lease(any_of, timeout_s=1))).instance.name
            for _ in range(9)
        ]
        for start in (0, 3, 6):
            assert sorted(names[start : start + 3]) == ["inst-0", "inst-1", "inst-2"]
        assert [instance.in_flight for instance in pool.instances] == [3, 3, 3]
    assert [instance.in_flight for instance in pool.instances] == [0, 0, 0]


async def test_idle_instances_take_turns() -> None:
    async with pool_of(World(), World()) as pool:
        assert {(await chosen(pool))[0] for _ in range(2)} == {"inst-0", "inst-1"}


async def test_only_an_instance_that_has_the_model() -> None:
    async with pool_of(World(models=(A,)), World(models=(A, B))) as pool:
        for _ in range(4):
            assert await chosen(pool, "B") == ("inst-1", "b")
        assert {(await chosen(pool, "unknown"))[1] for _ in range(4)} == {"a"}


@pytest.mark.parametrize("asked", ["b", "B", "lingma/b"])
async def test_a_model_whose_instance_restarts_is_waited_for(
    asked: str, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("being restarted")
    other = World(models=(A, B))
    async with pool_of(World(models=(A,)), other) as pool, asyncio.TaskGroup() as group:
        other.slow = True
        other.made[0].closed.set_result("exited")
        await settle()
        waiting = group.create_task(chosen(pool, asked))
        assert await chosen(pool, "a") == ("inst-0", "a")
        assert await chosen(pool, "nobody's") == ("inst-0", "a")
        await settle()
        assert not waiting.done()
        other.made[1].may_start.set()
        assert await waiting == ("inst-1", "b")


async def test_the_default_does_not_stand_in_for_a_model_that_is_away(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("being restarted")
    other = World(models=(B,))
    async with pool_of(World(models=(A,)), other) as pool, asyncio.TaskGroup() as group:
        other.slow = True
        other.made[0].closed.set_result("exited")
        await settle()
        waiting = group.create_task(chosen(pool, "b", default="a"))
        assert await chosen(pool, "nobody's", default="a") == ("inst-0", "a")
        await settle()
        other.made[1].may_start.set()
        assert await waiting == ("inst-1", "b")


@pytest.mark.parametrize("asked", ["b", "B", "agent/b", "Agent/b", "claude-4", "agent/c"])
async def test_a_model_that_the_settings_name_is_waited_for_at_the_first_start(asked: str) -> None:
    other = World(models=(B, C), slow=True, label="agent")
    async with pool_of(World(models=(A,)), other) as pool, asyncio.TaskGroup() as group:
        pool.expect_models({InstanceName("inst-1"): ("b",)})
        waiting = group.create_task(chosen(pool, asked))
        assert await chosen(pool, "a") == ("inst-0", "a")
        assert await chosen(pool, "nobody's") == ("inst-0", "a")
        assert await chosen(pool, "nobody/b") == ("inst-0", "a")
        await settle()
        assert not waiting.done()
        other.made[0].may_start.set()
        assert await waiting == ("inst-1", "c" if asked == "agent/c" else "b")


async def test_a_default_that_the_settings_name_is_waited_for_at_the_first_start() -> None:
    other = World(models=(B,), slow=True)
    async with pool_of(World(models=(A,)), other) as pool, asyncio.TaskGroup() as group:
        pool.expect_models({InstanceName("inst-1"): ("b",)})
        waiting = group.create_task(chosen(pool, "nobody's", default="b"))
        await settle()
        assert not waiting.done()
        other.made[0].may_start.set()
        assert await waiting == ("inst-1", "b")


async def test_what_has_told_its_models_has_no_others() -> None:
    other = World(models=(A,), label="agent")
    async with pool_of(World(models=(A,)), other) as pool:
        pool.expect_models({InstanceName("inst-1"): ("b",)})
        await pool.instances[1].stop()
        assert await chosen(pool, "b") == ("inst-0", "a")
        assert await chosen(pool, "agent/b") == ("inst-0", "a")


async def test_a_label_of_several_instances_names_none_of_them() -> None:
    several = [World(models=(B,), label="agent"), World(slow=True, label="agent")]
    async with pool_of(World(models=(A,)), *several) as pool:
        assert (await chosen(pool, "agent/unheard-of"))[1] == "a"


async def test_a_model_of_the_settings_that_cannot_come_is_not_replaced() -> None:
    async with pool_of(World(models=(A,)), World(models=(), login=OUT)) as pool:
        pool.expect_models({InstanceName("inst-1"): ("b",)})
        with pytest.raises(LoginRequiredError, match="sign in first"):
            await chosen(pool, "b")


async def test_a_model_whose_instance_was_stopped_is_not_replaced() -> None:
    async with pool_of(World(models=(A,)), World(models=(A, B))) as pool:
        await pool.instances[1].stop()
        assert await chosen(pool, "a") == ("inst-0", "a")
        with pytest.raises(UpstreamUnavailableError, match="inst-1 was stopped by hand"):
            await chosen(pool, "b")
        pool.instances = pool.instances[:1]
        pool.changed()
        assert await chosen(pool, "b") == ("inst-0", "a")


async def test_an_instance_that_lists_no_models_may_have_any() -> None:
    async with pool_of(World(models=())) as pool:
        assert await chosen(pool) == ("inst-0", "")


async def test_a_request_waits_for_a_start() -> None:
    world = World(slow=True)
    async with pool_of(world) as pool, asyncio.TaskGroup() as group:
        waiting = group.create_task(chosen(pool))
        await settle()
        assert not waiting.done()
        world.made[0].may_start.set()
        assert (await waiting)[0] == "inst-0"


async def test_a_request_waits_for_a_restart(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("being restarted")
    world = World()
    async with pool_of(world) as pool, asyncio.TaskGroup() as group:
        world.slow = True
        world.made[0].closed.set_result("exited")
        await settle()
        assert pool.instances[0].state is InstanceState.RECONNECTING
        waiting = group.create_task(chosen(pool))
        await settle()
        world.made[1].may_start.set()
        assert (await waiting)[0] == "inst-0"


async def test_a_wait_has_an_end() -> None:
    async with pool_of(World(slow=True)) as pool:
        with pytest.raises(UpstreamUnavailableError, match=r"within 0\.05 s"):
            async with pool.lease(any_of, timeout_s=0.05):
                pass
        assert pool.instances[0].in_flight == 0


async def test_a_wait_that_is_given_up_leaves_nothing() -> None:
    world = World(slow=True)
    async with pool_of(world) as pool:
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(chosen(pool))
            await settle()
            waiting.cancel()
        world.made[0].may_start.set()
        await settle()
        assert pool.instances[0].in_flight == 0


async def test_a_lease_ends_with_its_turn_however_it_ends() -> None:
    async with pool_of(World()) as pool:
        with pytest.raises(ValueError, match="broken"):
            async with pool.lease(any_of, timeout_s=1):
                raise ValueError("broken")
        assert pool.instances[0].in_flight == 0


@pytest.mark.parametrize(
    ("login", "failure"),
    [
        (OUT, LoginRequiredError),
        (Login(LoginState.EXPIRED, message="again"), LoginRequiredError),
        (Login(LoginState.UNKNOWN, message="net"), LoginRequiredError),
        (Login(LoginState.FORBIDDEN, message="no licence"), UpstreamForbiddenError),
    ],
)
async def test_needs_login_is_said_at_once(login: Login, failure: type[GatewayError]) -> None:
    async with pool_of(World(login=login)) as pool:
        with pytest.raises(failure, match=login.message):
            await chosen(pool)


async def test_one_that_is_signed_in_is_enough() -> None:
    async with pool_of(World(login=OUT), World()) as pool:
        assert (await chosen(pool))[0] == "inst-1"


async def test_whoever_waits_sees_a_login() -> None:
    slow = World(slow=True)
    out = World(login=OUT)
    async with pool_of(slow, out) as pool, asyncio.TaskGroup() as group:
        waiting = group.create_task(chosen(pool))
        await settle()
        out.made[0].change(IN)
        assert (await waiting)[0] == "inst-1"


async def test_a_failed_one_says_why(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("could not start")
    failure = UpstreamStartError("not_found", "cannot start Lingma", retry=False)
    async with pool_of(World(failures=[failure])) as pool:
        with pytest.raises(UpstreamUnavailableError, match="cannot start Lingma"):
            await chosen(pool)


async def test_no_instances() -> None:
    async with pool_of() as pool:
        with pytest.raises(UpstreamUnavailableError, match="LINGMA_BIN"):
            await chosen(pool)


async def test_no_model_for_it() -> None:
    async with pool_of(World()) as pool:
        with pytest.raises(BusyError):
            async with pool.lease(lambda _: None, timeout_s=1):
                pass


async def test_absence_says_why_nobody_answers() -> None:
    async with pool_of(World(slow=True), World(login=OUT)) as pool:
        assert isinstance(pool.absence(), UpstreamUnavailableError)
    async with pool_of(World(login=OUT)) as pool:
        assert isinstance(pool.absence(), LoginRequiredError)
    async with pool_of() as pool:
        assert "LINGMA_BIN" in str(pool.absence())
    async with pool_of(World(login=OUT), World()) as pool:
        assert pool.absence() is None


async def test_a_wait_in_vain_says_what_is_amiss(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("could not start")
    world = World(failures=[UpstreamStartError("exited", "it ended with code 3")], slow=True)
    async with pool_of(world) as pool:
        world.made[0].may_start.set()
        await settle()
        with pytest.raises(UpstreamUnavailableError, match=r"it ended with code 3; see /healthz"):
            async with pool.lease(any_of, timeout_s=0.01):
                pass


async def test_stopping_ends_the_wait() -> None:
    async with pool_of(World(slow=True)) as pool:
        refused = asyncio.Event()

        async def waiting() -> None:
            with pytest.raises(UpstreamUnavailableError):
                await chosen(pool)
            refused.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(waiting())
            await settle()
            await pool.stop()
        assert refused.is_set()


async def test_nobody_waits_for_what_a_person_stopped() -> None:
    async with pool_of(World()) as pool, asyncio.timeout(5):
        await pool.instances[0].pause()
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(refused(pool, timeout_s=30))
            await settle()
            assert not asked.done()  # it is away for a moment, and comes back by itself
            await pool.instances[0].stop()
        assert "inst-0 was stopped by hand" in asked.result()
        pool.instances[0].resume()
        assert "stopped by hand" in await refused(pool, timeout_s=30)
        absence = pool.absence()
        assert absence is not None
        assert "stopped by hand" in str(absence)
        pool.instances[0].start()
        await settle()
        assert (await chosen(pool))[0] == "inst-0"


async def refused(pool: Pool, *, timeout_s: float) -> str:
    """Why there is no instance to be had, "" when there is."""
    try:
        async with pool.lease(any_of, timeout_s=timeout_s):
            return ""
    except UpstreamUnavailableError as error:
        return str(error)


async def test_one_that_is_doubtful_is_asked_only_when_there_is_no_other() -> None:
    async with pool_of(World(), World()) as pool:
        pool.instances[0].failed(UpstreamQuotaError("none", retry_after_s=60, passes_soon=False))
        assert {(await chosen(pool))[0] for _ in range(4)} == {"inst-1"}
        pool.instances[1].failed(UpstreamQuotaError("none", retry_after_s=60, passes_soon=False))
        assert pool.instances[1].doubtful
        assert (await chosen(pool))[0]  # better one of them than none


async def test_how_a_turn_ended_is_told_to_its_instance() -> None:
    async with pool_of(World()) as pool:
        with pytest.raises(UpstreamQuotaError):
            async with pool.lease(any_of, timeout_s=1):
                raise UpstreamQuotaError("none", passes_soon=False)
        assert pool.instances[0].status().out_of_quota is not None
        with pytest.raises(RuntimeError):  # a client that went away says nothing of upstream
            async with pool.lease(any_of, timeout_s=1):
                raise RuntimeError
        assert pool.instances[0].status().out_of_quota is not None
        await chosen(pool)
        assert pool.instances[0].status().out_of_quota is None
