"""Composition root of the desktop: makes everything, in this order, and takes it down again.

Start: Qt application → another desktop on this folder? show it and leave → settings and plan →
lock of the folder → window → (on the loop) secrets → engine thread → tray.

Ways out, all through `_leave` and then `_shut_down` (engine stopped, no child left, lock free):

- Quit in the tray's menu, or the platform's own Quit (Cmd-Q, session manager)
- closing the window where there is no tray
- SIGINT (Ctrl-C), SIGTERM, SIGHUP; SIGBREAK on Windows
- the end of the session (`aboutToQuit`: Qt's loop ends under us; the engine is stopped blocking)

An engine that crashes is no way out: the window says so and offers to start it again.
"""

import asyncio
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

import qasync
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QMessageBox, QSystemTrayIcon

from desktop import refusals
from desktop.actions import Actions
from desktop.application import GatewayApplication
from desktop.bridge import EngineBridge
from desktop.engine_thread import STOP_DEADLINE_S, EngineThread
from desktop.habits import Habits, plan_facts
from desktop.i18n import Language
from desktop.interpreter import tune_interpreter
from desktop.keyring_wait import KeyringWait
from desktop.light_mode import LightMode
from desktop.notifications import Notifications
from desktop.options import DesktopOptions
from desktop.os_integration.autostart import AutostartError, refresh, this_autostart
from desktop.os_integration.dbus_notifications import DesktopNotifications
from desktop.os_integration.exit_signals import ExitSignals
from desktop.os_integration.single_instance import (
    InstanceServer,
    quit_running,
    show_running,
    socket_name,
)
from desktop.os_integration.tray_host import has_session_bus, wait_for_tray_host
from desktop.planning import Planned, make_plan
from desktop.preferences import PreferencesFile
from desktop.slices.files import SETTINGS_UPGRADED, FilesNoted
from desktop.slices.glance import TICK_S, GlanceTicked
from desktop.start_failure import StartFailure, running_elsewhere, unusable
from desktop.state import (
    Access,
    AccessReady,
    ActionFailed,
    AppState,
    EngineCrashed,
    EnginePhase,
    PhaseChanged,
    TrayFound,
    TrayPresence,
)
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.tray import Tray
from desktop.tray_icon import tray_icon
from desktop.tray_state import tray_state
from desktop.try_it import TryItSession
from desktop.widgets.question import ask
from desktop.window_keeper import WindowKeeper
from gateway_engine.public import (
    DEMO_NOTICE,
    AlreadyRunningError,
    DataLock,
    Engine,
    EngineEvent,
    EnginePlan,
    EventLog,
    InstallChanged,
    InstallState,
    Redaction,
    SettingsError,
    TaskOwner,
    app_paths,
    configure_logging,
    ensure_settings_file,
    keep_in_file,
    log_what_is_odd,
    set_level,
    upgrade_settings_file,
)

logger = logging.getLogger(__name__)

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
TRAY_CHECK_S = 2.0
SECOND_LAUNCH_PATIENCE_S = 3.0
"""So long the first of two launches at once may take until it can show its window."""


def run(options: DesktopOptions) -> int:
    """Run the desktop until the user leaves; returns the exit code."""
    tune_interpreter()
    paths = app_paths(os.environ, cwd=Path.cwd())
    name = socket_name(paths.data_dir)
    if options.quit:
        return _quit_running(name)
    application = GatewayApplication(sys.argv[:1])
    if show_running(name, file=options.file):
        _say("it runs already: its window is shown")
        return EXIT_OK
    preferences = PreferencesFile(paths.config_dir)
    remembered = preferences.read()
    failure = StartFailure(application, options, remembered)
    try:
        planned = make_plan(options, remembered)
        paths = planned.plan.paths
        paths.make()
        ensure_settings_file(paths.config_file)
        with DataLock(paths):
            console = sys.stderr is not None and sys.stderr.isatty()
            redaction = configure_logging(planned.plan, console=console)
            kept = upgrade_settings_file(planned.plan.loaded.file)
            if kept is not None:
                _say(f"the settings were brought up to date; as they were: {kept}")
            _say_at_start(planned.plan)
            told = () if kept is None else (SETTINGS_UPGRADED,)
            _live(application, options, planned, preferences, name, redaction, told)
    except SettingsError as error:
        file = options.config_file or paths.config_file
        wrong = error
        return failure.report(
            str(error), EXIT_USAGE, words=lambda: refusals.of_error(wrong), file=file
        )
    except AlreadyRunningError as error:
        # Two launches at once: the other one has the lock and soon its window.
        if show_running(name, patience_s=SECOND_LAUNCH_PATIENCE_S, file=options.file):
            return EXIT_OK
        url = error.url
        return failure.report(str(error), EXIT_USAGE, words=lambda: running_elsewhere(url))
    except OSError as error:
        where, why = str(error.filename or paths.data_dir), str(error.strerror)
        return failure.report(
            f"cannot use {where}: {why}", EXIT_USAGE, words=lambda: unusable(where, why)
        )
    return EXIT_OK


