"""What Qt and the tests need of the system, by Debian's names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Sequence

from devtools.terminal import call_quietly, say

# Debian's names; "a|b" means that either will do, and a is installed when neither is there.
OFFSCREEN = (
    "libglib2.0-0|libglib2.0-0t64", "libegl1", "libgl1", "libx11-6", "libdbus-1-3",
    "libfontconfig1", "libfreetype6", "libxkbcommon0", "libbrotli1",
    "fonts-wqy-zenhei|fonts-noto-cjk",
)  # fmt: skip
WINDOWS_ON_X11 = (
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxkbcommon-x11-0",
    "libxcb-render-util0", "libxcb-image0", "libxcb-randr0", "libxcb-shape0", "libxcb-sync1",
    "libxcb-xfixes0", "libxcb-xkb1", "libx11-xcb1",
)  # fmt: skip
WEB_PAGES = (
    "libnss3", "libasound2|libasound2t64", "libxcomposite1", "libxdamage1", "libxrandr2",
    "libxtst6", "libxkbfile1", "libgbm1", "libxcb-dri3-0", "libxfixes3",
)  # fmt: skip
QT_LIBRARIES = (*OFFSCREEN, *WINDOWS_ON_X11)
REAL_TRAY = ("xvfb", "dbus", "openbox", "tint2", "xdotool", "imagemagick", "x11-utils")
SIGN_IN = ("chromium|google-chrome-stable", "gnome-keyring", "dbus")


def missing_packages(wanted: Sequence[str], installed: set[str]) -> list[str]:
    """What to install so that of every "a|b" one is there."""
    groups = [entry.split("|") for entry in wanted]
    return [group[0] for group in groups if not installed.intersection(group)]


def parse_installed(listing: str) -> set[str]:
    """Read `dpkg-query`'s lines "name status"; a package that was removed is still listed."""
    lines = [line.split() for line in listing.splitlines()]
    return {words[0] for words in lines if words[1:] == ["installed"]}


def ensure_system_libraries(wanted: Sequence[str], why: str, yes: bool) -> None:
    """Install what is missing on Debian, or say what to install."""
    if not sys.platform.startswith("linux"):
        return
    if not shutil.which("dpkg-query"):
        say(f"not a Debian: {why} needs your system's names of {' '.join(wanted)}")
        return
    names = [name for entry in wanted for name in entry.split("|")]
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", *names]
    # It fails when it does not know one name, and tells of the others all the same.
    done = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    missing = missing_packages(wanted, parse_installed(done.stdout.decode()))
    if missing:
        install_debian_packages(missing, why, yes)


def install_debian_packages(packages: Sequence[str], why: str, yes: bool) -> bool:
    """Install as root, or with sudo after asking; otherwise print the one command."""
    apt_get = shutil.which("apt-get")
    if not apt_get:
        return False
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    prefix = [] if is_root else ["sudo", "env", "DEBIAN_FRONTEND=noninteractive"]
    sudo = "" if is_root else "sudo "
    install = ["install", "-y", "--no-install-recommends", *packages]
    command = f"{sudo}apt-get update && {sudo}apt-get {' '.join(install)}"
    if not is_root and not (shutil.which("sudo") and (yes or agreed(f"{why}: {command}"))):
        say(f"{why}: please run: {command}")
        return False
    say(f"{why}: installing {' '.join(packages)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Somebody else's apt may be at work: wait for it.
    quiet = ["-qq", "-o", "DPkg::Lock::Timeout=300"]
    call_quietly([*prefix, apt_get, "update", *quiet], env=env)
    if call_quietly([*prefix, apt_get, *quiet, *install], env=env):
        say(f"apt-get failed, going on without; to try again: {command}")
        return False
    return True


def agreed(question: str) -> bool:
    """Ask at a terminal; nobody there means no."""
    if not sys.stdin or not sys.stdin.isatty():
        return False
    return input(f"-- {question}\n   Do it now? [y/N] ").strip().lower() in ("y", "yes")
