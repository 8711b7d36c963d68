"""macOS: the .app signed with the hardened runtime, in a .dmg that is notarised."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path
from typing import List

from devtools.release.application import BUILD
from devtools.release.reproducible import build_environment
from devtools.terminal import ROOT, RefusedError, call_quietly, say

ENTITLEMENTS = ROOT / "packaging" / "macos" / "entitlements.plist"


def packages(app: Path, version: str, dist: Path) -> List[Path]:
    """Sign, pack, notarise; without an identity or a key of Apple's, say what was left out."""
    identity = os.environ.get("MACOS_SIGN_IDENTITY", "")
    sign(app, identity)
    folder = BUILD / "dmg"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(app, folder / app.name, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    target = dist / f"lingma-gateway-{version}-macos-{platform.machine()}.dmg"
    run("hdiutil", "create", "-quiet", "-fs", "HFS+", "-format", "UDZO", "-ov",
        "-volname", "Lingma Gateway", "-srcfolder", str(folder), str(target))  # fmt: skip
    if identity:
        run("codesign", "--sign", identity, "--timestamp", str(target))
        notarise(target)
    return [target]


def sign(app: Path, identity: str) -> None:
    """Sign the whole bundle from the inside out; ad hoc where there is no identity."""
    if not identity:
        say("build: signed ad hoc only (MACOS_SIGN_IDENTITY is not set)")
    common = ["codesign", "--force", "--sign", identity or "-", "--options", "runtime"]
    common += ["--timestamp"] if identity else []
    libraries = [p for p in sorted(app.rglob("*")) if p.suffix in (".so", ".dylib")]
    for path in libraries:
        if not path.is_symlink():
            run(*common, str(path))
    run(*common, "--entitlements", str(ENTITLEMENTS), str(app))
    run("codesign", "--verify", "--deep", "--strict", str(app))


def notarise(target: Path) -> None:
    """Have Apple check it, and staple the ticket; without a key, say so."""
    key = os.environ.get("MACOS_NOTARY_KEY_FILE", "")
    if not key:
        say("build: not notarised (MACOS_NOTARY_KEY_FILE is not set)")
        return
    run("xcrun", "notarytool", "submit", str(target), "--wait", "--key", key,
        "--key-id", os.environ.get("MACOS_NOTARY_KEY_ID", ""),
        "--issuer", os.environ.get("MACOS_NOTARY_ISSUER", ""))  # fmt: skip
    run("xcrun", "stapler", "staple", str(target))


def run(*command: str) -> None:
    """Run a program of macOS. Raises RefusedError."""
    if call_quietly(command, env=build_environment()):
        raise RefusedError(f"{command[0]} failed: its message is above")
