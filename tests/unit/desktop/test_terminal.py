"""Which terminal runs a command, and that one really does."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.os_integration.terminal import HOLD, LINUX_TERMINALS, open_terminal, terminal_command

COMMAND = ("/somewhere/it's here/lingma-gateway", "launch", "claude")
SCRIPT = Path("/run/launch.command")


def chosen(platform: str, *there: str, **environ: str) -> tuple[str, ...]:
    return terminal_command(
        COMMAND,
        platform=platform,
        environ=environ,
        which=lambda name: f"/bin/{name}" if name in there else None,
        script=SCRIPT,
    )


def test_every_known_terminal_runs_the_command_whole() -> None:
    for name, before in LINUX_TERMINALS:
        command = chosen("linux", name)
        assert command[: 1 + len(before)] == (f"/bin/{name}", *before)
        assert command[-3:] == COMMAND


def test_the_users_own_terminal_comes_first() -> None:
    assert chosen("linux", "xterm", "kitty", TERMINAL="kitty")[:2] == ("kitty", "/bin/sh")
    assert chosen("linux", "xterm", TERMINAL="gone")[0] == "/bin/xterm"
    assert chosen("linux", "xterm", "mine", TERMINAL="mine")[:2] == ("mine", "-e")
    assert chosen("linux") == ()


def test_other_systems() -> None:
    assert chosen("darwin") == ("open", "-a", "Terminal", str(SCRIPT))
    assert chosen("win32", COMSPEC="C:/cmd.exe")[:3] == ("C:/cmd.exe", "/c", "start")
    assert chosen("win32", "wt.exe")[0] == "/bin/wt.exe"
    assert chosen("win32", "wt.exe")[-3:] == COMMAND


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
def test_what_fails_waits_for_a_key_and_keeps_its_exit_code() -> None:
    held = ["/bin/sh", "-c", HOLD, "sh"]
    done = subprocess.run([*held, "/bin/sh", "-c", "exit 0"], check=False, timeout=10)
    assert done.returncode == 0
    failed = subprocess.run(
        [*held, "/bin/sh", "-c", "exit 7"],
        input=b"\n",
        capture_output=True,
        check=False,
        timeout=10,
    )
    assert failed.returncode == 7
    assert b"[7]" in failed.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="terminals of Linux")
def test_a_terminal_is_opened_in_the_folder(tmp_path: Path) -> None:
    said = tmp_path / "said"
    terminal = tmp_path / "bin" / "xterm"
    terminal.parent.mkdir()
    terminal.write_text(
        f'#!/bin/sh\npwd > {shlex.quote(str(said))}.new\nprintf "%s\\n" "$@" >> {said}.new\n'
        f"mkfifo {said}.fifo 2>/dev/null\nmv {said}.new {said}\n: > {said}.fifo\n"
    )
    terminal.chmod(0o755)
    fifo = tmp_path / "said.fifo"
    subprocess.run(["mkfifo", str(fifo)], check=True)
    environ = {"PATH": f"{terminal.parent}:/usr/bin:/bin", "TERMINAL": str(terminal)}
    assert open_terminal(COMMAND, tmp_path, environ=environ, script=SCRIPT)
    assert fifo.read_bytes() == b""  # until the terminal has said what it was given
    lines = said.read_text().splitlines()
    assert lines[0] == str(tmp_path)
    assert lines[-3:] == list(COMMAND)


@pytest.mark.skipif(sys.platform != "linux", reason="terminals of Linux")
def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    terminal = tmp_path / "xterm"
    terminal.write_text("#!/bin/sh\n")
    terminal.chmod(0o755)
    environ = {"PATH": "/usr/bin:/bin", "TERMINAL": str(terminal)}
    assert not open_terminal(COMMAND, tmp_path / "gone", environ=environ, script=SCRIPT)
