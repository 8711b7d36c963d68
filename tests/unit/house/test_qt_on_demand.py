"""PySide6 is imported for GUI tests and for nothing else; a Qt warning fails a test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.house_rules import ROOT
from tests.support.qt_on_demand import _may_hold_gui_tests

LOADED = "def test_x():\n    import sys\n    assert ('PySide6' in sys.modules) is {expected}\n"


@pytest.mark.parametrize(
    ("argument", "may"),
    [
        ("tests", True),
        (".", True),
        ("tests/gui/test_qt_start.py::test_x", True),
        ("tests/unit", False),
        ("tests/unit/house/test_rules.py::test_x", False),
    ],
)
def test_which_arguments_can_lead_to_a_gui_test(
    argument: str, may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert _may_hold_gui_tests(argument) is may


def run_pytest(folder: Path, source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    test = folder / "test_inner.py"
    test.write_text(source, "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        "pyproject.toml",
        "--rootdir=.",
        *arguments,
    ]
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", str(test)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_without_gui_tests_does_not_import_pyside6(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, LOADED.format(expected=False))
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_also_works_with_pytest_qt_switched_off(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, LOADED.format(expected=False), "-p", "no:pytest-qt")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_run_with_gui_tests_does(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, LOADED.format(expected=True), "tests/gui/test_qt_start.py")
    assert done.returncode == 0, done.stdout + done.stderr


QT_WARNING = """
from PySide6.QtCore import QObject, qWarning

def test_warns(qapp):
    qWarning("something is off")

def test_fine(qapp):
    QObject()
"""


def test_a_qt_warning_fails_the_test(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, QT_WARNING, "tests/gui/test_qt_start.py")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 3 passed" in done.stdout
    assert "something is off" in done.stdout


QT_TASK = """
import asyncio

from tests.gui.conftest import run_on_qt

def test_leaves_task(run_on_qt):
    async def leave():
        asyncio.get_running_loop().create_task(asyncio.sleep(60))
    run_on_qt(leave())

def test_fine(run_on_qt):
    assert run_on_qt(asyncio.sleep(0, 7)) == 7
"""


def test_a_task_left_on_the_qt_loop_fails_the_test(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, QT_TASK, "tests/gui/test_qt_start.py")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "4 passed, 1 error" in done.stdout
    assert "left-over tasks" in done.stdout
