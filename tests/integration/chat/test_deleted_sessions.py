"""LINGMA_DELETE_SESSIONS: a conversation leaves upstream's history when nobody goes on in it."""

import logging
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.conversation import InstanceName
from tests.integration.chat.conversing import Gateway, gateway
from tests.integration.chat.dialects import Chat
from tests.integration.emulator.running_program import until
from tests.support.hygiene import ExpectedLogs

DELETE: dict[str, Any] = {"LINGMA_DELETE_SESSIONS": "true"}


def kept(home: Path) -> list[Path]:
    """The conversations in upstream's history."""
    return sorted((home / "data" / "demo" / "inst-0" / "work" / "db").glob("session-*.json"))


def journal(home: Path) -> str:
    """What upstream noted."""
    log = home / "data" / "demo" / "inst-0" / "work" / "logs" / "lingma.log"
    return log.read_text("utf-8")


async def test_without_it_upstream_keeps_everything(tmp_path: Path) -> None:
    async with gateway(tmp_path, SESSION_REUSE_ENABLED="false") as gate:
        assert (await gate.ask("echo: one")).text == "one"
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize("stream", [False, True])
async def test_without_reuse_it_goes_after_each_turn(tmp_path: Path, stream: bool) -> None:
    async with gateway(tmp_path, SESSION_REUSE_ENABLED="false", **DELETE) as gate:
        for _ in range(3):
            assert (await gate.ask("echo: one", stream=stream)).text == "one"
        await until(lambda: not kept(tmp_path))


@pytest.mark.parametrize("scenario", ["", "rename_session"])
async def test_with_reuse_it_goes_when_the_cache_lets_it_go(tmp_path: Path, scenario: str) -> None:
    async with gateway(tmp_path, scenario, SESSION_CACHE_MAX_ENTRIES=1, **DELETE) as gate:
        await gate.ask("echo: one")
        assert len(kept(tmp_path)) == 1
        first = kept(tmp_path)
        reply = await gate.ask("echo: one", "one", "history")
        assert "1 earlier" in reply.text
        assert kept(tmp_path) == first
        await gate.ask("echo: two")
        await until(lambda: len(kept(tmp_path)) == 1 and kept(tmp_path) != first)
    assert kept(tmp_path) == []  # the end of the gateway is the end of its sessions


async def test_an_expired_one_goes(tmp_path: Path) -> None:
    async with gateway(tmp_path, SESSION_CACHE_TTL_SEC=0.05, **DELETE) as gate:
        await gate.ask("echo: one")
        await until(lambda: gate.engine.session_cache() is not None and not kept(tmp_path))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fields", [{"max_tokens": 5}, {"stop": ["7"]}])
async def test_an_answer_that_was_cut_goes(
    tmp_path: Path, fields: dict[str, Any], stream: bool
) -> None:
    async with gateway(tmp_path, LINGMA_EMULATOR_DELTA_MS=2, **DELETE) as gate:
        await gate.ask("count to 300", stream=stream, **fields)
        await until(lambda: "chat/finish" in journal(tmp_path) and not kept(tmp_path))
        assert "reason=stopped" in journal(tmp_path)


async def test_an_answer_that_nobody_reads_any_more_goes(tmp_path: Path) -> None:
    async with gateway(tmp_path, LINGMA_EMULATOR_DELTA_MS=20, **DELETE) as gate:
        await _leave(gate, "count to 5000")
        await until(lambda: "reason=stopped" in journal(tmp_path) and not kept(tmp_path))
        # Neither does the session that a turn went on in, when that turn is broken off.
        await gate.ask("echo: one")
        assert len(kept(tmp_path)) == 1
        await _leave(gate, "echo: one", "one", "count to 5000")
        await until(lambda: journal(tmp_path).count("reason=stopped") == 2 and not kept(tmp_path))


async def _leave(gate: Gateway, *turns: str) -> None:
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": t} for n, t in enumerate(turns)]
    body = {"model": "any", "stream": True, "messages": messages}
    response = await gate.client.post(
        "/v1/chat/completions", json=body, headers={"x-api-key": "k1"}
    )
    await response.content.readline()
    response.close()


@pytest.mark.parametrize("at_once", [False, True])
async def test_what_an_earlier_process_left_goes_with_the_next(
    tmp_path: Path, expected_logs: ExpectedLogs, at_once: bool
) -> None:
    expected_logs.expect("is being restarted", level=logging.WARNING)
    async with gateway(tmp_path, **DELETE) as gate:
        await gate.ask("echo: one")
        await gate.ask("echo: two")
        assert len(kept(tmp_path)) == 2
        os.kill(gate.pid("inst-0"), signal.SIGKILL)
        if not at_once:  # else the request meets the dead process, and waits for the next
            await until(lambda: gate.engine.instances()[0].restarts == 1)
        assert (await gate.ask("echo: one", "one", "echo: three")).session == "miss"
        await until(lambda: len(kept(tmp_path)) == 1)
        await gate.engine.restart_instance(InstanceName("inst-0"))
        await until(lambda: gate.engine.instances()[0].restarts == 2)
        await until(lambda: gate.engine.session_cache() is not None and not kept(tmp_path))


async def test_a_parked_turn_keeps_its_session(tmp_path: Path) -> None:
    async with gateway(tmp_path, **DELETE) as gate:
        chat = Chat(gate.client, stream=True, tools=("weather",))
        chat.remember(await chat.say("echo: one"))
        first = kept(tmp_path)
        assert len(first) == 1
        called = await chat.say("native tool weather {}")
        assert called.headers["x-gateway-session"] == "hit"
        assert gate.engine.operations.stats().parked == 1
        # What is deleted is deleted in turn: this one would come after the parked one's.
        await gate.ask("count to 300", max_tokens=3, stream=True)
        await until(lambda: kept(tmp_path) == first)
        rest = await chat.give(called, "sunny")
        assert "sunny" in rest.text
        chat.remember(rest)
        after = await chat.say("history")
        assert (after.headers["x-gateway-session"], "2 earlier" in after.text) == ("hit", True)
        assert kept(tmp_path) == first
        parked = await chat.say("native tool weather {}")
        assert [call[1] for call in parked.calls] == ["weather"]
    assert kept(tmp_path) == []


async def test_a_smoke_test_leaves_nothing(tmp_path: Path) -> None:
    async with gateway(tmp_path, **DELETE) as gate:
        report = await gate.engine.operations.smoke(InstanceName("inst-0"))
        assert report.ok
        await until(lambda: "chat/ask" in journal(tmp_path) and not kept(tmp_path))
