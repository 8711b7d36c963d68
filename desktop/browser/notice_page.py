"""What is shown in place of a web page: what is wrong, and what to do."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.styling import GAP, GAP_LARGE, label

MOST_WIDTH = 560


class NoticePage(QWidget):
    """Title, text, buttons, in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self._title = label("", "title", wraps=True)
        self._text = label("", wraps=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(GAP)
        self._buttons.addStretch(1)

        inner = QWidget()
        inner.setMaximumWidth(MOST_WIDTH)
        column = QVBoxLayout(inner)
        column.setSpacing(GAP_LARGE)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(self._buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(32, 32, 32, 32)
        # Stretches, no alignment: only so do the lines get the height they need at this width.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(inner, 100)
        middle.addStretch(1)
        outer.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(2)

    def say(self, title: str, text: str) -> None:
        """Change the words."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def add_button(self, text: str, on_click: Callable[[], None]) -> QPushButton:
        """Offer something to do; the first is the one to take."""
        button = QPushButton(text)
        if self._buttons.count() == 1:
            button.setProperty("kind", "primary")
        button.clicked.connect(lambda _checked=False: on_click())
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        return button
