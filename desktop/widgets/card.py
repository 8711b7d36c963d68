"""A raised surface that groups what belongs together, and a thin rule to part it."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.widgets.styling import GAP, PADDING, label


class Card(QFrame):
    """A titled surface; add to `body`. Its title is its name for screen readers."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(PADDING, PADDING - 4, PADDING, PADDING)
        self.body.setSpacing(GAP)
        if title:
            self.setAccessibleName(title)
            self.body.addWidget(label(title, "heading"))


class Rule(QFrame):
    """A horizontal line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("rule", True)
