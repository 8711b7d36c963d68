"""The way from one turn of a conversation to the turns before and after it."""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.icons import line_icon
from desktop.panels.panel import PanelContext
from desktop.widgets.styling import GAP
from gateway_engine.public import Record, Summary

BACK_KEYS, ON_KEYS = "Alt+Left", "Alt+Right"


class TurnButtons(QWidget):
    """Two arrows; one that leads nowhere is switched off and says so."""

    def __init__(
        self, context: PanelContext, go_to: Callable[[Summary], None], around: QWidget
    ) -> None:
        super().__init__()
        self._go_to = go_to
        self._turns: dict[str, Record | None] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP // 2)
        tokens = context.tokens
        self._buttons: dict[str, QToolButton] = {}
        for icon, keys in (("back", BACK_KEYS), ("forward", ON_KEYS)):
            button = QToolButton()
            button.setIcon(line_icon(icon, tokens.text, tokens.text_soft))
            button.clicked.connect(lambda _checked=False, icon=icon: self._go(icon))
            shortcut = QShortcut(QKeySequence(keys), around)
            shortcut.activated.connect(lambda icon=icon: self._go(icon))
            self._buttons[icon] = button
            row.addWidget(button)
        self.show_turns(None, None)

    def show_turns(self, before: Record | None, after: Record | None) -> None:
        """Lead to these."""
        self._turns = {"back": before, "forward": after}
        words = (
            ("back", BACK_KEYS, self.tr("Turn before"), self.tr("No turn before is recorded")),
            ("forward", ON_KEYS, self.tr("Turn after"), self.tr("No turn after is recorded yet")),
        )
        for icon, keys, there, none in words:
            button, is_there = self._buttons[icon], self._turns[icon] is not None
            button.setEnabled(is_there)
            button.setAccessibleName(there if is_there else none)
            native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{there} ({native})" if is_there else none)

    def _go(self, icon: str) -> None:
        turn = self._turns[icon]
        if turn is not None:
            self._go_to(turn.summary)
