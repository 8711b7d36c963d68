"""What stands in place of a page's content while there is none: a mark, why, and what to do."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.panels.panel import PanelContext
from desktop.state import EnginePhase
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, PADDING, label

MARK_PX = 40
_MIDDLE = Qt.AlignmentFlag.AlignHCenter


class EmptyPlace(QWidget):
    """In the middle, below each other. The first button starts the engine again after a crash."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        tokens = context.tokens
        mark = StatusMark(MARK_PX)
        mark.show_shape(Shape.INFO, tokens.text_soft, tokens.window)
        self._title = label("", "heading", wraps=True)
        self._text = label("", "soft", wraps=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        self._column.setSpacing(GAP)
        self._column.addStretch(2)
        self._column.addWidget(mark, 0, _MIDDLE)
        self._column.addSpacing(GAP)
        for words in (self._title, self._text):
            words.setAlignment(_MIDDLE)
            self._column.addWidget(words)
        self._column.addSpacing(GAP)
        self._column.addStretch(3)
        self._start = self.add_button(
            self.tr("Start again"), context.actions.start_engine, primary=True
        )

    def add_button(
        self, text: str, pressed: Callable[[], None], *, primary: bool = False
    ) -> QPushButton:
        """Add one below those that are there."""
        button = QPushButton(text)
        if primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(lambda _checked: pressed())
        self._column.insertWidget(self._column.count() - 1, button, 0, _MIDDLE)
        return button

    def say(self, title: str, text: str) -> None:
        """Why there is nothing, and what comes here."""
        self._title.setText(title)
        self._text.setText(text)

    def show_phase(self, phase: EnginePhase) -> None:
        """Offer to start the engine where it has crashed."""
        self._start.setVisible(phase is EnginePhase.CRASHED)

    def engine_title(self, phase: EnginePhase) -> str:
        """Why there is no engine to ask."""
        if phase in (EnginePhase.STARTING, EnginePhase.WAITING_FOR_KEYRING):
            return self.tr("Starting…")
        return self.tr("The gateway's engine does not run")
