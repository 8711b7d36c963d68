"""How a client reaches the gateway: addresses and key to paste, and the page that does it alone."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from desktop.first_run.step import StepPage
from desktop.panels.catalogue import has_panel
from desktop.panels.overview_endpoint import EndpointCard
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.styling import label


class ClientStep(StepPage):
    """What to paste anywhere; the clients page edits the settings of those it knows."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.column.addWidget(
            label(
                self.tr(
                    "Claude Code, Codex, opencode and others can be set up by a button, shown "
                    "before it is done and taken back at any time. Everything else takes an "
                    "address and the key."
                ),
                wraps=True,
            )
        )
        clients = QPushButton(self.tr("Open the clients page"))
        clients.clicked.connect(lambda _checked=False: context.actions.show_panel("clients"))
        clients.setVisible(has_panel("clients"))
        self._endpoint = EndpointCard(context)
        self.column.addWidget(clients, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self._endpoint)

    def render_state(self, state: AppState) -> None:
        """Show the addresses."""
        self._endpoint.render_state(state)
