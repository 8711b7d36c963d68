"""The head of the overview: the state in large, the switch, the figures of now and today."""

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop import wording
from desktop.panels.marks import gateway_mark, tone_colour
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.columns import Columns
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.styling import PADDING, label, set_property
from desktop.widgets.toggle_switch import ToggleSwitch

MARK_PX = 52
FOLD_BELOW_EM = 20
FIGURE_WIDTH = 96


class HeadCard(Card):
    """Whether the gateway works, seen from across the room."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions
        self._tokens = context.tokens
        self.setAccessibleName(self.tr("State"))
        self._mark = StatusMark(MARK_PX)
        self._title = label("", "title", wraps=True)
        self._text = label("", "soft", wraps=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

        self._switch = ToggleSwitch()
        self._switch.setAccessibleName(self.tr("Local endpoint"))
        self._switch.setToolTip(self.tr("Open or close the local endpoint"))
        tokens = self._tokens
        self._switch.set_colours(
            on=tokens.ok, off=tokens.border_strong, knob=tokens.surface, focus=tokens.accent
        )
        self._switch.clicked.connect(context.actions.switch_endpoint)
        self._switch_text = label("", "soft")
        self._switch_text.setBuddy(self._switch)

        words = QWidget()
        texts = QVBoxLayout(words)
        texts.setContentsMargins(0, 0, 0, 0)
        texts.setSpacing(4)
        texts.addWidget(self._title)
        texts.addWidget(self._text)
        box = QWidget()
        switch = QHBoxLayout(box)
        switch.setContentsMargins(0, 0, 0, 0)
        switch.setSpacing(8)
        switch.addWidget(self._switch_text)
        switch.addWidget(self._switch)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        fold = FoldingRow(FOLD_BELOW_EM, 12)
        fold.add(words, stretches=True)
        fold.add(box)
        top.addWidget(fold, 1)

        in_flight, self._in_flight = _figure(self.tr("In flight"))
        instances, self._ready = _figure(self.tr("Instances ready"))
        requests, self._today = _figure(self.tr("Requests today"))
        failures, self._failed = _figure(self.tr("Failed today"))
        figures = Columns(FIGURE_WIDTH, 4)
        figures.set_widgets([in_flight, instances, requests, failures])

        self.body.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        self.body.setSpacing(20)
        self.body.addLayout(top)
        self.body.addWidget(figures)

    def render_state(self, state: AppState) -> None:
        """Show the state in words, shape and figures."""
        shape, tone = gateway_mark(state)
        self._mark.show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        self._title.setText(wording.state_title(state))
        self._text.setText(wording.state_text(state))
        self._switch.setChecked(state.endpoint_on)
        self._switch.setEnabled(state.can_switch)
        self._switch_text.setText(self._switch_words(state))
        locale = QLocale()
        ready = sum(1 for status in state.instances if status.state.value == "ready")
        show_value(self._in_flight, locale.toString(state.in_flight))
        show_value(
            self._ready, f"{locale.toString(ready)} / {locale.toString(len(state.instances))}"
        )
        show_value(self._today, locale.toString(state.today.total))
        show_value(self._failed, locale.toString(state.today.failed))
        set_property(self._failed, "tone", "error" if state.today.failed else "")

    def _switch_words(self, state: AppState) -> str:
        if not state.endpoint_on:
            return self.tr("Endpoint off")
        return self.tr("Endpoint on") if state.endpoint.url else self.tr("Endpoint opening…")


def _figure(title: str) -> tuple[QWidget, QLabel]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    figure = captioned(label("", "figure"), title)
    column.addWidget(figure)
    column.addWidget(label(title, "small"))
    return box, figure
