"""With `--strict-outcomes` a run fails on any test that did not run: skipped, deselected, xfailed.

Exceptions are listed in tests/allowed_skips.txt, one a line: WHERE PATTERN -- REASON. WHERE is
`any`, a platform (`linux`, `darwin`, `win32`) or an interpreter (`py3.11`); the line is in force
there only. PATTERN is matched against node ids as in fnmatch, `[` and `]` taken literally. A line
in force whose tests were collected but all ran is stale, and fails the run too.
"""

import fnmatch
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PLUGIN = "house-strict-outcomes"
DEFAULT_LIST = Path(__file__).resolve().parent.parent / "allowed_skips.txt"
PLACES = ("any", "linux", "darwin", "win32", "py3.11", "py3.12", "py3.13")


@dataclass(frozen=True, slots=True)
class AllowedSkip:
    """One line of the list."""

    where: str
    pattern: str
    reason: str

    def matches(self, nodeid: str) -> bool:
        literal = self.pattern.replace("[", "[[]")
        return fnmatch.fnmatchcase(nodeid, literal)

    def in_force(self, platform: str, version: tuple[int, int]) -> bool:
        return self.where in ("any", platform, f"py{version[0]}.{version[1]}")


def parse_allowed_skips(text: str) -> list[AllowedSkip]:
    """Read the list; ValueError names a line that is not WHERE PATTERN -- REASON."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        rule, _, reason = line.partition(" -- ")
        words = rule.split(maxsplit=1)
        if len(words) != 2 or words[0] not in PLACES or not reason.strip():
            raise ValueError(f"line {number} is not WHERE PATTERN -- REASON: {line!r}")
        found.append(AllowedSkip(words[0], words[1].strip(), reason.strip()))
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the flag."""
    group = parser.getgroup("house")
    group.addoption(
        "--strict-outcomes",
        action="store_true",
        help="fail on skipped, deselected and xfailed tests that are not in allowed_skips.txt",
    )
    group.addoption("--allowed-skips", type=Path, default=DEFAULT_LIST, help="another list")


def pytest_configure(config: pytest.Config) -> None:
    """Switch on when asked."""
    if config.getoption("--strict-outcomes"):
        try:
            allowed = parse_allowed_skips(config.getoption("--allowed-skips").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise pytest.UsageError(f"allowed skips: {error}") from error
        config.pluginmanager.register(StrictOutcomes(allowed), PLUGIN)


class StrictOutcomes:
    """Collects what did not run and judges it at the end."""

    def __init__(self, allowed: list[AllowedSkip]) -> None:
        version = (sys.version_info[0], sys.version_info[1])
        self._in_force = [entry for entry in allowed if entry.in_force(sys.platform, version)]
        self._not_run: dict[str, str] = {}
        self._ran: set[str] = set()
        self._problems: list[str] = []

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._not_run.update({item.nodeid: "deselected" for item in items})

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._not_run[report.nodeid] = f"skipped: {_reason(report)}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "wasxfail"):
            self._not_run[report.nodeid] = f"{'x' if report.skipped else 'xpassed, x'}failed"
        elif report.skipped:
            self._not_run[report.nodeid] = f"skipped: {_reason(report)}"
        elif report.when == "call":
            self._ran.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._problems = self._judge()
        if self._problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._problems:
            terminalreporter.section("not run and not allowed", red=True)
            for problem in self._problems:
                terminalreporter.write_line(problem)

    def _judge(self) -> list[str]:
        problems = [
            f"{nodeid} was {how}"
            for nodeid, how in self._not_run.items()
            if not any(entry.matches(nodeid) for entry in self._in_force)
        ]
        for entry in self._in_force:
            used = any(entry.matches(nodeid) for nodeid in self._not_run)
            if not used and any(entry.matches(nodeid) for nodeid in self._ran):
                problems.append(f"stale line in the list, its tests ran: {entry.pattern}")
        return problems


def _reason(report: pytest.CollectReport | pytest.TestReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
