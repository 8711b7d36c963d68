"""SIGINT, SIGTERM and their kin as a Qt signal.

Python runs a signal handler only between two of its instructions, and a waiting Qt loop runs none:
the wake-up socket makes Qt call into Python.
"""

import contextlib
import signal
import socket
from types import FrameType, TracebackType
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class ExitSignals(QObject):
    """Installed while used as a context, on the main thread; the old handlers come back after."""

    received = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._old: dict[int, Any] = {}
        self._old_wakeup = -1
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)

    def __enter__(self) -> "ExitSignals":
        self._old_wakeup = signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)
        for name in NAMES:
            number = getattr(signal, name, None)
            if number is not None:
                self._old[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_wakeup)
        self._notifier.setEnabled(False)
        self._near.close()
        self._far.close()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.received.emit(number)

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError, InterruptedError):
            self._near.recv(64)
