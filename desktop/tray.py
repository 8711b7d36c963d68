"""The tray icon: the gateway's state at a glance, its menu, and what it says unasked."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from desktop.actions import Actions
from desktop.os_integration.dbus_notifications import DesktopNotifications
from desktop.state import AppState
from desktop.tray_icon import tray_icon
from desktop.tray_menu import TrayMenu
from desktop.tray_view import TrayView, tray_view
from gateway_engine.public import InstanceName

NO_INSTANCE: Final = InstanceName("")
HINT_SHOWN_MS = 8000
EVERYTHING = "overview"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a click leads: a panel ("" for the window as it was), or an instance's health."""

    panel: str
    instance: InstanceName = NO_INSTANCE


class Tray(QObject):
    """Made once a host is there to take it (`os_integration.tray_host`). What it says goes to
    `service` where there is one, and else Qt's way.
    """

    def __init__(
        self,
        actions: Actions,
        parent: QObject | None = None,
        *,
        service: DesktopNotifications | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._service = service
        self._told: dict[str, Place] = {}
        self._view: TrayView | None = None
        self._said_of: set[Place] = set()
        self._menu = TrayMenu(actions)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self._menu.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self._message_clicked)
        if service is not None:
            service.clicked.connect(self._words_clicked)

    @property
    def menu(self) -> QMenu:
        """The context menu."""
        return self._menu.menu

    def retranslate(self) -> None:
        """Word the fixed entries in the present language."""
        self._menu.retranslate()

    def render_state(self, state: AppState) -> None:
        """Show `state`; touches the icon only when something a user sees has changed."""
        view, before = tray_view(state), self._view
        if view == before:
            return
        self._view = view
        if before is None or (before.state, before.demo) != (view.state, view.demo):
            self.icon.setIcon(tray_icon(view.state, demo=view.demo))
        if before is None or before.tooltip != view.tooltip:
            self.icon.setToolTip(view.tooltip)
        self._menu.show_view(view)

    def say(self, title: str, text: str, place: Place) -> None:
        """A notification; clicked, it opens `place`."""
        self._said_of.add(place)
        if self._service is None:
            self._say_by_qt(title, text)
        else:
            work = self._say_by(self._service, title, text, place)
            self._actions.asker.spawn(work, name="notify")

    def show(self) -> None:
        """Put the icon into the tray."""
        self.icon.show()

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()
        if self._service is not None:
            self._service.close()
        self._menu.menu.deleteLater()

    def unsay(self) -> None:
        """What was said has passed: the icon leads nowhere in particular."""
        self._said_of.clear()

    def _say_by_qt(self, title: str, text: str) -> None:
        # Our own icon: a StatusNotifier host shows no other.
        self.icon.showMessage(title, text, self.icon.icon(), HINT_SHOWN_MS)

    async def _say_by(
        self, service: DesktopNotifications, title: str, text: str, place: Place
    ) -> None:
        token = str(len(self._told))
        self._told[token] = place
        if not await service.say(title, text, token):
            self._say_by_qt(title, text)

    def _words_clicked(self, token: str) -> None:
        place = self._told[token]
        self._said_of.discard(place)
        self._go_to(place)

    def _message_clicked(self) -> None:
        """Open what was said of. So does the icon itself, for whoever has missed the words."""
        # No host tells which one was clicked: of several places, the one that tells of all.
        said_of, self._said_of = self._said_of - {Place("")}, set()
        self._go_to(said_of.pop() if len(said_of) == 1 else Place(EVERYTHING if said_of else ""))

    def _go_to(self, place: Place) -> None:
        if place.instance:
            self._actions.health.open(place.instance)
        elif place.panel:
            self._actions.show_panel(place.panel)
        else:
            self._actions.open_window()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self._message_clicked()
