"""Overview: is it working, how do clients reach it, who answers, what went wrong, try it."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.panels.overview_banners import OverviewBanners
from desktop.panels.overview_endpoint import EndpointCard
from desktop.panels.overview_head import HeadCard
from desktop.panels.overview_instances import InstanceCards
from desktop.panels.overview_try_it import TryItCard
from desktop.panels.panel import Panel, PanelContext, scrolled_column
from desktop.state import AppState
from desktop.widgets.columns import Columns
from desktop.wording import instance_titles

MOST_WIDTH = 1240
COLUMN_WIDTH = 420
AGES_REFRESH_MS = 20_000


class OverviewPanel(Panel):
    """The first page."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._state = AppState()
        self._banners = OverviewBanners(context)
        self._head = HeadCard(context)
        self._endpoint = EndpointCard(context)
        self._try_it = TryItCard(context)
        self._instances = InstanceCards(context)

        columns = Columns(COLUMN_WIDTH, 2)
        columns.set_widgets([self._endpoint, self._try_it])
        column = scrolled_column(self, MOST_WIDTH)
        parts: list[QWidget] = [self._banners, self._head, columns, self._instances]
        for part in parts:
            column.addWidget(part)
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

    def _refresh_ages(self) -> None:
        if self.isVisible():
            self._instances.render_state(self._state)
            self.context.actions.today.look()

    def showEvent(self, event: QShowEvent) -> None:
        """The figures are of this day."""
        super().showEvent(event)
        # Not within the change of state that may have shown this page.
        QTimer.singleShot(0, self, self.context.actions.today.look)

    def render_state(self, state: AppState) -> None:
        """Hand the state to every part."""
        before, self._state = self._state, state
        was_lost = before.today.is_whole and not state.today.is_whole
        if was_lost or state.phase is not before.phase:
            self.context.actions.today.read()
        self._banners.render_state(state)
        self._head.render_state(state)
        self._endpoint.render_state(state)
        self._try_it.show_titles(instance_titles(state.instances))
        self._instances.render_state(state)
