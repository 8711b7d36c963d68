"""Which Chrome, Edge or Chromium is installed here; none is ever downloaded."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

LINUX_NAMES: Final = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
    "brave-browser",
)
MAC_PATHS: Final = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
)
WINDOWS_PATHS: Final = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
WINDOWS_ROOTS: Final = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")

HOW_TO_GET: Final = (
    "no Chrome, Edge or Chromium was found: install one (Debian and Ubuntu: apt install chromium;"
    " Windows has Edge; macOS: Google Chrome), or sign in with `lingma-gateway login`"
)


def find_browser(environ: Mapping[str, str], *, platform: str = sys.platform) -> str:
    """The program of an installed browser, "" when there is none."""
    for candidate in _candidates(environ, platform):
        if candidate:
            return candidate
    return ""


def _candidates(environ: Mapping[str, str], platform: str) -> Iterator[str]:
    if platform == "win32":
        for root in WINDOWS_ROOTS:
            for path in WINDOWS_PATHS if environ.get(root) else ():
                yield _existing(Path(environ[root]) / path)
    elif platform == "darwin":
        for applications in (Path("/Applications"), Path.home() / "Applications"):
            for path in MAC_PATHS:
                yield _existing(applications / path)
    else:
        for name in LINUX_NAMES:
            yield shutil.which(name, path=environ.get("PATH")) or ""


def _existing(file: Path) -> str:
    return str(file) if file.is_file() else ""
