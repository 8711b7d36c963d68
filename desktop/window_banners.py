"""Strips above every panel: an action that failed, steps left before their end, what is new."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.panels.action_failure import ActionFailure
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PAGE_MARGIN_PX, PAGE_TOP_PX, PanelContext
from desktop.slices.first_run import FirstRunState
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.status_shapes import Shape


class WindowBanners(QWidget):
    """Shown only while there is something to say."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        desktop = context.actions.desktop
        self._tokens = context.tokens
        self._most_width = 0
        self._column = QVBoxLayout(self)
        self._column.setSpacing(8)
        self._make_room()
        self._failure = ActionFailure(context)
        self._column.addWidget(self._failure)
        self._resume = self._add()
        go_on = self._resume.add_button(self.tr("Continue"), desktop.show_first_run)
        go_on.setProperty("kind", "primary")
        self._resume.add_button(self.tr("Not needed"), desktop.finish_first_run)
        self._news = self._add()
        self._actions = context.actions
        self._news.add_button(self.tr("What is new"), self._show_news)
        self._news.add_button(self.tr("Dismiss"), desktop.see_news)
        self.hide()

    def _add(self) -> Banner:
        banner = Banner("quiet", Shape.INFO)
        banner.set_colours(tone_colour(self._tokens, "info"), tone_surface(self._tokens, "quiet"))
        banner.hide()
        self._column.addWidget(banner)
        return banner

    def keep_to(self, most_width: int) -> None:
        """Be no wider than the page below: one edge for all; 0 for as wide as there is room."""
        if most_width != self._most_width:
            self._most_width = most_width
            self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay above the page."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        # The margins of a page, and half of what is beside it, as its scrolling area has it.
        spare = max(0, self.width() - self._most_width) if self._most_width else 0
        left, right = PAGE_MARGIN_PX + spare // 2, PAGE_MARGIN_PX + spare - spare // 2
        self._column.setContentsMargins(left, PAGE_TOP_PX, right, 0)

    def _show_news(self) -> None:
        self._actions.show_panel("about")
        self._actions.desktop.see_news()

    def render_state(self, state: AppState) -> None:
        """Show what applies."""
        self._failure.render_state(state)
        is_left = state.first_run.state is FirstRunState.LEFT
        self._resume.say(self.tr("Set-up is not finished"), "")
        self._resume.setVisible(is_left)
        news = state.product.news
        self._news.say(self.tr("Updated to version {version}").format(version=news), "")
        self._news.setVisible(bool(news))
        self.setVisible(bool(state.action_error) or is_left or bool(news))
