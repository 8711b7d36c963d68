"""Opens folders, files and web pages with the programs the user has for them.

What the built application's loader set for this process is not handed on: a file manager or a
browser that loaded our libraries and Qt plugins would break.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from gateway_engine.public import foreign_environment, is_built, without_secrets

QT_VARIABLES = ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH")


def open_folder(place: str) -> bool:
    """Show the folder `place`, or the one that `place` lies in; False where nothing can."""
    path = Path(place)
    folder = next((f for f in (path, *path.parents) if f.is_dir()), None)
    return folder is not None and _open(str(folder), QUrl.fromLocalFile(str(folder)))


def open_file(file: Path) -> bool:
    """Show a file in the program the user has for its kind; False where nothing can."""
    return _open(str(file), QUrl.fromLocalFile(str(file)))


def open_page(url: str) -> bool:
    """Show a web page in the user's browser; False where nothing can."""
    return _open(url, QUrl(url))


def users_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` for a program of the user's: without our libraries, our Qt and our secrets."""
    own = without_secrets(foreign_environment(environ))
    if is_built():
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
            env=users_environment(os.environ),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        ).wait(5)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return True
