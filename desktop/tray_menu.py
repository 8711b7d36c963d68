"""The tray's menu. It never changes under the pointer: while it is open, nothing of it moves.

What happens meanwhile is shown when it closes, or opens again: some hosts never say that they
closed it.
"""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop.actions import Actions
from desktop.panels.catalogue import PANELS, has_panel
from desktop.tray_view import ErrorEntry, InstanceEntry, TrayView

translate = QCoreApplication.translate


class TrayMenu:
    """State, switch, addresses and key, instances, recent errors, window and quit."""

    def __init__(self, actions: Actions) -> None:
        self.menu = QMenu()
        self._actions = actions
        self._shown: TrayView | None = None
        self._wanted: TrayView | None = None
        self._is_open = False
        self._state_line = self._add_line()
        self._demo_line = self._add_line()
        self._quota_line = self._add_line()
        self._error_line = self._add(self._open_last_error)
        self.menu.addSeparator()
        self._toggle = self._add(actions.toggle_endpoint)
        self._toggle.setCheckable(True)
        self._copy_openai = self._add(actions.copy_base_url)
        self._copy_anthropic = self._add(actions.copy_anthropic_url)
        self._copy_key = self._add(actions.copy_api_key)
        self.menu.addSeparator()
        self._instances = self._add_menu()
        self._errors = self._add_menu()
        self.menu.addSeparator()
        self._open = self._add(actions.open_window)
        self._pages = self._add_menu()
        self._quit = self._add(actions.quit)
        self.menu.aboutToShow.connect(self._opens)
        self.menu.aboutToHide.connect(self._closes)
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the present language."""
        self._demo_line.setText(translate("Tray", "Demo – answers do not come from Lingma"))
        self._toggle.setText(translate("Tray", "Local endpoint on"))
        self._copy_openai.setText(translate("Tray", "Copy OpenAI base URL"))
        self._copy_anthropic.setText(translate("Tray", "Copy Anthropic base URL"))
        self._copy_key.setText(translate("Tray", "Copy API key"))
        self._instances.setTitle(translate("Tray", "Instances"))
        self._errors.setTitle(translate("Tray", "Recent errors"))
        self._open.setText(translate("Tray", "Open window"))
        self._pages.setTitle(translate("Tray", "Open page"))
        self._quit.setText(translate("Tray", "Quit"))
        _clear(self._pages)
        for entry in PANELS:
            self._add_to(self._pages, entry.title(), self._opener(entry.key))
        self._shown = None
        if self._wanted is not None:
            self.show_view(self._wanted)

    def show_view(self, view: TrayView) -> None:
        """Show `view`, at once or when the menu is no longer open."""
        self._wanted = view
        if not self._is_open and view != self._shown:
            self._show(view)

    def _show(self, view: TrayView) -> None:
        before, self._shown = self._shown, view
        self._state_line.setText(view.state_line)
        self._demo_line.setVisible(view.demo)
        self._quota_line.setText(view.quota_line)
        self._quota_line.setVisible(bool(view.quota_line))
        self._error_line.setText(view.error_line)
        self._error_line.setVisible(bool(view.error_line))
        self._toggle.setChecked(view.endpoint_on)
        self._toggle.setEnabled(view.can_switch)
        self._copy_openai.setEnabled(view.can_copy_url)
        self._copy_anthropic.setEnabled(view.can_copy_url)
        self._copy_key.setEnabled(view.can_copy_key)
        if before is None or before.instances != view.instances:
            self._show_instances(view.instances)
        if before is None or before.errors != view.errors:
            self._show_errors(view.errors)

    def _show_instances(self, entries: tuple[InstanceEntry, ...]) -> None:
        _clear(self._instances)
        self._instances.setEnabled(bool(entries))
        for entry in entries:
            menu = QMenu(entry.title.replace("&", "&&"), self._instances)
            self._instances.addMenu(menu)
            for line in filter(None, (entry.account, entry.quota)):
                told = QAction(line.replace("&", "&&"), menu)
                told.setEnabled(False)
                menu.addAction(told)
            if entry.can_sign_in:
                self._add_to(menu, translate("Tray", "Sign in…"), self._signer(entry))
            elif entry.can_sign_out:
                self._add_to(menu, translate("Tray", "Sign out…"), self._opener("accounts"))
            self._add_to(menu, translate("Tray", "Restart"), self._restarter(entry))

    def _show_errors(self, entries: tuple[ErrorEntry, ...]) -> None:
        _clear(self._errors)
        self._errors.setEnabled(bool(entries))
        for entry in entries:
            self._add_to(self._errors, entry.title, self._error_opener(entry))

    def _open_last_error(self) -> None:
        if self._shown is not None and self._shown.errors:
            self._error_opener(self._shown.errors[0])()

    def _opens(self) -> None:
        if self._wanted is not None and self._wanted != self._shown:
            self._show(self._wanted)
        self._is_open = True

    def _closes(self) -> None:
        self._is_open = False
        if self._wanted is not None and self._wanted != self._shown:
            self._show(self._wanted)

    # --- entries ---------------------------------------------------------------------------------

    def _add(self, on_click: Callable[[], None]) -> QAction:
        action = QAction(self.menu)
        action.triggered.connect(lambda _checked=False: on_click())
        self.menu.addAction(action)
        return action

    def _add_line(self) -> QAction:
        action = QAction(self.menu)
        action.setEnabled(False)
        self.menu.addAction(action)
        return action

    def _add_menu(self) -> QMenu:
        menu = QMenu(self.menu)
        self.menu.addMenu(menu)
        return menu

    def _add_to(self, menu: QMenu, title: str, on_click: Callable[[], None]) -> None:
        action = QAction(title.replace("&", "&&"), menu)
        menu.addAction(action)
        action.triggered.connect(lambda _checked=False: on_click())

    def _opener(self, panel: str) -> Callable[[], None]:
        key = panel if has_panel(panel) else "overview"
        return lambda: self._actions.show_panel(key)

    def _error_opener(self, entry: ErrorEntry) -> Callable[[], None]:
        if entry.request:
            return lambda: self._actions.requests.show_record(entry.request)
        return lambda: self._actions.health.open(entry.instance, at_log=True)

    def _signer(self, entry: InstanceEntry) -> Callable[[], None]:
        def sign_in() -> None:
            self._actions.show_panel("accounts")
            if entry.by_browser:
                self._actions.accounts.sign_in(entry.name)

        return sign_in

    def _restarter(self, entry: InstanceEntry) -> Callable[[], None]:
        return lambda: self._actions.restart_instance(entry.name)


def _clear(menu: QMenu) -> None:
    """Empty it, the menus below it included, which `clear` would keep."""
    for action in menu.actions():
        below = cast(QObject | None, action.menu())  # the stubs know of no action without one
        menu.removeAction(action)
        (action if below is None else below).deleteLater()
