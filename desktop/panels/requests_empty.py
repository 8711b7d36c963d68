"""What stands in place of the table while there is nothing to show: why, and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.panels.panel import PanelContext
from desktop.slices.requests import RequestsSlice
from desktop.state import EnginePhase
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, PADDING, label

MARK_PX = 40
MOST_EM = 28


class EmptyRequests(QWidget):
    """No request yet, or none that the filter wants."""

    all_wanted = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        tokens = context.tokens
        mark = StatusMark(MARK_PX)
        mark.show_shape(Shape.INFO, tokens.text_soft, tokens.window)
        self._title = label("", "heading", wraps=True)
        self._text = label("", "soft", wraps=True)
        for words in (self._title, self._text):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._overview = QPushButton(self.tr("Go to Overview"))
        self._overview.setProperty("kind", "primary")
        self._overview.clicked.connect(lambda: context.actions.show_panel("overview"))
        self._start = QPushButton(self.tr("Start again"))
        self._start.setProperty("kind", "primary")
        self._start.clicked.connect(context.actions.start_engine)
        self._all = QPushButton(self.tr("Show all requests"))
        self._all.clicked.connect(self.all_wanted)
        row = QHBoxLayout(self)
        box = QWidget()
        box.setMaximumWidth(MOST_EM * self.fontMetrics().height())
        row.addWidget(box)
        column = QVBoxLayout(box)
        column.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        column.setSpacing(GAP)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(mark, 0, middle)
        column.addSpacing(GAP)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(GAP)
        column.addWidget(self._overview, 0, middle)
        column.addWidget(self._start, 0, middle)
        column.addWidget(self._all, 0, middle)
        column.addStretch(3)

    def show_requests(self, requests: RequestsSlice, phase: EnginePhase) -> None:
        """Say why there is nothing."""
        has_engine = phase is EnginePhase.RUNNING
        is_filtered = has_engine and requests.shown_filter.is_set
        if not has_engine:
            is_coming = phase in (EnginePhase.STARTING, EnginePhase.WAITING_FOR_KEYRING)
            stopped = self.tr("The gateway's engine does not run")
            self._title.setText(self.tr("Starting…") if is_coming else stopped)
            self._text.setText(self.tr("The history of requests is shown as soon as it runs."))
        elif is_filtered:
            self._title.setText(self.tr("No request fits"))
            self._text.setText(
                self.tr("None of the recorded and running requests fits the filter.")
            )
        else:
            self._title.setText(self.tr("No requests yet"))
            self._text.setText(
                self.tr(
                    "Requests appear here the moment a client sends them. Send a first one with "
                    "“Try it” on the Overview, or copy address and key from there into a client."
                )
            )
        self._start.setVisible(phase is EnginePhase.CRASHED)
        self._overview.setVisible(has_engine and not is_filtered)
        self._all.setVisible(is_filtered)
