"""Holds the present `AppState` and says when it changed."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from desktop.state import AppEvent, AppState, reduce_all


class StateStore(QObject):
    """The one mutable thing of the UI: a reference to the newest `AppState`."""

    changed = Signal(object)
    """The new AppState; once per batch of events, and only when something changed."""

    def __init__(self, state: AppState | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state or AppState()

    @property
    def state(self) -> AppState:
        """The present state."""
        return self._state

    def dispatch(self, *events: AppEvent) -> None:
        """Fold `events` into the state."""
        self.dispatch_all(events)

    def dispatch_all(self, events: Iterable[AppEvent]) -> None:
        """Fold a batch into the state and announce it once."""
        state = reduce_all(self._state, events)
        if state is not self._state and state != self._state:
            self._state = state
            self.changed.emit(state)
