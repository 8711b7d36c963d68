"""Notifications, only for what needs a person and only while the window is out of sight."""

from PySide6.QtCore import QCoreApplication

from desktop import wording
from desktop.state import AppState
from desktop.tray import Tray

translate = QCoreApplication.translate


class Notifications:
    """Says each thing once, until it has passed."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def tell(self, tray: Tray, state: AppState, *, window_is_open: bool) -> None:
        """Notify about what is new in `state`."""
        failure = state.endpoint.failure
        words = wording.listener_failure(failure) if failure else None
        self._once(tray, "listener", words, window_is_open=window_is_open)
        crash = wording.crash(state.crash) if state.crash else None
        self._once(tray, "crash", crash, window_is_open=window_is_open)

    def tell_about_tray(self, tray: Tray) -> None:
        """Where the window has gone, once in a lifetime."""
        tray.say(
            translate("Notify", "Lingma Gateway keeps running"),
            translate("Notify", "It lives in the system tray. Click the icon to open the window."),
        )

    def _once(
        self, tray: Tray, key: str, words: wording.Words | None, *, window_is_open: bool
    ) -> None:
        if words is None:
            self._said.discard(key)
        elif key not in self._said:
            self._said.add(key)
            if not window_is_open:
                tray.say(words.title, words.text)
