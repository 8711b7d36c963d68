"""What a deed would change in a client's settings file, to be done or put aside."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop import client_wording
from desktop.panels.diff import diff_view
from desktop.panels.panel import PanelContext
from desktop.slices.clients import Plan
from desktop.widgets.button_row import ButtonRow
from desktop.widgets.styling import GAP, label
from desktop.widgets.tab_order import bring_into_sight
from gateway_engine.public import Deed

DIFF_LINES = 14


class PlanView(QWidget):
    """Hidden while nothing is planned. No key is in what it shows."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        actions = context.actions.clients
        self._name = ""
        self._shown: Plan | None = None
        self._title = label("", "strong", wraps=True)
        self._diff = diff_view(context.tokens, self.tr("What would change"))
        self._notes = label("", "soft", wraps=True)
        self._do = QPushButton()
        self._do.setProperty("kind", "primary")
        self._do.clicked.connect(lambda _checked=False: actions.do(self._name))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(lambda _checked=False: actions.put_aside(self._name))
        for button in (self._do, self._cancel):
            button.setAutoDefault(True)  # the keyboard comes here by itself: Return presses, too
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._title)
        column.addWidget(self._diff)
        column.addWidget(self._notes)
        column.addWidget(ButtonRow([self._do, self._cancel]))
        self.hide()

    def show_plan(self, name: str, plan: Plan | None, *, is_free: bool, back_to: QWidget) -> None:
        """Show the plan of this client; `is_free`: nothing is being done for it right now.

        When it has been done or put aside, `back_to` has the keyboard.
        """
        is_same = name == self._name
        self._name = name
        self._do.setEnabled(is_free)
        self._cancel.setEnabled(is_free)
        had_none = self._shown is None
        self.setVisible(plan is not None)
        if plan is None:
            self._shown = None
            if is_same and not had_none and back_to.isVisible():
                back_to.setFocus()
            return
        is_apply = plan.deed is Deed.APPLY
        self._title.setText(
            self.tr("This would change in the file:")
            if is_apply
            else self.tr("Undo would change this in the file:")
        )
        self._do.setText(self.tr("Connect") if is_apply else self.tr("Undo"))
        notes = [client_wording.kept(plan.change.kept)] if plan.change.kept else []
        if is_apply:
            notes.append(self.tr("Nothing else is touched. The key is not shown here."))
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
        if plan is not self._shown:
            self._shown = plan
            self._diff.show_unified(plan.change.diff)
            self._diff.fit_to(DIFF_LINES)
            if had_none and self.isVisible():
                self._do.setFocus()
                QTimer.singleShot(0, self, self._bring_into_view)

    def _bring_into_view(self) -> None:
        """The buttons, once they have their place: in a low window it is below the edge."""
        if self._do.isVisible():
            bring_into_sight(self._do)
