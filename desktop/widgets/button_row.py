"""Buttons side by side at the left edge; below each other where there is no room."""

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.styling import GAP

FOLD_BELOW_EM = 16


class ButtonRow(FoldingRow):
    """Every button keeps its own width."""

    def __init__(self, buttons: Sequence[QPushButton], parent: QWidget | None = None) -> None:
        super().__init__(FOLD_BELOW_EM, GAP, parent)
        for button in buttons:
            self.add(button)
        filler = QWidget()
        filler.setMaximumHeight(0)  # it takes the width beside them, no height below them
        self.add(filler, stretches=True)
