"""How a client reaches the gateway: a button for each that is found, an address for the others."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton

from desktop.first_run.client_row import ClientRow
from desktop.first_run.step import StepPage
from desktop.panels.overview_endpoint import EndpointCard
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.styling import GAP_LARGE, label
from gateway_engine.public import CLIENTS, ClientState, ClientView

NO_BUTTON = (ClientState.BLOCKED, ClientState.PASTE)


class ClientStep(StepPage):
    """The clients found here that have a settings file; then what to paste anywhere else.

    Like the clients page it looks when it is seen, and when the window is active again.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._actions = context.actions.clients
        self._text = label("", wraps=True)
        self._found = Card(self.tr("Found on this computer"))
        self._found.body.setSpacing(GAP_LARGE)
        # All that can ever be found, made now: Tab goes in the order in which they are made.
        self._rows = {
            name: ClientRow(context, name) for name, client in CLIENTS.items() if client.file
        }
        for row in self._rows.values():
            self._found.body.addWidget(row)
        clients = QPushButton(self.tr("Open the clients page"))
        clients.clicked.connect(lambda _checked=False: context.actions.show_panel("clients"))
        self._endpoint = EndpointCard(context, self.tr("Any other client"))
        self.column.addWidget(self._text)
        self.column.addWidget(self._found)
        self.column.addWidget(self._endpoint)
        self.column.addWidget(clients, 0, Qt.AlignmentFlag.AlignLeft)

    def render_state(self, state: AppState) -> None:
        """Show what was found, and the addresses."""
        clients = state.clients
        found = {view.status.client.name: view for view in clients.views if _takes_a_button(view)}
        for name, row in self._rows.items():
            view = found.get(name)
            row.setVisible(view is not None)
            if view is not None:
                row.show_client(clients, view)
        self._found.setVisible(bool(found))
        self._text.setText(self._words(is_looking=not clients.views, has_found=bool(found)))
        self._endpoint.render_state(state)

    def _words(self, *, is_looking: bool, has_found: bool) -> str:
        if is_looking:
            return self.tr("Looking for clients…")
        if has_found:
            return self.tr(
                "A button connects each: you see what changes in its settings first, and can "
                "take it back at any time. Everything else takes an address and the key."
            )
        return self.tr(
            "None of the clients that a button connects was found on this computer. Everything "
            "takes an address and the key; the clients page says where they go."
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: look too."""
        super().showEvent(event)
        self._actions.look()

    def event(self, event: QEvent) -> bool:
        """The window is active again: a client may have been installed meanwhile."""
        if event.type() == QEvent.Type.WindowActivate and self.isVisible():
            self._actions.look()
        return super().event(event)


def _takes_a_button(view: ClientView) -> bool:
    status = view.status
    return status.installed and status.path is not None and status.state not in NO_BUTTON
