"""The emulator as a real process, started by its command line."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.integration.emulator.raw_client import RawClient, raw_client

ROOT = Path(__file__).parents[3]
START_DEADLINE_S = 10.0
END_DEADLINE_S = 5.0
POLL_S = 0.01
COMMAND = (sys.executable, "-m", "gateway_engine.emulator")


async def until(holds: Callable[[], Any], deadline_s: float = START_DEADLINE_S) -> None:
    """Wait for something on disk or in the process table, where nobody tells us."""
    async with asyncio.timeout(deadline_s):
        while not holds():  # noqa: ASYNC110 files and foreign processes have no event to wait for
            await asyncio.sleep(POLL_S)


class Program:
    """A started process and the workDir it runs in."""

    def __init__(self, process: asyncio.subprocess.Process, work_dir: Path) -> None:
        self.process = process
        self.work_dir = work_dir

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.process.pid

    def info(self) -> tuple[int, int] | None:
        """Port and pid as published, from whichever file holds them."""
        for name in (".info", ".info.json"):
            try:
                content = (self.work_dir / name).read_text(encoding="utf-8")
            except FileNotFoundError:
                continue
            if content.startswith("{"):
                facts = json.loads(content)
                return facts["websocketPort"], facts["pid"]
            lines = content.split("\n")
            return int(lines[0]), int(lines[1])
        return None

    async def port(self) -> int:
        """The port, once this very process has published it."""
        async with asyncio.timeout(START_DEADLINE_S):
            while (info := self.info()) is None or info[1] != self.pid:
                assert self.process.returncode is None, await self.errors()
                await asyncio.sleep(POLL_S)
        return info[0]

    async def errors(self) -> str:
        """What the process wrote to stderr, once it has ended."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode("utf-8")

    async def ended(self) -> int:
        """The exit code, within the deadline."""
        async with asyncio.timeout(END_DEADLINE_S):
            return await self.process.wait()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[RawClient]:
        """A connection to it."""
        async with raw_client(await self.port()) as client:
            yield client


def environment(scenario: str = "", **settings: object) -> dict[str, str]:
    """The process's environment: quick, and with nothing selected by whoever runs the tests."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("LINGMA_EMULATOR_")}
    chosen = {"SCENARIO": scenario, "DELTA_MS": 0, "PREFILL_MS": 0, **settings}
    return plain | {f"LINGMA_EMULATOR_{name}": str(value) for name, value in chosen.items()}


@asynccontextmanager
async def program(
    work_dir: Path, scenario: str = "", *flags: str, **settings: object
) -> AsyncIterator[Program]:
    """A running emulator; it is killed at the end if it still lives."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "start",
        "--workDir",
        str(work_dir),
        *flags,
        cwd=ROOT,
        env=environment(scenario, **settings),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Program(process, work_dir)
    finally:
        if process.returncode is None:
            # Not process.kill(): it would reap one that has just ended, behind the loop's back.
            with suppress(ProcessLookupError):
                os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        # Reads to the end as well, so that the pipe is closed with the process.
        await process.communicate()


async def run_command(*arguments: str, scenario: str = "") -> tuple[int, str, str]:
    """A command that ends by itself: exit code, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        cwd=ROOT,
        env=environment(scenario),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode("utf-8"), err.decode("utf-8")
