"""Whether the sign-in can be shown in a window of our own. Loads nothing."""

import ctypes
import os
import sys
from collections.abc import Mapping
from enum import Enum, auto
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ENGINE = "PySide6.QtWebEngineWidgets"
CLONE_NEWUSER: Final = 0x10000000  # linux/sched.h


class SandboxLack(Enum):
    """Why Chromium has no sandbox here and would refuse to run."""

    ROOT = auto()
    NAMESPACES = auto()


def is_installed() -> bool:
    """Whether the extra `browser` is there."""
    return find_spec("PySide6") is not None and find_spec(ENGINE) is not None


def sandbox_lack(environ: Mapping[str, str]) -> SandboxLack | None:
    """Why Chromium would refuse to run, which it does by crashing; None when it would run.

    Pages are not shown without a sandbox; whoever tests may do so, by Qt's own variable. Forks:
    called before there are threads.
    """
    if not sys.platform.startswith("linux"):
        return None
    if environ.get("QTWEBENGINE_DISABLE_SANDBOX") == "1":
        return None
    if os.geteuid() == 0:
        return SandboxLack.ROOT
    return None if gives_namespaces() else SandboxLack.NAMESPACES


def gives_namespaces() -> bool:
    """Whether this program may make a user namespace and be somebody in it, tried in a child.

    Ubuntu's AppArmor lets every program make one and lets it do nothing there, unless a profile
    says otherwise; a chroot, a hardened kernel and most containers refuse at once.
    """
    if not sys.platform.startswith("linux"):
        return True
    user, group = os.geteuid(), os.getegid()
    child = os.fork()
    if child == 0:
        try:
            if ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0:
                own = Path("/proc/self")
                (own / "setgroups").write_text("deny", "ascii")
                (own / "gid_map").write_text(f"{group} {group} 1", "ascii")
                (own / "uid_map").write_text(f"{user} {user} 1", "ascii")
                os._exit(0)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0
