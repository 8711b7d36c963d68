"""What a user can ask for: the only way from the window and the tray to the engine.

Every action returns at once; what comes of it arrives as events. What fails is said in the window.
"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop.account_actions import AccountActions
from desktop.asking import EngineAsker
from desktop.chosen_actions import ChosenActions
from desktop.client_actions import ClientActions
from desktop.desktop_actions import DesktopActions
from desktop.detail_actions import DetailActions
from desktop.engine_thread import EngineControl, EngineThread, EngineThreadGoneError
from desktop.health_actions import HealthActions
from desktop.layouts import Layouts
from desktop.os_integration.secret_clipboard import copy_secret
from desktop.program_actions import ProgramActions
from desktop.request_actions import RequestActions
from desktop.settings_actions import SettingsActions
from desktop.slices.files import NoticeRead
from desktop.state import ActionFailed, EndpointSwitched, ErrorDismissed, SnapshotTaken
from desktop.store import StateStore
from desktop.support_actions import SupportActions
from desktop.today_actions import TodayActions
from desktop.try_it import TryItSession
from desktop.try_it_wire import Protocol, build_request
from desktop.upstream_actions import UpstreamActions
from gateway_engine.public import EngineEvent, InstanceName, TaskOwner


class Actions(QObject):
    """The user's wishes. The engine thread is attached when it runs.

    What belongs to one area has actions of its own, built on the same `asker`.
    """

    window_wanted = Signal()
    panel_wanted = Signal(str)
    """The window, in front, turned to the panel that the catalogue calls so; PANEL/PART gives the
    keyboard to a part of it.
    """
    quit_wanted = Signal()
    engine_start_wanted = Signal()
    keyring_given_up = Signal()
    key_file_wanted = Signal()

    def __init__(
        self,
        store: StateStore,
        tasks: TaskOwner,
        try_it: TryItSession,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self.asker = EngineAsker(store, tasks)
        self.clients = ClientActions(self.asker)
        self.desktop = DesktopActions(self.asker)
        self.upstream = UpstreamActions(self.asker)
        self.health = HealthActions(self.asker, self.show_panel)
        self.accounts = AccountActions(self.asker)
        self.programs = ProgramActions(self.asker, self.accounts)
        self.support = SupportActions(self.asker)
        self._is_switching = False
        self.try_it = try_it
        self.details = DetailActions(self.asker)
        self.layouts = Layouts(self)
        self.requests = RequestActions(self.asker, self.show_panel)
        self.chosen = ChosenActions(self.asker)
        self.today = TodayActions(self.asker)
        self.settings = SettingsActions(self.asker)

    def attach(self, engine: EngineThread | None) -> None:
        """Ask this engine from now on."""
        self.asker.attach(engine)

    # --- the endpoint ----------------------------------------------------------------------------

    def switch_endpoint(self, wanted: bool) -> None:
        """Open or close the local endpoint; the last wish wins when they come fast."""
        self._store.dispatch(EndpointSwitched(wanted))
        if not self._is_switching:
            self._is_switching = True
            self.asker.spawn(self._follow_switch(), name="switch-endpoint")

    def toggle_endpoint(self) -> None:
        """The other way round; where it could not be opened, that is another try."""
        self.switch_endpoint(not self._store.state.endpoint_on)

    def try_port_again(self) -> None:
        """Open the endpoint at the port of the settings."""
        self._store.dispatch(EndpointSwitched(wanted=True))
        self.asker.request("open-endpoint", lambda engine: engine.open_listener())

    def use_next_free_port(self) -> None:
        """Open the endpoint at the next free port after the settings' one."""
        self._store.dispatch(EndpointSwitched(wanted=True))
        self.asker.request("open-endpoint", lambda engine: engine.open_listener_nearby())

    async def _follow_switch(self) -> None:
        done: bool | None = None
        try:
            while done != self._store.state.endpoint.wanted:
                done = self._store.state.endpoint.wanted
                await self.asker.ask(_open if done else _close)
        finally:
            self._is_switching = False

    # --- instances and requests ------------------------------------------------------------------

    def restart_instance(self, name: InstanceName) -> None:
        """End and start one upstream process."""
        self.asker.request("restart-instance", lambda engine: engine.restart_instance(name))

    def start_engine(self) -> None:
        """Start the engine again after a crash."""
        self.engine_start_wanted.emit()

    def give_up_keyring(self) -> None:
        """Start without the system's keyring, which does not answer."""
        self.keyring_given_up.emit()

    def ask_keyring_again(self) -> None:
        """Start the engine again with the keys that the system's keyring holds."""
        self.engine_start_wanted.emit()

    def keep_key_in_file(self) -> None:
        """Let the key that holds now hold for good, in a file."""
        self.key_file_wanted.emit()

    def dismiss_error(self) -> None:
        """The last error has been read."""
        self._store.dispatch(ErrorDismissed())

    def dismiss_notice(self) -> None:
        """The first notice about files has been read."""
        self._store.dispatch(NoticeRead())

    def dismiss_action_error(self) -> None:
        """The failed action has been read."""
        self._store.dispatch(ActionFailed(""))

    def resynchronise(self) -> None:
        """Rebuild the present from a snapshot after events were lost."""
        self.asker.spawn(self._resynchronise(), name="resynchronise")

    def try_prompt(self, prompt: str, protocol: Protocol) -> None:
        """Send a real request to the endpoint."""
        state = self._store.state
        if not state.endpoint.url:
            self.try_it.fail("endpoint_closed")
            return
        request = build_request(protocol, state.endpoint.url, state.access.api_key, prompt)
        self.try_it.send(request, protocol)

    # --- the clipboard, the window ---------------------------------------------------------------

    def copy_base_url(self) -> None:
        """OpenAI clients' base URL."""
        _copy(openai_base(self._store.state.endpoint.url))

    def copy_anthropic_url(self) -> None:
        """Anthropic clients' base URL."""
        _copy(self._store.state.endpoint.url)

    def copy_api_key(self) -> None:
        """The key clients use."""
        key = self._store.state.access.api_key
        if key:
            copy_secret(key)

    def open_window(self) -> None:
        """Show the window, in front."""
        self.window_wanted.emit()

    def show_panel(self, place: str) -> None:
        """Show the window, in front, turned to this panel, or to a part of one as PANEL/PART."""
        self.panel_wanted.emit(place)

    def quit(self) -> None:
        """Stop everything and leave."""
        self.quit_wanted.emit()

    # --- inside ----------------------------------------------------------------------------------

    async def _resynchronise(self) -> None:
        async def snapshot(engine: EngineControl) -> tuple[EngineEvent, ...]:
            return engine.snapshot()

        try:
            events = await self.asker.ask_or_raise(snapshot)
        except (EngineThreadGoneError, TimeoutError):
            return
        self._store.dispatch(SnapshotTaken(events))


def openai_base(url: str) -> str:
    """The base URL an OpenAI client wants, or "" while there is none."""
    return f"{url}/v1" if url else ""


async def _open(engine: EngineControl) -> None:
    await engine.open_listener()


async def _close(engine: EngineControl) -> None:
    await engine.close_listener()


def _copy(text: str) -> None:
    if text:
        QGuiApplication.clipboard().setText(text)
