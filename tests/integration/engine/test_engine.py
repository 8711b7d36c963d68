"""The engine as a whole: clients that go away, restarts, several instances, nothing that grows."""

import asyncio
import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from gateway_engine.engine import Engine
from gateway_engine.events import (
    InstanceChanged,
    InstanceState,
    ListenerFailed,
    ListenerStarted,
    ListenerStopped,
    RequestFinished,
    RequestRouted,
    RequestStarted,
)
from gateway_engine.plan import LaunchOptions, prepare
from gateway_engine.running import read_running
from tests.integration.emulator.running_program import until
from tests.integration.engine.running_engine import Events, Gateway, alive, environment, gateway
from tests.support.hygiene import ExpectedLogs

STOP_WITHIN_S = 1.0
READY = InstanceState.READY


async def test_its_life_is_told(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        snapshot = running.engine.snapshot()
        assert isinstance(snapshot[0], InstanceChanged)
        assert isinstance(snapshot[-1], ListenerStarted)
        assert running.engine.upstream() == "demo"
        found = read_running(running.plan.paths)
        assert found is not None
        assert (found.pid, found.url) == (os.getpid(), running.url)
        pid = running.status.pid
        await running.engine.stop()
        await running.engine.stop()
        assert not alive(pid)
        assert read_running(running.plan.paths) is None
        assert isinstance(running.engine.snapshot()[-1], ListenerStopped)
    assert running.events.states() == [InstanceState.STARTING, READY, InstanceState.CLOSED]


async def test_a_client_that_goes_away_stops_the_upstream(tmp_path: Path) -> None:
    async with gateway(tmp_path, LINGMA_EMULATOR_DELTA_MS=20) as running:
        async with running.client() as client:
            body = {
                "model": "any",
                "messages": [{"role": "user", "content": "count to 5000"}],
                "stream": True,
            }
            response = await client.post("/v1/chat/completions", json=body)
            async for line in response.content:
                if b'"content":"3' in line:
                    break
            assert running.status.in_flight == 1
            response.close()
        await until(lambda: "chat/stop" in running.journal(), STOP_WITHIN_S)
        assert "known=True" in running.journal()
        await running.events.until(lambda: True if running.status.in_flight == 0 else None)
        await until(lambda: "reason=stopped" in running.journal())
        finished = [event for event in running.events.seen if isinstance(event, RequestFinished)]
        assert [event.status for event in finished] == [499]
        assert (await running.ask("count to 1")).text == "1\n"


@pytest.mark.parametrize("limit", [{"stop": ["7\n8"]}, {"max_tokens": 20}])
async def test_what_the_client_does_not_want_is_not_generated(
    tmp_path: Path, limit: dict[str, Any]
) -> None:
    async with gateway(tmp_path, LINGMA_EMULATOR_DELTA_MS=20) as running:
        answer = await running.ask("count to 5000", stream=False, **limit)
        assert answer.status == 200
        assert answer.text.startswith("1\n2\n3\n")
        await until(lambda: "reason=stopped" in running.journal(), STOP_WITHIN_S)


async def test_who_listens_later_is_told_of_what_runs(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        asked = asyncio.ensure_future(running.ask("sleep 20000 ms"))  # noqa: TID251 - awaited
        routed = await running.events.until(
            lambda: next((e for e in running.events.seen if isinstance(e, RequestRouted)), None)
        )
        started = next(e for e in running.events.seen if isinstance(e, RequestStarted))
        told = running.engine.snapshot()
        assert told[-3:-1] == (started, routed)
        asked.cancel()
        await asyncio.wait((asked,))
        await running.events.until(
            lambda: any(isinstance(e, RequestFinished) for e in running.events.seen) or None
        )
        assert not any(isinstance(e, RequestStarted) for e in running.engine.snapshot())


async def test_a_client_that_goes_away_before_the_first_token(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        asked = asyncio.ensure_future(running.ask("sleep 20000 ms"))  # noqa: TID251 - awaited
        await running.events.until(lambda: running.status.in_flight or None)
        asked.cancel()
        await asyncio.wait((asked,))
        await until(lambda: "chat/stop" in running.journal(), STOP_WITHIN_S)


async def test_every_server_request_is_answered(tmp_path: Path) -> None:
    async with gateway(tmp_path, "string_ids,unknown_notification,burst") as running:
        await running.ask("count to 300")
        stats = json.loads((await running.ask("stats")).text)
        assert stats["requests_answered"] >= 3
        assert stats["unexpected_answers"] == 0
        assert stats["invalid_messages"] == 0
        assert stats["connections"] == 1


async def test_a_restart_on_demand(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        first = await running.state(READY)
        await running.engine.restart_instance(first.name)
        again = await running.state(READY, restarts=1)
        assert again.pid != first.pid
        assert not alive(first.pid)
        assert again.last_error == ""
        assert (await running.ask("count to 1")).text == "1\n"


async def test_requests_wait_for_a_start(tmp_path: Path) -> None:
    async with gateway(tmp_path, "slow_start=0.5") as running:
        answers = await asyncio.gather(*(running.ask(f"echo: {n}") for n in range(8)))
        assert [answer.text.strip() for answer in answers] == [str(n) for n in range(8)]


async def test_two_instances_share_the_work(tmp_path: Path) -> None:
    async with gateway(tmp_path, LINGMA_INSTANCE_COUNT=2, LINGMA_EMULATOR_DELTA_MS=5) as running:
        await running.events.until(
            lambda: all(each.state is READY for each in running.engine.instances()) or None
        )
        # Different questions: the same one would stay with the instance that had it before.
        answers = await asyncio.gather(*(running.ask(f"count to {n}") for n in range(40, 44)))
        used = [answer.headers["x-gateway-instance"] for answer in answers]
        assert sorted(used) == ["inst-0", "inst-0", "inst-1", "inst-1"]


async def test_an_instance_that_died_is_taken_over_by_another(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("it is being restarted", logger="gateway_engine.pool")
    async with gateway(tmp_path, LINGMA_INSTANCE_COUNT=2) as running:
        await running.events.until(
            lambda: all(each.state is READY for each in running.engine.instances()) or None
        )
        first = running.engine.instances()[0]
        os.kill(first.pid, signal.SIGKILL)
        answers = await asyncio.gather(*(running.ask("count to 3") for _ in range(4)))
        assert [answer.text for answer in answers] == ["1\n2\n3\n"] * 4
        assert all(answer.done for answer in answers)
        await running.state(READY, restarts=1)


async def test_the_listener_opens_and_closes_apart_from_the_instances(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(READY)
        await running.engine.close_listener()
        assert read_running(running.plan.paths) is None
        assert running.status.state is READY
        await running.engine.open_listener_nearby()
        running.events.seen = running.events.seen[-1:]
        assert (await running.ask("count to 1")).text == "1\n"


async def test_a_taken_port_is_told_and_the_instances_run(tmp_path: Path) -> None:
    async with gateway(tmp_path / "one") as first:
        port = int(first.url.rpartition(":")[2])
        environ = environment(tmp_path / "two", PORT=port)
        plan = prepare(LaunchOptions(upstream="demo"), environ=environ, cwd=tmp_path)
        plan.paths.make()
        events = Events()
        engine = Engine(plan, secrets=None, emit=events)
        await engine.start()
        failed = [event for event in events.seen if isinstance(event, ListenerFailed)]
        assert [(event.port, event.code) for event in failed] == [(port, "address_in_use")]
        assert read_running(plan.paths) is None
        await engine.open_listener_nearby()
        running = read_running(plan.paths)
        assert running is not None
        assert port < int(running.url.rpartition(":")[2]) <= port + 20
        await engine.stop()


async def test_no_lingma_at_all(tmp_path: Path) -> None:
    environ = environment(tmp_path)
    plan = prepare(LaunchOptions(upstream="demo"), environ=environ, cwd=tmp_path)
    plan = type(plan)(plan.settings, plan.loaded, plan.paths, (), "lingma", plan.discovery)
    plan.paths.make()
    events = Events()
    engine = Engine(plan, secrets=None, emit=events)
    await engine.start()
    answer = await Gateway(engine, plan, events).ask("hello")
    assert (answer.status, answer.error["code"]) == (503, "upstream_unavailable")
    assert "LINGMA_BIN" in answer.error["message"]
    await engine.stop()


async def test_what_breaks_while_it_stops_keeps_nothing_else_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down() -> None:
        raise OSError("it broke down")

    environ = environment(tmp_path)
    plan = prepare(LaunchOptions(upstream="demo"), environ=environ, cwd=tmp_path)
    plan.paths.make()
    events = Events()
    engine = Engine(plan, secrets=None, emit=events)
    await engine.start()
    await Gateway(engine, plan, events).state(READY)
    pid = engine.instances()[0].pid
    with monkeypatch.context() as patched:
        patched.setattr(engine._live.chat, "aclose", break_down)
        with pytest.raises(OSError, match="broke down"):
            await engine.stop()
    assert not alive(pid)
    assert [thread.name for thread in threading.enumerate() if thread.name == "database"] == []
    await engine.stop()


async def test_nothing_grows(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        me = psutil.Process()

        async def rounds(count: int) -> tuple[int, int, int]:
            async with running.client() as client:
                for _ in range(count):
                    body = {
                        "model": "any",
                        "messages": [{"role": "user", "content": "count to 3"}],
                        "stream": True,
                    }
                    async with client.post("/v1/chat/completions", json=body) as response:
                        assert b"[DONE]" in await response.read()
            await asyncio.sleep(0)
            return len(asyncio.all_tasks()), me.num_fds(), len(me.children(recursive=True))

        warm = await rounds(20)
        assert await rounds(300) <= warm
