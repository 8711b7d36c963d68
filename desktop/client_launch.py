"""How a client is started from here: `lingma-gateway launch C`, in a terminal or to be copied."""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from desktop.os_integration.terminal import open_terminal
from gateway_engine.public import app_paths, foreign_environment, this_program

CONSOLE_SCRIPT = "lingma-gateway"
SCRIPT_NAME = "launch.command"
CARRIED = ("LINGMA_GATEWAY_HOME", "PATH")
"""A terminal that runs already gives its own environment: these are carried to the command."""


def launch_command(name: str) -> tuple[str, ...]:
    """What starts the client `name` by this very program."""
    beside = Path(sys.executable).with_name(CONSOLE_SCRIPT)
    if not getattr(sys, "frozen", False) and beside.is_file():
        return (str(beside), "launch", name)
    return this_program("launch", name)


def launch_line(name: str) -> str:
    """The same as a line for a shell, as short as it can be."""
    if shutil.which(CONSOLE_SCRIPT):
        return f"{CONSOLE_SCRIPT} launch {name}"
    command = list(launch_command(name))
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)


async def launched(name: str, folder: Path) -> bool:
    """Open a terminal in `folder` that runs the client; False where none can be opened."""
    environ = foreign_environment(os.environ)
    command = launch_command(name)
    if sys.platform != "win32":
        carried = [f"{key}={environ[key]}" for key in CARRIED if environ.get(key)]
        command = ("/usr/bin/env", *carried, *command)
    script = app_paths(environ, cwd=Path.cwd()).runtime_dir / SCRIPT_NAME
    return await asyncio.to_thread(open_terminal, command, folder, environ=environ, script=script)
