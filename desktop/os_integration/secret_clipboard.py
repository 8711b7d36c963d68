"""A secret on the clipboard: programs that keep a history of it are asked to leave it out.

KDE's Klipper and those that follow it read one mark, the history of Windows another; who knows
neither keeps it, as any text that is copied.
"""

from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

MARKS: Final = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"\0",
}


def copy_secret(text: str) -> None:
    """Put a text that holds a secret on the clipboard; called on the UI thread."""
    data = QMimeData()
    data.setText(text)
    for name, value in MARKS.items():
        data.setData(name, value)
    QGuiApplication.clipboard().setMimeData(data)
