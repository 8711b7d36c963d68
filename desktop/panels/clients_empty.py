"""What stands in place of the clients while none is known: why, and what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.panels.panel import PanelContext
from desktop.state import EnginePhase
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, PADDING, label

MARK_PX = 40


class NoClients(QWidget):
    """They are looked for by the engine: it looks, it is coming, or it has ended."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        tokens = context.tokens
        mark = StatusMark(MARK_PX)
        mark.show_shape(Shape.INFO, tokens.text_soft, tokens.window)
        self._title = label("", "heading", wraps=True)
        self._text = label("", "soft", wraps=True)
        self._start = QPushButton(self.tr("Start again"))
        self._start.setProperty("kind", "primary")
        self._start.clicked.connect(context.actions.start_engine)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        column.setSpacing(GAP)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        column.addWidget(mark, 0, middle)
        column.addSpacing(GAP)
        for words in (self._title, self._text):
            words.setAlignment(middle)
            column.addWidget(words)
        column.addSpacing(GAP)
        column.addWidget(self._start, 0, middle)
        column.addStretch(3)

    def show_phase(self, phase: EnginePhase) -> None:
        """Say why there is nothing."""
        is_over = phase in (EnginePhase.STOPPING, EnginePhase.CRASHED)
        if phase is EnginePhase.RUNNING:
            title = self.tr("Looking for clients…")
        else:
            title = (
                self.tr("The gateway's engine does not run") if is_over else self.tr("Starting…")
            )
        self._title.setText(title)
        self._text.setText(
            self.tr(
                "Each program that can use the gateway is listed here, with what to do to connect "
                "it, as soon as the gateway runs."
            )
        )
        self._start.setVisible(phase is EnginePhase.CRASHED)
