"""A line to search a text or a tree with: what is looked for, which match of how many, on and back.

The bar searches nothing itself: its owner hears what is wanted and says what was found.
"""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from desktop.widgets.styling import label


class FindBar(QFrame):
    """Hidden until `open_with`. Enter and F3 go on, with Shift back; Escape closes."""

    wanted = Signal(str)
    """The text to look for has changed."""
    step_wanted = Signal(int)
    """To the next match (1) or the one before (-1)."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("findbar", True)
        self._line = QLineEdit()
        self._line.setPlaceholderText(self.tr("Find"))
        self._line.setAccessibleName(self.tr("Find"))
        self._line.setClearButtonEnabled(True)
        self._line.textChanged.connect(self.wanted)
        self._line.installEventFilter(self)
        self._count = label("", "small")
        back = self._button(Qt.ArrowType.UpArrow, self.tr("Previous match (Shift+F3)"))
        back.clicked.connect(lambda: self.step_wanted.emit(-1))
        on = self._button(Qt.ArrowType.DownArrow, self.tr("Next match (F3)"))
        on.clicked.connect(lambda: self.step_wanted.emit(1))
        close = self._button(None, self.tr("Close the search (Esc)"))
        close.setText("✕")
        close.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._line, 1)
        row.addWidget(self._count)
        row.addWidget(back)
        row.addWidget(on)
        row.addWidget(close)
        self.hide()

    def text(self) -> str:
        """What is looked for; "" while the bar is closed."""
        return "" if self.isHidden() else self._line.text()

    def open_with(self, text: str = "") -> None:
        """Show the bar, ready to type; `text` replaces what was looked for."""
        self.show()
        if text:
            self._line.setText(text)
        self._line.selectAll()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.wanted.emit(self._line.text())

    def close_bar(self) -> None:
        """Hide the bar; nothing is looked for any more."""
        self.hide()
        self._count.clear()
        self.closed.emit()

    def say(self, at: int, found: int, *, more: bool = False) -> None:
        """Tell which match this is, from 1, and of how many; `more`: there are still others."""
        if not self._line.text():
            self._count.clear()
        elif not found:
            self._count.setText(self.tr("No match"))
        else:
            total = f"{found}+" if more else str(found)
            self._count.setText(self.tr("{at} of {total}").format(at=at, total=total))
        self._count.setAccessibleName(self._count.text())

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key of the searched view means for its search; False when it means nothing."""
        if event.matches(QKeySequence.StandardKey.Find):
            self.open_with()
        elif event.key() == Qt.Key.Key_F3:
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.step_wanted.emit(-1 if is_back else 1)
        elif event.key() == Qt.Key.Key_Escape and self.isVisible():
            self.close_bar()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on from within the line."""
        if watched is self._line and isinstance(event, QKeyEvent):
            is_press = event.type() == QEvent.Type.KeyPress
            if is_press and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.step_wanted.emit(-1 if is_back else 1)
                return True
            if is_press and self.take_key(event):
                return True
        return super().eventFilter(watched, event)

    def _button(self, arrow: Qt.ArrowType | None, name: str) -> QToolButton:
        button = QToolButton()
        if arrow is not None:
            button.setArrowType(arrow)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
