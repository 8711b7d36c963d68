"""Keeps PySide6 out of runs without a GUI test: pytest-qt imports it when it is configured.

Loaded by `-p` in pyproject.toml, before conftests. GUI tests are those below tests/gui; only they
may use pytest-qt's fixtures.
"""

from pathlib import Path

import pytest

GUI_TESTS = Path(__file__).resolve().parent.parent / "gui"
QT_SETTINGS = ("qt_api", "qt_log_level_fail")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare pytest-qt's settings of pyproject.toml where pytest-qt is switched off."""
    if pluginmanager.is_blocked("pytest-qt"):
        for name in QT_SETTINGS:
            parser.addini(name, "pytest-qt's own, which is switched off")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Drop pytest-qt before it is configured when no argument can lead to a GUI test."""
    manager = early_config.pluginmanager
    asked: list[str] = early_config.known_args_namespace.file_or_dir
    if manager.has_plugin("pytest-qt") and asked and not any(map(_may_hold_gui_tests, asked)):
        manager.unregister(name="pytest-qt")


def _may_hold_gui_tests(argument: str) -> bool:
    path = Path(argument.partition("::")[0]).resolve()
    return path == GUI_TESTS or path in GUI_TESTS.parents or GUI_TESTS in path.parents
