"""Who is signed in, and where to sign in when nobody is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop import wording
from desktop.first_run.step import StepPage
from desktop.panels.catalogue import has_panel
from desktop.panels.marks import instance_mark, tone_colour
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.styling import label, set_property
from gateway_engine.public import InstanceName, InstanceState, InstanceStatus


class SignInStep(StepPage):
    """A row an instance; the accounts panel does the rest."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._text = label("", wraps=True)
        self._card = Card()
        self._card.setAccessibleName(self.tr("Accounts"))
        self._rows: dict[InstanceName, AccountRow] = {}
        self._accounts = QPushButton(self.tr("Open the accounts page"))
        self._accounts.clicked.connect(
            lambda _checked=False: context.actions.show_panel("accounts")
        )
        self.column.addWidget(self._text)
        self.column.addWidget(self._card)
        self.column.addWidget(self._accounts, 0, Qt.AlignmentFlag.AlignLeft)

    def render_state(self, state: AppState) -> None:
        """Show every instance and whether somebody is signed in there."""
        self._text.setText(self._words(state))
        names = [status.name for status in state.instances]
        for name in set(self._rows) - set(names):
            row = self._rows.pop(name)
            row.hide()
            row.deleteLater()
        for status in state.instances:
            if status.name not in self._rows:
                self._rows[status.name] = AccountRow(self.context)
                self._card.body.addWidget(self._rows[status.name])
            self._rows[status.name].show_status(status)
        self._card.setVisible(bool(names))
        needs = any(status.state is InstanceState.NEEDS_LOGIN for status in state.instances)
        self._accounts.setVisible(needs and has_panel("accounts"))

    def _words(self, state: AppState) -> str:
        if state.demo:
            return self.tr("The demo has no account: there is nothing to sign in to. Go on.")
        if not state.instances:
            return wording.no_instances(state)
        states = {status.state for status in state.instances}
        if {InstanceState.NEEDS_LOGIN, InstanceState.READY} <= states:
            return self.tr("One account is ready: that is enough to go on.")
        if InstanceState.NEEDS_LOGIN in states:
            return self.tr(
                "Nobody is signed in yet. Sign in on the accounts page, then come back here with "
                "Continue, at the top of the window."
            )
        if InstanceState.READY in states:
            return self.tr("Signed in and ready. Go on.")
        return self.tr("It is starting; whether it is signed in shows in a moment.")


class AccountRow(QWidget):
    """One instance: mark, state, account."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._tokens = context.tokens
        self._mark = StatusMark(24)
        self._state = label("", "strong")
        self._account = label("", "small", wraps=True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._state)
        texts.addWidget(self._account)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(texts, 1)

    def show_status(self, status: InstanceStatus) -> None:
        """Show one instance as it is now."""
        shape, tone = instance_mark(status)
        self._mark.show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        self._state.setText(wording.instance_state(status.state))
        set_property(self._state, "tone", tone)
        kind = wording.instance_kind(status.kind)
        self._account.setText(" · ".join(filter(None, (status.name, kind, status.account))))
