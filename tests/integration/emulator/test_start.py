"""Starting, publishing the port, ending; and everything that goes wrong there."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest

from tests.integration.emulator.raw_client import raw_client
from tests.integration.emulator.running_program import program, run_command, until

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_bare_start_picks_ports_and_publishes_them(tmp_path: Path) -> None:
    async with program(tmp_path / "w") as running:
        port = await running.port()
        assert running.info() == (port, running.pid)
        assert (tmp_path / "w" / "cache" / "user").exists()
        for folder in ("logs", "db"):
            assert (tmp_path / "w" / folder).is_dir()
        assert (tmp_path / "w" / "logs" / "lingma.log").read_text()


@pytest.mark.parametrize("form", ["--{}={}", "--{} {}"])
async def test_the_flags_are_obeyed(tmp_path: Path, form: str) -> None:
    ports = free_port(), free_port()
    values = {
        "socketPort": ports[0],
        "httpPort": ports[1],
        "transportType": "websocket",
        "endpoint": "https://x.invalid",
    }
    flags = [part for item in values.items() for part in form.format(*item).split(" ")]
    async with program(tmp_path, "", *flags) as running, running.client() as client:
        assert await running.port() == ports[0]
        url = (await client.call("login/generateUrl", {"loginDedicatedType": ""}))["loginUrl"]
        assert url.startswith(f"http://127.0.0.1:{ports[1]}/login?nonce=")
        endpoint = await client.call("config/getEndpoint", {})
        assert endpoint == {"endpoint": "https://x.invalid"}


@posix
@pytest.mark.parametrize("scenario", ["", "never_ready", "slow_start=60", "json_info"])
async def test_sigterm_ends_it_within_a_second(tmp_path: Path, scenario: str) -> None:
    async with program(tmp_path, scenario) as running:
        if scenario in ("", "json_info"):
            await running.port()
        await until(lambda: handles_sigterm(running.pid))
        async with asyncio.timeout(1):
            running.process.terminate()
            assert await running.process.wait() == 0
        assert running.info() is None


def handles_sigterm(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return True
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


@posix
async def test_sigterm_in_mid_answer(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        await client.start("count to 100000 every 10ms")
        await client.until_method("chat/answer")
        async with asyncio.timeout(1):
            running.process.terminate()
            assert await running.process.wait() == 0
        assert running.info() is None


async def test_a_taken_port_is_exit_1(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with program(tmp_path, "", "--socketPort", str(port)) as running:
            assert await running.ended() == 1
            assert "bind" in await running.errors()
            assert running.info() is None


async def test_slow_start(tmp_path: Path) -> None:
    port = free_port()
    async with program(tmp_path, "slow_start=0.4", f"--socketPort={port}") as running:
        await until((tmp_path / "logs").is_dir)
        with pytest.raises(OSError, match=str(port)):
            await asyncio.open_connection("127.0.0.1", port)
        assert await running.port() == port


async def test_never_ready(tmp_path: Path) -> None:
    port = free_port()
    async with program(tmp_path, "never_ready", f"--socketPort={port}") as running:
        assert running.process.stderr is not None
        line = await running.process.stderr.readline()
        assert b"never getting ready" in line
        with pytest.raises(OSError, match=str(port)):
            await asyncio.open_connection("127.0.0.1", port)
        assert running.info() is None
        assert running.process.returncode is None


async def test_late_info(tmp_path: Path) -> None:
    port = free_port()
    async with program(tmp_path, "late_info=0.5", f"--socketPort={port}") as running:
        async with asyncio.timeout(5):
            while True:
                try:
                    async with raw_client(port) as client:
                        await client.call("ping", {})
                        break
                except OSError:
                    await asyncio.sleep(0.01)
        assert running.info() is None
        assert await running.port() == port


@pytest.mark.parametrize(
    ("scenario", "name"), [("json_info", ".info.json"), ("json_info=inline", ".info")]
)
async def test_json_info(tmp_path: Path, scenario: str, name: str) -> None:
    async with program(tmp_path, scenario) as running:
        port = await running.port()
        facts = json.loads((tmp_path / name).read_text())
        assert facts == {"websocketPort": port, "pid": running.pid, "ipcServerPath": ""}
        assert len(list(tmp_path.glob(".info*"))) == 1


async def test_stale_info(tmp_path: Path) -> None:
    async with program(tmp_path, "stale_info=0.5") as running:
        await until(running.info)
        stale = running.info()
        assert stale is not None
        assert stale[1] != running.pid
        with pytest.raises(OSError, match=str(stale[0])):
            await asyncio.open_connection("127.0.0.1", stale[0])
        async with running.client() as client:
            assert await client.call("ping", {}) == {"success": True}


async def test_refuse_port_flags(tmp_path: Path) -> None:
    scenario = "refuse_port_flags"
    arguments = ("start", "--workDir", str(tmp_path), "--socketPort=0")
    code, out, err = await run_command(*arguments, scenario=scenario)
    assert (code, out) == (2, "")
    assert "flag provided but not defined: -socketPort" in err
    async with program(tmp_path, scenario) as running, running.client() as client:
        assert await client.call("ping", {}) == {"success": True}


@posix
async def test_ignores_sigterm(tmp_path: Path) -> None:
    async with program(tmp_path, "ignores_sigterm") as running, running.client() as client:
        running.process.terminate()
        assert await client.call("ping", {}) == {"success": True}
        assert (await client.ask("echo: still here")).text == "still here"


@posix
async def test_leaves_grandchild(tmp_path: Path) -> None:
    async with program(tmp_path, "leaves_grandchild") as running:
        await running.port()
        grandchild = int((tmp_path / "grandchild.pid").read_text())
        assert os.getpgid(grandchild) == os.getpgid(running.pid)
        try:
            # The process's end alone: the grandchild still holds its stderr.
            running.process.terminate()
            await until(lambda: not psutil.pid_exists(running.pid))
            os.kill(grandchild, 0)
        finally:
            os.kill(grandchild, signal.SIGKILL)


async def test_version_and_status(tmp_path: Path) -> None:
    code, version, _ = await run_command("version")
    assert code == 0
    assert version.strip()
    status = ("status", "-o", "json", "--workDir", str(tmp_path))
    _, out, _ = await run_command(*status)
    assert json.loads(out)["logged_in"] is False
    async with program(tmp_path) as running:
        await running.port()
    code, out, err = await run_command(*status)
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "logged_in": True,
        "username": "demo",
        "user_type": "personal_standard",
        "version": version.strip(),
    }


@pytest.mark.parametrize(
    "arguments",
    [(), ("start",), ("start", "--workDir", "x", "--socketPort", "many"), ("start", "--nonsense")],
)
async def test_bad_usage_is_exit_2(arguments: tuple[str, ...]) -> None:
    code, out, err = await run_command(*arguments)
    assert (code, out) == (2, "")
    assert err


async def test_an_unknown_scenario_is_exit_2(tmp_path: Path) -> None:
    arguments = ("start", "--workDir", str(tmp_path))
    code, _, err = await run_command(*arguments, scenario="nonsense")
    assert code == 2
    assert len(err.splitlines()) == 1


async def test_stderr_stays_modest(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        async with running.client() as client:
            for _ in range(20):
                await client.ask("count to 5")
        running.process.kill()
        assert len((await running.errors()).splitlines()) < 5
