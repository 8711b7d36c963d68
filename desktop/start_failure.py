"""Says why the desktop cannot start where its user will see it.

In a terminal that is one line on stderr. Started by a double click, or by the system at the login,
nobody reads stderr: there it is a window as well, with the file in it that has to be mended.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QGridLayout, QMessageBox, QSpacerItem

from desktop.i18n import Language
from desktop.options import DesktopOptions
from desktop.os_integration.reveal import open_file
from desktop.preferences import Preferences
from desktop.theme import Theme
from desktop.tray_icon import tray_icon
from desktop.tray_state import TrayState
from desktop.widgets.question import mark

LAUNCHER_VARIABLES = ("GIO_LAUNCHED_DESKTOP_FILE", "XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
LEAST_WIDTH_EM = 28


class StartFailure:
    """How a failed start is told in this application, in the user's language and colours."""

    def __init__(
        self, application: QApplication, options: DesktopOptions, look: Preferences
    ) -> None:
        self._application = application
        self._options = options
        self._look = look

    def report(
        self, line: str, code: int, *, words: Callable[[], str], file: Path | None = None
    ) -> int:
        """Tell the user; returns `code`. `words`: `line` in the user's language, for the window;
        `file`: what has to be mended, when that is a file.
        """
        if sys.stderr is not None:
            sys.stderr.write(f"lingma-gateway: {line}\n")
        is_read = sys.stderr is not None and sys.stderr.isatty()
        if is_window_wanted(os.environ, at_login=self._options.minimized, is_read=is_read):
            self._show(words, file)
        return code

    def _show(self, words: Callable[[], str], file: Path | None) -> None:
        Language(self._application).install(self._look.language)
        Theme(self._application).apply(self._look.theme)
        box = failure_box(words(), file)
        box.finished.connect(lambda _code: self._application.exit(0))
        box.open()
        box.raise_()
        self._application.exec()


def is_window_wanted(environ: Mapping[str, str], *, at_login: bool, is_read: bool) -> bool:
    """Whether a desktop's launcher or the login started us, not a terminal or a script.

    Sessions tell a program of the login in no common way: that it starts minimised is all there is.
    """
    if is_read:
        return False
    return sys.stderr is None or at_login or any(environ.get(name) for name in LAUNCHER_VARIABLES)


def failure_box(text: str, file: Path | None) -> QMessageBox:
    """The window; where `file` is one that can be opened, with a button that opens it."""
    translate = QCoreApplication.translate
    box = QMessageBox()
    box.setWindowTitle("Lingma Gateway")
    box.setWindowIcon(tray_icon(TrayState.ERROR, demo=False))
    box.setIconPixmap(mark(box, is_warning=True))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(translate("StartFailure", "Lingma Gateway cannot start"))
    box.setInformativeText(text)
    close = box.addButton(QMessageBox.StandardButton.Close)
    close.setIcon(QIcon())  # some desktops' themes paint one that is not for our colours
    box.setDefaultButton(close)
    box.setEscapeButton(close)
    if file is not None and file.is_file():
        there = file
        opener = box.addButton(
            translate("StartFailure", "Open the settings file"), QMessageBox.ButtonRole.ActionRole
        )
        opener.clicked.disconnect()  # else it closed the window: what it says is still needed
        opener.clicked.connect(lambda _checked=False: open_file(there))
        box.setDefaultButton(opener)
    rows = box.layout()
    if isinstance(rows, QGridLayout):  # as Qt makes it: else what it says is a column of words
        width = LEAST_WIDTH_EM * box.fontMetrics().height()
        rows.addItem(QSpacerItem(width, 0), rows.rowCount(), 0, 1, rows.columnCount())
    return box


def running_elsewhere(url: str) -> str:
    """A gateway without a window holds the data folder; `url` is where it answers, "" unknown."""
    translate = QCoreApplication.translate
    if not url:
        return translate(
            "StartFailure",
            "A gateway without a window runs already and uses the same data. Stop it, then start "
            "Lingma Gateway again.",
        )
    return translate(
        "StartFailure",
        "A gateway without a window runs already, at {url}, and uses the same data. Stop it, then "
        "start Lingma Gateway again.",
    ).format(url=url)


def unusable(where: str, why: str) -> str:
    """A file or folder that cannot be used; `why` is the system's own word."""
    return QCoreApplication.translate(
        "StartFailure",
        "{where} cannot be used: {why}. Check the folder's permissions and the disk.",
    ).format(where=where, why=why)
