"""Which Python: the one that runs us, another one on this machine, or none."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Iterator, Sequence, Tuple

from devtools.terminal import ROOT, RefusedError, answer, become, say

Version = Tuple[int, int]
SUPPORTED: Tuple[Version, ...] = ((3, 12), (3, 13), (3, 11))  # the order of preference


def is_supported(version: Sequence[int]) -> bool:
    """Tell whether the product runs on this Python."""
    return tuple(version[:2]) in SUPPORTED


def refusal(version: Sequence[int]) -> str:
    """Say why this Python will not do and how to get one that will."""
    why = "its Qt event loop (qasync) stops below 3.14" if tuple(version) >= (3, 14) else "too old"
    return (
        f"Lingma Gateway needs Python 3.11, 3.12 or 3.13. This is {version[0]}.{version[1]} "
        f"({why}), and no other was found on this machine.\n"
        "Install one, then run the same command again:\n"
        "  Debian, Ubuntu   apt-get install python3 python3-venv   (or pyenv install 3.12)\n"
        "  Fedora           dnf install python3.12\n"
        "  macOS            brew install python@3.12\n"
        "  Windows          winget install Python.Python.3.12"
    )


def candidates(version: Version) -> Iterator[list[str]]:
    """Where a Python of this version may be, likeliest first."""
    name = f"python{version[0]}.{version[1]}"
    on_path = shutil.which(name)
    if on_path:
        yield [on_path]
    if os.name == "nt":
        launcher = shutil.which("py")
        if launcher:
            yield [launcher, f"-{version[0]}.{version[1]}"]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    pattern = f"{version[0]}.{version[1]}.*"
    for folder in sorted(pyenv.glob(f"versions/{pattern}"), reverse=True):
        yield [str(folder / "bin" / "python")]
    for folder in sorted(pyenv.glob(f"pyenv-win/versions/{pattern}"), reverse=True):
        yield [str(folder / "python.exe")]
    for place in ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"):
        if (Path(place) / name).exists():
            yield [str(Path(place) / name)]


def find_python(version: Version) -> Path | None:
    """Find a Python of this version that starts: a shim on PATH may lead nowhere."""
    show = "import sys; print(*sys.version_info[:2], sys.executable)"
    for command in candidates(version):
        words = (answer([*command, "-c", show]) or "").split(" ", 2)
        if words[:2] == [str(version[0]), str(version[1])]:
            return Path(words[2])
    return None


def use_a_supported_python(arguments: Sequence[str]) -> None:
    """Return on a supported Python; elsewhere go on in another one, or refuse."""
    own = sys.version_info[:2]
    if is_supported(own):
        return
    for version in SUPPORTED:
        python = find_python(version)
        if python:
            say(f"Python {own[0]}.{own[1]} will not do: using {python}")
            become([python, ROOT / "dev.py", *arguments])
    raise RefusedError(refusal(own))
