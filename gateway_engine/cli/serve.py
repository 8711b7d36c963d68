"""`lingma-gateway serve`: the gateway on the main thread until a signal ends it."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway_engine.cli.data_folder import data_folder
from gateway_engine.config import SettingsError
from gateway_engine.engine import Engine
from gateway_engine.errors import GatewayError
from gateway_engine.event_log import DEMO_NOTICE, EventLog, log_what_is_odd
from gateway_engine.events import EngineEvent, ListenerFailed, ListenerStarted
from gateway_engine.garbage import exempt_loaded_modules
from gateway_engine.log import Redaction, configure_logging, set_level
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare, require_keys_off_loopback
from gateway_engine.programs import wants_program
from gateway_engine.running import DataLock
from gateway_engine.settings_file import ensure_settings_file, upgrade_settings_file
from gateway_engine.upstreams.lingma.install.trouble import InstallError

logger = logging.getLogger(__name__)

EXIT_USAGE = 2


def serve(options: LaunchOptions) -> int:
    """Serve until SIGINT or SIGTERM. Raises SettingsError."""
    plan = prepare(options, environ=os.environ, cwd=Path.cwd())
    require_keys_off_loopback(plan.settings)
    lock = DataLock(plan.paths)
    with data_folder(plan.paths):
        lock.acquire()
        ensure_settings_file(plan.paths.config_file)
    try:
        redaction = configure_logging(plan, console=True)
        upgrade_settings_file(plan.loaded.file)
        exempt_loaded_modules()
        return asyncio.run(_serve(plan, options, redaction))
    finally:
        lock.release()


async def _serve(plan: EnginePlan, options: LaunchOptions, redaction: Redaction) -> int:
    events = _Headless()
    engine = Engine(plan, secrets=None, emit=events, hide=redaction.add, set_log_level=set_level)
    stop, again = asyncio.Event(), asyncio.Event()
    with _signals(stop, again):
        try:
            await engine.open_listener()
            if events.failed is not None:
                sys.stderr.write(f"lingma-gateway: {events.failed.message}\n")
                return EXIT_USAGE
            sys.stdout.write(f"ready {events.url}\n")
            sys.stdout.flush()
            if wants_program(plan):
                fetched = await _fetch_program(engine, plan, options, stop)
                plan = fetched or plan
            _say_what_is_odd(plan)
            events.log_start()
            engine.start_instances(plan)
            await _until(stop, again, engine)
            logger.info("stopping")
        finally:
            await engine.stop()
    return 0


async def _until(stop: asyncio.Event, again: asyncio.Event, engine: Engine) -> None:
    """Return when `stop` is set; with each `again` the settings are read again."""

    async def read_again() -> None:
        while True:
            await again.wait()
            again.clear()
            try:
                await engine.settings.reload()
            except GatewayError as error:
                logger.error("the settings stay as they were: %s", error)  # noqa: TRY400 - told whole

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(read_again())
        await stop.wait()
        reading.cancel()


async def _fetch_program(
    engine: Engine, plan: EnginePlan, options: LaunchOptions, stop: asyncio.Event
) -> EnginePlan | None:
    """Bring the program the settings ask for; the plan with it, None when nothing has changed."""
    async with asyncio.TaskGroup() as group:
        ended = group.create_task(stop.wait())
        fetching = group.create_task(_refresh(engine, plan))
        await asyncio.wait((ended, fetching), return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        fetching.cancel()
    if fetching.cancelled() or not fetching.result():
        return None
    return prepare(options, environ=os.environ, cwd=Path.cwd())


async def _refresh(engine: Engine, plan: EnginePlan) -> bool:
    try:
        return await engine.programs.refresh(plan.settings) is not None
    except InstallError as error:
        logger.error("the Lingma program could not be fetched: %s", error)  # noqa: TRY400 - told whole
    except SettingsError as error:
        logger.error("the Lingma program cannot be fetched: %s", error)  # noqa: TRY400 - told whole
    return False


class _Headless:
    """Without a window, what happens goes to the log."""

    def __init__(self) -> None:
        self.started: ListenerStarted | None = None
        self.failed: ListenerFailed | None = None
        self._log = EventLog()

    @property
    def url(self) -> str:
        """Where the endpoint answers."""
        return self.started.url if self.started else ""

    def log_start(self) -> None:
        """Log the endpoint now: that answers are a demo comes first."""
        if self.started is not None:
            self._log(self.started)

    def __call__(self, event: EngineEvent) -> None:
        if isinstance(event, ListenerStarted):
            self.started = event
        elif isinstance(event, ListenerFailed):
            # Said in one line on stderr, and the end of the program.
            self.failed = event
        else:
            self._log(event)


def _say_what_is_odd(plan: EnginePlan) -> None:
    if plan.demo:
        sys.stderr.write(f"lingma-gateway: {DEMO_NOTICE}\n")
    log_what_is_odd(plan)
    if not plan.settings.api_keys:
        logger.warning("API_KEYS is empty: every program on this machine may use this gateway")


@contextmanager
def _signals(stop: asyncio.Event, again: asyncio.Event) -> Iterator[None]:
    """Let the usual signals set `stop`; where the loop cannot (Windows), by the plain handler.

    SIGHUP sets `again`, but in a terminal: there it says that the terminal is closed.
    """
    loop = asyncio.get_running_loop()
    hung_up = stop if sys.stdin is not None and sys.stdin.isatty() else again
    wanted = {"SIGINT": stop, "SIGTERM": stop, "SIGHUP": hung_up, "SIGBREAK": stop}
    for name, event in wanted.items():
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, event.set)
        except (NotImplementedError, RuntimeError):
            signal.signal(number, lambda *_, event=event: loop.call_soon_threadsafe(event.set))
    yield
    # The handlers stay: a second signal while stopping must not cut the stop short.
