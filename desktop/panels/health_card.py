"""A card for one instance: what it is, how it goes, what is wrong, what can be done."""

from collections.abc import Callable

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from desktop import health_wording, remedies, wording
from desktop.icons import line_icon
from desktop.panels.health_figures import NONE, PulseView
from desktop.panels.health_remedy import RemedyBanner, run_cure
from desktop.panels.marks import instance_mark, tone_colour
from desktop.panels.panel import PanelContext
from desktop.remedies import Cure
from desktop.sentences import listed, remarked
from desktop.state import AppState
from desktop.widgets.button_icon import show_icon
from desktop.widgets.card import Card
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.question import ask
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.status_mark import StatusMark
from desktop.widgets.styling import GAP, label, set_property
from desktop.widgets.wrapping_row import WrappingRow
from gateway_engine.public import (
    InstanceName,
    InstanceState,
    InstanceStatus,
    InstanceVitals,
    LifeStep,
)

REASONS = (
    LifeStep.ENDED,
    LifeStep.HUNG,
    LifeStep.START_FAILED,
    LifeStep.RESTART_ASKED,
    LifeStep.SETTINGS_CHANGED,
)
"""What in a life explains a restart."""


class HealthCard(Card):
    """One instance. On its own page it has every action, no way to the details, and `show_log`
    leads to the log that is there.
    """

    def __init__(
        self,
        context: PanelContext,
        name: InstanceName,
        *,
        show_log: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._context = context
        self._name = name
        self._show_log = show_log
        self._status: InstanceStatus | None = None
        self._made: list[QPushButton] = []
        self._mark = StatusMark(28)
        self._state = label("", "strong")
        self._age = label("", "small", wraps=True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._state)
        texts.addWidget(self._age)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(texts, 1)

        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._who = self._add_fact(self.tr("Program"))
        self._account = self._add_fact(self.tr("Account"))
        self._quota = self._add_fact(self.tr("Quota"))
        self._busy = self._add_fact(self.tr("In flight"))
        self._restarts = self._add_fact(self.tr("Restarts"))
        self._process = self._add_fact(self.tr("Process"))
        self._models = self._add_fact(self.tr("Models"))
        self._pulse = PulseView(context.tokens)
        self._remedy = RemedyBanner(context, self._cure)
        self._buttons = WrappingRow(GAP)
        self._make_buttons(whole=show_log is not None)

        self.body.setSpacing(12)
        self.body.addLayout(top)
        self.body.addWidget(self._remedy)
        self.body.addLayout(self._facts)
        self.body.addWidget(self._pulse)
        self.body.addStretch(1)
        self.body.addWidget(self._buttons)

    def _make_buttons(self, *, whole: bool) -> None:
        health, name = self._context.actions.health, self._name
        self._start = self._button(self.tr("Start"), "play", lambda: health.start(name))
        self._restart = self._button(self.tr("Restart"), "restart", lambda: health.restart(name))
        self._stop = self._button(self.tr("Stop"), "stop", self._stop_it)
        self._test = self._button(self.tr("Test"), "check", lambda: health.test(name))
        self._test.setToolTip(self.tr("Sends one short real request through this instance."))
        self._sign_in = self._button(self.tr("Sign in…"), "sign_in", lambda: health.sign_in(name))
        self._sign_out = self._button(self.tr("Sign out…"), "sign_out", self._sign_out_of_it)
        self._whole = whole
        if not whole:
            self._button(self.tr("Details"), "", lambda: health.open(name))

    def _button(self, text: str, icon: str, on_click: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        if icon:
            show_icon(button, line_icon(icon, self._context.tokens.text))
        button.clicked.connect(lambda _checked=False: on_click())
        self._buttons.add(button)
        self._made.append(button)
        return button

    def _add_fact(self, title: str) -> QLabel:
        row = self._facts.rowCount()
        value = captioned(ElidedLabel(), title)
        self._facts.addWidget(label(title, "small"), row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._facts.addWidget(value, row, 1)
        return value

    # --- showing ---------------------------------------------------------------------------------

    def show_status(
        self, status: InstanceStatus, vitals: InstanceVitals | None, state: AppState
    ) -> None:
        """Show one instance as it is now."""
        self._status = status
        shape, tone = instance_mark(status)
        tokens = self._context.tokens
        self._mark.show_shape(shape, tone_colour(tokens, tone), tokens.surface)
        called = wording.instance_name(status)
        if called != self.accessibleName():
            self.setAccessibleName(called)
            for button in self._made:
                button.setAccessibleName(f"{button.text()}: {called}")
        self._state.setText(f"{called} · {health_wording.instance_title(status)}")
        set_property(self._state, "tone", tone)
        self._age.setText(health_wording.instance_age(status))
        show_value(self._who, health_wording.program(status))
        show_value(self._account, health_wording.account(status))
        show_value(self._quota, health_wording.quota(status))
        locale = QLocale()
        show_value(self._busy, locale.toString(status.in_flight))
        show_value(self._restarts, self._restart_words(status))
        usage = vitals.usage if vitals is not None else None
        show_value(self._process, health_wording.process(status.pid, usage))
        show_value(self._models, self._model_words(status))
        self._pulse.show_pulse(vitals.pulse if vitals is not None else None)
        remedy = remedies.for_status(status)
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self._remedy.isAncestorOf(focused)
        twins = (
            (self._start, Cure.START),
            (self._restart, Cure.RESTART),
            (self._test, Cure.TEST),
            (self._sign_in, Cure.SIGN_IN),
        )
        wanted = next((cure for button, cure in twins if button is focused), Cure.NONE)
        self._remedy.show_remedy(remedy)
        test = state.health.tests.get(status.name)
        offered = {remedy.cure, remedy.second} if remedy is not None else set()
        self._show_buttons(status, offered, tests=test is not None and test.runs)
        # Qt would hand the keyboard to the next button, which may well be "Stop".
        if had_focus and remedy is None:
            self._restart.setFocus()
        elif wanted in offered and wanted is not Cure.NONE:
            self._remedy.take_focus(wanted)

    def _show_buttons(self, status: InstanceStatus, offered: set[Cure], *, tests: bool) -> None:
        """What the banner offers already is not offered twice."""
        self._start.setVisible(status.stopped and Cure.START not in offered)
        self._restart.setVisible(not status.stopped and Cure.RESTART not in offered)
        self._stop.setVisible(not status.stopped)
        self._test.setVisible(self._whole and not status.stopped and Cure.TEST not in offered)
        # Switched off it would hand the keyboard to its neighbour; another press changes nothing.
        self._test.setText(self.tr("Testing…") if tests else self.tr("Test"))
        is_signed_out = status.state is InstanceState.NEEDS_LOGIN
        self._sign_in.setVisible(self._whole and is_signed_out and Cure.SIGN_IN not in offered)
        self._sign_out.setVisible(self._whole and status.logged_in and status.signs_in)

    def _restart_words(self, status: InstanceStatus) -> str:
        count = QLocale().toString(status.restarts)
        why = next((event for event in reversed(status.life) if event.step in REASONS), None)
        if why is None or not status.restarts:
            return count
        return f"{count} · {remarked(health_wording.reason(why), wording.clock(why.at))}"

    def _model_words(self, status: InstanceStatus) -> str:
        if not status.models:
            return NONE
        count = QLocale().toString(len(status.models))
        return f"{count} · {listed(status.models)}"

    # --- doing -----------------------------------------------------------------------------------

    def _called(self) -> str:
        return str(self._name) if self._status is None else wording.instance_name(self._status)

    def _cure(self, cure: Cure) -> None:
        run_cure(self._context, cure, self._name, show_log=self._show_log)

    def _stop_it(self) -> None:
        busy = self._status.in_flight if self._status is not None else 0
        stop = self._context.actions.health.stop
        if not busy:
            stop(self._name)
            return
        ask(
            self.window(),
            self.tr("{name} has requests in flight: {n}. Stop it anyway?").format(
                name=self._called(), n=QLocale().toString(busy)
            ),
            self.tr("Stop"),
            lambda: stop(self._name),
            destructive=True,
        )

    def _sign_out_of_it(self) -> None:
        ask(
            self.window(),
            self.tr("Sign {name} out?").format(name=self._called()),
            self.tr("Sign out"),
            lambda: self._context.actions.accounts.sign_out(self._name),
            details=self.tr("It takes no requests until somebody signs in again."),
            destructive=True,
        )
