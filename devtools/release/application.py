"""The application as a folder: PyInstaller over the locked packages, then its own self-test."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import List, Tuple

from devtools.environment import ensure_venv, in_venv
from devtools.pythons import SUPPORTED, Version, find_python
from devtools.release.reproducible import build_environment, settle
from devtools.system_packages import (
    QT_LIBRARIES,
    ensure_system_libraries,
    install_debian_packages,
)
from devtools.terminal import ROOT, RefusedError, answer, call, call_quietly, say

BUILD = ROOT / "build"
NAME = "lingma-gateway"
SHARED = "import sysconfig; print(sysconfig.get_config_var('Py_ENABLE_SHARED'))"
LOADED = "import ctypes, sysconfig; ctypes.CDLL(sysconfig.get_config_var('INSTSONAME'))"
LAST_LINE = "self-test: all good"
BINUTILS = ("objcopy", "objdump", "strip")


def build_python() -> Tuple[Path, Version]:
    """A Python that can be carried along: on Linux and macOS it needs its shared library."""
    for version in SUPPORTED:
        python = find_python(version)
        if python and (sys.platform == "win32" or answer([python, "-c", SHARED]) == "1"):
            return python, version
    own = sys.version_info[:2]
    if own in SUPPORTED and sysconfig.get_config_var("PYTHONFRAMEWORK"):
        return Path(sys.executable), own
    raise RefusedError(
        "no Python here has a shared library, which the application carries along:"
        " install your system's python3, or build one with --enable-shared"
    )


def build_venv(yes: bool) -> Path:
    """The environment of the build, made from requirements/build.txt."""
    python, version = build_python()
    ensure_shared_library(python, version, yes)
    venv = ROOT / ".venv-build"
    ensure_venv(venv, "build.txt", python, version, yes)
    return venv


def ensure_shared_library(python: Path, version: Version, yes: bool) -> None:
    """Debian's python3 is built with a shared library, and has it in a package of its own."""
    if not sys.platform.startswith("linux") or answer([python, "-c", LOADED]) is not None:
        return
    package = "libpython{}.{}".format(*version)
    install_debian_packages([package], "PyInstaller", yes)
    if answer([python, "-c", LOADED]) is None:
        raise RefusedError(f"{python} finds no shared library of its own: install {package}")


def ensure_tools(yes: bool) -> None:
    """On Linux PyInstaller needs binutils, and drawing the icons needs what Qt needs."""
    if not sys.platform.startswith("linux"):
        return
    ensure_system_libraries(QT_LIBRARIES, "Qt, which draws the icons", yes)
    if all(shutil.which(program) for program in BINUTILS):
        return
    install_debian_packages(["binutils"], "PyInstaller", yes)
    missing = [program for program in BINUTILS if not shutil.which(program)]
    if missing:
        raise RefusedError(f"PyInstaller needs {', '.join(missing)}: install binutils")


def draw_icons(venv: Path) -> Path:
    """Every icon, from the one SVG."""
    folder = BUILD / "icons"
    drawing = ROOT / "packaging" / "icons"
    command = [in_venv(venv, "python"), drawing / "draw.py", drawing / f"{NAME}.svg", folder]
    if call_quietly(command, env=build_environment()):
        raise RefusedError("the icons could not be drawn: the message is above")
    return folder


def freeze(venv: Path, icons: Path, *, browser: bool, fresh: bool = True) -> Path:
    """Run PyInstaller; the folder that it made. Unless `fresh`, the one it made last."""
    name = "with-browser" if browser else "base"
    target = BUILD / name
    if not fresh:
        if not program_of(target / NAME).exists():
            raise RefusedError(f"build/{name} holds no application: leave --packages out")
        return target / NAME
    shutil.rmtree(target, ignore_errors=True)
    say(f"build: PyInstaller ({name}); takes a minute or two, its log is build/{name}.log")
    env = {
        **build_environment(),
        "LINGMA_GATEWAY_BUILD_ICONS": str(icons),
        "LINGMA_GATEWAY_BUILD_BROWSER": "1" if browser else "0",
    }
    command: "list[str | Path]" = [in_venv(venv, "python"), "-m", "PyInstaller"]
    command += ["--noconfirm", "--clean", "--distpath", target, "--workpath", BUILD / "work"]
    with (BUILD / f"{name}.log").open("wb") as log:
        if call(
            [*command, ROOT / "packaging" / "gateway.spec"],
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        ):
            raise RefusedError(f"PyInstaller failed: see build/{name}.log")
    settle(target)
    return target / NAME


def program_of(folder: Path) -> Path:
    """The program to start, of what `freeze` made."""
    if sys.platform == "win32":
        return folder / f"{NAME}.exe"
    if sys.platform == "darwin":
        return folder.parent / "Lingma Gateway.app" / "Contents" / "MacOS" / NAME
    return folder / NAME


def unnamed_libraries(folder: Path, notices: str) -> List[str]:
    """The system's libraries in the application that THIRD_PARTY_NOTICES.md does not name."""
    named = set(re.findall(r"`(lib[\w.+-]+)`", notices))
    found = set()
    for path in (folder / "_internal").glob("lib*.so*"):
        name = path.name.partition(".so")[0]
        # Qt's and PySide's own are links to their folder. `libpython3.12` is `libpython3`, and
        # `libpulsecommon-16.1` is `libpulsecommon`.
        if not re.match(r"lib(Qt6|pyside6|shiboken6)", name):
            found.add(re.sub(r"^(libpython3|libpulsecommon)[.-][\d.]+$", r"\1", name))
    return sorted(found - named)


def check_notices(folder: Path) -> None:
    """Raises RefusedError for a library that goes out without its notice."""
    missing = unnamed_libraries(folder, (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8"))
    if missing:
        raise RefusedError(f"THIRD_PARTY_NOTICES.md does not name {', '.join(missing)}")


def self_test(program: Path) -> None:
    """Let the built application test itself. Raises RefusedError unless all of it is good."""
    say(f"build: {program.name} --self-test")
    done = subprocess.run(
        [str(program), "--self-test"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    print("\n".join(f"   {line}" for line in lines), flush=True)
    unexpected = [line for line in lines[1:-1] if not line.startswith("ok    ")]
    if done.returncode or unexpected or lines[-1:] != [LAST_LINE]:
        raise RefusedError("the built application does not pass its own test: see above")
