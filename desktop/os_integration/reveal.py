"""Opens folders, files and web pages with the programs the user has for them.

A frozen application points LD_LIBRARY_PATH at its own libraries; a file manager started with that
would load them and break, so it gets the user's own value back.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

LIBRARY_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
QT_VARIABLES = ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH")


def open_folder(place: str) -> bool:
    """Show the folder `place`, or the one that `place` lies in; False where nothing can."""
    path = Path(place)
    folder = next((f for f in (path, *path.parents) if f.is_dir()), None)
    return folder is not None and _open(str(folder), QUrl.fromLocalFile(str(folder)))


def open_page(url: str) -> bool:
    """Show a web page in the user's browser; False where nothing can."""
    return _open(url, QUrl(url))


def own_environ(environ: Mapping[str, str], *, is_frozen: bool) -> dict[str, str]:
    """The user's environment, without what a frozen application's loader put into it."""
    own = dict(environ)
    for name in LIBRARY_VARIABLES:
        original = own.pop(f"{name}_ORIG", None)
        if original is not None:
            own[name] = original
        elif is_frozen:
            own.pop(name, None)
    if is_frozen:
        for name in QT_VARIABLES:
            own.pop(name, None)
    return own


def _open(target: str, url: QUrl) -> bool:
    opener = shutil.which("xdg-open") if sys.platform == "linux" else None
    if opener is None:
        return QDesktopServices.openUrl(url)
    try:
        subprocess.Popen(
            # It hands over to a program that outlives us: a shell's `&`, so that nobody waits.
            ["/bin/sh", "-c", '"$0" "$1" >/dev/null 2>&1 &', opener, target],
            env=own_environ(os.environ, is_frozen=bool(getattr(sys, "frozen", False))),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        ).wait(5)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return True
