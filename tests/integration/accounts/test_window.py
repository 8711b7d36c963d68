"""Signing in within a window that another program shows: what becomes of it, and of the window."""

import asyncio
import json
import os
import sys
from pathlib import Path

import psutil
import pytest

from gateway_engine.accounts.window_sign_in import WindowProgram
from gateway_engine.conversation import InstanceName
from gateway_engine.events import InstanceState, SignInBegan, SignInState
from tests.integration.accounts.test_desk import browse, follow, internal, signed
from tests.integration.engine.running_engine import Gateway, gateway
from tests.support.hygiene import ExpectedLogs

ME = InstanceName("inst-0")
# What stands for the window: it notes what it was told, says a word and ends, or stays.
PROGRAM = """
import json, os, sys, time
order = json.loads(sys.stdin.readline())
with open(os.environ["NOTED"] + ".new", "w") as file:
    json.dump({"order": order, "argv": sys.argv, "env": dict(os.environ), "pid": os.getpid()}, file)
os.rename(os.environ["NOTED"] + ".new", os.environ["NOTED"])
if os.environ["WORD"] == "stay":
    time.sleep(120)
if os.environ["WORD"]:
    print("lingma-gateway-window " + os.environ["WORD"], flush=True)
sys.exit(3)
"""


def window(folder: Path, word: str) -> WindowProgram:
    env = {**os.environ, "NOTED": str(folder / "noted"), "WORD": word}
    return WindowProgram((sys.executable, "-c", PROGRAM), env, {"language": "zh_CN"})


async def begun(running: Gateway, word: str) -> str:
    await running.state(InstanceState.NEEDS_LOGIN)
    return await running.engine.accounts.ways_in.by_window(ME, window(running.work_dir, word))


async def noted(running: Gateway) -> dict[str, object]:
    file = running.work_dir / "noted"
    async with asyncio.timeout(10):
        while not file.exists():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
    return dict(json.loads(file.read_text("utf-8")))


async def test_signed_in_closes_the_window(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        url = await begun(running, "stay")
        said = await noted(running)
        assert said["order"] == {"language": "zh_CN", "url": url}
        # The address goes by stdin alone: others of this machine can read the rest.
        assert url not in json.dumps([said["argv"], said["env"]])
        await follow(await browse(url, "ann"))
        await signed(running, SignInState.LOGGED_IN)
        pid = int(str(said["pid"]))
        async with asyncio.timeout(10):
            while psutil.pid_exists(pid):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("word", "state", "code"),
    [("closed", SignInState.CANCELLED, ""), ("", SignInState.FAILED, "browser_broken")],
)
async def test_a_window_that_ends(tmp_path: Path, word: str, state: SignInState, code: str) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        await begun(running, word)
        status = await signed(running, SignInState.CANCELLED, SignInState.FAILED)
        assert (status.state, status.error_code) == (state, code)


async def test_a_window_that_cannot_be_opened(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        await running.state(InstanceState.NEEDS_LOGIN)
        nothing = WindowProgram((str(tmp_path / "none"),), {})
        await running.engine.accounts.ways_in.by_window(ME, nothing)
        assert (await signed(running, SignInState.FAILED)).error_code == "browser_broken"


async def test_handed_over_goes_on_in_the_systems_browser(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        url = await begun(running, "handed_over")
        await noted(running)
        await follow(await browse(url, "ann"))
        assert (await signed(running, SignInState.LOGGED_IN)).account == "ann"


async def test_another_way_or_a_cancel_closes_the_window(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        ways = running.engine.accounts.ways_in
        await begun(running, "stay")
        first = int(str((await noted(running))["pid"]))
        url = await ways.by_browser(ME)
        assert not psutil.pid_exists(first)
        assert (await signed(running, SignInState.WAITING_FOR_BROWSER)).error_code == ""
        (running.work_dir / "noted").unlink()
        assert url != await begun(running, "stay")
        second = int(str((await noted(running))["pid"]))
        await ways.cancel(ME)
        assert not psutil.pid_exists(second)
        await signed(running, SignInState.CANCELLED)


async def test_one_that_is_begun_over_http_takes_its_place(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        first = await begun(running, "stay")
        pid = int(str((await noted(running))["pid"]))
        status, said = await internal(running, "sign-in/begin")
        assert status == 200
        assert not psutil.pid_exists(pid)
        assert (await signed(running, SignInState.WAITING_FOR_BROWSER)).error_code == ""
    told = [event for event in running.events.seen if isinstance(event, SignInBegan)]
    assert told == [SignInBegan(ME, first), SignInBegan(ME, said["url"])]
    assert said["url"] != first


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
async def test_upstream_killed_in_mid_login_closes_the_window(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("the upstream process ended", logger="gateway_engine.pool")
    expected_logs.allow("the connection to the upstream", logger="gateway_engine.pool")
    async with gateway(tmp_path, "logged_out") as running:
        await begun(running, "stay")
        pid = int(str((await noted(running))["pid"]))
        psutil.Process(running.status.pid).kill()
        assert (await signed(running, SignInState.FAILED)).error_code == "upstream_gone"
        async with asyncio.timeout(10):
            while psutil.pid_exists(pid):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
