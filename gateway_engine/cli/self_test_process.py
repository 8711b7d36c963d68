"""A child of the self-test: this program in a home of its own, each line of it held against what
is expected.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final

import psutil

from gateway_engine.config import Settings
from gateway_engine.event_log import DEMO_NOTICE
from gateway_engine.own_program import own_environment, this_program
from gateway_engine.paths import Paths, app_paths
from gateway_engine.running import read_running

POLL_S: Final = 0.05
END_S: Final = 40.0
KEY: Final = "lgw-self-test-key"
QUIET: Final = ("DEBUG", "INFO")
NOTICE: Final = f"lingma-gateway: {DEMO_NOTICE}"


class SelfTestError(Exception):
    """What does not work; the message says it whole."""


class Child:
    """One run of this program. Made by `started`."""

    def __init__(self, home: Path, process: "subprocess.Popen[bytes]") -> None:
        self._home = home
        self.paths: Paths = app_paths({"LINGMA_GATEWAY_HOME": str(home)}, cwd=home)
        self.process = process
        self._began = time.monotonic()
        self._family: list[psutil.Process] = []

    @property
    def age_ms(self) -> float:
        """Since its start."""
        return (time.monotonic() - self._began) * 1000

    def until(self, is_so: Callable[[], bool], what: str, *, timeout_s: float = 40.0) -> None:
        """Wait for something that it does. Raises SelfTestError when it ends or takes too long."""
        pause = threading.Event()
        deadline = time.monotonic() + timeout_s
        while not is_so():
            if self.process.poll() is not None:
                raise SelfTestError(f"it ended before {what}{self._last_words()}")
            if time.monotonic() > deadline:
                raise SelfTestError(f"not within {timeout_s:.0f} s: {what}")
            pause.wait(POLL_S)

    def url(self) -> str:
        """Where it answers, "" while it does not."""
        running = read_running(self.paths)
        return running.url if running is not None else ""

    def lines(self, stream: str) -> list[str]:
        """What it wrote so far to `stdout` or `stderr`."""
        return (self._home / stream).read_text("utf-8", "replace").splitlines()

    def records(self) -> list[dict[str, object]]:
        """Its log file. Raises SelfTestError for a line that is none."""
        with contextlib.suppress(FileNotFoundError):
            text = self.paths.log_file.read_text("utf-8")
            return [_record(line) for line in text.splitlines()]
        return []

    def remember_family(self) -> int:
        """Note which processes it has started; how many."""
        self._family = psutil.Process(self.process.pid).children(recursive=True)
        return len(self._family)

    def interrupt(self) -> None:
        """What Ctrl-C's kin do on this system."""
        if sys.platform == "win32":
            self.process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            self.process.send_signal(signal.SIGTERM)

    def wait_for_end(self) -> None:
        """Raises SelfTestError unless it ends with 0 and leaves no process behind."""
        try:
            code = self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            raise SelfTestError(f"it does not end within {END_S:.0f} s") from None
        if code != 0:
            raise SelfTestError(f"it ended with {code}{self._last_words()}")
        _gone, alive = psutil.wait_procs(self._family, timeout=5)
        if alive:
            raise SelfTestError(f"it left processes behind: {[one.pid for one in alive]}")

    def _last_words(self) -> str:
        return "".join(f" | {line}" for line in self.lines("stderr")[-5:])

    def check_lines(self, *, stdout: int) -> None:
        """Raises SelfTestError for any line that is not expected: `stdout` of them are."""
        unexpected = self.lines("stdout")[stdout:]
        for line in self.lines("stderr"):
            if line != NOTICE and not (line.startswith("{") and _is_quiet(_record(line))):
                unexpected.append(line)
        unexpected += [json.dumps(one) for one in self.records() if not _is_quiet(one)]
        if unexpected:
            raise SelfTestError("unexpected output: " + " | ".join(unexpected)[:2000])


def _record(line: str) -> dict[str, object]:
    try:
        return dict(json.loads(line))
    except ValueError:
        raise SelfTestError(f"unexpected output: {line[:500]}") from None


def _is_quiet(record: Mapping[str, object]) -> bool:
    # That answers are a demo is a warning, and what we asked for.
    return record.get("level") in QUIET or record.get("message") == DEMO_NOTICE


@contextlib.contextmanager
def started(home: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Child]:
    """Start this program in the empty folder `home`; at the end it is gone with its family."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    home.mkdir(parents=True, exist_ok=True)
    with (home / "stdout").open("wb") as stdout, (home / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            this_program(*arguments),
            cwd=home,
            env=environment(home, os.environ) | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            creationflags=flags,
        )
    child = Child(home, process)
    try:
        yield child
    finally:
        if process.poll() is None:
            child.remember_family()
            for member in reversed(child._family):
                with contextlib.suppress(psutil.Error):
                    member.kill()
            process.kill()
        process.wait(END_S)


def environment(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without settings, and a key of our own: no keyring is asked."""
    names = {each.name.upper() for each in fields(Settings)}
    kept = {name: value for name, value in environ.items() if name.upper() not in names}
    own = {"LINGMA_GATEWAY_HOME": str(home), "API_KEYS": KEY, "PORT": "0"}
    return own_environment(kept) | own
