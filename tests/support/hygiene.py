"""Every test leaves the process as it found it, and logs nothing alarming that it did not announce.

Watched: threads, open file descriptors, child processes (grandchildren that lost their parent
included) and log records of level WARNING and above. Tasks are watched by async_tests.py; warnings,
unraisable exceptions and unhandled exceptions in threads by pytest itself (`filterwarnings=error`).
"""

import contextlib
import gc
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

# What is on its way out (a thread after its last line, a process being reaped) gets this long: on a
# busy machine the children of a killed program end seconds after it.
GRACE_S = 6.0
EXEC_S = 2.0
POLL_S = 0.01
SLOW_COLLECTION_S = 0.03
# Handed down to every descendant, so that one whose parent died is still known as ours.
MARK = "HOUSE_TEST_RUN"
FD_FOLDER = Path("/proc/self/fd")
# The interpreter and pytest-timeout's own.
FOREIGN_THREADS = ("pytest_timeout", "pydevd")

_spawned = threading.Event()


def _notice_spawning(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn"):
        _spawned.set()


def pytest_configure(config: pytest.Config) -> None:
    """Mark our descendants and notice when there may be some."""
    del config
    os.environ[MARK] = str(os.getpid())
    sys.addaudithook(_notice_spawning)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Take what importing made out of the collector's sight: a full collection a test is cheap."""
    del session
    gc.collect()
    gc.freeze()


def collect() -> None:
    """Collect, and keep later collections as cheap as the first.

    What a test leaves in caches for good (the project's own syntax trees, a vocabulary) would be
    walked thousands of times; once walking it is slow, it is taken out of the collector's sight.
    """
    began = time.perf_counter()
    gc.collect()
    if time.perf_counter() - began > SLOW_COLLECTION_S:
        gc.freeze()


def threads() -> dict[object, str]:
    """Threads that Python started."""
    return {
        thread: f"thread {thread.name!r}{' (daemon)' if thread.daemon else ''}"
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread)
        and not thread.name.startswith(FOREIGN_THREADS)
    }


def file_descriptors() -> dict[object, str]:
    """Open file descriptors with what they point to; nothing where the system cannot tell."""
    found: dict[object, str] = {}
    if not FD_FOLDER.is_dir():
        return found
    for name in os.listdir(FD_FOLDER):  # noqa: PTH208 - the folder's own handle must be closed first
        try:
            target = os.readlink(FD_FOLDER / name)  # noqa: PTH115 - not a path: "socket:[123]"
        except FileNotFoundError:  # the handle with which the folder was read
            continue
        found[name, target] = f"file descriptor {name} -> {target}"
    return found


def _process_key(process: psutil.Process) -> tuple[int, float]:
    return process.pid, process.create_time()


def _describe(process: psutil.Process) -> str:
    with process.oneshot():
        state = " (zombie: nobody waited for it)" if process.status() == "zombie" else ""
        return f"process {process.pid} {process.name()}{state}"


def has_children() -> bool:
    """Whether we have a child, ended or not: one call, where a list reads a file a process."""
    if not hasattr(os, "waitid"):
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def looks_for_orphans() -> bool:
    """Whether something was spawned, so that processes which lost their parent are looked for."""
    return _spawned.is_set()


def processes() -> dict[object, str]:
    """Our descendants, and, once something was spawned, whoever carries our mark."""
    ours = psutil.Process().children(recursive=True) if has_children() else []
    if looks_for_orphans():
        known = {process.pid for process in ours} | {os.getpid()}
        ours += [p for p in psutil.process_iter() if p.pid not in known and _is_marked(p)]
    found: dict[object, str] = {}
    for process in ours:
        try:
            found[_process_key(process)] = _describe(process)
        except psutil.NoSuchProcess:
            continue
    return found


