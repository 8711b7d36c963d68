"""Notifications, only for what needs a person and is not on the screen already.

Each thing is said once, until it has passed for good: an instance that fails again and again is one
thing until it was ready in between. What passes by itself within a moment is never said.
"""

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from desktop import remedies, wording
from desktop.state import AppState, EnginePhase
from desktop.tray import EVERYTHING, Place, Tray
from gateway_engine.public import InstanceState, InstanceStatus, QuotaSpent, SignInState

translate = QCoreApplication.translate

SETTLE_MS = 2000
OVERVIEW, ACCOUNTS, HEALTH = EVERYTHING, "accounts", "health"
SHOW_ALL = (OVERVIEW, "first_run")
"""Panels that say all of it themselves."""
SIGNING_IN = (SignInState.SIGNING_IN, SignInState.WAITING_FOR_BROWSER)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say. `key` is what it is about, `place` where something can be done."""

    key: str
    title: str
    text: str
    place: Place


def notices(state: AppState) -> tuple[Notice, ...]:
    """What needs a person now."""
    found: list[Notice] = []
    if state.endpoint.failure is not None:
        words = wording.listener_failure(state.endpoint.failure)
        found.append(Notice("listener", words.title, words.text, Place(OVERVIEW)))
    if state.crash:
        words = wording.crash(state.crash)
        found.append(Notice("crash", words.title, words.text, Place(OVERVIEW)))
    signing_in = {status.instance for status in state.sign_ins if status.state in SIGNING_IN}
    for status in state.instances:
        if status.state is InstanceState.NEEDS_LOGIN and status.name not in signing_in:
            found.append(_login_notice(status, state))
        elif status.state is InstanceState.FAILED:
            found.append(_failed_notice(status))
        if status.out_of_quota is not None:
            found.append(_quota_notice(status, status.out_of_quota))
    return tuple(found)


def has_passed(key: str, state: AppState) -> bool:
    """Whether what `key` is about is over, so that it may be said anew."""
    subject, _, name = key.partition(" ")
    match subject:
        case "listener":
            return bool(state.endpoint.url)
        case "crash":
            return state.phase is EnginePhase.RUNNING
        case "login" | "failed":
            states = {s.state for s in state.instances if s.name == name}
            return not states or InstanceState.READY in states
        case _:
            return False


def _login_notice(status: InstanceStatus, state: AppState) -> Notice:
    has_expired = any(
        s.instance == status.name and s.state is SignInState.EXPIRED for s in state.sign_ins
    )
    title = (
        translate("Notify", "A sign-in has expired")
        if has_expired
        else translate("Notify", "Sign-in needed")
    )
    text = translate("Notify", "{name} cannot answer until someone signs in.").format(
        name=status.account or wording.instance_name(status)
    )
    return Notice(f"login {status.name}", title, text, Place(ACCOUNTS))


def _failed_notice(status: InstanceStatus) -> Notice:
    words = remedies.instance_words(status.last_error, status.last_error_message)
    title = translate("Notify", "{name} has failed").format(name=wording.instance_name(status))
    return Notice(f"failed {status.name}", title, words.title, Place(HEALTH, status.name))


def _quota_notice(status: InstanceStatus, spent: QuotaSpent) -> Notice:
    words = wording.error("upstream_quota", spent.message)
    # Quotas come and go by the minute: once a day is enough.
    day = date.fromtimestamp(spent.at)  # noqa: DTZ012 - the user's own day is meant
    place = Place(HEALTH, status.name)
    return Notice(f"quota {status.name} {day}", words.title, words.text, place)


class Notifications(QObject):
    """Says what is new and still true after a moment."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._said: set[str] = set()
        self._latest: tuple[Tray, AppState, str] | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self.say_now)

    def tell(self, tray: Tray, state: AppState, *, shown_panel: str) -> None:
        """Consider `state`; `shown_panel` is what the user can see now, "" for nothing."""
        self._said = {key for key in self._said if not has_passed(key, state)}
        self._latest = (tray, state, shown_panel)
        if not notices(state):
            tray.unsay()
        if any(notice.key not in self._said for notice in notices(state)):
            if not self._settled.isActive():
                self._settled.start()
        else:
            self._settled.stop()

    def say_now(self) -> None:
        """Say what has not been said yet; what is on the screen counts as said."""
        if self._latest is None:
            return
        tray, state, shown_panel = self._latest
        fresh = [notice for notice in notices(state) if notice.key not in self._said]
        self._said |= {notice.key for notice in fresh}
        unseen = [each for each in fresh if shown_panel not in (each.place.panel, *SHOW_ALL)]
        if len(unseen) == 1:
            tray.say(unseen[0].title, unseen[0].text, unseen[0].place)
        elif unseen:
            title = translate("Notify", "Several things need you")
            tray.say(title, "\n".join(each.title for each in unseen), Place(OVERVIEW))

    def tell_about_tray(self, tray: Tray) -> None:
        """Where the window has gone, once in a lifetime."""
        tray.say(
            translate("Notify", "Lingma Gateway keeps running"),
            translate("Notify", "It lives in the system tray. Click the icon to open the window."),
            Place(""),
        )
