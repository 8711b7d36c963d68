"""Accounts: who is signed in, how to sign in, the program behind it, logins that travel."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from desktop import wording
from desktop.panels.accounts_bundle import BundleCard
from desktop.panels.accounts_card import AccountCard
from desktop.panels.accounts_program import ProgramCard
from desktop.panels.accounts_several import SeveralCard
from desktop.panels.panel import Panel, PanelContext, scrolled_column
from desktop.state import AppState
from desktop.widgets.columns import Columns
from desktop.widgets.styling import GAP_LARGE, label
from gateway_engine.public import InstanceName

MOST_WIDTH = 1240
COLUMN_WIDTH = 420
AGES_REFRESH_MS = 20_000
WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code


class AccountsPanel(Panel):
    """A card an account, then the program, bundles, several accounts."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._state = AppState()
        self._refused: frozenset[InstanceName] = frozenset()
        self.setAcceptDrops(True)
        self._empty = label("", "soft", wraps=True)
        self._cards: dict[InstanceName, AccountCard] = {}
        self._columns = Columns(COLUMN_WIDTH, 2)
        self._program = ProgramCard(context)
        self._bundle = BundleCard(context)
        self._several = SeveralCard(context)
        others = Columns(COLUMN_WIDTH, 2)
        others.set_widgets([_below(self._program), _below(self._bundle, self._several)])
        column = scrolled_column(self, MOST_WIDTH)
        column.addWidget(self._empty)
        column.addWidget(self._columns)
        column.addWidget(others)
        column.addStretch(1)
        # "for 5 min" grows old without any event.
        self._ages = QTimer(self)
        self._ages.setInterval(AGES_REFRESH_MS)
        self._ages.timeout.connect(self._refresh_ages)
        self._ages.start()

    @property
    def most_width(self) -> int:
        """How wide its cards become."""
        return MOST_WIDTH

    def showEvent(self, event: QShowEvent) -> None:
        """Ask anew for what no event tells."""
        super().showEvent(event)
        self.context.actions.accounts.look()

    def render_state(self, state: AppState) -> None:
        """Show exactly the accounts of `state`; a card lives as long as its instance."""
        self._state = state
        names = [status.name for status in state.instances]
        self._cards = self._columns.show_each(
            self._cards, names, lambda name: AccountCard(self.context, name)
        )
        for status in state.instances:
            self._cards[status.name].show_account(state, status)
        refused = frozenset(s.instance for s in state.sign_ins if s.error_code == WRONG_PASSWORD)
        if refused - self._refused:
            # A password that was to be kept is kept no longer.
            self.context.actions.accounts.look()
        self._refused = refused
        self._empty.setText(wording.no_instances(state))
        self._empty.setVisible(not names)
        self._columns.setVisible(bool(names))
        for part in (self._program, self._bundle, self._several):
            part.render_state(state)

    def take_keyboard(self, part: str) -> None:
        """The account of the instance called so: to its first button, in sight."""
        card = self._cards.get(InstanceName(part))
        if card is not None:
            card.take_keyboard()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A bundle may be dropped anywhere; the card that takes it shows itself."""
        self._bundle.dragEnterEvent(event)
        area = self.findChild(QScrollArea)
        if event.isAccepted() and isinstance(area, QScrollArea):
            area.ensureWidgetVisible(self._bundle)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It goes elsewhere."""
        self._bundle.dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """The card takes it."""
        self._bundle.dropEvent(event)

    def _refresh_ages(self) -> None:
        if self.isVisible():
            self.render_state(self._state)


def _below(*cards: QWidget) -> QWidget:
    """Cards below each other, none higher than it needs."""
    stack = QWidget()
    column = QVBoxLayout(stack)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP_LARGE)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return stack
