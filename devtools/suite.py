"""Runs the static checks and pytest, and counts."""

from __future__ import annotations

import subprocess
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Sequence

from devtools.environment import in_venv
from devtools.terminal import ROOT, call, say


def check(venv: Path) -> list[str]:
    """Run the static checks and give back the names of those that failed."""
    checks = {
        "format": [in_venv(venv, "ruff"), "format", "--quiet", "--check", "."],
        "lint": [in_venv(venv, "ruff"), "check", "--quiet", "."],
        "types": [in_venv(venv, "mypy"), "--no-error-summary"],
        "import contracts": [in_venv(venv, "lint-imports"), "--no-logo"],
    }
    failed = []
    for name, arguments in checks.items():
        say(f"check: {name}")
        done = subprocess.run(
            [str(a) for a in arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            print(done.stdout.decode("utf-8", "replace"), flush=True)
            failed.append(name)
    return failed


def run_suite(venv: Path, arguments: Sequence[str]) -> tuple[int, int]:
    """Run pytest strictly and count what passed and what did not."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ["--strict-outcomes", f"--junitxml={report}", *arguments]
        status = call([in_venv(venv, "python"), "-m", "pytest", "-q", *options])
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
