"""A run with --strict-outcomes fails on what did not run and is not listed."""

import sys
from pathlib import Path

import pytest

from tests.support.strict_outcomes import AllowedSkip, parse_allowed_skips
from tests.unit.house.conftest import InnerRun

OUTCOMES = """
import pytest

def test_runs():
    pass

def test_skips():
    pytest.skip("not here")

@pytest.mark.skipif(True, reason="never")
def test_marked():
    pass

@pytest.mark.xfail
def test_xfails():
    assert False

@pytest.mark.parametrize("size", [1, 2])
def test_sizes(size):
    if size == 2:
        pytest.skip("too big")
"""
ALL = """
# a comment

any test_inner.py::test_skips -- proves that listing works
any test_inner.py::test_marked -- likewise
any test_inner.py::test_xfails -- likewise
any test_inner.py::test_sizes[2] -- brackets are literal
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "allowed.txt"


def strictly(listed: Path, text: str) -> list[str]:
    listed.write_text(text, "utf-8")
    return ["--strict-outcomes", f"--allowed-skips={listed}"]


def test_without_the_flag_nothing_is_judged(inner_run: InnerRun) -> None:
    assert inner_run(OUTCOMES).ret == pytest.ExitCode.OK


def test_every_kind_of_not_running_fails_the_run(inner_run: InnerRun, listed: Path) -> None:
    result = inner_run(OUTCOMES, *strictly(listed, ""))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines_random(
        [
            "test_inner.py::test_skips was skipped: Skipped: not here",
            "test_inner.py::test_marked was skipped: Skipped: never",
            "test_inner.py::test_xfails was xfailed",
            "test_inner.py::test_sizes[[]2[]] was skipped: Skipped: too big",
        ]
    )
    result.stdout.no_fnmatch_line("*test_runs was*")


def test_what_is_listed_may_stay_unrun(inner_run: InnerRun, listed: Path) -> None:
    result = inner_run(OUTCOMES, *strictly(listed, ALL))
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()


def test_a_deselected_test_fails_the_run(inner_run: InnerRun, listed: Path) -> None:
    result = inner_run("def test_a(): pass\ndef test_b(): pass", "-k", "a", *strictly(listed, ""))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["test_inner.py::test_b was deselected"])


def test_a_skipped_module_fails_the_run(inner_run: InnerRun, listed: Path) -> None:
    source = "import pytest\npytest.skip('all of it', allow_module_level=True)"
    result = inner_run(source, *strictly(listed, ""))
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["test_inner.py was skipped: Skipped: all of it"])


def test_a_line_whose_tests_ran_is_stale(inner_run: InnerRun, listed: Path) -> None:
    result = inner_run(OUTCOMES, *strictly(listed, f"{ALL}any test_inner.py::test_runs -- old"))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["stale line in the list, its tests ran: *::test_runs"])


def test_a_line_of_another_place_is_not_in_force(inner_run: InnerRun, listed: Path) -> None:
    elsewhere = "win32" if sys.platform != "win32" else "linux"
    result = inner_run(OUTCOMES, *strictly(listed, ALL.replace("any", elsewhere)))
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    "line", ["any test_x.py", "test_x.py -- reason", "mars test_x.py -- reason", "any x -- "]
)
def test_a_line_without_place_or_reason_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="WHERE PATTERN -- REASON"):
        parse_allowed_skips(line)


def test_a_broken_list_stops_the_run(inner_run: InnerRun, listed: Path) -> None:
    assert inner_run(OUTCOMES, *strictly(listed, "nonsense")).ret == pytest.ExitCode.USAGE_ERROR


def test_a_line_is_in_force_where_it_says() -> None:
    assert AllowedSkip("py3.11", "x", "y").in_force("linux", (3, 11))
    assert not AllowedSkip("py3.11", "x", "y").in_force("linux", (3, 12))
    assert AllowedSkip("any", "x", "y").in_force("darwin", (3, 12))
