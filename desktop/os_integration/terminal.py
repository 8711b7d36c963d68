"""Opens a terminal that runs one command, with whatever terminal this system has.

The window stays open when the command fails, so that what it said can be read.
"""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

START_DEADLINE_S: Final = 5.0
HOLD: Final = (
    '"$@"; code=$?; [ $code -eq 0 ] || { printf "\\n[%s] " "$code"; read -r _; }; exit $code'
)
"""Runs its arguments; where they fail it waits for Return."""

LINUX_TERMINALS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("x-terminal-emulator", ("-e",)),
    ("gnome-terminal", ("--",)),
    ("kgx", ("--",)),
    ("ptyxis", ("--",)),
    ("konsole", ("-e",)),
    ("xfce4-terminal", ("-x",)),
    ("mate-terminal", ("-x",)),
    ("tilix", ("-e",)),
    ("kitty", ()),
    ("foot", ()),
    ("alacritty", ("-e",)),
    ("wezterm", ("start", "--")),
    ("lxterminal", ("-e",)),
    ("xterm", ("-e",)),
)
"""Programs, and what stands before the command; those of the desktops first."""

Which = Callable[[str], str | None]


def terminal_command(
    command: Sequence[str],
    *,
    platform: str,
    environ: Mapping[str, str],
    which: Which,
    script: Path,
) -> tuple[str, ...]:
    """What to start so that `command` runs in a terminal; () where none is found.

    `script` is a file that may be written for it (macOS opens files, not commands).
    """
    if platform == "darwin":
        return ("open", "-a", "Terminal", str(script))
    if platform == "win32":
        windows = which("wt.exe")
        shell = environ.get("COMSPEC", "cmd.exe")
        if windows:
            return (windows, "-d", ".", shell, "/k", *command)
        return (shell, "/c", "start", "", shell, "/k", *command)
    held = ("/bin/sh", "-c", HOLD, "sh", *command)
    chosen = environ.get("TERMINAL", "")
    if chosen and which(chosen):
        before = next((b for name, b in LINUX_TERMINALS if name == Path(chosen).name), ("-e",))
        return (chosen, *before, *held)
    for name, before in LINUX_TERMINALS:
        found = which(name)
        if found:
            return (found, *before, *held)
    return ()


def open_terminal(
    command: Sequence[str],
    folder: Path,
    *,
    environ: Mapping[str, str],
    script: Path,
    platform: str = sys.platform,
) -> bool:
    """Run `command` in a terminal that begins in `folder`; False where none can be opened.

    Blocks for a moment: call it off the loop.
    """
    whole = terminal_command(
        command, platform=platform, environ=environ, which=shutil.which, script=script
    )
    if not whole:
        return False
    try:
        if platform == "darwin":
            _write_script(script, command, folder)
        if platform == "win32":
            subprocess.Popen(whole, cwd=folder, env=dict(environ))
            return True
        # By way of a shell that ends at once: the terminal outlives us and is no child of ours.
        starter = subprocess.run(
            ["/bin/sh", "-c", '"$@" >/dev/null 2>&1 &', "sh", *whole],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            timeout=START_DEADLINE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return starter.returncode == 0


def _write_script(script: Path, command: Sequence[str], folder: Path) -> None:
    held = shlex.join(["/bin/sh", "-c", HOLD, "sh", *command])
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"#!/bin/sh\ncd {shlex.quote(str(folder))} || exit\nexec {held}\n", "utf-8")
    script.chmod(0o700)
