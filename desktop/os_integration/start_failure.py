"""Says why the desktop cannot start where its user will see it.

In a terminal that is one line on stderr. Started by a double click nobody reads stderr: there it
is a message window as well.
"""

import os
import sys
from collections.abc import Mapping

from PySide6.QtWidgets import QApplication, QMessageBox

LAUNCHER_VARIABLES = ("GIO_LAUNCHED_DESKTOP_FILE", "XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")


def report_start_failure(line: str, code: int, *, shown: str = "") -> int:
    """Tell the user; returns `code`. `shown`: the same in the user's language, for the window."""
    if sys.stderr is not None:
        sys.stderr.write(f"lingma-gateway: {line}\n")
    if was_double_clicked(os.environ):
        _show_window(shown or line)
    return code


def was_double_clicked(environ: Mapping[str, str]) -> bool:
    """Whether a desktop's launcher started us, not a terminal or a script."""
    return sys.stderr is None or any(environ.get(name) for name in LAUNCHER_VARIABLES)


def _show_window(line: str) -> None:
    application = QApplication.instance()
    message = QMessageBox(QMessageBox.Icon.Critical, "Lingma Gateway", line)
    message.finished.connect(lambda _code: application.exit(0) if application else None)
    message.open()
    if application is not None:
        application.exec()
