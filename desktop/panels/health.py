"""Health: the gateway's load, a card for each instance, and a page for the one that is looked into.

Figures are sampled every second while the panel is on the screen, and not at all while it is not.
"""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop import wording
from desktop.panels.health_card import HealthCard
from desktop.panels.health_figures import GatewayCard
from desktop.panels.health_page import InstancePage
from desktop.panels.health_remedy import RemedyBanner, run_cure
from desktop.panels.panel import Panel, PanelContext, scrolled_column
from desktop.remedies import Cure, for_listener
from desktop.state import AppState
from desktop.widgets.columns import Columns
from desktop.widgets.styling import label
from gateway_engine.public import InstanceName

MOST_WIDTH = 1760
CARD_WIDTH = 400
MOST_COLUMNS = 4
SAMPLE_MS = 1000
CARDS_A_ROUND = 1
TICKS_A_READING = 2


class HealthPanel(Panel):
    """The third page."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._state = AppState()
        self._ticks = 0
        self._page: InstancePage | None = None
        self._all = QWidget()
        self._all.setObjectName("page")
        self._listener = RemedyBanner(context, self._cure_listener)
        self._gateway = GatewayCard(context)
        self._cards: dict[InstanceName, HealthCard] = {}
        self._empty = label("", "soft", wraps=True)
        self._columns = Columns(CARD_WIDTH, MOST_COLUMNS)
        column = scrolled_column(self._all, MOST_WIDTH)
        for part in (self._listener, self._gateway, self._empty, self._columns):
            column.addWidget(part)
        column.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._all)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._clock = QTimer(self)
        self._clock.setInterval(SAMPLE_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    @property
    def most_width(self) -> int:
        """How wide its cards become, or those of the instance that is looked into."""
        return MOST_WIDTH if self._page is None else self._page.most_width

    # --- looking ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The first figures come at once."""
        super().showEvent(event)
        self._sample()

    def _tick(self) -> None:
        self._ticks += 1
        if self.isVisible() and not self.window().windowState() & Qt.WindowState.WindowMinimized:
            self._sample()
            self.render_state(self._state)  # ages grow without any event

    def _sample(self) -> None:
        health = self.context.actions.health
        health.sample()
        if self._page is not None and self._ticks % TICKS_A_READING == 0:
            health.read_log(self._page.name)

    # --- showing ---------------------------------------------------------------------------------

    def render_state(self, state: AppState) -> None:
        """Show the page of the instance that is looked into, or all instances."""
        self._state = state
        names = [status.name for status in state.instances]
        self._turn_to(state.health.open if state.health.open in names else None)
        if self._page is not None:
            self._page.render_state(state)
            return
        failure = state.endpoint.failure
        self._listener.show_remedy(for_listener(failure) if failure is not None else None)
        self._gateway.render_state(state)
        self._show_cards(state, names)
        self._empty.setText(wording.no_instances(state))
        self._empty.setVisible(not names)
        self._columns.setVisible(bool(names))

    def _show_cards(self, state: AppState, names: list[InstanceName]) -> None:
        """A few new cards at a time: many at once would make the window stand still."""
        missing = [name for name in names if name not in self._cards]
        made = {*self._cards, *missing[:CARDS_A_ROUND]}
        shown = [name for name in names if name in made]
        self._cards = self._columns.show_each(
            self._cards, shown, lambda name: HealthCard(self.context, name)
        )
        if len(missing) > CARDS_A_ROUND:
            QTimer.singleShot(0, self, self._show_again)
        vitals = state.health.vitals
        known = {each.name: each for each in vitals.instances} if vitals is not None else {}
        for status in state.instances:
            if status.name in self._cards:
                self._cards[status.name].show_status(status, known.get(status.name), state)

    def _show_again(self) -> None:
        self.render_state(self._state)

    # --- moving ----------------------------------------------------------------------------------

    def _turn_to(self, name: InstanceName | None) -> None:
        if (self._page.name if self._page is not None else None) == name:
            return
        old, self._page = self._page, None
        if name is not None:
            self._page = InstancePage(self.context, name)
            self._stack.addWidget(self._page)
            if self.isVisible():
                self.context.actions.health.read_log(name)
        self._stack.setCurrentWidget(self._page or self._all)
        if old is not None:
            self._stack.removeWidget(old)
            old.hide()
            old.deleteLater()
        if self._page is not None:
            self._page.begin(at_log=self._state.health.at_log)

    def _cure_listener(self, cure: Cure) -> None:
        run_cure(self.context, cure, InstanceName(""))
