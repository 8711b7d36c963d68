"""Engine → UI: events cross the threads in batches, by one queued Qt signal.

The engine's loop calls `emit` thousands of times a second when hundreds of answers stream; the UI
gets at most one batch per frame. Progress is folded to its newest value per request. What waits is
bounded: if the UI stands still for long, the queue is given up, and `lost` asks for a snapshot.
"""

import threading
from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gateway_engine.public import EngineEvent, RequestId, RequestProgressed

FRAME_MS = 33
MAX_WAITING_EVENTS = 20_000


class EngineBridge(QObject):
    """Made on the UI thread; `emit` and `report_crash` may be called on any thread."""

    received = Signal(tuple)
    """A batch: tuple[EngineEvent, ...], in order, on the UI thread."""

    lost = Signal()
    """Events were dropped; ask the engine for a snapshot."""

    crashed = Signal(str)
    """The engine thread died, with one line of why."""

    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: deque[EngineEvent] = deque()
        self._progress: dict[RequestId, RequestProgressed] = {}
        self._is_woken = False
        self._has_overflowed = False
        self._is_closed = False
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME_MS)
        self._frame.timeout.connect(self._drain)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def emit_event(self, event: EngineEvent) -> None:
        """Take one event; returns at once and never raises. Called on the engine's loop."""
        with self._lock:
            if self._is_closed:
                return
            if isinstance(event, RequestProgressed):
                self._progress[event.request_id] = event
            elif len(self._waiting) >= MAX_WAITING_EVENTS:
                self._waiting.clear()
                self._progress.clear()
                self._has_overflowed = True
            else:
                self._waiting.append(event)
            if self._is_woken:
                return
            self._is_woken = True
        self._woken.emit()

    def report_crash(self, reason: str) -> None:
        """Tell the UI that the engine thread died. Called on that thread."""
        with self._lock:
            if self._is_closed:
                return
        self.crashed.emit(reason)

    def close(self) -> None:
        """Take nothing more: the window is going away."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            self._progress.clear()
        self._frame.stop()

    def _wake(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _drain(self) -> None:
        with self._lock:
            batch = (*self._waiting, *self._progress.values())
            self._waiting.clear()
            self._progress.clear()
            self._is_woken = False
            has_overflowed, self._has_overflowed = self._has_overflowed, False
        if has_overflowed:
            self.lost.emit()
        if batch:
            self.received.emit(batch)
