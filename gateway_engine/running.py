"""One gateway a folder: the lock on the data folder, and the file that tells others where it
runs.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

import filelock
import psutil

from gateway_engine import json_text
from gateway_engine.atomic_file import write_private
from gateway_engine.paths import Paths

CHANGE_TIMEOUT_S: Final = 5.0


class AlreadyRunningError(Exception):
    """Another process holds the data folder. `url` and `pid` where they are known ("" and 0)."""

    def __init__(self, paths: Paths, running: "RunningGateway | None") -> None:
        self.pid = running.pid if running else 0
        self.url = running.url if running else ""
        where = f" (process {self.pid}, {self.url})" if running else ""
        super().__init__(
            f"a gateway already runs on {paths.data_dir}{where};"
            " stop it, or set LINGMA_GATEWAY_HOME to run another beside it"
        )


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """What the runtime file says. `url` is "" while the endpoint is closed."""

    pid: int
    url: str
    admin_token: str
    version: str


class DataLock:
    """Held while a process may change the data folder. The system frees it when the process
    dies.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._lock = filelock.FileLock(paths.lock_file, timeout=0, is_singleton=False)

    def acquire(self) -> None:
        """Take the lock. Raises AlreadyRunningError, OSError."""
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise AlreadyRunningError(self._paths, read_running(self._paths)) from None

    def release(self) -> None:
        """Give it back."""
        self._lock.release()

    def __enter__(self) -> "DataLock":
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


@contextlib.contextmanager
def change_lock(file: Path, *, timeout_s: float = CHANGE_TIMEOUT_S) -> Iterator[None]:
    """Keep other processes from the same short change. Raises TimeoutError, OSError."""
    lock = filelock.FileLock(file, timeout=timeout_s, is_singleton=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise TimeoutError(f"{file} is held by another process") from None
    try:
        yield
    finally:
        lock.release()


def write_running(paths: Paths, *, url: str, admin_token: str, version: str) -> None:
    """Say where this process's gateway answers (0600). Raises OSError."""
    write_private(
        paths.runtime_file,
        json_text.render(
            {"pid": os.getpid(), "url": url, "admin_token": admin_token, "version": version}
        ),
    )


def read_running(paths: Paths) -> RunningGateway | None:
    """Return what the runtime file says, None when there is none that can be read.

    A gateway that was started from another kind of session has its file elsewhere.
    """
    found = [_said_in(paths.runtime_file)]
    found += [_said_in(folder / paths.runtime_file.name) for folder in paths.other_runtime_dirs]
    told = [running for running in found if running is not None]
    alive = [running for running in told if psutil.pid_exists(running.pid)]
    return next(iter(alive or told), None)


def _said_in(file: Path) -> RunningGateway | None:
    try:
        value = json_text.parse(file.read_bytes())
        return RunningGateway(
            int(value["pid"]), str(value["url"]), str(value["admin_token"]), str(value["version"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove_running(paths: Paths) -> None:
    """This process's gateway answers no more."""
    running = _said_in(paths.runtime_file)
    if running is not None and running.pid == os.getpid():
        paths.runtime_file.unlink(missing_ok=True)
