"""The console command `lingma-gateway`: the desktop, or anything else without loading Qt."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
SIGN_IN_WINDOW = "sign-in-window"
"""What the gateway starts to show a sign-in's page: no command for people."""

NO_QT = (
    "lingma-gateway: the desktop needs the extra 'desktop': pip install 'lingma-gateway[desktop]' "
    "(or run headless: lingma-gateway serve)"
)
QT_FAILS = (
    "lingma-gateway: the desktop cannot load Qt: {why}. Install your system's package of this "
    "library, or run headless: lingma-gateway serve"
)
NO_DISPLAY = (
    "lingma-gateway: no display found (DISPLAY and WAYLAND_DISPLAY are not set); "
    "run headless: lingma-gateway serve"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Ctrl-C ends it without a word, even as it loads."""
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _run(arguments: list[str]) -> int:
    if arguments == ["--self-test"]:
        from gateway_engine.cli.self_test import self_test

        return self_test(
            with_desktop=_has_qt(), offscreen=not has_display(os.environ, sys.platform)
        )
    if arguments == [SIGN_IN_WINDOW]:
        from desktop.browser.program import main as sign_in_window

        return sign_in_window()
    if not _is_desktop(arguments):
        from gateway_engine import cli

        return int(cli.main(arguments) or 0)
    from desktop.options import parse_options

    options = parse_options(arguments[1:] if arguments[:1] == ["desktop"] else arguments)
    if not _has_qt():
        return _refuse(NO_QT)
    if not options.quit and not has_display(os.environ, sys.platform):
        return _refuse(NO_DISPLAY)
    why = _why_qt_fails()
    if why:
        return _refuse(QT_FAILS.format(why=why))
    from desktop.app import run

    return run(options)


DESKTOP_OPTIONS = ("--minimized", "--upstream", "--demo-fallback", "--config", "--quit")


def _is_desktop(arguments: Sequence[str]) -> bool:
    """No command means the desktop, with or without its options."""
    if not arguments:
        return True
    first = arguments[0].split("=", 1)[0]
    return first == "desktop" or first in DESKTOP_OPTIONS


def _has_qt() -> bool:
    return find_spec("PySide6") is not None and find_spec("qasync") is not None


def _why_qt_fails() -> str:
    """Which of the system's libraries is missing, "" where none is."""
    try:
        import_module("PySide6.QtWidgets")
    except ImportError as error:
        return str(error)
    return ""


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a window can be shown. Only Unix desktops may be without."""
    if platform in ("win32", "darwin"):
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _refuse(line: str) -> int:
    sys.stderr.write(line + "\n")
    return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main())
