"""A small pytest of its own with our plugins, for tests that prove that a check can fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.house_rules import ROOT

InnerRun = Callable[..., pytest.RunResult]

INI = """
[pytest]
filterwarnings = error
strict_config = true
strict_markers = true
xfail_strict = true
addopts = -p tests.support.qt_on_demand
"""
CONFTEST = """
import sys

pytest_plugins = [
    "tests.support.async_tests", "tests.support.hygiene", "tests.support.strict_outcomes",
]

def pytest_configure():
    sys.modules["tests.support.hygiene"].GRACE_S = 0.3
"""


@pytest.fixture
def inner_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> InnerRun:
    """Run test source under our plugins in a process of its own, without pytest-qt."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeini(INI)
    pytester.makeconftest(CONFTEST)

    def run(source: str, *arguments: str | Path) -> pytest.RunResult:
        pytester.makepyfile(test_inner=source)
        quiet = ("-p", "no:pytest-qt", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
        return pytester.runpytest_subprocess(*quiet, "-v", *arguments)

    return run
