"""Who is signed in, and where to sign in when nobody is."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop import wording
from desktop.first_run.step import StepPage
from desktop.panels.catalogue import has_panel
from desktop.panels.marks import instance_mark, tone_colour
from desktop.panels.panel import PanelContext
from desktop.slices.accounts import UNDER_WAY
from desktop.slices.first_run import FirstRunStep
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.styling import label, set_property
from gateway_engine.public import InstanceName, InstanceState, InstanceStatus

RESTS = {InstanceState.FAILED, InstanceState.STOPPED}


class SignInStep(StepPage):
    """A row an instance; a button leads to the panel or the step that does the rest."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._text = label("", wraps=True)
        self._card = Card()
        self._card.setAccessibleName(self.tr("Accounts"))
        self._rows: dict[InstanceName, AccountRow] = {}
        self._lead = QPushButton()
        self._lead.clicked.connect(lambda _checked=False: self._follow())
        self._follow: Callable[[], None] = lambda: None
        self.column.addWidget(self._text)
        self.column.addWidget(self._card)
        self.column.addWidget(self._lead, 0, Qt.AlignmentFlag.AlignLeft)

    def render_state(self, state: AppState) -> None:
        """Show every instance and whether somebody is signed in there."""
        self._text.setText(self._words(state))
        names = [status.name for status in state.instances]
        under_way = {s.instance for s in state.sign_ins if s.state in UNDER_WAY}
        for name in set(self._rows) - set(names):
            row = self._rows.pop(name)
            row.hide()
            row.deleteLater()
        for status in state.instances:
            if status.name not in self._rows:
                self._rows[status.name] = AccountRow(self.context, status.name)
                self._card.body.addWidget(self._rows[status.name])
            is_under_way = status.name in under_way
            self._rows[status.name].show_status(status, is_under_way=is_under_way)
        self._card.setVisible(bool(names))
        words, self._follow = self._way_on(state)
        self._lead.setText(words)
        self._lead.setVisible(bool(words))

    def _way_on(self, state: AppState) -> tuple[str, Callable[[], None]]:
        """What the button says and does, "" for no button."""
        actions = self.context.actions
        states = {status.state for status in state.instances}
        if _has_nobody(state):
            return (
                self.tr("Choose who answers"),
                lambda: actions.desktop.go_to_step(FirstRunStep.PROGRAM),
            )
        if InstanceState.NEEDS_LOGIN in states and has_panel("accounts"):
            return self.tr("Open the accounts page"), lambda: actions.show_panel("accounts")
        if states and states <= RESTS and has_panel("health"):
            return self.tr("Open the health page"), lambda: actions.show_panel("health")
        return "", lambda: None

    def _words(self, state: AppState) -> str:
        if state.demo:
            return self.tr("The demo has no account: there is nothing to sign in to. Go on.")
        if _has_nobody(state):
            return self.tr(
                "No Lingma was found on this computer, so there is nobody to sign in to. Download "
                "it, or choose an agent or the demo."
            )
        if not state.instances:
            return wording.no_instances(state)
        states = {status.state for status in state.instances}
        if {InstanceState.NEEDS_LOGIN, InstanceState.READY} <= states:
            return self.tr("One account is ready: that is enough to go on.")
        if InstanceState.NEEDS_LOGIN in states:
            if not any(map(_takes_the_browser, state.instances)):
                return self.tr(
                    "Nobody is signed in yet. The accounts page signs in, and Continue at the "
                    "head of the window leads back here."
                )
            return self.tr(
                "Nobody is signed in yet. Sign in here by the browser; other ways are on the "
                "accounts page, and Continue at the head of the window leads back here."
            )
        if InstanceState.READY in states:
            return self.tr("Signed in and ready. Go on.")
        if states <= RESTS:
            return self.tr(
                "Its program does not run, so nobody can sign in. The health page says why and "
                "starts it; Continue at the head of the window leads back here."
            )
        return self.tr("It is starting; whether it is signed in shows in a moment.")


def _has_nobody(state: AppState) -> bool:
    """Whether there is no program to sign in to, and another one may be chosen."""
    return not state.instances and state.has_no_upstream and not state.first_run.is_fixed


def _takes_the_browser(status: InstanceStatus) -> bool:
    return status.state is InstanceState.NEEDS_LOGIN and status.signs_in


class AccountRow(QWidget):
    """One instance: mark, state, account."""

    def __init__(self, context: PanelContext, name: InstanceName) -> None:
        super().__init__()
        self._tokens = context.tokens
        self._accounts = context.actions.accounts
        self._name = name
        self._is_under_way = False
        self._button = QPushButton()
        self._button.clicked.connect(lambda _checked=False: self._pressed())
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
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _pressed(self) -> None:
        if self._is_under_way:
            self._accounts.cancel(self._name)
        else:
            self._accounts.sign_in(self._name)

    def show_status(self, status: InstanceStatus, *, is_under_way: bool) -> None:
        """Show one instance as it is now."""
        self._is_under_way = is_under_way
        needs = _takes_the_browser(status)
        self._button.setVisible(needs or is_under_way)
        self._button.setText(self.tr("Cancel") if is_under_way else self.tr("Sign in"))
        said = self.tr("Cancel: {name}") if is_under_way else self.tr("Sign in: {name}")
        self._button.setAccessibleName(said.format(name=wording.instance_name(status)))
        shape, tone = instance_mark(status)
        self._mark.show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        self._state.setText(wording.instance_state(status.state))
        set_property(self._state, "tone", tone)
        kind = wording.instance_kind(status.kind)
        if is_under_way:
            self._account.setText(self.tr("Go on in the browser that has opened."))
            return
        self._account.setText(
            " · ".join(filter(None, (wording.instance_name(status), kind, status.account)))
        )
