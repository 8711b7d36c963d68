"""Starting the program: what is refused before it starts, and what it says when it cannot."""

import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.upstreams.contract import LoginState, UpstreamStartError
from gateway_engine.upstreams.lingma.launch import LaunchMemory, LingmaProgram
from gateway_engine.upstreams.lingma.upstream import LingmaConfig, LingmaUpstream
from gateway_engine.upstreams.processes.guard import OrphanGuard
from tests.integration.engine.running_engine import environment

EMULATOR = (sys.executable, "-P", "-m", "gateway_engine.emulator")
ROOT = Path(__file__).parents[3]
posix = pytest.mark.skipif(sys.platform == "win32", reason="scripts of POSIX")


async def start(
    tmp_path: Path, memory: LaunchMemory | None = None, **changes: Any
) -> LingmaUpstream:
    """Start it and end it again; what it was like in between is in the upstream."""
    scenario = changes.pop("scenario", "")
    values: dict[str, Any] = {
        "command": EMULATOR,
        "cwd": ROOT,
        "work_dir": tmp_path / "work",
        "env": environment(tmp_path, scenario, PYTHONPATH=str(ROOT)),
    }
    config = LingmaConfig(
        program=LingmaProgram(**values | changes),
        workspace=tmp_path / "workspace",
        record_file=tmp_path / "state" / "child.json",
        gateway_version="1",
        startup_timeout_s=10,
        rpc_timeout_s=5,
    )
    guard = OrphanGuard()
    upstream = LingmaUpstream(config, memory or LaunchMemory(), guard, lambda: None)
    try:
        await upstream.start()
    finally:
        await upstream.stop()
        await asyncio.to_thread(guard.close)
    assert not config.record_file.exists()
    return upstream


async def test_a_good_start(tmp_path: Path) -> None:
    upstream = await start(tmp_path)
    assert upstream.login.state is LoginState.LOGGED_IN
    assert upstream.models
    assert upstream.version
    assert not list((tmp_path / "workspace").iterdir())


async def test_refused_flags_are_remembered(tmp_path: Path) -> None:
    memory = LaunchMemory()
    await start(tmp_path, memory, scenario="refuse_port_flags")
    assert memory.flags_refused


@pytest.mark.parametrize("scenario", ["", "refuse_port_flags"])
async def test_a_folder_that_is_not_ours_is_used_and_not_cleaned(
    tmp_path: Path, scenario: str
) -> None:
    work_dir = tmp_path / "work"
    work_dir.mkdir()
    (work_dir / "mine.txt").write_text("mine")
    (work_dir / ".info").write_text("1\n4194303\n")
    await start(tmp_path, scenario=scenario)
    assert (work_dir / "mine.txt").exists()
    assert not (work_dir / ".lingma-gateway").exists()


async def test_a_folder_that_another_process_uses(tmp_path: Path) -> None:
    work_dir = tmp_path / "work"
    work_dir.mkdir()
    (work_dir / ".info").write_text(f"36510\n{os.getpid()}\n")
    with pytest.raises(UpstreamStartError) as caught:
        await start(tmp_path)
    assert caught.value.code == "work_dir_in_use"
    assert (work_dir / ".info").read_text() == f"36510\n{os.getpid()}\n"


async def test_a_port_that_another_program_has(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UpstreamStartError) as caught:
            await start(tmp_path, socket_port=taken.getsockname()[1])
    assert caught.value.code == "port_in_use"
    assert "LINGMA_SOCKET_PORT" in str(caught.value)


async def test_a_fixed_port_is_used_start_after_start(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for _ in range(2):
        await start(tmp_path, socket_port=port)


async def test_no_program(tmp_path: Path) -> None:
    with pytest.raises(UpstreamStartError) as caught:
        await start(tmp_path, command=(str(tmp_path / "none"),))
    assert caught.value.code == "not_found"


@posix
async def test_a_file_that_is_no_program_for_this_machine(tmp_path: Path) -> None:
    file = tmp_path / "Lingma"
    file.write_bytes(b"MZ\x00\x00")
    file.chmod(0o755)
    with pytest.raises(UpstreamStartError) as caught:
        await start(tmp_path, command=(str(file),))
    assert caught.value.code == "not_permitted"


async def test_a_work_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file")
    with pytest.raises(UpstreamStartError) as caught:
        await start(tmp_path)
    assert caught.value.code == "not_permitted"


@posix
async def test_a_program_that_ends_early_is_quoted(tmp_path: Path) -> None:
    file = tmp_path / "Lingma"
    file.write_text("#!/bin/sh\necho 'GLIBC_9.99 not found' >&2\nexit 3\n")
    file.chmod(0o755)
    memory = LaunchMemory()
    with pytest.raises(UpstreamStartError, match=r"code 3.*GLIBC_9\.99 not found") as caught:
        await start(tmp_path, memory, command=(str(file),))
    assert caught.value.code == "exited"
    assert not memory.flags_refused
