"""What every one of the first steps is."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.styling import GAP_LARGE


class StepPage(QWidget):
    """A step's controls. It keeps no state but what the user has selected and not yet taken."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.context = context
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP_LARGE)

    def render_state(self, state: AppState) -> None:
        """Show `state`."""
        raise NotImplementedError

    def first_focus(self) -> QWidget | None:
        """What the keyboard is in when the step opens; None for the page: Tab begins at its top."""
        return None

    def take(self) -> None:
        """The user goes on: what is selected shall hold."""