def _is_marked(process: psutil.Process) -> bool:
    """Tell whether the process inherited our mark.

    In the middle of its exec a process has no environment at all: one that is that young is asked
    again.
    """
    try:
        while not (environ := process.environ()):
            if time.time() - process.create_time() > EXEC_S:
                return False
            threading.Event().wait(POLL_S)
    except (psutil.Error, OSError):
        return False
    return environ.get(MARK) == str(os.getpid())


def _kill(left: set[object]) -> None:
    # What was reported once must not disturb the tests that follow.
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess):
            if _process_key(process) in left:
                process.kill()


WATCHES: tuple[Callable[[], dict[object, str]], ...] = (threads, file_descriptors, processes)


def _leftovers(before: dict[object, str]) -> list[str]:
    return [what for watch in WATCHES for key, what in watch().items() if key not in before]


def _everything() -> dict[object, str]:
    return {key: what for watch in WATCHES for key, what in watch().items()}


@pytest.fixture(autouse=True)
def leaves_nothing_behind() -> Iterator[None]:
    """Fail the test whose threads, file descriptors or processes outlive it."""
    before = _everything()
    _spawned.clear()
    yield
    # Unreachable now is reported now, by pytest, at the test that made it.
    collect()
    end = time.monotonic() + GRACE_S
    while (left := _leftovers(before)) and time.monotonic() < end:
        threading.Event().wait(POLL_S)
        collect()
    if left:
        _kill(set(processes()) - set(before))
        pytest.fail("left over:\n  " + "\n  ".join(left), pytrace=False)


@dataclass
class _Expectation:
    pattern: re.Pattern[str]
    logger: str
    level: int
    required: bool
    met: bool = False

    def matches(self, record: logging.LogRecord) -> bool:
        same_room = record.name == self.logger or record.name.startswith(f"{self.logger}.")
        return (
            (same_room or not self.logger)
            and record.levelno <= self.level
            and self.pattern.search(record.getMessage()) is not None
        )


@dataclass
class ExpectedLogs:
    """What a test announces that will be logged at WARNING or above.

    `expect` must happen at least once; `allow` may. The pattern is searched in the message; the
    logger's name covers those below it; a record above the level is still unexpected.
    """

    records: list[logging.LogRecord] = field(default_factory=list)
    _expectations: list[_Expectation] = field(default_factory=list)

    def expect(self, pattern: str, *, logger: str = "", level: int = logging.ERROR) -> None:
        """Announce a record that must come."""
        self._expectations.append(_Expectation(re.compile(pattern), logger, level, required=True))

    def allow(self, pattern: str, *, logger: str = "", level: int = logging.ERROR) -> None:
        """Announce a record that may come."""
        self._expectations.append(_Expectation(re.compile(pattern), logger, level, required=False))

    def problems(self) -> list[str]:
        """Say which records nobody announced and which announced ones never came."""
        found = []
        for record in self.records:
            announced = [e for e in self._expectations if e.matches(record)]
            for expectation in announced:
                expectation.met = True
            if not announced:
                text = logging.Formatter("%(levelname)s %(name)s: %(message)s").format(record)
                found.append(f"unexpected log record: {text}")
        found += [
            f"expected log record never came: {e.pattern.pattern!r}"
            for e in self._expectations
            if e.required and not e.met
        ]
        return found


@pytest.fixture(autouse=True)
def expected_logs() -> Iterator[ExpectedLogs]:
    """Fail the test that logs WARNING or above unannounced; ask for it to announce."""
    logs = ExpectedLogs()
    make_record = logging.getLogRecordFactory()

    # Where records are made, because a logger may not propagate to any handler of ours.
    def noticing(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        if (record.levelno or 0) >= logging.WARNING:
            logs.records.append(record)
        return record

    logging.setLogRecordFactory(noticing)
    yield logs
    collect()  # "Task exception was never retrieved" is logged when the task is collected
    logging.setLogRecordFactory(make_record)
    problems = logs.problems()
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)
