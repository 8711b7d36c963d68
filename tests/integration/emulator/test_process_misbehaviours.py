"""Crashing and hanging, once or every time."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.emulator.raw_client import raw_client
from tests.integration.emulator.running_program import program

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
QUIET_S = 0.3


@pytest.mark.parametrize("scenario", ["crash_on_prompt", "crash_mid_stream"])
async def test_crashing(tmp_path: Path, scenario: str) -> None:
    async with program(tmp_path, scenario) as running, running.client() as client:
        answer = await client.start("count to 100")
        with pytest.raises(ConnectionClosed):
            await client.finish(answer)
        assert await running.ended() == 70
        assert bool(answer.text) is (scenario == "crash_mid_stream")
        assert running.info() is not None  # a crash cleans nothing up


async def test_crashing_at_the_nth_prompt(tmp_path: Path) -> None:
    async with program(tmp_path, "crash_on_prompt@3") as running, running.client() as client:
        for _ in range(2):
            assert (await client.ask("count to 1")).text == "1\n"
        await client.start("count to 1")
        assert await running.ended() == 70


async def test_crashing_in_the_first_process_only(tmp_path: Path) -> None:
    async with program(tmp_path, "crash_on_prompt=1") as running, running.client() as client:
        await client.start("count to 1")
        assert await running.ended() == 70
    async with program(tmp_path, "crash_on_prompt=1") as running, running.client() as client:
        assert (await client.ask("count to 1")).text == "1\n"


async def test_a_scenario_by_file(tmp_path: Path) -> None:
    (tmp_path / "emulator.json").write_text(json.dumps({"scenario": "quota"}))
    async with program(tmp_path) as running, running.client() as client:
        assert (await client.ask("hello")).finish["statusCode"] == 112
    (tmp_path / "emulator.json").write_text(json.dumps({"scenario": ""}))
    async with program(tmp_path, "quota") as running, running.client() as client:
        assert (await client.ask("hello")).finish["statusCode"] == 200


@posix
@pytest.mark.parametrize("when", ["call", "prompt", "stream"])
async def test_hanging(tmp_path: Path, when: str) -> None:
    async with program(tmp_path, f"hang={when}") as running:
        port = await running.port()
        async with raw_client(port) as client:
            answer = await client.start("count to 100")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(QUIET_S):
                    await client.finish(answer)
            assert bool(answer.text) is (when == "stream")
            assert running.process.returncode is None
            # It accepts connections (the kernel does) and never says a word.
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(QUIET_S), raw_client(port):
                    pass
            running.process.terminate()
            assert await running.ended() != 0


@posix
async def test_hanging_and_deaf(tmp_path: Path) -> None:
    scenario = "hang,ignores_sigterm"
    async with program(tmp_path, scenario) as running, running.client() as client:
        await client.start("hello")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(QUIET_S):
                await client.until_method("chat/finish")
        running.process.terminate()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(QUIET_S):
                await running.process.wait()
        running.process.kill()
        assert await running.ended() != 0
