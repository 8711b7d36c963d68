"""Runs the static checks and pytest, and counts."""

from __future__ import annotations

import subprocess
import tempfile
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Sequence

from devtools.environment import in_venv
from devtools.terminal import ROOT, call, say

LANES = 4
"""So many runs side by side: most tests wait for a process or a socket, not for a core."""


def tell_now(text: str) -> None:
    """Show it at once."""
    print(text, flush=True)


def check(venv: Path, tell: Callable[[str], None] = tell_now) -> list[str]:
    """Run the static checks and give back the names of those that failed."""
    checks = {
        "format": [in_venv(venv, "ruff"), "format", "--quiet", "--check", "."],
        "lint": [in_venv(venv, "ruff"), "check", "--quiet", "."],
        "types": [in_venv(venv, "mypy"), "--no-error-summary"],
        "import contracts": [in_venv(venv, "lint-imports"), "--no-logo"],
    }
    failed = []
    for name, arguments in checks.items():
        tell(f"-- check: {name}")
        done = subprocess.run(
            [str(a) for a in arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            tell(done.stdout.decode("utf-8", "replace"))
            failed.append(name)
    return failed


@dataclass(frozen=True)
class Run:
    """One pytest of its own: what it is called, whose Python, which tests (none: all)."""

    title: str
    venv: Path
    tests: Sequence[str] = ()


def run_all(runs: Sequence[Run]) -> tuple[int, int]:
    """Do the runs, some side by side, and count what passed and what did not.

    The first one is shown as it goes; what the others print is kept and shown whole, in order.
    """
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(LANES) as pool:
        outputs = [Path(folder) / f"{number}.txt" for number in range(len(runs))]
        say(f"test: {runs[0].title}")
        jobs = [
            pool.submit(run_suite, run, None if number == 0 else outputs[number])
            for number, run in enumerate(runs)
        ]
        for number, (run, job) in enumerate(zip(runs, jobs)):
            good, bad = job.result()
            if number:
                say(f"test: {run.title}")
                print(outputs[number].read_text("utf-8", "replace"), end="", flush=True)
            passed, failed = passed + good, failed + bad
    return passed, failed


def run_suite(run: Run, output: Path | None = None) -> tuple[int, int]:
    """Run pytest strictly and count what passed and what did not; `output` takes what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ["-q", "--strict-outcomes", f"--junitxml={report}", *run.tests]
        command: list[str | Path] = [in_venv(run.venv, "python"), "-m", "pytest", *options]
        if output is None:
            status = call(command)
        else:
            with output.open("wb") as file:
                status = call(
                    command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
                )
        return count(report.read_bytes() if report.exists() else b"", status)


def count(report: bytes, status: int) -> tuple[int, int]:
    """Passed and failed tests of a JUnit report; a run that failed without one failed once."""
    try:
        suites = list(ET.fromstring(report).iter("testsuite")) if report else []  # noqa: S314 - ours
    except ET.ParseError:
        suites = []
    total, bad, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites for key in keys)
        for keys in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return max(total - bad - skipped, 0), max(bad, 1) if status else bad
