"""Everything about one instance, on a page of its own."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QScrollArea, QWidget

from desktop.panels.health_card import HealthCard
from desktop.panels.health_log import LogPart
from desktop.panels.health_parts import LifePart, ModelsPart, TrialPart
from desktop.panels.panel import PanelContext, scrolled_column
from desktop.state import AppState
from desktop.widgets.columns import Columns
from gateway_engine.public import InstanceName

MOST_WIDTH = 1240
PART_WIDTH = 360


class InstancePage(QWidget):
    """Made when somebody wants to see it, gone when he goes back."""

    def __init__(self, context: PanelContext, name: InstanceName) -> None:
        super().__init__()
        self.setObjectName("page")
        self.name = name
        self._context = context
        go_back = context.actions.health.show_all
        back = QPushButton(self.tr("‹ All instances"))
        back.setProperty("kind", "quiet")
        back.clicked.connect(lambda _checked=False: go_back())
        leave = QShortcut(QKeySequence(QKeySequence.StandardKey.Back), self)
        leave.activated.connect(go_back)
        self._card = HealthCard(context, name, show_log=self._go_to_log)
        self._trial = TrialPart(context, name, self._go_to_log)
        self._models = ModelsPart()
        self._life = LifePart(context)
        self._log = LogPart(context, name)
        columns = Columns(PART_WIDTH, 2)
        columns.set_widgets([self._life, self._models])
        column = scrolled_column(self, MOST_WIDTH)
        column.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._card, self._trial, columns, self._log):
            column.addWidget(part)
        column.addStretch(1)

    @property
    def most_width(self) -> int:
        """How wide its cards become."""
        return MOST_WIDTH

    def render_state(self, state: AppState) -> None:
        """Show what is known of it."""
        status = next((each for each in state.instances if each.name == self.name), None)
        if status is None:
            return
        vitals = state.health.vitals
        mine = next(
            (each for each in vitals.instances if each.name == self.name) if vitals else iter(()),
            None,
        )
        self._card.show_status(status, mine, state)
        self._trial.show_test(state.health.tests.get(self.name), status)
        self._models.show_models(status.models)
        self._life.show_life(status.life)
        self._log.show_tail(state.health.tail)

    def begin(self, *, at_log: bool) -> None:
        """Put the reader at the top, or into the log."""
        if not at_log:
            self.setFocus()  # Tab goes to the first button; none is marked before
            return
        self._go_to_log()

    def _go_to_log(self) -> None:
        self._log.take_focus()
        # The page has no size yet: what is in view is known only after Qt's next round.
        QTimer.singleShot(0, self, self._scroll_to_log)

    def _scroll_to_log(self) -> None:
        area = self.findChild(QScrollArea)
        if area is not None:
            area.ensureWidgetVisible(self._log)
