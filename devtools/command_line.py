"""The commands of `dev.py`."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Dict, List, Sequence

from devtools.environment import ensure_venv, in_venv, read_stamp, venv_for
from devtools.locks import resolve
from devtools.pythons import SUPPORTED, find_python, use_a_supported_python
from devtools.suite import Run, check, run_all
from devtools.system_packages import (
    QT_LIBRARIES,
    REAL_TRAY,
    SIGN_IN,
    WEB_PAGES,
    ensure_system_libraries,
)
from devtools.terminal import EXIT_FAILED, EXIT_USAGE, ROOT, RefusedError, become, call, say


def has_display() -> bool:
    """Tell whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def setup(yes: bool) -> Path:
    """Everything that running and testing need."""
    wanted = [*QT_LIBRARIES, *REAL_TRAY, *SIGN_IN, *WEB_PAGES]
    ensure_system_libraries(wanted, "Qt and the tests of tray and sign-in", yes)
    return venv_for("test.txt", yes)


def command_setup(yes: bool, rest: List[str]) -> int:
    """Make the environment and install the system's libraries."""
    no_more(rest)
    venv = setup(yes)
    say(f"ready: {venv.name} (next: python3 dev.py run)")
    return 0


def command_run(yes: bool, rest: List[str]) -> int:
    """Start the tray app, or the same gateway without a window where there is no display."""
    if has_display():
        ensure_system_libraries(QT_LIBRARIES, "Qt", yes)
        venv = venv_for("run.txt", yes)
        become([in_venv(venv, "lingma-gateway"), "desktop", "--demo-fallback", *rest])
    say("no display (DISPLAY and WAYLAND_DISPLAY are unset): running the gateway without a window")
    venv = venv_for("base.txt", yes)
    become([in_venv(venv, "lingma-gateway"), "serve", "--demo-fallback", *rest])


def command_check(yes: bool, rest: List[str]) -> int:
    """Check format, lint, types and import contracts."""
    no_more(rest)
    failed = check(venv_for("test.txt", yes))
    say(f"check failed: {', '.join(failed)}" if failed else "check: all good")
    return 1 if failed else 0


def command_test(yes: bool, rest: List[str]) -> int:
    """Run everything that must hold; with arguments, pytest alone with these."""
    venv = setup(yes)
    if rest:
        return call([in_venv(venv, "python"), "-m", "pytest", *rest])
    # Two halves that take about as long as the engine's tests on another Python.
    runs = [
        Run("the window", venv, ("tests/gui",)),
        Run("everything else", venv, ("tests", "--ignore=tests/gui")),
    ]
    own = tuple(read_stamp(venv)["python"])
    for version in sorted(v for v in SUPPORTED if v != own):
        name = f"{version[0]}.{version[1]}"
        python = find_python(version)
        if not python:
            say(f"test: no Python {name} on this machine")
            continue
        other = ROOT / f".venv-{name}"
        ensure_venv(other, "test.txt", python, version, yes)
        # What watches over the sources says the same on every Python.
        parts = (
            "tests/unit",
            "--ignore=tests/unit/house",
            "tests/integration",
            "tests/gui/test_qt_start.py",
        )
        runs.append(Run(f"the engine and a start of Qt on Python {name}", other, parts))
    # The checks keep one core busy for minutes, and take no longer beside the tests.
    told: List[str] = []
    with ThreadPoolExecutor(1) as beside:
        checks = beside.submit(check, venv, told.append)
        passed, failed = run_all(runs)
        failed_checks = checks.result()
    print("\n".join(told), flush=True)
    if failed_checks:
        say(f"check failed: {', '.join(failed_checks)}")
    failed += len(failed_checks)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def command_bench(yes: bool, rest: List[str]) -> int:
    """Measure the gateway against a bare relay, in ratios."""
    return run_test_program("bench", venv_for("test.txt", yes), rest)


def command_shots(yes: bool, rest: List[str]) -> int:
    """Paint every window and panel into the folder DIR, without a screen."""
    if len(rest) != 1 or rest[0].startswith("-"):
        raise RefusedError("usage: dev.py shots DIR")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    ensure_system_libraries(QT_LIBRARIES, "Qt", yes)
    return run_test_program("shots", venv_for("test.txt", yes), [str(Path(rest[0]).resolve())])


def run_test_program(name: str, venv: Path, rest: Sequence[str]) -> int:
    """Run `tests.NAME` as a program."""
    places = (ROOT / "tests" / f"{name}.py", ROOT / "tests" / name / "__main__.py")
    if not any(place.exists() for place in places):
        raise RefusedError(f"tests/{name} does not exist yet")
    return call([in_venv(venv, "python"), "-m", f"tests.{name}", *rest])


def command_lock(yes: bool, rest: List[str]) -> int:
    """Resolve requirements/*.txt anew; `--upgrade` takes newer versions."""
    return resolve(yes, rest)


def command_build(yes: bool, rest: List[str]) -> int:
    """Build the application and its packages for this system into dist/.

    `--application` stops before the packages, `--packages` makes them of the application that
    build/ holds already, `--browser` adds the component with the browser.
    """
    from devtools.release.command import build

    return build(yes, rest)


def no_more(rest: List[str]) -> None:
    """Refuse arguments that the command does not take."""
    if rest:
        raise RefusedError(f"unknown argument: {rest[0]}")


COMMANDS: Dict[str, Callable[[bool, List[str]], int]] = {
    "setup": command_setup,
    "run": command_run,
    "test": command_test,
    "check": command_check,
    "bench": command_bench,
    "shots": command_shots,
    "lock": command_lock,
    "build": command_build,
}

HAND_ON = ("run", "test", "bench")
"""What follows these is another program's to read, `--help` too."""


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="dev.py", allow_abbrev=False)
    parser.add_argument("--yes", action="store_true", help="install with sudo without asking")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=(function.__doc__ or "").split("\n")[0],
            description=function.__doc__,
            add_help=name not in HAND_ON,
            allow_abbrev=False,
        )
        sub.add_argument(
            "--yes",
            action="store_true",
            default=argparse.SUPPRESS,
            help="install with sudo without asking",
        )
    known, rest = parser.parse_known_args(arguments)
    try:
        use_a_supported_python(arguments)
        return COMMANDS[known.command](known.yes, rest)
    except RefusedError as refused:
        print(f"dev.py: {refused}", file=sys.stderr)
        return EXIT_USAGE
    except OSError as error:
        # A full disk, a folder of somebody else's: what to mend is the system's to say.
        where = f"{error.filename}: " if error.filename else ""
        print(f"dev.py: {where}{error.strerror or error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return 130
