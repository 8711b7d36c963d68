"""The programs of a measurement as child processes: started, asked, ended; their CPU time."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

ROOT: Final = Path(__file__).resolve().parent.parent.parent
SERVE: Final = "import sys; from gateway_engine.cli.main import main; sys.exit(main(sys.argv[1:]))"
END_TIMEOUT_S: Final = 20.0


class Program:
    """One child process that talks in lines. Its stderr goes to a file, shown when it fails."""

    def __init__(
        self, argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self._log = log
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env={**os.environ, **(env or {})},
            )
        self.pid = self._process.pid

    def line(self) -> str:
        """The next line it says. Raises RuntimeError when it ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait(END_TIMEOUT_S)
            said = self._log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise RuntimeError(f"{self._process.args!r} ended with {code}:\n{said}")
        return line.strip()

    def ask(self, question: str) -> Any:
        """Send a line and return the JSON it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        return json.loads(self.line())

    def cpu_s(self) -> float:
        """CPU seconds all its threads have used, as finely as the system tells."""
        total = 0
        try:
            for task in Path(f"/proc/{self.pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            times = psutil.Process(self.pid).cpu_times()
            return float(times.user + times.system)
        return total / 1e9

    def stop(self) -> None:
        """End it as a user would; kill what does not end."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def module(name: str, *arguments: str) -> list[str]:
    """The command line that runs one of our modules."""
    return [sys.executable, "-P", "-m", name, *arguments]


def own_path(checkout: Path = ROOT) -> dict[str, str]:
    """The environment in which `checkout` is what gets imported."""
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(checkout), os.environ.get("PYTHONPATH"))))
    }


@contextlib.contextmanager
def running(
    argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """A program for the length of a block."""
    program = Program(argv, log=log, env={**own_path(), **(env or {})})
    try:
        yield program
    finally:
        program.stop()


def write_upstream(folder: Path) -> Path:
    """Write an executable that is `fast_upstream`, for LINGMA_BIN; return it."""
    command = module("tests.bench.fast_upstream")
    if sys.platform == "win32":
        path = folder / "fast-upstream.cmd"
        line = subprocess.list2cmdline(command)
        path.write_text(f"@set PYTHONPATH={ROOT}\r\n@{line} %*\r\n", encoding="utf-8")
    else:
        path = folder / "fast-upstream"
        path.write_text(
            f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.join(command)} "$@"\n',
            encoding="utf-8",
        )
        path.chmod(0o755)
    return path


@contextlib.contextmanager
def gateway(
    folder: Path,
    upstream: str,
    *,
    checkout: Path = ROOT,
    observe: Sequence[str] | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[tuple[Program, int]]:
    """The real `serve` of a checkout with its own home, and its port.

    `observe`: run under `observed_serve` with these options, to be asked about its loop.
    """
    folder.mkdir()
    arguments = ["serve", "--port", "0", "--upstream", upstream]
    if observe is None:
        argv = [sys.executable, "-P", "-c", SERVE, *arguments]
    else:
        argv = module("tests.bench.observed_serve", *observe, "--", *arguments)
    home = {"LINGMA_GATEWAY_HOME": str(folder / "home"), "API_KEYS": ""}
    with running(
        argv, folder / "stderr.log", {**home, **own_path(checkout), **(env or {})}
    ) as program:
        said = program.line()
        if not said.startswith("ready "):
            raise RuntimeError(f"the gateway said {said!r}")
        yield program, int(said.rpartition(":")[2])
