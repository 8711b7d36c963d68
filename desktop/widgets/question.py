"""Asks before something is done: a message box that is opened, never run in a loop of its own."""

from collections.abc import Callable

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget


def ask(
    parent: QWidget,
    text: str,
    yes: str,
    then: Callable[[], None],
    *,
    details: str = "",
    destructive: bool = False,
) -> QMessageBox:
    """Ask `text` with the buttons `yes` and Cancel; `then` is called when the answer is yes.

    What cannot be taken back is `destructive`: Return then means Cancel. The box deletes itself.
    """
    box = QMessageBox(parent)
    icon = QMessageBox.Icon.Warning if destructive else QMessageBox.Icon.Question
    box.setIcon(icon)
    box.setText(text)
    box.setInformativeText(details)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    cancel.setIcon(QIcon())  # some desktops' themes paint a coloured one
    box.setDefaultButton(cancel if destructive else accept)
    box.setEscapeButton(cancel)

    def answered(_result: int) -> None:
        if box.clickedButton() is accept:
            then()
        box.deleteLater()

    box.finished.connect(answered)
    box.open()
    return box
