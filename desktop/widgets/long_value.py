"""A value too long to be read whole, such as a path: shortened in its middle, copied whole."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets.copy_button import CopyButton
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.styling import GAP, label

FOLD_BELOW_EM = 14


class LongValue(QWidget):
    """`copy_wanted` asks the owner to put the value on the clipboard."""

    copy_wanted = Signal()

    def __init__(
        self, title: str, *, copy_text: str, copied_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._value = captioned(ElidedLabel(), title)
        self._copy = CopyButton(title, copy_text=copy_text, copied_text=copied_text)
        self._copy.clicked.connect(lambda _checked=False: self.copy_wanted.emit())
        row = FoldingRow(FOLD_BELOW_EM, GAP)
        row.add(self._value, stretches=True)
        row.add(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(title, "caption", wraps=True))
        column.addWidget(row)

    def set_icons(self, *, copy: QIcon, copied: QIcon) -> None:
        """Icons of the Copy button before and after."""
        self._copy.set_icons(copy=copy, copied=copied)

    def set_value(self, value: str, placeholder: str = "") -> None:
        """Show `value`; `placeholder` where there is none."""
        show_value(self._value, value or placeholder)
        self._copy.setEnabled(bool(value))
