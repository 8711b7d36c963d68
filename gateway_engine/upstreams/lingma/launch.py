"""Starting the Lingma program and finding where it listens.

First with its own free ports on the command line; a build that refuses those flags is started again
with bare `--workDir`, and its port read from `.info`. Either way an endpoint counts only when a
WebSocket opens there, and a port of ours only while it is the program's: another one, a second
gateway's Lingma too, may have taken it since it was chosen.
"""

import asyncio
import logging
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway_engine import json_text
from gateway_engine.upstreams.contract import UpstreamStartError
from gateway_engine.upstreams.lingma.endpoint import (
    Marks,
    claim_work_dir,
    find_endpoint,
    foreign_process,
)
from gateway_engine.upstreams.lingma.lsp_client import ConnectRefusedError, LspClient, open_client
from gateway_engine.upstreams.processes.child import ChildProcess, start_child
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.upstreams.processes.listening import listens
from gateway_engine.upstreams.wire.json_rpc import Call

logger = logging.getLogger(__name__)

POLL_S: Final = 0.05
STOP_GRACE_S: Final = 2.0

_ABOUT_FLAGS: Final = re.compile(r"flag|option|argument|usage|unrecogni[sz]ed|unknown", re.I)


@dataclass(frozen=True, slots=True)
class LingmaProgram:
    """How to start one instance.

    `command` is the program and what comes before `start` (a path, or an interpreter and a module);
    `socket_port` 0 means any free port; `endpoint_url` the dedicated domain or "".
    """

    command: tuple[str, ...]
    cwd: Path
    work_dir: Path
    env: Mapping[str, str]
    socket_port: int = 0
    endpoint_url: str = ""
    extra_args: tuple[str, ...] = ()


class LaunchMemory:
    """What one instance learnt about its program; outlives restarts."""

    def __init__(self) -> None:
        self.flags_refused = False
        self.http_port = 0
        """Where the present process serves the end of a sign-in, 0 when it chose itself."""


async def launch(
    program: LingmaProgram,
    memory: LaunchMemory,
    guard: OrphanGuard,
    on_child: Callable[[ChildProcess], None],
    on_call: Callable[[Call], None],
) -> LspClient:
    """Start the program and return an open connection to it.

    `on_child` is told of every process started, so that the caller can end it whatever happens. No
    time limit of its own: run it under one. Raises UpstreamStartError.
    """
    stale = await asyncio.to_thread(_prepare, program)
    if not memory.flags_refused:
        try:
            return await _attempt(program, memory, guard, stale, on_child, on_call, with_ports=True)
        except _EndedEarlyError as ended:
            logger.info("%s; trying again without port flags", ended)
            refused = _ABOUT_FLAGS.search("\n".join(ended.output)) is not None
            memory.flags_refused = refused
        stale = await asyncio.to_thread(claim_work_dir, program.work_dir)
    try:
        return await _attempt(program, memory, guard, stale, on_child, on_call, with_ports=False)
    except _EndedEarlyError as ended:
        raise UpstreamStartError("exited", str(ended)) from None


class _EndedEarlyError(Exception):
    def __init__(self, code: int, child: ChildProcess) -> None:
        super().__init__(
            f"the Lingma program ended with code {code} before it was ready{child.last_words()}"
        )
        self.output = child.output()


def _prepare(program: LingmaProgram) -> Marks:
    try:
        stale = claim_work_dir(program.work_dir)
    except OSError as error:
        raise UpstreamStartError(
            "not_permitted", f"cannot use the work folder {program.work_dir}: {error.strerror}"
        ) from error
    pid = foreign_process(program.work_dir)
    if pid:
        raise UpstreamStartError(
            "work_dir_in_use",
            f"process {pid} already uses {program.work_dir}; set LINGMA_WORK_DIR to another folder",
        )
    return stale


async def _attempt(
    program: LingmaProgram,
    memory: LaunchMemory,
    guard: OrphanGuard,
    stale: Marks,
    on_child: Callable[[ChildProcess], None],
    on_call: Callable[[Call], None],
    *,
    with_ports: bool,
) -> LspClient:
    argv = [*program.command, "start", "--workDir", str(program.work_dir)]
    port = http_port = 0
    if with_ports:
        try:
            port, http_port = free_ports(program.socket_port)
        except OSError as error:
            # Connecting there would reach the program that has it, not ours.
            raise UpstreamStartError(
                "port_in_use",
                f"port {program.socket_port} of LINGMA_SOCKET_PORT cannot be used:"
                f" {error.strerror}; set another one, or 0 for any",
            ) from error
        argv += ["--socketPort", str(port), "--httpPort", str(http_port)]
        argv += ["--transportType=websocket"]
        if program.endpoint_url:
            argv += ["--endpoint", program.endpoint_url]
    memory.http_port = http_port
    argv += program.extra_args
    try:
        child = await start_child(argv, cwd=program.cwd, env=program.env, guard=guard)
    except FileNotFoundError as error:
        raise UpstreamStartError(
            "not_found", f"cannot start {program.command[0]}: not found; check LINGMA_BIN"
        ) from error
    except OSError as error:
        raise UpstreamStartError(
            "not_permitted",
            f"cannot start {program.command[0]}: {error.strerror}; check LINGMA_BIN",
        ) from error
    on_child(child)
    ended = asyncio.ensure_future(child.wait())  # noqa: TID251 - awaited or cancelled below
    try:
        while not ended.done():
            client = await _try_endpoints(program.work_dir, stale, child.pid, port, on_call)
            if client is not None:
                return client
            await asyncio.wait((ended,), timeout=POLL_S)
        code = ended.result()
    finally:
        ended.cancel()
    await child.stop(grace_s=STOP_GRACE_S)
    raise _EndedEarlyError(code, child)


async def _try_endpoints(
    work_dir: Path, stale: Marks, pid: int, port: int, on_call: Callable[[Call], None]
) -> LspClient | None:
    said = find_endpoint(work_dir, stale)
    ports = [said.port] if said is not None and said.port != port else []
    pids = {pid, said.pid} if said is not None and said.pid else {pid}
    if port and any([await is_not_foreign(each, port) for each in pids]):
        ports.append(port)
    for candidate in ports:
        try:
            return await open_client(candidate, "/", headers={}, on_call=on_call)
        except ConnectRefusedError as error:
            if error.status is None:
                continue
        # Qoder CN builds listen on /ws and want the machine token.
        try:
            return await open_client(
                candidate, "/ws", headers=machine_token(work_dir), on_call=on_call
            )
        except ConnectRefusedError as error:
            logger.debug("no WebSocket on port %d yet: %s", candidate, error)
    return None


async def is_not_foreign(pid: int, port: int) -> bool:
    """True when the process `pid` listens there, or when nobody can tell who does."""
    return await asyncio.to_thread(listens, pid, port) is not False


def machine_token(work_dir: Path) -> dict[str, str]:
    """Return the header that carries this installation's token, where it has one."""
    try:
        value = json_text.parse((work_dir / "cache" / "machine_token.json").read_bytes())
        token = value.get("token") if isinstance(value, dict) else value
    except (OSError, json_text.InvalidJsonError):
        return {}
    return {"Cosy-MachineToken": token} if isinstance(token, str) and token.isascii() else {}


def free_ports(socket_port: int) -> tuple[int, int]:
    """Return a WebSocket port (`socket_port` when set) and an HTTP port nobody uses now.

    Raises OSError when `socket_port` is taken.
    """
    with socket.socket() as one, socket.socket() as two:
        if sys.platform != "win32":
            # One of ours that has just ended leaves its connections waiting for a minute.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", socket_port))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]
