"""A value to be read and copied: label, text in a fixed font, buttons."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.copy_button import CopyButton
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import GAP, label

FOLD_BELOW_EM = 17
MASK = "•" * 24


class ValueField(QWidget):
    """A read-only value with a Copy button, and a Reveal button when `secret`.

    `copy_wanted` asks the owner to put the value on the clipboard; a secret is never in the widget
    before it is revealed.
    """

    copy_wanted = Signal()

    def __init__(
        self,
        title: str,
        *,
        copy_text: str,
        copied_text: str,
        secret: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._value = ""
        self._is_secret = secret
        self._is_revealed = not secret
        self._reveal_icon, self._hide_icon = QIcon(), QIcon()
        self._reveal_text = self._hide_text = ""

        caption = label(title, "caption")
        self._line = QLineEdit()
        self._line.setReadOnly(True)
        self._line.setProperty("value", True)
        self._line.setAccessibleName(title)
        caption.setBuddy(self._line)
        self._copy = CopyButton(title, copy_text=copy_text, copied_text=copied_text)
        self._copy.clicked.connect(lambda _checked=False: self.copy_wanted.emit())
        self._reveal = QPushButton()
        self._reveal.setCheckable(True)
        if not secret:
            self._reveal.hide()
        self._reveal.toggled.connect(self._set_revealed)

        buttons = QWidget()
        beside = QHBoxLayout(buttons)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(GAP)
        beside.addWidget(self._reveal)
        beside.addWidget(self._copy)
        row = FoldingRow(FOLD_BELOW_EM, GAP)
        row.add(self._line, stretches=True)
        row.add(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption)
        column.addWidget(row)

    def set_icons(self, *, copy: QIcon, copied: QIcon) -> None:
        """Icons of the Copy button before and after."""
        self._copy.set_icons(copy=copy, copied=copied)

    def set_reveal(self, *, reveal: QIcon, hide: QIcon, reveal_text: str, hide_text: str) -> None:
        """Icons and names of the Reveal button."""
        self._reveal_icon, self._hide_icon = reveal, hide
        self._reveal_text, self._hide_text = reveal_text, hide_text
        self._set_revealed(self._is_revealed)

    def set_value(self, value: str, placeholder: str = "") -> None:
        """Show `value`, masked while it is a secret that is not revealed."""
        self._value = value
        self._line.setPlaceholderText(placeholder)
        self._copy.setEnabled(bool(value))
        self._reveal.setEnabled(bool(value))
        self._show_value()

    def _show_value(self) -> None:
        text = self._value if self._is_revealed or not self._value else MASK
        if self._line.text() != text:
            self._line.setText(text)
            self._line.setCursorPosition(0)

    def _set_revealed(self, revealed: bool) -> None:
        self._is_revealed = revealed or not self._is_secret
        self._reveal.setIcon(self._hide_icon if revealed else self._reveal_icon)
        name = self._hide_text if revealed else self._reveal_text
        self._reveal.setToolTip(name)
        self._reveal.setAccessibleName(name)
        self._show_value()
