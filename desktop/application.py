"""The Qt application object."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class GatewayApplication(QApplication):
    """Lives without windows; turns the platform's Quit into a wish instead of closing windows."""

    quit_asked = Signal()
    file_opened = Signal(str)

    def __init__(self, argv: list[str]) -> None:
        super().__init__(argv)
        self.setApplicationName("lingma-gateway")
        self.setApplicationDisplayName("Lingma Gateway")
        self.setDesktopFileName("lingma-gateway")
        self.setQuitOnLastWindowClosed(False)

    def event(self, event: QEvent) -> bool:
        """Take Quit for ourselves."""
        if event.type() == QEvent.Type.Quit:
            self.quit_asked.emit()
            return True
        if isinstance(event, QFileOpenEvent):
            # How macOS hands over a file; elsewhere it stands on the command line.
            self.file_opened.emit(event.file())
            return True
        return super().event(event)
