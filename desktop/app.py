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
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QSystemTrayIcon

from desktop.actions import Actions
from desktop.application import GatewayApplication
from desktop.bridge import EngineBridge
from desktop.engine_thread import STOP_DEADLINE_S, EngineThread
from desktop.i18n import Language
from desktop.keyring_wait import load_secrets
from desktop.main_window import MainWindow
from desktop.notifications import Notifications
from desktop.options import DesktopOptions
from desktop.os_integration.exit_signals import ExitSignals
from desktop.os_integration.single_instance import (
    InstanceServer,
    quit_running,
    show_running,
    socket_name,
)
from desktop.os_integration.start_failure import report_start_failure
from desktop.os_integration.tray_host import wait_for_tray_host
from desktop.preferences import PreferencesFile
from desktop.state import (
    NO_UPSTREAM,
    Access,
    AccessReady,
    AppState,
    EngineCrashed,
    EnginePhase,
    PhaseChanged,
    PlanMade,
    TrayFound,
    TrayPresence,
    tray_state,
)
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.tray import Tray
from desktop.tray_icon import tray_icon
from desktop.try_it import TryItSession
from desktop.widgets.question import ask
from gateway_engine.public import (
    DEMO_NOTICE,
    AlreadyRunningError,
    DataLock,
    Engine,
    EngineEvent,
    EnginePlan,
    EventLog,
    LaunchOptions,
    Redaction,
    SettingsError,
    TaskOwner,
    app_paths,
    configure_logging,
    ensure_settings_file,
    log_what_is_odd,
    prepare,
)

logger = logging.getLogger(__name__)

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
TRAY_CHECK_S = 2.0


def run(options: DesktopOptions) -> int:
    """Run the desktop until the user leaves; returns the exit code."""
    application = GatewayApplication(sys.argv[:1])
    paths = app_paths(os.environ, cwd=Path.cwd())
    name = socket_name(paths.data_dir)
    if options.quit:
        return _quit_running(name)
    if show_running(name):
        _say("it runs already: its window is shown")
        return EXIT_OK
    preferences = PreferencesFile(paths.config_dir)
    # Until a real Lingma was once seen here, a start without one shows the demo, clearly marked.
    launch = LaunchOptions(
        upstream=options.upstream,
        demo_fallback=options.demo_fallback or not preferences.read().seen_lingma,
        config_file=options.config_file,
    )
    try:
        plan = prepare(launch, environ=os.environ, cwd=Path.cwd())
        plan.paths.make()
        ensure_settings_file(plan.paths.config_file)
        with DataLock(plan.paths):
            console = sys.stderr is not None and sys.stderr.isatty()
            redaction = configure_logging(plan, console=console)
            _say_at_start(plan)
            _live(application, plan, preferences, name, redaction, minimized=options.minimized)
    except SettingsError as error:
        return report_start_failure(str(error), EXIT_USAGE)
    except AlreadyRunningError as error:
        # Two launches at once: the other one has the lock and soon its window.
        return EXIT_OK if show_running(name) else report_start_failure(str(error), EXIT_FAILED)
    except OSError as error:
        where = error.filename or plan.paths.data_dir
        return report_start_failure(f"cannot use {where}: {error.strerror}", EXIT_USAGE)
    return EXIT_OK


