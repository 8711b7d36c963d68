"""Starting the program: what is refused before it starts, and what it says when it cannot."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.errors import InvalidRequestError
from gateway_engine.upstreams.contract import LoginState, UpstreamStartError
from gateway_engine.upstreams.lingma import launch
from gateway_engine.upstreams.lingma.launch import LaunchMemory, LingmaProgram
from gateway_engine.upstreams.lingma.upstream import LingmaConfig, LingmaUpstream
from gateway_engine.upstreams.processes.child import ChildProcess, start_child
from gateway_engine.upstreams.processes.guard import OrphanGuard
from tests.integration.engine.running_engine import environment

EMULATOR = (sys.executable, "-P", "-m", "gateway_engine.emulator")
ROOT = Path(__file__).parents[3]
posix = pytest.mark.skipif(sys.platform == "win32", reason="scripts of POSIX")


@asynccontextmanager
async def running(
    tmp_path: Path, memory: LaunchMemory | None = None, **changes: Any
) -> AsyncIterator[LingmaUpstream]:
    """Started, and ended again."""
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
        yield upstream
    finally:
        await upstream.stop()
        await asyncio.to_thread(guard.close)
    assert not config.record_file.exists()


async def start(
    tmp_path: Path, memory: LaunchMemory | None = None, **changes: Any
) -> LingmaUpstream:
    """Start it and end it again; what it was like in between is in the upstream."""
    async with running(tmp_path, memory, **changes) as upstream:
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


class Stranger:
    """Another program at the port that was chosen for Lingma; it counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        self._server: asyncio.Server | None = None

    async def take(self, port: int) -> None:
        """Listen there, as the first."""
        self._server = await asyncio.start_server(self._visited, "127.0.0.1", port)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def aclose(self) -> None:
        """Leave the port."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _visited(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()


async def test_a_port_that_another_program_took_meanwhile_is_not_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Stranger()
    started: list[list[str]] = []

    async def start_late(argv: list[str], **fields: Any) -> ChildProcess:
        started.append(argv)
        if len(started) == 1:
            await stranger.take(int(argv[argv.index("--socketPort") + 1]))
        return await start_child(argv, **fields)

    monkeypatch.setattr(launch, "start_child", start_late)
    try:
        upstream = await start(tmp_path)
    finally:
        await stranger.aclose()
    assert upstream.login.state is LoginState.LOGGED_IN
    assert len(started) == 2  # it could not listen there, ended, and chose its own the second time
    assert stranger.visits == 0


async def test_the_end_of_a_sign_in_goes_to_no_other_program(tmp_path: Path) -> None:
    stranger, memory = Stranger(), LaunchMemory()
    address = "http://127.0.0.1:1/auth/callback?nonce=unknown&auth=a&tokenString=t"
    async with running(tmp_path, memory) as upstream:
        await stranger.take(0)
        try:
            for port in (memory.http_port, stranger.port):
                memory.http_port = port
                with pytest.raises(InvalidRequestError) as refused:
                    await upstream.finish_sign_in(address)
                assert "another sign-in" in str(refused.value)  # Lingma said so
        finally:
            await stranger.aclose()
    assert stranger.visits == 0
