"""A switch beside words that wrap: what it is, and a line of explanation."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.widgets.styling import label
from desktop.widgets.toggle_switch import ToggleSwitch


class SwitchRow(QWidget):
    """Clicked anywhere, it asks. Only `show_on` changes what it shows."""

    wanted = Signal(bool)
    """The user wants it on, or off."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.switch = ToggleSwitch()
        self.switch.setAccessibleName(title)
        self.switch.setAccessibleDescription(text)
        self.switch.clicked.connect(self.wanted)
        words = label(title, "strong", wraps=True)
        words.setBuddy(self.switch)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(words, 0, 0)
        grid.addWidget(label(text, "small", wraps=True), 1, 0)
        grid.addWidget(self.switch, 0, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)

    def show_on(self, on: bool, *, enabled: bool = True) -> None:
        """Show what holds."""
        self.switch.setChecked(on)
        self.setEnabled(enabled)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The words are part of the switch."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.switch.setFocus(Qt.FocusReason.MouseFocusReason)
            self.switch.click()
