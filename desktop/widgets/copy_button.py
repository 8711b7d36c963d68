"""A Copy button that says for a moment that it has copied."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.widgets.button_icon import show_icon

COPIED_SHOWN_MS = 1600


class CopyButton(QPushButton):
    """`what` is copied, for those who hear it. Its owner fills the clipboard on `clicked`."""

    def __init__(
        self, what: str, *, copy_text: str, copied_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(copy_text, parent)
        self._copy_text, self._copied_text = copy_text, copied_text
        self._copy_icon, self._copied_icon = QIcon(), QIcon()
        self.setAccessibleName(f"{copy_text}: {what}")
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(COPIED_SHOWN_MS)
        self._back.timeout.connect(self._show_copy)
        self.clicked.connect(self._copied)

    def set_icons(self, *, copy: QIcon, copied: QIcon) -> None:
        """Icons before and after."""
        self._copy_icon, self._copied_icon = copy, copied
        # As wide as either word needs: what stands beside it must not move under the mouse.
        self.ensurePolished()
        self._show_copied()
        width = self.sizeHint().width()
        self._show_copy()
        self.setMinimumWidth(max(width, self.sizeHint().width()))

    def _copied(self) -> None:
        self._show_copied()
        self._back.start()

    def _show_copied(self) -> None:
        self.setText(self._copied_text)
        show_icon(self, self._copied_icon)

    def _show_copy(self) -> None:
        self.setText(self._copy_text)
        show_icon(self, self._copy_icon)
