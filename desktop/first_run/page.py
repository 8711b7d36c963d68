"""The page of the first steps: where one is, the step itself, Back, Set up later and Next."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.first_run.answer_step import AnswerStep
from desktop.first_run.client_step import ClientStep
from desktop.first_run.program_step import ProgramStep
from desktop.first_run.sign_in_step import SignInStep
from desktop.first_run.step import StepPage
from desktop.first_run.welcome_step import WelcomeStep
from desktop.panels.action_failure import ActionFailure
from desktop.panels.keyring_banner import KeyringBanner
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PAGE_MARGIN_PX, PanelContext, scroll_bar_room
from desktop.slices.first_run import STEPS, FirstRunStep
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.return_key import RETURN_KEYS, is_a_choice, press_focused
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import GAP, label

MOST_WIDTH = 760

PAGES: dict[FirstRunStep, Callable[[PanelContext], StepPage]] = {
    FirstRunStep.WELCOME: WelcomeStep,
    FirstRunStep.PROGRAM: ProgramStep,
    FirstRunStep.SIGN_IN: SignInStep,
    FirstRunStep.CLIENT: ClientStep,
    FirstRunStep.ANSWER: AnswerStep,
}


def step_title(step: FirstRunStep) -> str:
    """A step's heading."""
    translate = QCoreApplication.translate
    match step:
        case FirstRunStep.WELCOME:
            return translate("FirstRun", "Welcome to Lingma Gateway")
        case FirstRunStep.PROGRAM:
            return translate("FirstRun", "Who should answer?")
        case FirstRunStep.SIGN_IN:
            return translate("FirstRun", "Sign in")
        case FirstRunStep.CLIENT:
            return translate("FirstRun", "Connect a client")
        case FirstRunStep.ANSWER:
            return translate("FirstRun", "Your first answer")


class FirstRunPage(QWidget):
    """Fills the window while the first steps are open."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setObjectName("page")
        self._context = context
        self._desktop = context.actions.desktop
        self._step = FirstRunStep.WELCOME
        self._pages: dict[FirstRunStep, StepPage] = {}
        self._count = label("", "caption")
        self._title = label("", "title", wraps=True)
        self._demo = Banner("demo", Shape.FLASK)
        tokens = context.tokens
        self._demo.set_colours(tone_colour(tokens, "demo"), tone_surface(tokens, "demo"))
        self._demo.say(self.tr("Demo: answers do not come from Lingma"), "")
        self._keyring = KeyringBanner(context)
        self._failure = ActionFailure(context)
        self._place = QVBoxLayout()

        content = QWidget()
        content.setObjectName("scrolled")
        content.setMaximumWidth(MOST_WIDTH)
        column = QVBoxLayout(content)
        column.setContentsMargins(28, 32, 28, 24)
        column.setSpacing(16)
        column.addWidget(self._count)
        column.addWidget(self._title)
        column.addWidget(self._keyring)
        column.addWidget(self._demo)
        column.addWidget(self._failure)
        column.addLayout(self._place)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._area, 1)
        outer.addWidget(self._foot())

    def _foot(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("foot")
        self._back = QPushButton(self.tr("Back"))
        self._back.clicked.connect(lambda _checked=False: self._go(-1))
        self._later = QPushButton(self.tr("Set up later"))
        self._later.setToolTip(self.tr("See the window; these steps can be resumed there"))
        self._later.clicked.connect(lambda _checked=False: self._desktop.leave_first_run())
        self._next = QPushButton()
        self._next.setProperty("kind", "primary")
        self._next.setDefault(True)
        self._next.clicked.connect(lambda _checked=False: self._go(1))
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self._back)
        row.addStretch(1)
        row.addWidget(self._later)
        row.addWidget(self._next)
        inner = QWidget()
        inner.setLayout(row)
        inner.setMaximumWidth(MOST_WIDTH)
        row.setContentsMargins(PAGE_MARGIN_PX, 10, PAGE_MARGIN_PX, 10)
        outer = QHBoxLayout(foot)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(inner, MOST_WIDTH)  # so that nothing is left for the stretches but the rest
        outer.addStretch(1)

        def keep_below_the_step() -> None:
            outer.setContentsMargins(0, 0, scroll_bar_room(self._area), 0)

        self._area.verticalScrollBar().rangeChanged.connect(keep_below_the_step)
        return foot

    def render_state(self, state: AppState) -> None:
        """Show the step that the state names."""
        step = state.first_run.step
        is_new = step not in self._pages
        if is_new:
            page = PAGES[step](self._context)
            self._pages[step] = page
            self._place.addWidget(page)
        for known, page in self._pages.items():
            page.setVisible(known is step)
        self._pages[step].render_state(state)
        number = STEPS.index(step)
        self._count.setText(self.tr("Step {n} of {all}").format(n=number + 1, all=len(STEPS)))
        self._title.setText(step_title(step))
        self._demo.setVisible(state.demo and step is not FirstRunStep.WELCOME)
        self._keyring.render_state(state)
        self._failure.render_state(state)
        self._back.setVisible(number > 0)
        is_last = number == len(STEPS) - 1
        self._next.setText(self.tr("Finish") if is_last else self.tr("Next"))
        if is_new or step is not self._step:
            self._step = step
            self._area.verticalScrollBar().setValue(0)
            self.setAccessibleName(step_title(step))
            self.take_keyboard()

    def take_keyboard(self) -> None:
        """As a step opens: no button is marked before a key is used, and Return goes on."""
        (self._pages[self._step].first_focus() or self).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the focus; Escape puts it off.

        In what is typed Return is the field's own, and in a choice it goes on, as everywhere where
        one button is marked as the next: it is Space, or an arrow key, that chooses.
        """
        if event.key() == Qt.Key.Key_Escape:
            self._desktop.leave_first_run()
        elif event.key() in RETURN_KEYS:
            focused = self.focusWidget()
            is_choice = isinstance(focused, QAbstractButton) and is_a_choice(focused)
            is_for_it = not is_choice and press_focused(self, event)
            if not is_for_it and not isinstance(focused, QLineEdit) and not event.isAutoRepeat():
                self._go(1)
        else:
            super().keyPressEvent(event)

    def _go(self, way: int) -> None:
        place = STEPS.index(self._step) + way
        if way > 0:
            self._pages[self._step].take()
        if place >= len(STEPS):
            self._desktop.finish_first_run()
        elif place >= 0:
            self._desktop.go_to_step(STEPS[place])
