"""Each step of a smoke test, and where it stops."""

import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from gateway_engine.backpressure import BackPressure
from gateway_engine.conversation import RequestId, TextDelta
from gateway_engine.engine_report import SmokeReport
from gateway_engine.errors import UpstreamTimeoutError
from gateway_engine.events import SMOKE_STEPS
from gateway_engine.pool.pool import Pool
from gateway_engine.smoke import SmokeTest
from gateway_engine.upstreams.contract import (
    Deadlines,
    Login,
    LoginState,
    TurnEnd,
    TurnItem,
    UpstreamAsk,
    UpstreamStartError,
)
from tests.support.hygiene import ExpectedLogs
from tests.unit.pool.fake_upstream import IN, OUT, FakeUpstream, World, settle


@asynccontextmanager
async def smoke_of(
    *worlds: World, queue_timeout_s: float = 1, hide: Callable[[str], str] = str
) -> AsyncIterator[tuple[Pool, SmokeTest]]:
    pool = Pool()
    pool.instances = tuple(world.instance(f"inst-{n}", pool) for n, world in enumerate(worlds))
    pool.start()
    await settle()
    ticks = itertools.count()
    smoke = SmokeTest(
        pool,
        BackPressure(max_in_flight=1, max_queue=0, queue_timeout_s=queue_timeout_s),
        deadlines=Deadlines(0, 0, 0),
        queue_timeout_s=queue_timeout_s,
        default_model="",
        clock=lambda: next(ticks) / 1000,
        hide=hide,
    )
    try:
        yield pool, smoke
    finally:
        await pool.stop()


def outcome(report: SmokeReport) -> list[tuple[str, bool]]:
    return [(step.name, step.ok) for step in report.steps]


def says(*pieces: str | Exception):  # type: ignore[no-untyped-def]
    async def ask(
        self: FakeUpstream, ask: UpstreamAsk, deadlines: Deadlines
    ) -> AsyncGenerator[TurnItem, None]:
        for piece in pieces:
            if isinstance(piece, Exception):
                raise piece
            yield [TextDelta(piece)]
        yield TurnEnd("smoke-session")

    return ask


async def test_all_is_well_and_that_very_instance_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FakeUpstream, "ask", says("O", "K"))
    worlds = (World(), World())
    async with smoke_of(*worlds) as (pool, smoke):
        for instance, world in zip(pool.instances, worlds, strict=True):
            report = await smoke.run(instance, RequestId("r"))
            assert report.ok
            assert outcome(report) == [(n, True) for n in ("instance", "login", "models", "turn")]
            assert [step.ms for step in report.steps] == [1.0] * 4
            assert world.made[0].forgotten == ["smoke-session"]
        assert [instance.in_flight for instance in pool.instances] == [0, 0]


async def test_an_instance_that_does_not_run(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("could not start")
    failure = UpstreamStartError("not_found", "cannot start Lingma", retry=False)
    async with smoke_of(World(failures=[failure]), World()) as (pool, smoke):
        report = await smoke.run(pool.instances[0], RequestId("r"))
    assert outcome(report) == [("instance", False)]
    assert report.steps[0].error == ("upstream_unavailable: inst-0 is failed: cannot start Lingma")


async def test_an_instance_that_does_not_become_ready_in_time() -> None:
    async with smoke_of(World(slow=True), queue_timeout_s=0.01) as (pool, smoke):
        report = await smoke.run(pool.instances[0], RequestId("r"))
    assert outcome(report) == [("instance", False)]
    assert "inst-0 is starting for 0.01 s" in report.steps[0].error


@pytest.mark.parametrize(
    ("login", "code"),
    [
        (OUT, "login_required: sign in first"),
        (Login(LoginState.FORBIDDEN, message="no licence"), "upstream_forbidden: no licence"),
    ],
)
async def test_an_account_that_cannot_be_used(login: Login, code: str) -> None:
    async with smoke_of(World(login=login)) as (pool, smoke):
        report = await smoke.run(pool.instances[0], RequestId("r"))
    assert outcome(report) == [("instance", True), ("login", False)]
    assert report.steps[1].error == code


async def test_a_login_is_asked_for_and_not_remembered() -> None:
    world = World(login=IN)
    async with smoke_of(world) as (pool, smoke):
        world.made[0].login = OUT  # and nobody was told
        report = await smoke.run(pool.instances[0], RequestId("r"))
    assert outcome(report)[-1] == ("login", False)


async def test_no_models() -> None:
    async with smoke_of(World(models=())) as (pool, smoke):
        report = await smoke.run(pool.instances[0], RequestId("r"))
    assert outcome(report)[-1] == ("models", False)


@pytest.mark.parametrize(
    ("pieces", "code"),
    [((), "upstream_error"), (("O", UpstreamTimeoutError("it is silent")), "upstream_timeout")],
)
async def test_a_turn_that_fails(
    monkeypatch: pytest.MonkeyPatch, pieces: tuple[str | Exception, ...], code: str
) -> None:
    monkeypatch.setattr(FakeUpstream, "ask", says(*pieces))
    async with smoke_of(World()) as (pool, smoke):
        report = await smoke.run(pool.instances[0], RequestId("r"))
        assert outcome(report)[-1] == ("turn", False)
        assert report.steps[-1].error.startswith(code)
        assert not report.ok
        assert pool.instances[0].in_flight == 0


async def test_a_long_answer_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        FakeUpstream, "ask", says(*["word " * 20] * 1000, AssertionError("read on"))
    )
    async with smoke_of(World()) as (pool, smoke):
        assert (await smoke.run(pool.instances[0], RequestId("r"))).ok


async def test_it_takes_a_ticket_like_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeUpstream, "ask", says("OK"))
    async with smoke_of(World()) as (pool, smoke), smoke._pressure.ticket():
        report = await smoke.run(pool.instances[0], RequestId("r"))
    assert report.steps[-1].error.startswith("busy: ")


async def test_each_step_is_told_as_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(FakeUpstream, "ask", says("OK"))
    async with smoke_of(World()) as (pool, smoke):
        await smoke.run(
            pool.instances[0], RequestId("r"), lambda steps, now: told.append((len(steps), now))
        )
        assert told == [*enumerate(SMOKE_STEPS), (4, "")]
        told.clear()
        monkeypatch.setattr(FakeUpstream, "ask", says(AssertionError("a bug")))
        with pytest.raises(AssertionError, match="a bug"):
            await smoke.run(
                pool.instances[0], RequestId("r"), lambda steps, now: told.append((len(steps), now))
            )
        assert told[-1] == (3, "")  # whatever ends it, it is told


async def test_no_step_quotes_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeUpstream, "ask", says(UpstreamTimeoutError("token pt-1234 is late")))
    async with smoke_of(World(), hide=lambda text: text.replace("pt-1234", "***")) as (pool, smoke):
        report = await smoke.run(pool.instances[0], RequestId("r"))
        assert report.steps[-1].error == "upstream_timeout: token *** is late"
