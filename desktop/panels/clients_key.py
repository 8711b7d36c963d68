"""The key of one client: whether it has one, when it was last used, and taking it away."""

from PySide6.QtWidgets import QPushButton

from desktop import wording
from desktop.client_wording import client_title
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.button_row import ButtonRow
from desktop.widgets.card import Card
from desktop.widgets.question import ask
from desktop.widgets.styling import label
from gateway_engine.public import ClientView


class KeyCard(Card):
    """One key a client, so that the history knows who asked and one can be shut out alone."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions.clients
        self._name = ""
        self._last_seen = 0.0
        self.setAccessibleName(self.tr("Its key"))
        self._about = label("", "soft", wraps=True)
        self._seen = label("", wraps=True)
        self._revoke = QPushButton(self.tr("Revoke the key…"))
        self._revoke.clicked.connect(lambda _checked=False: self._ask())
        self.body.setSpacing(12)
        self.body.addWidget(label(self.tr("Its key"), "heading"))
        self.body.addWidget(self._about)
        self.body.addWidget(self._seen)
        self._row = ButtonRow([self._revoke])
        self.body.addWidget(self._row)

    def show_client(self, state: AppState, view: ClientView) -> None:
        """Show the key of this client."""
        self._name = view.status.client.name
        self._last_seen = view.last_seen
        has_key = view.status.has_key
        self._about.setText(
            self.tr("It has a key of its own. Revoking shuts out this client and no other.")
            if has_key
            else self.tr(
                "It has none. One is made when you connect it, copy its key or start it here."
            )
        )
        self._row.setVisible(has_key)
        self._revoke.setEnabled(self._name not in state.clients.busy)
        self._show_age()

    def _show_age(self) -> None:
        if not self._last_seen:
            self._seen.setText(self.tr("No request with it yet."))
            return
        self._seen.setText(
            self.tr("Last request: {time}").format(
                time=wording.clock(self._last_seen, with_date=True)
            )
        )

    def _ask(self) -> None:
        name = self._name
        ask(
            self,
            self.tr("Revoke the key of {client}?").format(client=client_title(name)),
            self.tr("Revoke"),
            lambda: self._actions.revoke(name),
            details=self.tr("Its requests are refused from now on. Its settings stay as they are."),
            destructive=True,
        )
