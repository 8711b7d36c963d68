"""A card for each upstream instance: state, since when, who, how busy, what is wrong."""

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import remedies, wording
from desktop.health_wording import instance_title
from desktop.icons import line_icon
from desktop.panels.health_remedy import RemedyBanner, run_cure
from desktop.panels.marks import instance_mark, tone_colour
from desktop.panels.panel import PanelContext
from desktop.remedies import Cure
from desktop.state import AppState
from desktop.widgets.button_icon import show_icon
from desktop.widgets.card import Card
from desktop.widgets.columns import Columns
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.styling import label, set_property
from gateway_engine.public import InstanceName, InstanceState, InstanceStatus

CARD_WIDTH = 300
MOST_COLUMNS = 3


class InstanceCards(QWidget):
    """All instances, in the order they came."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._cards: dict[InstanceName, InstanceCard] = {}
        self._empty = label("", "soft", wraps=True)
        self._columns = Columns(CARD_WIDTH, MOST_COLUMNS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(self.tr("Instances"), "heading"))
        column.addWidget(self._empty)
        column.addWidget(self._columns)

    def render_state(self, state: AppState) -> None:
        """Show exactly the instances of `state`; a card lives as long as its instance."""
        names = [status.name for status in state.instances]
        self._cards = self._columns.show_each(
            self._cards, names, lambda name: InstanceCard(self._context, name)
        )
        for status in state.instances:
            self._cards[status.name].show_status(status)
        self._empty.setText(wording.no_instances(state))
        self._empty.setVisible(not names)
        self._columns.setVisible(bool(names))


class InstanceCard(Card):
    """One instance."""

    def __init__(self, context: PanelContext, name: InstanceName) -> None:
        super().__init__()
        self._tokens = context.tokens
        self.setAccessibleName(name)
        self._mark = StatusMark(24)
        self._state = label("", "strong")
        self._age = label("", "small")

        self._restart = restart = QPushButton(self.tr("Restart"))
        show_icon(restart, line_icon("restart", context.tokens.text))
        restart.clicked.connect(lambda _checked=False: context.actions.restart_instance(name))

        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._state)
        texts.addWidget(self._age)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addLayout(texts, 1)
        top.addWidget(restart, 0, Qt.AlignmentFlag.AlignVCenter)

        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._name = self._add_fact(self.tr("Name"))
        self._account = self._add_fact(self.tr("Account"))
        self._busy = self._add_fact(self.tr("In flight"))
        self._restarts = self._add_fact(self.tr("Restarts"))
        self._models = self._add_fact(self.tr("Models"))
        self._remedy = RemedyBanner(context, lambda cure: run_cure(context, cure, name))

        self.body.setSpacing(12)
        self.body.addLayout(top)
        self.body.addLayout(self._facts)
        self.body.addWidget(self._remedy)
        self.body.addStretch(1)

    def _add_fact(self, title: str) -> QLabel:
        row = self._facts.rowCount()
        value = captioned(ElidedLabel(), title)
        self._facts.addWidget(label(title, "small"), row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._facts.addWidget(value, row, 1)
        return value

    def show_status(self, status: InstanceStatus) -> None:
        """Show one instance as it is now."""
        shape, tone = instance_mark(status)
        self._mark.show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        self._state.setText(instance_title(status))
        set_property(self._state, "tone", tone)
        self._age.setText(wording.since(status.since))
        kind = wording.instance_kind(status.kind)
        version = status.upstream_version
        called = wording.instance_name(status)
        self._restart.setAccessibleName(self.tr("Restart {name}").format(name=called))
        show_value(self._name, f"{called} · {kind} {version}".rstrip())
        none = "–"
        is_signed_out = status.state is InstanceState.NEEDS_LOGIN
        signed_out = self.tr("not signed in") if is_signed_out else none
        show_value(self._account, status.account or signed_out)
        locale = QLocale()
        show_value(self._busy, locale.toString(status.in_flight))
        show_value(self._restarts, locale.toString(status.restarts))
        show_value(self._models, locale.toString(len(status.models)) if status.models else none)
        self._models.setToolTip("\n".join(status.models[:40]))
        remedy = remedies.for_status(status)
        self._remedy.show_remedy(remedy)
        offered = () if remedy is None else (remedy.cure, remedy.second)
        self._restart.setVisible(Cure.RESTART not in offered)  # one button for one thing
