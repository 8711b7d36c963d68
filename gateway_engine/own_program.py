"""This program as a child of its own, from source or from the built application; and what the
built application must not hand to programs that are not ours.

Every place that starts this program once more asks `own_command` and `own_environment`.
"""

import os
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Final

CONSOLE_PROGRAM: Final = "lingma-gateway"
WHOLE_PROGRAM: Final = "desktop"
LIBRARY_VARIABLES: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
BOOTLOADER_PREFIX: Final = "_PYI_"


def is_built() -> bool:
    """Whether this is the built application (PyInstaller's), not Python with our sources."""
    return bool(getattr(sys, "frozen", False))


def console_program() -> Path:
    """The built application's program for pipes and terminals.

    On Windows the one behind a double click has no standard streams; this one lies beside it.
    """
    own = Path(sys.executable)
    beside = own.with_name(CONSOLE_PROGRAM + own.suffix)
    return beside if beside.is_file() else own


def own_command(module: str, *arguments: str) -> tuple[str, ...]:
    """How this program is started with `arguments`; from source `module` is run instead, which
    does the same without the command's name (the first of `arguments`).
    """
    if is_built():
        return (str(console_program()), *arguments)
    return (sys.executable, "-P", "-m", module, *arguments[1:])


def this_program(*arguments: str) -> tuple[str, ...]:
    """The whole program with the command line `arguments`, as a user starts it."""
    if is_built():
        return (str(console_program()), *arguments)
    return (sys.executable, "-P", "-m", WHOLE_PROGRAM, *arguments)


def own_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` for `own_command`: from source, where our modules are."""
    if is_built():
        return dict(environ)
    source = str(Path(__file__).parents[1])
    search = os.pathsep.join(filter(None, (source, environ.get("PYTHONPATH"))))
    return {**environ, "PYTHONPATH": search}


def foreign_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without what the bootloader of the built application put there for itself.

    It points the search for libraries at the bundle, where other programs would find the wrong
    ones, and keeps the user's value beside it.
    """
    env = dict(environ)
    for name in LIBRARY_VARIABLES:
        original = env.pop(f"{name}_ORIG", None)
        if original is not None:
            env[name] = original
        elif is_built():
            env.pop(name, None)
    return {name: value for name, value in env.items() if not name.startswith(BOOTLOADER_PREFIX)}


def leave_the_bundle(environ: MutableMapping[str, str]) -> None:
    """Make `environ` (os.environ) what it was before the bootloader, for every child from now on.

    This process has its libraries already: the loader reads the variable once, at the start. A
    child that is ours again is then started by its bootloader like any first one.
    """
    kept = foreign_environment(environ)
    for name in list(environ):
        if name not in kept:
            del environ[name]
    for name, value in kept.items():
        if environ[name] != value:
            environ[name] = value


def enter_the_bundle(environ: MutableMapping[str, str]) -> None:
    """Make `environ` (os.environ) lead children to the bundle's libraries again.

    For a process whose children are programs of the bundle that no bootloader starts: Qt's
    browser. `foreign_environment` still finds the user's own value.
    """
    bundle = getattr(sys, "_MEIPASS", "")
    if not (is_built() and bundle and sys.platform.startswith("linux")):
        return
    name = LIBRARY_VARIABLES[0]
    users = environ.get(name)
    if users is not None:
        environ[f"{name}_ORIG"] = users
    environ[name] = os.pathsep.join(filter(None, (bundle, users)))
