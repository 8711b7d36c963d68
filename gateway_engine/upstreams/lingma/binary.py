"""Where the Lingma program lives on this machine, and where it was looked for."""

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MACHINES: Final = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64"}
_SYSTEMS: Final = {"linux": "linux", "darwin": "darwin", "win32": "windows"}


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: the program or None, and every pattern that was looked at, in order."""

    program: Path | None
    looked_at: tuple[str, ...]


def platform_name() -> str:
    """This machine in the vendor's words, like x86_64_linux."""
    machine = platform.machine().lower()
    system = _SYSTEMS.get(sys.platform, sys.platform)
    return f"{_MACHINES.get(machine, machine)}_{system}"


def program_name() -> str:
    """The file name of the program."""
    return "Lingma.exe" if sys.platform == "win32" else "Lingma"


def find_lingma(
    *, home: Path, environ: Mapping[str, str], downloads: Path, prefer_downloads: bool = False
) -> Discovery:
    """Look in the plugin's folders, the desktop apps, the VS Code extension, our downloads.

    Among the downloads the one in use comes first; with `prefer_downloads` they all do.
    """
    looked: list[str] = []
    own = list(_downloaded(downloads))
    others = list(_places(home, environ))
    for folder, pattern in (*own, *others) if prefer_downloads else (*others, *own):
        looked.append(str(folder / pattern))
        found = sorted(folder.glob(pattern), key=_version_key, reverse=True)
        for program in found:
            if is_program(program):
                return Discovery(program, tuple(looked))
    return Discovery(None, tuple(looked))


def is_program(file: Path) -> bool:
    """True for a file this user may run."""
    return file.is_file() and os.access(file, os.X_OK)


def chosen_version(downloads: Path) -> str:
    """The name of the downloaded version in use, "" when none was chosen."""
    try:
        name = (downloads / "current").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return name if re.fullmatch(r"[A-Za-z0-9][\w.+-]*", name) else ""


def _downloaded(downloads: Path) -> Iterator[tuple[Path, str]]:
    here, name, chosen = platform_name(), program_name(), chosen_version(downloads)
    if chosen:
        yield downloads, f"{chosen}/{here}/{name}"
    yield downloads, f"*/{here}/{name}"


def _places(home: Path, environ: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    here, name = platform_name(), program_name()
    for vendor in (".lingma", ".qodercn"):
        yield home / vendor / "bin", f"*/{here}/{name}"
    if sys.platform == "darwin":
        for root in (Path("/Applications"), home / "Applications"):
            yield root, f"Lingma.app/Contents/Resources/app/resources/bin/{here}/{name}"
    if sys.platform == "win32" and environ.get("LOCALAPPDATA"):
        programs = Path(environ["LOCALAPPDATA"]) / "Programs"
        yield programs, f"Lingma/resources/app/resources/bin/{here}/{name}"
    for editor in (".vscode", ".vscode-server", ".vscode-insiders"):
        extensions = home / editor / "extensions"
        yield extensions, f"alibaba-cloud.tongyi-lingma-*/dist/bin/*/{here}/{name}"
        yield extensions, f"alibaba-cloud.tongyi-lingma-*/**/{here}/{name}"


def _version_key(file: Path) -> tuple[tuple[int, ...], str]:
    """Newest version first: the numbers of the last version-like folder of the path."""
    versions = [re.findall(r"\d+", part) for part in file.parts if re.search(r"\d+\.\d+", part)]
    return tuple(int(number) for number in versions[-1]) if versions else (), str(file)
