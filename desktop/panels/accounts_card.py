"""The account of one instance: its state in words, what to do next, and the ways to do it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop import account_refusals, account_wording, wording
from desktop.panels.accounts_password import PasswordForm
from desktop.panels.accounts_under_way import CommandOutput, UnderWay
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.slices.accounts import UNDER_WAY
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.folding_row import FoldingRow
from desktop.widgets.question import ask
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, label, set_property
from desktop.widgets.tab_order import bring_into_sight
from gateway_engine.public import (
    InstanceName,
    InstanceState,
    InstanceStatus,
    SignInState,
    SignInStatus,
)

MARKS = {
    SignInState.LOGGED_OUT: (Shape.PADLOCK, "warn"),
    SignInState.WAITING_FOR_BROWSER: (Shape.ARC, "info"),
    SignInState.SIGNING_IN: (Shape.ARC, "info"),
    SignInState.NEEDS_PERSON: (Shape.PADLOCK, "warn"),
    SignInState.LOGGED_IN: (Shape.CHECK, "ok"),
    SignInState.FAILED: (Shape.TRIANGLE, "error"),
    SignInState.EXPIRED: (Shape.PADLOCK, "warn"),
    SignInState.CANCELLED: (Shape.RING, "quiet"),
}
RUNS = (InstanceState.READY, InstanceState.NEEDS_LOGIN)
RESTS = (InstanceState.FAILED, InstanceState.STOPPED)


class AccountCard(Card):
    """One instance's account."""

    def __init__(self, context: PanelContext, name: InstanceName) -> None:
        super().__init__()
        self._name = name
        self._called = ""
        self._tokens = context.tokens
        self._actions = context.actions.accounts
        self._show_health = lambda: context.actions.show_panel("health")
        self._wants_password = False
        self._state = AppState()
        self._mark = StatusMark(24)
        self._title = label("", "strong", wraps=True)
        self._since = label("", "small")
        self._who = ElidedLabel()
        self._who.setProperty("type", "small")
        self._account = ElidedLabel()
        self._next = label("", wraps=True)
        self._error = Banner("error", Shape.TRIANGLE)
        self._under_way = UnderWay(context, name)
        self._output = CommandOutput(context)
        self._password = PasswordForm(context, name, self._close_password)
        self._buttons = self._make_buttons()
        self._lay_out()
        self._call(str(name))

    def _make_buttons(self) -> FoldingRow:
        name, actions = self._name, self._actions
        self._sign_in = self._button(self.tr("Sign in"), self._begin, kind="primary")
        self._outside = self._button(
            self.tr("In the system browser"), lambda: actions.sign_in_outside(name)
        )
        self._with_password = self._button(self.tr("With a password…"), self._open_password)
        self._health = self._button(self.tr("Show the instances"), self._show_health)
        self._cancel = self._button(self.tr("Cancel"), lambda: actions.cancel(name))
        self._switch = self._button(self.tr("Switch account…"), self._ask_to_switch)
        self._sign_out = self._button(self.tr("Sign out…"), self._ask_to_sign_out)
        self._forget = self._button(
            self.tr("Forget the password"), lambda: actions.forget_password(name)
        )
        row = FoldingRow(26, GAP)
        for button in self._all_buttons():
            row.add(button)
        filler = QWidget()
        row.add(filler, stretches=True)
        return row

    def _all_buttons(self) -> tuple[QPushButton, ...]:
        return (
            self._health,
            self._sign_in,
            self._outside,
            self._with_password,
            self._cancel,
            self._switch,
            self._sign_out,
            self._forget,
        )

    def _button(self, text: str, then: Callable[[], None], *, kind: str = "") -> QPushButton:
        button = QPushButton(text)
        if kind:
            button.setProperty("kind", kind)
        button.clicked.connect(lambda _checked=False: then())
        return button

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        for line in (self._title, self._account, self._since, self._who):
            texts.addWidget(line)
        top = FoldingRow(8, 12)
        words = QWidget()
        words.setLayout(texts)
        texts.setContentsMargins(0, 0, 0, 0)
        top.add(self._mark)
        top.add(words, stretches=True)
        self.body.setSpacing(12)
        self.body.addWidget(top)
        parts: tuple[QWidget, ...] = (
            self._next,
            self._error,
            self._under_way,
            self._output,
            self._password,
            self._buttons,
        )
        for part in parts:
            self.body.addWidget(part)
        self.body.addStretch(1)

    # --- what it shows ---------------------------------------------------------------------------

    def show_account(self, state: AppState, instance: InstanceStatus) -> None:
        """Show one instance's account as it is now. The keyboard stays in this card when what has
        it goes away.
        """
        focused = self.window().focusWidget()
        self._show(state, instance)
        if focused is not None:
            self._keep_keyboard(focused)

    def take_keyboard(self) -> None:
        """Go on here, in sight: with the first button, or the password that is being typed."""
        if self._wants_password:
            self._password.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._to_first_button()
        # A page that is shown for the first time has no size yet.
        QTimer.singleShot(0, self, lambda: bring_into_sight(self))

    def _keep_keyboard(self, had_it: QWidget) -> None:
        if self.isAncestorOf(had_it) and not had_it.isVisibleTo(self):
            self._to_first_button()

    def _to_first_button(self) -> None:
        for button in self._all_buttons():
            if not button.isHidden():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _show(self, state: AppState, instance: InstanceStatus) -> None:
        self._state = state
        self._call(wording.instance_name(instance))
        status = next((s for s in state.sign_ins if s.instance == self._name), None)
        if status is None:
            status = SignInStatus(self._name, SignInState.LOGGED_OUT, instance.since)
        kind = instance.kind
        is_demo = kind == account_wording.DEMO
        starting = instance.state not in RUNS and status.state not in UNDER_WAY
        rests = starting and instance.state in RESTS
        shape, tone = (Shape.ARC, "info") if starting else MARKS[status.state]
        if is_demo and not starting and status.state is SignInState.LOGGED_IN:
            shape, tone = Shape.FLASK, "demo"
        if rests:
            failed = instance.state is InstanceState.FAILED
            shape, tone = (Shape.TRIANGLE, "error") if failed else (Shape.RING, "quiet")
        self._mark.show_shape(shape, tone_colour(self._tokens, tone), self._tokens.surface)
        title = wording.instance_state(instance.state)
        self._title.setText(title if starting else account_wording.state_title(status.state, kind))
        set_property(self._title, "tone", tone)
        self._since.setText(wording.since(instance.since if starting else status.since))
        domain = state.accounts.known.domain if account_wording.by_browser(kind) else ""
        facts = (self._called, wording.instance_kind(kind), domain)
        self._who.setText(" · ".join(filter(None, facts)))
        self._account.setText(status.account)
        self._account.setVisible(bool(status.account) and not is_demo)
        words = "" if starting else account_wording.next_step(status, kind)
        if self._name in state.accounts.keyring_asked:
            words = self.tr(
                "Waiting for the system's key store, where the password is kept. Unlock it in the "
                "window that asks for its password."
            )
        if starting:
            words = self.tr("Its program does not run yet. Signing in is possible once it does.")
        if rests:
            words = self.tr("Its program does not run. The health page says why and starts it.")
        self._health.setVisible(rests)
        self._next.setText(words)
        self._next.setVisible(bool(words) and not status.error_code)
        self._show_error(status, words)
        self._show_parts(state, status, kind, starting=starting)

    def _call(self, called: str) -> None:
        if called != self._called:
            self._called = called
            self.setAccessibleName(called)
            self._output.call(called)
            for button in self._all_buttons():
                button.setAccessibleName(f"{button.text()}: {called}")

    def _show_error(self, status: SignInStatus, words: str) -> None:
        if status.error_code:
            needs_person = status.state is SignInState.NEEDS_PERSON
            tone = "warn" if needs_person else "error"
            self._error.set_tone(tone, Shape.PADLOCK if needs_person else Shape.TRIANGLE)
            self._error.set_colours(
                tone_colour(self._tokens, tone), tone_surface(self._tokens, tone)
            )
            self._error.say(account_refusals.sign_in_error(status), words)
        self._error.setVisible(bool(status.error_code))

    def _show_parts(
        self, state: AppState, status: SignInStatus, kind: str, *, starting: bool
    ) -> None:
        is_agent = account_wording.by_command(kind)
        by_browser = account_wording.by_browser(kind)
        under_way = status.state in UNDER_WAY
        signed_in = status.state is SignInState.LOGGED_IN
        can_begin = not under_way and not signed_in and not starting
        may_type = can_begin and (by_browser or kind == account_wording.DEMO)
        self._wants_password = self._wants_password and may_type
        address = state.accounts.addresses.get(self._name, "")
        self._under_way.show_address(address)
        # The automatic sign-in has an address of its own, which is nobody's to go on with.
        is_for_person = bool(address) or status.state is SignInState.WAITING_FOR_BROWSER
        self._under_way.setVisible(under_way and is_for_person and not is_agent)
        self._output.show_lines(state.accounts.printed.get(self._name, ()))
        self._output.setVisible(is_agent and (under_way or status.state is SignInState.FAILED))
        known = state.accounts.known
        has_password = self._name in known.remembered or self._name in known.given
        self._password.show_kept(has_password, locked=known.locked)
        self._password.setVisible(self._wants_password)
        types = self._wants_password
        self._sign_in.setVisible((may_type or (can_begin and is_agent)) and not types)
        self._outside.setVisible(may_type and state.accounts.has_window and not types)
        self._with_password.setVisible(may_type and not types)
        self._cancel.setVisible(under_way)
        may_leave = signed_in and by_browser
        self._switch.setVisible(may_leave)
        self._sign_out.setVisible(may_leave)
        self._forget.setVisible(self._name in known.remembered and not under_way and not types)
        buttons = [button for button in self._all_buttons() if not button.isHidden()]
        self._buttons.setVisible(bool(buttons))

    # --- what its user does ----------------------------------------------------------------------

    def _begin(self) -> None:
        is_agent = any(
            each.name == self._name and account_wording.by_command(each.kind)
            for each in self._state.instances
        )
        if is_agent:
            self._actions.sign_in_by_command(self._name)
        else:
            self._actions.sign_in(self._name)

    def _open_password(self) -> None:
        self._wants_password = True
        self._show_again()
        self._password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_password(self) -> None:
        self._wants_password = False
        self._show_again()

    def _show_again(self) -> None:
        for instance in self._state.instances:
            if instance.name == self._name:
                self.show_account(self._state, instance)

    def _ask_to_switch(self) -> None:
        ask(
            self,
            self.tr("Sign {name} out and sign in with another account?").format(name=self._called),
            self.tr("Switch account"),
            lambda: self._actions.sign_in(self._name, switch=True),
            details=self.tr("Its answers stop until the other account is signed in."),
        )

    def _ask_to_sign_out(self) -> None:
        ask(
            self,
            self.tr("Sign {name} out?").format(name=self._called),
            self.tr("Sign out"),
            lambda: self._actions.sign_out(self._name),
            details=self.tr("Its answers stop until somebody signs in again."),
            destructive=True,
        )