def _quit_running(name: str) -> int:
    _application = QCoreApplication(sys.argv[:1])  # sockets want one; a display it needs not
    if quit_running(name):
        return EXIT_OK
    _say("the running one does not quit")
    return EXIT_FAILED


def _say_at_start(plan: EnginePlan) -> None:
    if plan.demo:
        _say(DEMO_NOTICE)
    log_what_is_odd(plan)


def _say(line: str) -> None:
    # For whoever started us in a terminal; there is none behind a double click.
    if sys.stderr is not None:
        sys.stderr.write(f"lingma-gateway: {line}\n")


def _live(
    application: GatewayApplication,
    options: DesktopOptions,
    planned: Planned,
    preferences: PreferencesFile,
    name: str,
    redaction: Redaction,
    told: tuple[str, ...],
) -> None:
    with qasync.QEventLoop(application) as loop, ExitSignals() as signals:
        server = InstanceServer(name)
        desktop = Desktop(application, options, planned, preferences, server, redaction)
        desktop.store.dispatch(FilesNoted(told))
        signals.received.connect(desktop.leave)
        try:
            loop.run_until_complete(desktop.live())
        except RuntimeError:
            if desktop.has_ended:
                raise
            # qasync's word for a loop that Qt ended under us: the session is over.
            logger.info("the session ended")
        finally:
            desktop.stop_engine_blocking()


