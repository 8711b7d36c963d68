"""The tray icon and its menu: the gateway's state at a glance, and the few things one does often.

`TrayView` is what they show, computed without Qt's widgets; `Tray` only sets it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from desktop import wording
from desktop.actions import Actions
from desktop.state import AppState, TrayState, tray_state
from desktop.tray_icon import tray_icon

translate = QCoreApplication.translate

HINT_SHOWN_MS = 8000


@dataclass(frozen=True, slots=True)
class TrayView:
    """Everything the tray shows."""

    state: TrayState
    demo: bool
    tooltip: str
    state_line: str
    endpoint_on: bool
    can_switch: bool
    can_copy_url: bool
    can_copy_key: bool


def tray_view(state: AppState) -> TrayView:
    """What the tray shows for `state`."""
    title = wording.state_title(state)
    lines = [f"Lingma Gateway – {title}"]
    if state.endpoint.url:
        lines.append(state.endpoint.url)
    line = title
    if state.in_flight:
        busy = translate("Tray", "{n} in flight").format(n=state.in_flight)
        line = f"{title} · {busy}"
        lines.append(busy)
    return TrayView(
        state=tray_state(state),
        demo=state.demo,
        tooltip="\n".join(lines),
        state_line=line,
        endpoint_on=state.endpoint_on,
        can_switch=state.can_switch,
        can_copy_url=bool(state.endpoint.url),
        can_copy_key=bool(state.access.api_key),
    )


class Tray(QObject):
    """Made once a host is there to take it (`os_integration.tray_host`)."""

    def __init__(self, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._view: TrayView | None = None
        self._said_of = ""
        self._menu = QMenu()
        self._state_line = self._add()
        self._state_line.setEnabled(False)
        self._demo_line = self._add()
        self._demo_line.setEnabled(False)
        self._menu.addSeparator()
        self._toggle = self._add(actions.toggle_endpoint)
        self._toggle.setCheckable(True)
        self._copy_url = self._add(actions.copy_base_url)
        self._copy_key = self._add(actions.copy_api_key)
        self._menu.addSeparator()
        self._open = self._add(actions.open_window)
        self._quit = self._add(actions.quit)

        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self._message_clicked)
        self.retranslate()

    @property
    def menu(self) -> QMenu:
        """The context menu."""
        return self._menu

    def _add(self, on_click: Callable[[], None] | None = None) -> QAction:
        action = QAction(self._menu)
        if on_click is not None:
            action.triggered.connect(lambda _checked=False: on_click())
        self._menu.addAction(action)
        return action

    def retranslate(self) -> None:
        """Word the fixed entries in the present language."""
        self._demo_line.setText(self.tr("Demo – answers do not come from Lingma"))
        self._toggle.setText(self.tr("Local endpoint on"))
        self._copy_url.setText(self.tr("Copy base URL"))
        self._copy_key.setText(self.tr("Copy API key"))
        self._open.setText(self.tr("Open window"))
        self._quit.setText(self.tr("Quit"))

    def render_state(self, state: AppState) -> None:
        """Show `state`; touches the icon only when something a user sees has changed."""
        view = tray_view(state)
        if view == self._view:
            return
        self._view = view
        self.icon.setIcon(tray_icon(view.state, demo=view.demo))
        self.icon.setToolTip(view.tooltip)
        self._state_line.setText(view.state_line)
        self._demo_line.setVisible(view.demo)
        self._toggle.setChecked(view.endpoint_on)
        self._toggle.setEnabled(view.can_switch)
        self._copy_url.setEnabled(view.can_copy_url)
        self._copy_key.setEnabled(view.can_copy_key)

    def say(self, title: str, text: str, panel: str) -> None:
        """A notification; clicked, it opens `panel` ("" for the window as it was)."""
        self._said_of = panel
        # Our own icon: a StatusNotifier host shows no other.
        self.icon.showMessage(title, text, self.icon.icon(), HINT_SHOWN_MS)

    def show(self) -> None:
        """Put the icon into the tray."""
        self.icon.show()

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()
        self._menu.deleteLater()

    def _message_clicked(self) -> None:
        panel, self._said_of = self._said_of, ""
        if panel:
            self._actions.show_panel(panel)
        else:
            self._actions.open_window()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self._actions.open_window()
