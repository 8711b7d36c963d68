"""A few lines in a fixed font, as high as they need, with a Copy button."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.widgets.copy_button import CopyButton
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import GAP, label

MOST_LINES = 16
FOLD_BELOW_EM = 14


class CodeBlock(QWidget):
    """Read-only text below its title. `copy_wanted` asks the owner to fill the clipboard: what is
    shown may be less than what is copied."""

    copy_wanted = Signal()

    def __init__(
        self, title: str, *, copy_text: str, copied_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        caption = label(title, "caption", wraps=True)
        caption.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._text = _Text()
        self._text.setAccessibleName(title)
        caption.setBuddy(self._text)
        self._copy = CopyButton(title, copy_text=copy_text, copied_text=copied_text)
        self._copy.clicked.connect(lambda _checked=False: self.copy_wanted.emit())
        head = FoldingRow(FOLD_BELOW_EM, GAP)
        head.add(caption, stretches=True)
        head.add(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(head)
        column.addWidget(self._text)

    def set_icons(self, *, copy: QIcon, copied: QIcon) -> None:
        """Icons of the Copy button before and after."""
        self._copy.set_icons(copy=copy, copied=copied)

    def set_text(self, text: str) -> None:
        """Show other lines."""
        if text != self._text.toPlainText():
            self._text.setPlainText(text)
        self._copy.setEnabled(bool(text))

    def text(self) -> str:
        """What is shown."""
        return self._text.toPlainText()


class _Text(QPlainTextEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setProperty("code", True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other folds, another height."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """A few letters: long lines are folded."""
        return QSize(self.fontMetrics().averageCharWidth() * 12, super().minimumSizeHint().height())

    def _fit(self) -> None:
        lines = min(MOST_LINES, max(1, round(self.document().size().height())))
        frame = self.height() - self.viewport().height()
        margins = 2 * round(self.document().documentMargin())
        height = lines * self.fontMetrics().lineSpacing() + margins + max(frame, 16)
        if self.minimumHeight() != height:
            self.setFixedHeight(height)
