"""This program as its own child, from source and built."""

import sys
from pathlib import Path

import pytest

from gateway_engine.accounts.age import child_command
from gateway_engine.accounts.browser.process import browser_command
from gateway_engine.own_program import (
    enter_the_bundle,
    foreign_environment,
    leave_the_bundle,
    own_command,
    own_environment,
)
from gateway_engine.plan import demo_command
from gateway_engine.tools.mcp_host.host import shim_command, shim_environment

SOURCE = str(Path(__file__).parents[2])
COMMANDS = {
    "age-process": child_command,
    "browser-process": browser_command,
    "emulator": demo_command,
    "mcp-shim": shim_command,
}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    program = tmp_path / "Lingma Gateway.exe"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    return program


def test_from_source_a_module_is_run_without_the_name_of_the_command() -> None:
    assert own_command("gateway_engine.emulator", "emulator", "version") == (
        sys.executable,
        "-P",
        "-m",
        "gateway_engine.emulator",
        "version",
    )
    assert own_environment({"PYTHONPATH": "p"})["PYTHONPATH"].startswith(SOURCE)


@pytest.mark.parametrize("command", COMMANDS)
def test_built_every_child_is_a_command_of_the_built_program(command: str, built: Path) -> None:
    assert COMMANDS[command]() == (str(built), command)
    assert shim_environment() == {}


def test_built_for_windows_children_are_the_console_program_beside(built: Path) -> None:
    console = built.with_name("lingma-gateway.exe")
    console.touch()
    assert own_command("m", "emulator") == (str(console), "emulator")


def test_what_the_bootloader_set_is_nothing_to_others(built: Path) -> None:
    given = {"LD_LIBRARY_PATH": "/bundle", "_PYI_ARCHIVE_FILE": "x", "HOME": "/h"}
    assert foreign_environment(given) == {"HOME": "/h"}
    given["LD_LIBRARY_PATH_ORIG"] = "/users"
    assert foreign_environment(given) == {"HOME": "/h", "LD_LIBRARY_PATH": "/users"}
    assert own_environment(given) == given
    leave_the_bundle(given)
    assert given == {"HOME": "/h", "LD_LIBRARY_PATH": "/users"}


def test_from_source_the_users_own_search_path_stays() -> None:
    assert foreign_environment({"LD_LIBRARY_PATH": "/users"}) == {"LD_LIBRARY_PATH": "/users"}


@pytest.mark.parametrize("users", [None, "/users"])
def test_a_program_of_the_bundle_that_has_no_bootloader_finds_the_bundle_s_libraries(
    built: Path, users: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "_MEIPASS", "/bundle", raising=False)
    before = {"HOME": "/h"} | ({"LD_LIBRARY_PATH": users} if users else {})
    environ = dict(before)
    enter_the_bundle(environ)
    assert environ["LD_LIBRARY_PATH"] == ("/bundle:/users" if users else "/bundle")
    assert foreign_environment(environ) == before


def test_from_source_there_is_no_bundle_to_enter() -> None:
    environ = {"HOME": "/h"}
    enter_the_bundle(environ)
    assert environ == {"HOME": "/h"}