def _quit_running(name: str) -> int:
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
    plan: EnginePlan,
    preferences: PreferencesFile,
    name: str,
    redaction: Redaction,
    *,
    minimized: bool,
) -> None:
    with qasync.QEventLoop(application) as loop, ExitSignals() as signals:
        desktop = Desktop(application, plan, preferences, InstanceServer(name), redaction)
        signals.received.connect(desktop.leave)
        try:
            loop.run_until_complete(desktop.live(minimized=minimized))
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
        plan: EnginePlan,
        preferences_file: PreferencesFile,
        server: InstanceServer,
        redaction: Redaction,
    ) -> None:
        self._application = application
        self._plan = plan
        self._file = preferences_file
        self._preferences = preferences_file.read()
        self._server = server
        self._redaction = redaction
        self._leaving = asyncio.Event()
        self.has_ended = False
        self._tasks = TaskOwner("desktop")
        self._thread: EngineThread | None = None
        self._tray: Tray | None = None
        self._question: QMessageBox | None = None

        self.store = StateStore(AppState())
        self.try_it = TryItSession()
        self.actions = Actions(self.store, self._tasks, self.try_it)
        self.bridge = EngineBridge()
        self.language = Language(application)
        self.language.install(self._preferences.language)
        self.theme = Theme(application)
        self.theme.apply(self._preferences.theme)
        self.window = MainWindow(self.store, self.actions, self.theme)
        self.window.show_preferences(self._preferences.theme, self._preferences.language)
        self.window.restore_geometry_text(self._preferences.geometry)
        self.notifications = Notifications()
        self._connect()
        settings = plan.settings
        notices = () if plan.instances else (NO_UPSTREAM,)
        self.store.dispatch(PlanMade(plan.upstream, settings.host, settings.port, notices))

    def _connect(self) -> None:
        self.bridge.received.connect(self.store.dispatch_all)
        self.bridge.lost.connect(self.actions.resynchronise)
        self.bridge.crashed.connect(lambda reason: self.store.dispatch(EngineCrashed(reason)))
        self.store.changed.connect(self._show)
        self.actions.window_wanted.connect(self.window.bring_to_front)
        self.actions.panel_wanted.connect(self._show_panel)
        self.actions.quit_wanted.connect(self.leave)
        self.actions.engine_start_wanted.connect(
            lambda: self._tasks.spawn(self._start_engine(), name="start-engine")
        )
        self.actions.theme_chosen.connect(self._choose_theme)
        self.actions.language_chosen.connect(self._choose_language)
        self.window.close_wanted.connect(self._window_closed)
        self._server.show_wanted.connect(self.window.bring_to_front)
        self._server.quit_wanted.connect(self.leave)
        self._application.quit_asked.connect(self.leave)

    # --- life ------------------------------------------------------------------------------------

    async def live(self, *, minimized: bool) -> None:
        """From the first window to the last clean-up."""
        if not minimized:
            self.window.show()
        self._tasks.spawn(self._start_engine(), name="start-engine")
        self._tasks.spawn(self._watch_tray(minimized=minimized), name="tray")
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
        self._save(geometry=self.window.geometry_text())
        self.try_it.stop()
        self._server.close()
        await self._tasks.aclose()
        thread, self._thread = self._thread, None
        self.actions.attach(None)
        if thread is not None and not await asyncio.to_thread(thread.stop):
            logger.error("the engine did not stop within %s s", STOP_DEADLINE_S)
        self.bridge.close()
        if self._tray is not None:
            self._tray.close()
        self.window.close_for_good()

    async def _start_engine(self) -> None:
        if self._thread is not None:
            old, self._thread = self._thread, None
            await asyncio.to_thread(old.stop)
        self.store.dispatch(PhaseChanged(EnginePhase.STARTING))
        try:
            secrets = await load_secrets(
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
        self.store.dispatch(
            AccessReady(Access(secrets.api_key, secrets.storage, path)),
            PhaseChanged(EnginePhase.STARTING),
        )
        plan, log, hide = self._plan, EventLog(), self._redaction.add

        def emit(event: EngineEvent) -> None:
            log(event)
            self.bridge.emit_event(event)

        thread = EngineThread(
            lambda: Engine(plan, secrets=secrets, emit=emit, hide=hide),
            on_crash=self.bridge.report_crash,
        )
        self._thread = thread
        self.actions.attach(thread)
        thread.start()

    async def _watch_tray(self, *, minimized: bool) -> None:
        await wait_for_tray_host()
        is_first = True
        while True:
            is_there = QSystemTrayIcon.isSystemTrayAvailable()
            if is_there and self._tray is None:
                self._tray = Tray(self.actions)
                self._tray.render_state(self.store.state)
                self._tray.show()
            found = TrayPresence.PRESENT if is_there else TrayPresence.MISSING
            if found is not self.store.state.tray:
                words = "the icon is in the tray" if is_there else "this desktop has no tray"
                logger.info(words, extra={"tray": found.name.lower()})
            self.store.dispatch(TrayFound(found))
            if is_first and minimized and not is_there:
                self.window.showMinimized()
            is_first = False
            await asyncio.sleep(TRAY_CHECK_S)

    # --- what the user sees and wants ------------------------------------------------------------

    def _show(self, state: AppState) -> None:
        if self._tray is not None:
            self._tray.render_state(state)
            self.notifications.tell(self._tray, state, window_is_open=self.window.isVisible())
        self.window.show_icon(tray_icon(tray_state(state), demo=state.demo))
        if state.upstream not in ("", "demo") and state.instances:
            self._save(seen_lingma=True)

    def _show_panel(self, key: str) -> None:
        self.window.show_panel(key)
        self.window.bring_to_front()

    def _window_closed(self) -> None:
        self._save(geometry=self.window.geometry_text())
        if self.store.state.tray is TrayPresence.PRESENT and self._tray is not None:
            self.window.hide()
            if not self._preferences.told_about_tray:
                self._save(told_about_tray=True)
                self.notifications.tell_about_tray(self._tray)
        elif self.store.state.in_flight:
            self._ask_before_leaving()
        else:
            self.leave()

    def _ask_before_leaving(self) -> None:
        if self._question is not None:
            return
        self._question = ask(
            self.window,
            QCoreApplication.translate(
                "Leaving", "Requests are still being answered. Quit anyway?"
            ),
            QCoreApplication.translate("Leaving", "Quit"),
            self.leave,
        )
        self._question.finished.connect(self._answered)

    def _answered(self, _answer: int) -> None:
        self._question = None

    def _choose_theme(self, theme: str) -> None:
        self._save(theme=theme)
        self.window.show_preferences(theme, self._preferences.language)
        self.theme.apply(theme)

    def _choose_language(self, language: str) -> None:
        self._save(language=language)
        self.window.show_preferences(self._preferences.theme, language)
        self.language.install(language)
        if self._tray is not None:
            self._tray.retranslate()
            self._tray.render_state(self.store.state)

    def _save(self, **changes: object) -> None:
        preferences = replace(self._preferences, **changes)  # type: ignore[arg-type]
        if preferences != self._preferences:
            self._preferences = preferences
            self._file.write(preferences)
