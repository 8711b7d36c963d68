"""Asks before something is done: a message box that is opened, never run in a loop of its own."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.widgets.status_shapes import Shape, paint_shape

MARK_EM = 2
"""Of the mark beside the words, in lines of them."""


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
    box.setIconPixmap(mark(parent, is_warning=destructive))
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


def mark(parent: QWidget, *, is_warning: bool) -> QPixmap:
    """The house's own mark in the theme's colours: the system's icons know neither."""
    side, ratio = MARK_EM * parent.fontMetrics().height(), parent.devicePixelRatioF()
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    shape, role = Shape.INFO, QPalette.ColorRole.Highlight
    if is_warning:
        shape, role = Shape.TRIANGLE, QPalette.ColorRole.BrightText
    palette = parent.palette()
    painter = QPainter(pixmap)
    paint_shape(
        painter,
        QRectF(0, 0, side, side),
        shape,
        palette.color(role),
        palette.color(QPalette.ColorRole.Window),
    )
    painter.end()
    return pixmap
