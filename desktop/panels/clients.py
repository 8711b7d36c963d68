"""Clients: every program that can use the gateway, how it stands, and a page for each.

How they stand is looked at when the panel is seen and when the window becomes active again:
settings files are other programs', and nobody tells when one has changed.
"""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.client_wording import client_title, state_words
from desktop.panels.clients_empty import NoClients
from desktop.panels.clients_page import ClientPage
from desktop.panels.marks import client_mark, tone_colour
from desktop.panels.panel import (
    PAGE_MARGIN_PX,
    PAGE_TOP_PX,
    Panel,
    PanelContext,
    scroll_bar_room,
)
from desktop.state import AppState
from desktop.widgets.marked_list import ListColours, MarkedList, MarkedRow
from gateway_engine.public import CLIENTS, ClientView

LIST_EM = 13
FOLD_BELOW_EM = 36
"""Below this width, in line heights, a drop-down takes the list's place."""
MOST_WIDTH = 900
LIST_GAP_PX = 12


class ClientsPanel(Panel):
    """The list and the page of the chosen client."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        tokens = context.tokens
        self._actions = context.actions.clients
        colours = ListColours(tokens.text, tokens.surface, tokens.accent_soft, tokens.accent)
        self._has_clients = False
        self._list = MarkedList(self.tr("Clients"), colours)
        self._list.setMinimumWidth(LIST_EM * self.fontMetrics().height())
        self._list.setMaximumWidth(round(1.3 * LIST_EM * self.fontMetrics().height()))
        self._list.chosen.connect(self._actions.choose)
        self._combo = QComboBox()
        self._combo.setAccessibleName(self.tr("Clients"))
        self._combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._combo.activated.connect(lambda at: self._actions.choose(self._combo.itemData(at)))
        for name in CLIENTS:
            self._combo.addItem(client_title(name), name)
        self._combo.hide()
        self._page = ClientPage(context)
        self._empty = NoClients(context)

        content = QWidget()
        content.setObjectName("scrolled")
        content.setMaximumWidth(MOST_WIDTH)
        column = QVBoxLayout(content)
        column.setContentsMargins(4, 24, 28, 28)
        column.setSpacing(16)
        column.addWidget(self._combo)
        column.addWidget(self._page)
        column.addStretch(1)
        self._column = column
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(content)
        self._content = content
        self._area.verticalScrollBar().rangeChanged.connect(self._fit)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(PAGE_MARGIN_PX, PAGE_TOP_PX, LIST_GAP_PX, PAGE_MARGIN_PX)
        side.setSpacing(12)
        side.addWidget(self._list, 1)
        self._columns = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addWidget(self._area, 1)
        row.addWidget(self._empty, 1)

    @property
    def most_width(self) -> int:
        """How wide list and cards become together."""
        return self._list.maximumWidth() + PAGE_MARGIN_PX + LIST_GAP_PX + MOST_WIDTH

    def render_state(self, state: AppState) -> None:
        """The list, and the chosen client's page."""
        clients = state.clients
        views = clients.views
        self._has_clients = bool(views)
        self._empty.setVisible(not views)
        self._empty.show_phase(state.phase)
        self._area.setVisible(bool(views))
        self._fit()
        self._list.set_rows([self._row(view) for view in views])
        if not views:
            return
        chosen = clients.view(clients.chosen) or _first(views)
        name = chosen.status.client.name
        self._list.choose(name)
        self._combo.setCurrentIndex(self._combo.findData(name))
        if self._page.show_client(state, chosen):
            self._area.verticalScrollBar().setValue(0)

    def _row(self, view: ClientView) -> MarkedRow:
        shape, tone = client_mark(view)
        name = view.status.client.name
        colour = tone_colour(self.context.tokens, tone)
        return MarkedRow(name, client_title(name), state_words(view).title, shape, colour)

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: look too."""
        super().showEvent(event)
        self._actions.look()

    def event(self, event: QEvent) -> bool:
        """The window is active again: other programs may have been at work meanwhile."""
        if event.type() == QEvent.Type.WindowActivate and self.isVisible():
            self._actions.look()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A drop-down instead of the list where there is no room for both."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_narrow = self.width() < FOLD_BELOW_EM * self.fontMetrics().height()
        has_list = self._has_clients and not is_narrow
        if self._side.isHidden() is has_list:
            self._side.setVisible(has_list)
            self._columns.invalidate()  # it remembers a list without any width
        self._combo.setVisible(is_narrow)
        room = scroll_bar_room(self._area)
        self._content.setMaximumWidth(MOST_WIDTH - room)
        left = PAGE_MARGIN_PX if is_narrow else 4
        self._column.setContentsMargins(left, PAGE_TOP_PX, PAGE_MARGIN_PX - room, PAGE_MARGIN_PX)
        spare = max(0, self.width() - self.most_width) // 2  # the middle, as the other panels
        self._side.setContentsMargins(spare, 0, 0, 0)


def _first(views: tuple[ClientView, ...]) -> ClientView:
    """One that is installed, as most people look for theirs."""
    return next((view for view in views if view.status.installed), views[0])
