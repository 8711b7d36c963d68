"""One client that was found on this computer, and the button that connects it."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.client_wording import client_title, outcome, state_words
from desktop.panels.clients_plan import PlanView
from desktop.panels.marks import client_mark, tone_colour
from desktop.panels.panel import PanelContext
from desktop.sentences import titled
from desktop.slices.clients import ClientsSlice, OutcomeKind
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.styling import label, set_property
from gateway_engine.public import ClientState, ClientView, Deed

FOLD_BELOW_EM = 16


class ClientRow(QWidget):
    """Mark, name, how it stands, a button; below, what would change before anything does."""

    def __init__(self, context: PanelContext, name: str) -> None:
        super().__init__()
        self._name = name
        self._tokens = context.tokens
        self._actions = context.actions.clients
        self._show_panel = context.actions.show_panel
        self._pressed: Callable[[], None] = self._look_closer
        self._mark = StatusMark(24)
        self._state = label("", "small", wraps=True)
        self._button = QPushButton()
        self._button.clicked.connect(lambda _checked=False: self._pressed())
        self._plan = PlanView(context)

        words = QWidget()
        texts = QVBoxLayout(words)
        texts.setContentsMargins(0, 0, 0, 0)
        texts.setSpacing(0)
        texts.addWidget(label(client_title(name), "strong", wraps=True))
        texts.addWidget(self._state)
        row = FoldingRow(FOLD_BELOW_EM, 12)
        row.add(self._mark)
        row.add(words, stretches=True)
        row.add(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row)
        column.addWidget(self._plan)

    def show_client(self, clients: ClientsSlice, view: ClientView) -> None:
        """Show how the client stands, what is planned, and what became of it."""
        shape, tone = client_mark(view)
        self._mark.show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        said = clients.outcomes.get(self._name)
        has_failed = said is not None and said.kind is OutcomeKind.FAILED
        set_property(self._state, "tone", "error" if has_failed else "")
        self._state.setText(self._words(clients, view))
        plan = clients.plans.get(self._name)
        is_free = self._name not in clients.busy
        self._offer(view)
        self._button.setVisible(plan is None)
        self._button.setEnabled(is_free)
        self._plan.show_plan(self._name, plan, is_free=is_free, back_to=self._button)

    def _words(self, clients: ClientsSlice, view: ClientView) -> str:
        said = clients.outcomes.get(self._name)
        if said is not None and said.kind is OutcomeKind.FAILED:
            words = outcome(self._name, said)
            return titled(words.title, words.text)
        title = state_words(view).title
        if view.status.state is not ClientState.CONNECTED or view.status.elsewhere:
            return title
        if view.last_seen:
            return self.tr("Connected, and it has asked.")
        return self.tr("Connected. Start it, and it asks here; if it runs, restart it.")

    def _offer(self, view: ClientView) -> None:
        status = view.status
        if status.state is ClientState.NOT_CONNECTED:
            self._button.setText(self.tr("Connect…"))
            named = self.tr("Connect: {client}")
            self._pressed = lambda: self._actions.plan(self._name, Deed.APPLY)
        elif status.state is ClientState.CONNECTED and not status.elsewhere:
            self._button.setText(self.tr("Undo…"))
            named = self.tr("Undo: {client}")
            self._pressed = lambda: self._actions.plan(self._name, Deed.UNDO)
        else:
            self._button.setText(self.tr("Details"))
            named = self.tr("Details: {client}")
            self._pressed = self._look_closer
        self._button.setAccessibleName(named.format(client=client_title(self._name)))

    def _look_closer(self) -> None:
        self._actions.choose(self._name)
        self._show_panel("clients")
