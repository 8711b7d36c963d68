"""The whole application as a process of its own, on the real engine with the bundled demo."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

START_DEADLINE_S = 40.0
STOP_DEADLINE_S = 15.0
POLL_S = 0.1

_launches = itertools.count(1)


def until(
    condition: Callable[[], bool], *, what: str, deadline_s: float = START_DEADLINE_S
) -> None:
    """Wait for something outside this process; AssertionError after the deadline."""
    pause = threading.Event()
    for _attempt in range(int(deadline_s / POLL_S)):
        if condition():
            return
        pause.wait(POLL_S)
    raise AssertionError(f"not within {deadline_s} s: {what}")


class DesktopProcess:
    """`lingma-gateway desktop` with a home of its own."""

    def __init__(self, home: Path, *arguments: str, env: dict[str, str]) -> None:
        self._home = home
        self.output = home.parent / f"{home.name}-{next(_launches)}.out"
        environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("QT_", "DBUS_", "XDG_"))},
            "LINGMA_GATEWAY_HOME": str(home),
            "HOME": str(home.parent),
            "PORT": "0",
            "LANGUAGE": "en",
            "LANG": "C.UTF-8",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            **env,
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "desktop", *arguments],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def url(self) -> str:
        """Where the endpoint answers now, "" while it does not."""
        try:
            file = self._home / "runtime" / "runtime.json"
            return str(json.loads(file.read_text(encoding="utf-8"))["url"])
        except (OSError, ValueError, KeyError):
            return ""

    def is_ready(self) -> bool:
        """Whether an instance can answer."""
        url = self.url()
        if not url:
            return False
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(  # noqa: S310 - our own loopback address
                f"{url}/readyz", timeout=5
            ) as answer,
        ):
            return bool(answer.status == 200)
        return False

    def wait_ready(self) -> None:
        """Return when it answers."""
        until(lambda: self.is_ready() or self.process.poll() is not None, what="ready")
        assert self.process.poll() is None, self.text()

    def family(self) -> list[psutil.Process]:
        """The process and all its descendants."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def text(self) -> str:
        """Everything it printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def log(self) -> str:
        """The log file."""
        return (self._home / "state" / "logs" / "gateway.log").read_text(encoding="utf-8")

    def end(self) -> None:
        """Make sure that it is gone, whatever a test left."""
        if self.process.poll() is None:
            for member in reversed(self.family()):
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
        self.process.wait(STOP_DEADLINE_S)


@contextlib.contextmanager
def running(home: Path, *arguments: str, env: dict[str, str]) -> Iterator[DesktopProcess]:
    """A desktop that is gone at the end."""
    desktop = DesktopProcess(home, *arguments, env=env)
    try:
        yield desktop
    finally:
        desktop.end()
