"""A value too long to be read whole, such as a path: shortened in its middle, copied whole."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import GAP, label

COPIED_SHOWN_MS = 1600
FOLD_BELOW_EM = 14


class LongValue(QWidget):
    """`copy_wanted` asks the owner to put the value on the clipboard."""

    copy_wanted = Signal()

    def __init__(
        self, title: str, *, copy_text: str, copied_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._copy_text, self._copied_text = copy_text, copied_text
        self._copy_icon, self._copied_icon = QIcon(), QIcon()
        self._value = ElidedLabel()
        self._value.setAccessibleName(title)
        self._copy = QPushButton(copy_text)
        self._copy.setAccessibleName(f"{copy_text}: {title}")
        self._copy.clicked.connect(self._copied)
        row = FoldingRow(FOLD_BELOW_EM, GAP)
        row.add(self._value, stretches=True)
        row.add(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(title, "caption", wraps=True))
        column.addWidget(row)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(COPIED_SHOWN_MS)
        self._back.timeout.connect(self._show_copy)

    def set_icons(self, *, copy: QIcon, copied: QIcon) -> None:
        """Icons of the Copy button before and after."""
        self._copy_icon, self._copied_icon = copy, copied
        # As wide as either word needs: what stands beside it must not move under the mouse.
        self._copy.ensurePolished()
        self._show_copied()
        width = self._copy.sizeHint().width()
        self._show_copy()
        self._copy.setMinimumWidth(max(width, self._copy.sizeHint().width()))

    def set_value(self, value: str, placeholder: str = "") -> None:
        """Show `value`; `placeholder` where there is none."""
        self._value.setText(value or placeholder)
        self._copy.setEnabled(bool(value))

    def _copied(self) -> None:
        self.copy_wanted.emit()
        self._show_copied()
        self._back.start()

    def _show_copied(self) -> None:
        self._copy.setText(self._copied_text)
        self._copy.setIcon(self._copied_icon)

    def _show_copy(self) -> None:
        self._copy.setText(self._copy_text)
        self._copy.setIcon(self._copy_icon)
