"""What stands in place of the table while there is nothing to show: why, and what to do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.panels.empty_place import EmptyPlace
from desktop.panels.panel import PanelContext
from desktop.slices.requests import RequestsSlice
from desktop.state import EnginePhase

MOST_EM = 28


class EmptyRequests(QWidget):
    """No request yet, or none that the filter wants."""

    all_wanted = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._place = EmptyPlace(context)
        self._place.setMaximumWidth(MOST_EM * self.fontMetrics().height())
        self._overview = self._place.add_button(
            self.tr("Go to Overview"), lambda: context.actions.show_panel("overview"), primary=True
        )
        self._all = self._place.add_button(self.tr("Show all requests"), self.all_wanted.emit)
        QHBoxLayout(self).addWidget(self._place)

    def show_requests(self, requests: RequestsSlice, phase: EnginePhase) -> None:
        """Say why there is nothing."""
        has_engine = phase is EnginePhase.RUNNING
        is_filtered = has_engine and requests.shown_filter.is_set
        if not has_engine:
            self._place.say(
                self._place.engine_title(phase),
                self.tr("The history of requests is shown as soon as it runs."),
            )
        elif is_filtered:
            self._place.say(
                self.tr("No request fits"),
                self.tr("None of the recorded and running requests fits the filter."),
            )
        else:
            self._place.say(
                self.tr("No requests yet"),
                self.tr(
                    "Requests appear here the moment a client sends them. Send a first one with "
                    "“Try it” on the Overview, or copy address and key from there into a client."
                ),
            )
        self._place.show_phase(phase)
        self._overview.setVisible(has_engine and not is_filtered)
        self._all.setVisible(is_filtered)
