"""The command line as a real process."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from tests.integration.cli.forked import is_served, run_forked
from tests.integration.engine.running_engine import KEY, environment

ROOT = Path(__file__).parents[3]
COMMAND = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(ROOT)!r});"
    " from gateway_engine.cli import main; sys.exit(main(sys.argv[1:]))",
)
READY_S = 15.0
END_S = 5.0
REST_S = 40.0
"""Nothing was promised for commands that end by themselves: so long on a busy machine."""


class Command:
    """A started command."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.url = ""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    async def ready(self) -> str:
        """The address of its one line on stdout."""
        assert self.process.stdout is not None
        async with asyncio.timeout(READY_S):
            line = (await self.process.stdout.readline()).decode()
        assert line.startswith("ready http://127.0.0.1:"), line + (await self.rest())[1]
        self.url = line.removeprefix("ready ").rstrip("\n")
        return self.url

    async def health(self) -> dict[str, Any]:
        """What /healthz says."""
        async with aiohttp.ClientSession() as client, client.get(f"{self.url}/healthz") as got:
            return dict(await got.json())

    async def upstreams(self) -> list[psutil.Process]:
        """Every process below it, once an instance is ready."""
        async with asyncio.timeout(READY_S):
            while not (await self.health())["ok"]:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        return psutil.Process(self.pid).children(recursive=True)

    async def ask(self, content: str) -> str:
        """The text of one answer."""
        body = {"model": "any", "messages": [{"role": "user", "content": content}]}
        headers = {"x-api-key": KEY}
        async with (
            aiohttp.ClientSession() as client,
            client.post(f"{self.url}/v1/chat/completions", json=body, headers=headers) as got,
        ):
            answer = await got.json()
        return str(answer["choices"][0]["message"]["content"])

    async def rest(self) -> tuple[str, str]:
        """What it still wrote to stdout and stderr, once it has ended."""
        async with asyncio.timeout(REST_S):
            out, err = await self.process.communicate()
        return out.decode(), err.decode()

    async def end(self, number: int) -> tuple[int, str, str]:
        """Send the signal; exit code, rest of stdout, stderr, within the promised time."""
        self.process.send_signal(number)
        async with asyncio.timeout(END_S):
            out, err = await self.rest()
        assert self.process.returncode is not None
        return self.process.returncode, out, err


def its_environment(home: Path, scenario: str = "", **settings: object) -> dict[str, str]:
    """The environment of a command whose user lives in `home`."""
    return environment(home / "home", scenario, HOME=home, **settings)


@asynccontextmanager
async def started(
    home: Path, *arguments: str, scenario: str = "", **settings: object
) -> AsyncIterator[Command]:
    """A command that runs; killed at the end if it still does."""
    home.mkdir(exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        cwd=home,
        env=its_environment(home, scenario, **settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    command = Command(process)
    try:
        yield command
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        await process.communicate()


async def run(home: Path, *arguments: str, **settings: Any) -> tuple[int, str, str]:
    """A command that ends by itself: exit code, stdout, stderr."""
    if is_served():
        home.mkdir(exist_ok=True)
        async with asyncio.timeout(REST_S):
            return await run_forked(arguments, home, its_environment(home, **settings))
    async with started(home, *arguments, **settings) as command:
        out, err = await command.rest()
        assert command.process.returncode is not None
        return command.process.returncode, out, err


def log_lines(stderr: str) -> list[dict[str, Any]]:
    """The lines of the log among what was written to stderr."""
    return [json.loads(line) for line in stderr.splitlines() if line.startswith("{")]
