"""An instance that is killed, hung, signed out, out of quota or stopped: what is told of it."""

import asyncio
import signal
import sys
from pathlib import Path

import psutil
import pytest

from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError, NotFoundError
from gateway_engine.events import InstanceState, InstanceStatus, LifeStep
from gateway_engine.upstreams.lingma.upstream import LOGIN_INTERVAL_S
from tests.integration.engine.running_engine import KEY, Gateway, alive, gateway
from tests.support.hygiene import ExpectedLogs

READY, STOPPED = InstanceState.READY, InstanceState.STOPPED
ME = InstanceName("inst-0")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


def steps(status: InstanceStatus) -> list[LifeStep]:
    return [event.step for event in status.life]


@POSIX
async def test_a_killed_one_says_so_and_is_back(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the upstream process ended", logger="gateway_engine.pool")
    async with gateway(tmp_path) as running:
        first = await running.state(READY)
        psutil.Process(first.pid).send_signal(signal.SIGKILL)
        status = await running.state(READY, restarts=1)
        assert steps(status) == [LifeStep.STARTED, LifeStep.ENDED, LifeStep.STARTED]
        ended = status.life[1]
        assert (ended.code, ended.exit_code) == ("exited", -signal.SIGKILL)


@POSIX
async def test_one_that_stands_still_is_told_and_comes_back_as_it_was(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        first = await running.state(READY)
        await running.engine.look()
        await asyncio.sleep(0.1)  # the first sign of life has come
        process = psutil.Process(first.pid)
        process.suspend()
        try:
            silent = await running.events.until(
                lambda: running.status if running.status.silent_since else None
            )
            assert (silent.state, silent.last_error) == (READY, "not_answering")
        finally:
            process.resume()
        again = await running.events.until(
            lambda: running.status if not running.status.silent_since else None
        )
        assert (again.pid, again.restarts, again.last_error) == (first.pid, 0, "")


@POSIX
async def test_one_that_stands_still_for_long_is_started_again(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("stopped answering", logger="gateway_engine.pool")
    async with gateway(tmp_path, LINGMA_RPC_TIMEOUT=1.5) as running:
        first = await running.state(READY)
        await running.engine.look()
        await asyncio.sleep(0.1)
        psutil.Process(first.pid).suspend()
        status = await running.state(READY, restarts=1)
        assert LifeStep.HUNG in steps(status)
        assert not alive(first.pid)


async def test_a_quota_that_is_spent_and_comes_back(tmp_path: Path) -> None:
    async with gateway(tmp_path, "quota@1") as running:
        refused = await running.ask("hello")
        assert refused.error["code"] == "upstream_quota"
        status = running.status
        assert status.out_of_quota is not None
        assert status.out_of_quota.until > status.out_of_quota.at
        assert (status.state, status.last_error) == (READY, "upstream_quota")
        assert (await running.ask("count to 3")).done
        assert (running.status.out_of_quota, running.status.last_error) == (None, "")
        assert steps(running.status)[-2:] == [LifeStep.QUOTA_SPENT, LifeStep.QUOTA_BACK]


async def test_who_looks_hears_of_a_login_that_ended_without_a_word(tmp_path: Path) -> None:
    async with gateway(tmp_path, "expired_login=2,quiet_login") as running:
        await running.state(READY, InstanceState.NEEDS_LOGIN)
        async with asyncio.timeout(0.8 * LOGIN_INTERVAL_S):
            while running.status.state is READY:
                await running.engine.look()
                await asyncio.sleep(0.1)
        assert running.status.last_error == "login_expired"


async def test_a_login_that_expires_is_told_at_once(tmp_path: Path) -> None:
    async with gateway(tmp_path, "expired_login=0.2") as running:
        ready = await running.state(READY)
        assert (ready.account, ready.quota, ready.signs_in) == ("demo", "1000", True)
        expired = await running.state(InstanceState.NEEDS_LOGIN)
        assert expired.last_error == "login_expired"
        assert steps(expired)[-1] is LifeStep.SIGNED_OUT


async def test_one_that_a_person_stops_and_starts(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        first = await running.state(READY)
        await running.engine.stop_instance(ME)
        assert (running.status.state, running.status.stopped) == (STOPPED, True)
        assert not alive(first.pid)
        answer = await running.ask("hello")
        assert (answer.status, answer.error["code"]) == (503, "upstream_unavailable")
        assert "stopped by hand" in answer.error["message"]
        assert await health(running) == (False, "stopped")
        report = await running.engine.test_instance(ME)
        assert [(step.name, step.ok) for step in report.steps] == [("instance", False)]
        await running.engine.start_instance(ME)
        assert (await running.ask("count to 3")).done
        assert (await running.engine.test_instance(ME)).ok
    with pytest.raises(NotFoundError):
        await running.engine.stop_instance(InstanceName("inst-9"))


async def test_what_is_stopped_takes_no_login(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        packed = await running.engine.accounts.desk.export(ME)
        await running.engine.stop_instance(ME)
        with pytest.raises(ConflictError, match="start it first"):
            await running.engine.accounts.desk.bring(ME, packed.text.encode(), replace=True)
        assert running.status.state is STOPPED


async def test_its_figures(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        await running.ask("count to 3")
        await running.engine.vitals()
        vitals = await running.engine.vitals()
        [mine] = vitals.instances
        assert sum(mine.pulse.requests) == 1
        assert mine.usage is not None
        assert mine.usage.memory_bytes > 1024 * 1024
        assert mine.usage.cpu_percent is not None
        assert vitals.stats.concurrency.accepted_total == 1
        assert vitals.lag_s >= 0


async def test_the_end_of_its_log_without_secrets(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        log = running.work_dir / "logs" / "lingma.log"
        with log.open("a", encoding="utf-8") as file:
            file.write(f'x {KEY} y\n{{"token": "pt-abcdefghij", "a": 1}}\nthe end\n')
        tail = await running.engine.log_tail(ME, 3)
        assert tail.written == ("x *** y", '{"token":"***","a":1}', "the end")
        assert tail.file == str(log)
        assert tail.printed
        assert len((await running.engine.log_tail(ME, 10_000)).written) > 3
        await running.engine.stop_instance(ME)
        assert (await running.engine.log_tail(ME, 5)).printed


async def health(running: Gateway) -> tuple[bool, str]:
    async with running.client() as client, client.get("/healthz") as response:
        said = await response.json()
        return said["ok"], said["instances"][0]["state"]
