"""A key that is copied: there to paste, and marked for programs that keep a history."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.os_integration.secret_clipboard import MARKS, copy_secret


def test_a_history_of_the_clipboard_is_asked_to_leave_it_out(
    qtbot: QtBot, qapp: QApplication
) -> None:
    clipboard = qapp.clipboard()
    copy_secret("canary-key")
    assert clipboard.text() == "canary-key"
    held = clipboard.mimeData()
    assert {name: held.data(name).data() for name in MARKS} == MARKS
    clipboard.setText("no secret")
    assert not any(clipboard.mimeData().hasFormat(name) for name in MARKS)
