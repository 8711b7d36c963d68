"""The head of the overview: the state in large, the switch, the figures of now and today."""

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from desktop import wording
from desktop.panels.marks import gateway_mark, tone_colour
from desktop.panels.panel import PanelContext
from desktop.state import AppState, EnginePhase
from desktop.widgets.card import Card
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.styling import label, set_property
from desktop.widgets.toggle_switch import ToggleSwitch

MARK_PX = 52


class HeadCard(Card):
    """Whether the gateway works, seen from across the room."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._actions = context.actions
        self._tokens = context.tokens
        self.setAccessibleName(self.tr("State"))
        self._mark = StatusMark(MARK_PX)
        self._title = label("", "title")
        self._title.setWordWrap(True)
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

        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self._title)
        texts.addWidget(self._text)
        switch = QHBoxLayout()
        switch.setSpacing(8)
        switch.addWidget(self._switch_text)
        switch.addWidget(self._switch)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addLayout(texts, 1)
        top.addLayout(switch)

        figures = QHBoxLayout()
        figures.setSpacing(40)
        self._in_flight = _add_figure(figures, self.tr("In flight"))
        self._ready = _add_figure(figures, self.tr("Instances ready"))
        self._today = _add_figure(figures, self.tr("Requests today"))
        self._failed = _add_figure(figures, self.tr("Failed today"))
        figures.addStretch(1)

        self.body.setContentsMargins(24, 20, 24, 20)
        self.body.setSpacing(20)
        self.body.addLayout(top)
        self.body.addLayout(figures)

    def render_state(self, state: AppState) -> None:
        """Show the state in words, shape and figures."""
        shape, tone = gateway_mark(state)
        self._mark.show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        self._title.setText(wording.state_title(state))
        self._text.setText(wording.state_text(state))
        wanted = state.endpoint.wanted
        self._switch.setChecked(wanted)
        self._switch.setEnabled(state.phase in (EnginePhase.RUNNING, EnginePhase.STARTING))
        self._switch_text.setText(self.tr("Endpoint on") if wanted else self.tr("Endpoint off"))
        locale = QLocale()
        ready = sum(1 for status in state.instances if status.state.value == "ready")
        self._in_flight.setText(locale.toString(state.in_flight))
        self._ready.setText(f"{locale.toString(ready)} / {locale.toString(len(state.instances))}")
        self._today.setText(locale.toString(state.today.total))
        self._failed.setText(locale.toString(state.today.failed))
        set_property(self._failed, "tone", "error" if state.today.failed else "")


def _add_figure(row: QHBoxLayout, title: str) -> QLabel:
    column = QVBoxLayout()
    column.setSpacing(0)
    figure = label("0", "figure")
    figure.setAccessibleName(title)
    column.addWidget(figure)
    column.addWidget(label(title, "small"))
    row.addLayout(column)
    return figure