class Desktop:
    """All parts of the running application."""

    def __init__(
        self,
        application: GatewayApplication,
        options: DesktopOptions,
        planned: Planned,
        preferences_file: PreferencesFile,
        server: InstanceServer,
        redaction: Redaction,
    ) -> None:
        self._application = application
        self._options = options
        self._plan = planned.plan
        self._habits = Habits(preferences_file)
        self._server = server
        self._redaction = redaction
        self._leaving = asyncio.Event()
        self.has_ended = False
        self._tasks = TaskOwner("desktop")
        self._thread: EngineThread | None = None
        self._tray: Tray | None = None
        self._question: QMessageBox | None = None
        self._one_start = asyncio.Lock()
        self._keyring = KeyringWait()
        self._taken_install: InstallChanged | None = None

        kept = self._habits.kept
        self.store = StateStore(AppState())
        self.try_it = TryItSession()
        self.actions = Actions(self.store, self._tasks, self.try_it)
        self.bridge = EngineBridge()
        self.language = Language(application)
        self.language.install(kept.language)
        self.theme = Theme(application)
        self.theme.apply(kept.theme)
        self._minimized = (options.minimized or kept.start_minimized) and options.file is None
        self._file = "" if options.file is None else str(options.file.absolute())
        self.store.dispatch(
            *self._habits.remembered(),
            *plan_facts(planned),
        )
        self.actions.layouts.restore(kept.layouts)
        self.windows = WindowKeeper(self.store, self.actions, self.theme, geometry=kept.geometry)
        self.light_mode = LightMode(self.actions.asker)
        self.notifications = Notifications()
        self._ticks = QTimer()
        self._ticks.setInterval(TICK_S * 1000)
        self._ticks.timeout.connect(lambda: self.store.dispatch(GlanceTicked()))
        self._connect()
        self._attach_autostart()

    def _connect(self) -> None:
        self.bridge.received.connect(self.store.dispatch_all)
        self.bridge.lost.connect(self.actions.resynchronise)
        self.bridge.crashed.connect(lambda reason: self.store.dispatch(EngineCrashed(reason)))
        self.store.changed.connect(self._show)
        self.actions.window_wanted.connect(self.windows.bring_to_front)
        self.actions.panel_wanted.connect(self.windows.show_panel)
        self.actions.quit_wanted.connect(self.leave)
        self.actions.engine_start_wanted.connect(lambda: self._plan_anew(restart=True))
        self.actions.keyring_given_up.connect(self._keyring.give_up)
        self.actions.key_file_wanted.connect(
            lambda: self._tasks.spawn(self._keep_key(), name="keep-key")
        )
        self.actions.layouts.changed.connect(lambda kept: self._habits.save(layouts=kept))
        self.actions.upstream.chosen.connect(self._choose_upstream)
        self.windows.close_wanted.connect(self._window_closed)
        self.windows.came_or_went.connect(self._consider_light_mode)
        self._server.show_wanted.connect(self.windows.bring_to_front)
        self._server.quit_wanted.connect(self.leave)
        self._server.open_wanted.connect(self._open_when_ready)
        self._application.quit_asked.connect(self.leave)
        self._application.file_opened.connect(self._open_when_ready)

    def _attach_autostart(self) -> None:
        autostart = this_autostart(os.environ)
        if autostart is None:
            return
        try:
            refresh(autostart)
        except AutostartError as error:
            logger.warning("start at login: %s", error)
        self.actions.desktop.attach_autostart(autostart)

    # --- life ------------------------------------------------------------------------------------

    async def live(self) -> None:
        """From the first window to the last clean-up."""
        if not self._minimized:
            self.windows.show()
        self._start_engine_soon()
        self._tasks.spawn(self._watch_tray(), name="tray")
        try:
            await self._leaving.wait()
            await self._shut_down()
        finally:
            self.has_ended = True

    def leave(self, *_ignored: object) -> None:
        """Every way out ends here. Safe to call again and again."""
        self._leaving.set()

    def stop_engine_blocking(self) -> None:
        """The last resort when Qt's loop has already gone."""
        if self._thread is not None and self._thread.is_alive:
            self._thread.stop()

    async def _shut_down(self) -> None:
        self.store.dispatch(PhaseChanged(EnginePhase.STOPPING))
        self._habits.save(geometry=self.windows.geometry_text())
        self.try_it.stop()
        self.actions.details.stop_replay()
        self._server.close()
        await self._tasks.aclose()
        thread, self._thread = self._thread, None
        self.actions.attach(None)
        if thread is not None and not await asyncio.to_thread(thread.stop):
            logger.error("the engine did not stop within %s s", STOP_DEADLINE_S)
        self.bridge.close()
        if self._tray is not None:
            self._tray.close()
        self.windows.close_for_good()

    def _start_engine_soon(self) -> None:
        self._tasks.spawn(self._start_engine(), name="start-engine")

    async def _start_engine(self) -> None:
        async with self._one_start:
            await self._start_one_engine()

    async def _start_one_engine(self) -> None:
        if self._thread is not None:
            old, self._thread = self._thread, None
            await asyncio.to_thread(old.stop)
        self.store.dispatch(PhaseChanged(EnginePhase.STARTING))
        try:
            secrets = await self._keyring.load(
                self._plan,
                on_waiting=lambda: self.store.dispatch(
                    PhaseChanged(EnginePhase.WAITING_FOR_KEYRING)
                ),
            )
        except OSError as error:
            self.store.dispatch(EngineCrashed(f"the key cannot be kept: {error}"))
            return
        self._redaction.add(secrets.api_key, secrets.admin_token)
        path = str(secrets.path) if secrets.path else ""
        admin_token = self._plan.settings.admin_token or secrets.admin_token
        self.store.dispatch(
            AccessReady(Access(secrets.api_key, secrets.storage, path, admin_token)),
            PhaseChanged(EnginePhase.STARTING),
        )
        plan, log, hide = self._plan, EventLog(), self._redaction.add

        def emit(event: EngineEvent) -> None:
            log(event)
            self.bridge.emit_event(event)

        thread = EngineThread(
            lambda: Engine(plan, secrets=secrets, emit=emit, hide=hide, set_log_level=set_level),
            on_crash=self.bridge.report_crash,
        )
        self._thread = thread
        self.actions.attach(thread)
        thread.start()
        file, self._file = self._file, ""
        if file:
            self._open(file)

    async def _keep_key(self) -> None:
        """The key that holds for now holds for good."""
        access, paths = self.store.state.access, self._plan.paths
        try:
            kept = await asyncio.to_thread(keep_in_file, paths, access.api_key, access.admin_token)
        except OSError as error:
            self.store.dispatch(ActionFailed(f"{error.filename}: {error.strerror}"))
            return
        self.store.dispatch(AccessReady(replace(access, storage=kept.storage, path=str(kept.path))))

    async def _watch_tray(self) -> None:
        await wait_for_tray_host()
        is_first = True
        while True:
            is_there = QSystemTrayIcon.isSystemTrayAvailable()
            if is_there and self._tray is None:
                has_bus = sys.platform == "linux" and has_session_bus(os.environ)
                service = DesktopNotifications() if has_bus else None
                self._tray = Tray(self.actions, service=service)
                self._tray.render_state(self.store.state)
                self._tray.show()
            found = TrayPresence.PRESENT if is_there else TrayPresence.MISSING
            if found is not self.store.state.tray:
                words = "the icon is in the tray" if is_there else "this desktop has no tray"
                logger.info(words, extra={"tray": found.name.lower()})
            self.store.dispatch(TrayFound(found))
            if is_first and self._minimized and not is_there:
                self.windows.show_minimized()
            is_first = False
            await asyncio.sleep(TRAY_CHECK_S)

    # --- what the user sees and wants ------------------------------------------------------------

    def _show(self, state: AppState) -> None:
        self._follow_choices(state)
        self._follow_install(state)
        if self._tray is not None:
            self._tray.render_state(state)
            self.notifications.tell(self._tray, state, shown_panel=self.windows.shows())
        # No timer wakes anybody while nothing is counted.
        if bool(state.glance.per_minute) is not self._ticks.isActive():
            (self._ticks.start if state.glance.per_minute else self._ticks.stop)()
        self._consider_light_mode()
        self.windows.show_icon(tray_icon(tray_state(state), demo=state.demo))
        self._habits.follow(state)

    def _consider_light_mode(self) -> None:
        has_window = self.windows.window is not None
        self.light_mode.consider(self.store.state, has_window=has_window)

    def _follow_choices(self, state: AppState) -> None:
        kept = self._habits.kept
        if state.choices.theme != kept.theme:
            self._habits.save(theme=state.choices.theme)
            self.theme.apply(state.choices.theme)
        if state.choices.language != kept.language:
            self._habits.save(language=state.choices.language)
            self.language.install(state.choices.language)
            if self._tray is not None:
                self._tray.retranslate()

    def _follow_install(self, state: AppState) -> None:
        """A program that was just fetched answers, where none did."""
        done = state.install if state.install and state.install.state is InstallState.DONE else None
        if done is not None and done != self._taken_install:
            self._taken_install = done
            if state.demo or state.has_no_upstream:
                self._plan_anew()

    def _choose_upstream(self, upstream: str) -> None:
        self._habits.save(upstream=upstream)
        self._plan_anew()

    def _plan_anew(self, *, restart: bool = False) -> None:
        """Read the settings again; where something else answers now, the engine starts anew."""
        try:
            planned = make_plan(self._options, self._habits.kept)
        except SettingsError as error:
            self.store.dispatch(ActionFailed(refusals.of_error(error)))
            return
        is_other = planned.plan.instances != self._plan.instances
        self._plan = planned.plan
        self.store.dispatch(*plan_facts(planned))
        if is_other or restart:
            self._start_engine_soon()

    def _open_when_ready(self, file: str) -> None:
        if self._thread is None:
            self._file = file
        else:
            self._open(file)

    def _open(self, file: str) -> None:
        """Show what a file is that the system gave us: a bundle; its user decides what to do."""
        self.actions.show_panel("accounts")
        self.actions.accounts.look_into(file, "")

    def _window_closed(self) -> None:
        self._habits.save(geometry=self.windows.geometry_text())
        if self.store.state.tray is TrayPresence.PRESENT and self._tray is not None:
            if self.store.state.choices.frees_memory:
                self.windows.give_up()
            else:
                self.windows.hide()
            if not self._habits.kept.told_about_tray:
                self._habits.save(told_about_tray=True)
                self.notifications.tell_about_tray(self._tray)
        elif self.store.state.in_flight:
            self._ask_before_leaving()
        else:
            self.leave()

    def _ask_before_leaving(self) -> None:
        if self._question is not None or self.windows.window is None:
            return
        self._question = ask(
            self.windows.window,
            QCoreApplication.translate(
                "Leaving", "Requests are still being answered. Quit anyway?"
            ),
            QCoreApplication.translate("Leaving", "Quit"),
            self.leave,
        )
        self._question.finished.connect(self._answered)

    def _answered(self, _answer: int) -> None:
        self._question = None
