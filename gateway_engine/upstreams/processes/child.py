"""A child process in its own group, with its output captured and a certain end.

One that is spoken with over its standard input and output (`on_stdout`) keeps what it writes to
stderr, and of its output what its listener has no use for: that goes there the moment it comes.

POSIX: the child leads a new session; the end is SIGTERM to the group, a grace period, SIGKILL to
the group, so that grandchildren go too. Windows: a Job Object ends the whole tree.
"""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil

from gateway_engine.upstreams.processes.guard import MARK_NAME, OrphanGuard

logger = logging.getLogger(__name__)

KEPT_LINES: Final = 400
MAX_LINE_CHARS: Final = 2000
SHOWN_LINES: Final = 5
MAX_PENDING_BYTES: Final = 64 * 1024
GROUP_POLL_S: Final = 0.02

OnStdout = Callable[[bytes], Sequence[bytes]]
"""Takes what a child wrote; returns the lines to keep with its other output."""
Forgets = Callable[[Sequence[str]], int]
"""Told the kept lines whenever one has come; returns how many of the last are not worth keeping."""


class ChildProcess(asyncio.SubprocessProtocol):
    """A running child. Made by `start_child`.

    Built on the loop's protocol and not on asyncio's streams: there, waiting for the exit also
    waits for the pipes, which a stray grandchild can hold for ever.
    """

    def __init__(
        self,
        guard: OrphanGuard,
        on_stdout: OnStdout | None = None,
        on_line: Callable[[str], None] | None = None,
        forgets: Forgets | None = None,
    ) -> None:
        self._guard = guard
        self._forgets = forgets
        self._on_stdout = on_stdout
        self._on_line = on_line
        self._writable = asyncio.Event()
        self._writable.set()
        self._hung_up = False
        self._transport: asyncio.SubprocessTransport | None = None
        self._exited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._rest = {1: b"", 2: b""}
        self.pid = 0
        """Its process id, which is its group's id too on POSIX."""

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._transport.get_returncode() if self._transport is not None else None

    def output(self, lines: int = KEPT_LINES) -> list[str]:
        """The last lines it wrote, stdout and stderr together, oldest first."""
        pending = [_line(rest) for rest in self._rest.values() if rest]
        return [*self._lines, *pending][-lines:]

    def last_words(self) -> str:
        """The end of a sentence that tells what it wrote last, "" when it wrote nothing."""
        shown = " | ".join(line for line in self.output(SHOWN_LINES) if line.strip())
        return f"; it said: {shown}" if shown else ""

    async def write(self, data: bytes) -> None:
        """Write to its standard input; waits while it does not read. Raises BrokenPipeError."""
        pipe = self._transport.get_pipe_transport(0) if self._transport is not None else None
        if not isinstance(pipe, asyncio.WriteTransport) or self._hung_up or pipe.is_closing():
            raise BrokenPipeError("the child reads no more")
        pipe.write(data)
        await self._writable.wait()

    async def wait(self) -> int:
        """Return its exit code once it has ended."""
        await asyncio.shield(self._exited)
        return self.returncode or 0

    async def stop(self, *, grace_s: float) -> None:
        """End it and its whole group; returns when all are gone. Safe to call twice."""
        if sys.platform == "win32":
            await self._stop_windows(grace_s)
        else:
            await self._stop_group(grace_s)
        await self.wait()
        if self._transport is not None:
            self._transport.close()
        self._guard.release(self.pid)

    # --- asyncio.SubprocessProtocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The child runs (called by asyncio)."""
        if isinstance(transport, asyncio.SubprocessTransport):
            self._transport = transport
            self.pid = transport.get_pid()
            self._guard.watch(self.pid)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """It wrote something (called by asyncio)."""
        if fd == 1 and self._on_stdout is not None:
            self._lines.extend(_line(raw) for raw in self._on_stdout(data))
            return
        *whole, rest = (self._rest[fd] + data).split(b"\n")
        lines = [_line(raw) for raw in whole]
        self._keep(lines)
        if self._on_line is not None:
            for line in lines:
                self._on_line(line)
        if len(rest) > MAX_PENDING_BYTES:
            self._lines.append(_line(rest))
            rest = b""
        self._rest[fd] = rest

    def _keep(self, lines: Sequence[str]) -> None:
        if self._forgets is None:
            self._lines.extend(lines)
            return
        for line in lines:
            self._lines.append(line)
            for _ in range(self._forgets(self._lines)):
                self._lines.pop()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """A pipe has closed (called by asyncio)."""
        if fd == 0:
            self._hung_up = True
            self._writable.set()

    def pause_writing(self) -> None:
        """It does not read as fast as we write (called by asyncio)."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It has read (called by asyncio)."""
        self._writable.set()

    def process_exited(self) -> None:
        """It has ended, whatever became of its pipes (called by asyncio)."""
        self._hung_up = True
        self._writable.set()
        if not self._exited.done():
            self._exited.set_result(None)

    async def _stop_group(self, grace_s: float) -> None:
        loop = asyncio.get_running_loop()
        # Descendants that left the group can only be found while their parents live.
        strays = await asyncio.to_thread(_descendants, self.pid)
        deadline = loop.time() + grace_s
        alive = _signal_group(self.pid, signal.SIGTERM)
        while alive and loop.time() < deadline:
            await asyncio.sleep(GROUP_POLL_S)
            alive = _signal_group(self.pid, 0)
        if alive:
            logger.info("child %d ignored the polite end, killing its group", self.pid)
            _signal_group(self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        if strays:
            await asyncio.to_thread(_end_strays, strays, max(0.0, deadline - loop.time()))

    async def _stop_windows(self, grace_s: float) -> None:
        if self.returncode is None and self._transport is not None:
            self._transport.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace_s):
                    await self.wait()
        self._guard.kill_tree(self.pid)


def _line(raw: bytes) -> str:
    return raw[: 4 * MAX_LINE_CHARS].decode("utf-8", "replace").rstrip("\r")[:MAX_LINE_CHARS]


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; False when nobody is left in it."""
    if sys.platform == "win32":
        return False
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        # macOS says so for a group of which only zombies are left.
        return False
    return True


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _end_strays(strays: list[psutil.Process], grace_s: float) -> None:
    """End what is left of a family. psutil checks that a pid is still the same process."""
    for process in strays:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _gone, alive = psutil.wait_procs(strays, timeout=grace_s)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()


async def start_child(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    guard: OrphanGuard,
    on_stdout: OnStdout | None = None,
    on_line: Callable[[str], None] | None = None,
    forgets: Forgets | None = None,
    given: bytes | None = None,
) -> ChildProcess:
    """Start `argv` with its own group and captured output. Raises OSError.

    With `on_stdout` its standard input is ours to `write`, and its output goes there. `on_line` is
    told every captured line as it comes, `forgets` says which are not kept. `given` is all it can
    read from its stdin.
    """
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    piped = on_stdout is not None or given is not None
    with guard.expecting() as mark:
        transport, child = await asyncio.get_running_loop().subprocess_exec(
            lambda: ChildProcess(guard, on_stdout, on_line, forgets),
            *argv,
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**env, MARK_NAME: mark},
            start_new_session=sys.platform != "win32",
            creationflags=flags,
        )
    pipe = transport.get_pipe_transport(0)
    if given is not None and isinstance(pipe, asyncio.WriteTransport):
        pipe.write(given)
        pipe.write_eof()
    return child
