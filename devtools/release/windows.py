"""Windows: the per-user installer, and the folder as an archive."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import List, Sequence

from devtools.release.reproducible import build_environment
from devtools.terminal import ROOT, RefusedError, call_quietly, say

SCRIPT = ROOT / "packaging" / "windows" / "installer.nsi"
PROGRAMS = ("lingma-gateway.exe", "Lingma Gateway.exe")


def packages(folder: Path, icons: Path, version: str, dist: Path) -> List[Path]:
    """Sign the programs when there is a certificate, make the installer, sign that too."""
    sign([folder / name for name in PROGRAMS])
    made = installer(folder, icons, version, dist / f"lingma-gateway-{version}-windows-x64.exe")
    sign([made])
    archive = dist / f"lingma-gateway-{version}-windows-x64"
    shutil.make_archive(str(archive), "zip", folder.parent, folder.name)
    return [made, archive.with_name(f"{archive.name}.zip")]


def installer(folder: Path, icons: Path, version: str, target: Path) -> Path:
    """Compile the installer of what lies in `folder`."""
    makensis = shutil.which("makensis") or str(
        Path(os.environ.get("PROGRAMFILES(X86)", "")) / "NSIS" / "makensis.exe"
    )
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1024
    words = {
        "VERSION": version,
        "SOURCE": str(folder.resolve()),
        "ICON": str((icons / "lingma-gateway.ico").resolve()),
        "LICENCE": str(ROOT / "LICENSE"),
        "TARGET": str(target.resolve()),
        "SIZE_KB": str(size),
    }
    command = [makensis, "-V2", "-WX", "-INPUTCHARSET", "UTF8"]
    command += [f"-D{name}={value}" for name, value in words.items()]
    if call_quietly([*command, SCRIPT], env=build_environment()):
        raise RefusedError("makensis failed: its message is above")
    return target


def sign(files: Sequence[Path]) -> None:
    """Sign with signtool and the certificate of the environment; without one, say so."""
    certificate = os.environ.get("WINDOWS_CERTIFICATE_FILE", "")
    if not certificate:
        say("build: not signed (WINDOWS_CERTIFICATE_FILE is not set)")
        return
    command = ["signtool", "sign", "/fd", "SHA256", "/td", "SHA256", "/f", certificate]
    command += ["/p", os.environ.get("WINDOWS_CERTIFICATE_PASSWORD", "")]
    command += ["/tr", os.environ.get("WINDOWS_TIMESTAMP_URL", "http://timestamp.digicert.com")]
    if call_quietly([*command, *files]):
        raise RefusedError("signtool failed: its message is above")
