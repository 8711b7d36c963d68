"""The first answer, streamed through the same address that every client uses."""

from PySide6.QtWidgets import QWidget

from desktop.first_run.step import StepPage
from desktop.panels.overview_try_it import TryItCard
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.styling import label
from desktop.wording import instance_titles


class AnswerStep(StepPage):
    """Try it, with a question that waits to be sent."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        session = context.actions.try_it
        if not session.prompt:
            session.prompt = self.tr("Count to 20")
        self.column.addWidget(
            label(self.tr("This asks the endpoint as any client would. Press Send."), wraps=True)
        )
        self._try_it = TryItCard(context)
        self.column.addWidget(self._try_it)

    def first_focus(self) -> QWidget | None:
        """The question, ready to be sent."""
        return self._try_it.question

    def render_state(self, state: AppState) -> None:
        """The card follows its own session, and calls instances as the settings do."""
        self._try_it.show_titles(instance_titles(state.instances))
