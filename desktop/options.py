"""What may stand on the desktop's command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

EXIT_USAGE = 2


@dataclass(frozen=True, slots=True)
class DesktopOptions:
    """`lingma-gateway [desktop] …`"""

    minimized: bool = False
    upstream: str = "auto"
    demo_fallback: bool = False
    config_file: Path | None = None
    quit: bool = False
    file: Path | None = None


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def parse_options(argv: Sequence[str]) -> DesktopOptions:
    """Read the options; a mistake ends the program with exit 2 and one line, as everywhere."""
    parser = _Parser(
        prog="lingma-gateway desktop",
        description="The tray application. A second launch shows the first one's window.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--minimized", action="store_true", help="start in the tray, without the window"
    )
    parser.add_argument(
        "--upstream",
        default="auto",
        metavar="auto|demo|PATH",
        help="which program answers (default: the Lingma found on this computer)",
    )
    parser.add_argument(
        "--demo-fallback",
        action="store_true",
        help="use the bundled demo when no Lingma is found",
    )
    parser.add_argument("--config", type=Path, metavar="F", help="settings file")
    parser.add_argument(
        "--quit", action="store_true", help="ask the running one to quit, and wait until it has"
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a login bundle to open")
    found = parser.parse_args(argv)
    return DesktopOptions(
        minimized=found.minimized,
        upstream=found.upstream,
        demo_fallback=found.demo_fallback,
        config_file=found.config,
        quit=found.quit,
        file=found.file,
    )
