"""Signing in an agent by its own command, over the internal routes and the command line."""

import asyncio
import json
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from gateway_engine.events import InstanceState
from tests.integration.acp.test_gateway import Gateway, gateway, rough_table
from tests.integration.cli.commands import run, started
from tests.integration.engine.running_engine import KEY

LINK = "https://login.example/device?code=1"
SIGNED_OUT = InstanceState.NEEDS_LOGIN


async def internal(gate: Gateway, method: str, path: str) -> tuple[int, dict[str, Any]]:
    """One internal route for the one instance."""
    async with aiohttp.ClientSession(headers={"authorization": f"Bearer {KEY}"}) as client:
        url = f"{gate.engine.url}/internal/{path}"
        async with client.request(method, url, params={"instance": "inst-0"}) as got:
            return got.status, json.loads(await got.read())


async def account(gate: Gateway) -> dict[str, Any]:
    _, said = await internal(gate, "GET", "auto-login/status")
    return dict(said["instances"][0])


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(15):
        while not await holds():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


async def settled(gate: Gateway) -> dict[str, Any]:
    async def over() -> bool:
        return (await account(gate))["state"] not in ("waiting_for_browser", "signing_in")

    await until(over)
    return await account(gate)


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


async def test_the_command_signs_in_and_its_link_is_shown(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path, "signed_out")) as gate:
        await gate.ready(SIGNED_OUT)
        assert await internal(gate, "GET", "sign-in/output") == (
            200,
            {"instance": "inst-0", "lines": []},
        )
        status, said = await internal(gate, "POST", "sign-in/command")
        assert (status, said) == (202, {"instance": "inst-0"})
        assert (await settled(gate))["state"] == "logged_in"
        _, printed = await internal(gate, "GET", "sign-in/output")
        assert printed["lines"] == [{"line": f"Open {LINK} to sign in.", "link": LINK}]
        status, refused = await internal(gate, "POST", "sign-in/command")
        assert (status, refused["error"]["code"]) == (409, "already_logged_in")


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ("import sys; print('no such device'); sys.exit(3)", "login_command_failed", "code 3"),
        ("print('done')", "not_signed_in", "still says"),
    ],
)
async def test_a_command_that_comes_to_nothing(
    tmp_path: Path, code: str, error: str, words: str
) -> None:
    table = rough_table("a", tmp_path, "signed_out", login=python(code))
    async with gateway(tmp_path, table) as gate:
        await gate.ready(SIGNED_OUT)
        await internal(gate, "POST", "sign-in/command")
        failed = await settled(gate)
        assert (failed["state"], failed["error_code"]) == ("failed", error)
        assert words in failed["error_message"]


async def test_cancelling_ends_the_command(tmp_path: Path) -> None:
    code = "import time; print('waiting', flush=True); time.sleep(120)"
    table = rough_table("a", tmp_path, "signed_out", login=python(code))
    async with gateway(tmp_path, table) as gate:
        await gate.ready(SIGNED_OUT)
        await internal(gate, "POST", "sign-in/command")

        async def prints() -> bool:
            return bool((await internal(gate, "GET", "sign-in/output"))[1]["lines"])

        await until(prints)
        assert (await account(gate))["state"] == "waiting_for_browser"
        assert (await internal(gate, "POST", "sign-in/cancel"))[0] == 200
        assert (await account(gate))["state"] == "cancelled"
        below = psutil.Process().children(recursive=True)
        assert not [each for each in below if code in each.cmdline()]


async def test_without_a_command_it_is_said(tmp_path: Path) -> None:
    async with gateway(tmp_path, rough_table("a", tmp_path)) as gate:
        await gate.ready(InstanceState.READY)
        for _ in range(2):
            status, said = await internal(gate, "POST", "sign-in/command")
            assert status == 409, said


@pytest.mark.deadline(60)
async def test_the_command_line_shows_it_and_waits(tmp_path: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(rough_table("a", tmp_path, "signed_out"))
    code, out, err = await run(tmp_path, "login", "--instance", "inst-0")
    assert (code, out) == (0, "inst-0 is signed in\n"), err
    assert LINK in err
    code, _, err = await run(tmp_path, "login", "--browser", "auto")
    assert code == 1
    assert "its own command signs it in" in err


@pytest.mark.deadline(60)
@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
async def test_stopping_the_command_line_ends_the_sign_in(tmp_path: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    code = "import time; print('waiting', flush=True); time.sleep(120)"
    table = rough_table("a", tmp_path, "signed_out", login=python(code))
    (config / "config.toml").write_text(table)
    async with started(tmp_path, "login") as command:
        assert command.process.stderr is not None
        assert await command.process.stderr.readline() == b"waiting\n"
        below = psutil.Process(command.pid).children(recursive=True)
        command.process.send_signal(signal.SIGINT)
        await command.rest()
        _, alive = psutil.wait_procs(below, timeout=5)
        assert alive == []
