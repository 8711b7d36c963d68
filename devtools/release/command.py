"""`dev.py build`: the application for this system, tested by itself, then its packages."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path
from typing import List, Sequence, Union

from devtools.environment import in_venv, project
from devtools.release import application, linux, macos, windows
from devtools.release.reproducible import build_environment, digest_of, source_date
from devtools.terminal import ROOT, RefusedError, call_quietly, say

DIST = ROOT / "dist"
OPTIONS = ("--application", "--browser", "--packages")


def build(yes: bool, options: Sequence[str]) -> int:
    """Build; `--application` stops before the packages, `--packages` makes them of the application
    that build/ holds already, `--browser` adds the component with the browser.
    """
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise RefusedError(f"unknown argument: {unknown[0]}; known: {' '.join(OPTIONS)}")
    # Once: whoever commits meanwhile does not change what is being built.
    os.environ["SOURCE_DATE_EPOCH"] = str(source_date())
    application.BUILD.mkdir(exist_ok=True)
    application.ensure_tools(yes)
    venv = application.build_venv(yes)
    icons = application.draw_icons(venv)
    fresh = "--packages" not in options
    folder = application.freeze(venv, icons, browser=False, fresh=fresh)
    application.check_notices(folder)
    application.self_test(application.program_of(folder))
    browser = None
    if "--browser" in options:
        browser = application.freeze(venv, icons, browser=True, fresh=fresh)
        application.check_notices(browser)
        application.self_test(application.program_of(browser))
    if "--application" in options:
        say(f"build: {folder.relative_to(ROOT)}")
        return 0
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    version = project()[1]
    made: List[Path] = []
    if sys.platform == "win32":
        made += windows.packages(folder, icons, version, DIST)
    elif sys.platform == "darwin":
        made += macos.packages(folder.parent / "Lingma Gateway.app", version, DIST)
    else:
        made += linux.packages(folder, browser, icons, version, DIST, yes)
        made.append(write_wheel(venv))
    made.append(write_parts_list(venv, version))
    write_checksums(made)
    return 0


def write_wheel(venv: Path) -> Path:
    """The Python package, for servers: the same on every system, and made on one."""
    command: List[Union[str, Path]] = [in_venv(venv, "python"), "-m", "hatchling", "build"]
    if call_quietly([*command, "-t", "wheel", "-d", DIST], env=build_environment()):
        raise RefusedError("the wheel could not be built: the message is above")
    return next(DIST.glob("*.whl"))


def write_parts_list(venv: Path, version: str) -> Path:
    """The software bill of materials (CycloneDX), from the lock and the installed packages."""
    target = DIST / parts_list_name(version)
    python = in_venv(venv, "python")
    command: List[Union[str, Path]] = [python, "-m", "devtools.release.parts_list"]
    if call_quietly([*command, target], env=build_environment()):
        raise RefusedError("the bill of materials could not be written: the message is above")
    return target


def parts_list_name(version: str) -> str:
    """A name of this system's and processor's own: a release gathers the files of all of them."""
    return f"lingma-gateway-{version}-{sys.platform}-{platform.machine().lower()}.cdx.json"


def write_checksums(made: Sequence[Path]) -> None:
    """SHA256SUMS, as `sha256sum -c` reads it."""
    lines = [f"{digest_of(path)}  {path.name}\n" for path in sorted(made)]
    (DIST / "SHA256SUMS").write_text("".join(lines), "utf-8", newline="\n")
    for path in sorted(made):
        say(f"build: dist/{path.name} ({path.stat().st_size / 1e6:.1f} MB)")
