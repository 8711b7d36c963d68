"""The engine's own thread with its own asyncio loop, and the only way onto it.

The thread lives from `start()` to `stop()` and never restarts: after a crash a new `EngineThread`
is made. It must live as long as the upstream processes: on Linux their parent-death signal fires
when the thread that spawned them ends.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol, TypeVar

from gateway_engine.public import (
    AccountSide,
    ClientChange,
    ClientView,
    Deed,
    EngineEvent,
    ImportPreview,
    InstanceName,
    InstanceSettings,
    LogTail,
    Pasted,
    Programs,
    ProgramsKnown,
    Record,
    RecordQuery,
    Saved,
    SettingsChange,
    SettingsView,
    SmokeReport,
    Summary,
    SupportFile,
    Survey,
    Vitals,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

START_DEADLINE_S = 10.0
STOP_DEADLINE_S = 8.0
CALL_DEADLINE_S = 30.0


class RecordsControl(Protocol):
    """What the desktop asks of the recorder: the history of requests."""

    async def survey(self, query: RecordQuery, locate: str = "") -> Survey: ...
    async def stretch(
        self, query: RecordQuery, anchor: int, offset: int, limit: int
    ) -> tuple[Summary, ...]: ...
    async def get(self, record_id: str) -> Record | None: ...
    async def pin(self, record_id: str, pinned: bool) -> bool: ...
    async def wipe(self) -> None: ...


class TurnsControl(Protocol):
    """What the desktop asks about the turns of a conversation around a recorded one."""

    async def before(self, record_id: str) -> Record | None: ...
    async def after(self, record_id: str) -> Record | None: ...


class ClientControl(Protocol):
    """What the desktop asks about client programs (`gateway_engine.connect.desk.ClientDesk`)."""

    async def look(self) -> tuple[ClientView, ...]: ...
    async def pastes(self, name: str, *, with_key: bool) -> Pasted: ...
    async def plan(self, name: str, deed: Deed) -> ClientChange: ...
    async def do(self, name: str, deed: Deed, seen: str) -> ClientChange: ...
    async def revoke(self, name: str) -> None: ...
    async def check(self, name: str) -> None: ...
    async def stop_check(self, name: str) -> None: ...


class EngineControl(Protocol):
    """What the desktop asks of an engine (`gateway_engine.public.Engine`)."""

    @property
    def records(self) -> RecordsControl: ...
    @property
    def turns(self) -> TurnsControl: ...
    @property
    def clients(self) -> ClientControl: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def open_listener(self) -> None: ...
    async def open_listener_nearby(self) -> None: ...
    async def close_listener(self) -> None: ...
    async def restart_instance(self, name: Any) -> None: ...
    async def stop_instance(self, name: Any) -> None: ...
    async def start_instance(self, name: Any) -> None: ...
    async def test_instance(self, name: Any) -> SmokeReport: ...
    async def look(self) -> None: ...
    async def rest(self) -> None: ...
    async def vitals(self) -> Vitals: ...
    async def log_tail(self, name: Any, lines: int) -> LogTail: ...
    async def support_files(self) -> tuple[SupportFile, ...]: ...
    async def stop_fetching_program(self) -> None: ...
    @property
    def settings(self) -> "SettingsControl": ...
    def snapshot(self) -> tuple[EngineEvent, ...]: ...
    async def fetch_program(self, *, url: str = "", file: Path | None = None) -> None: ...
    async def programs_known(self) -> ProgramsKnown: ...
    @property
    def accounts(self) -> AccountSide: ...
    @property
    def programs(self) -> Programs: ...


class SettingsControl(Protocol):
    """What the desktop asks about settings (`gateway_engine.public.SettingsDesk`)."""

    async def view(self) -> SettingsView: ...
    async def change(self, change: SettingsChange) -> Saved: ...
    async def reload(self) -> Saved: ...
    async def export(self, *, secrets: bool) -> str: ...
    @property
    def importing(self) -> "ImportControl": ...
    async def add_instance(self, instance: InstanceSettings) -> Saved: ...
    async def remove_instance(self, name: InstanceName) -> Saved: ...


class ImportControl(Protocol):
    """What the desktop asks about imports (`gateway_engine.public.Importing`)."""

    async def look_into(self, text: str, name: str = "") -> ImportPreview: ...
    async def bring(self, text: str, name: str = "", *, seen: str = "") -> Saved: ...
    async def take_back(self) -> Saved: ...


class EngineThreadGoneError(Exception):
    """The engine's thread has ended or never ran; nothing can be asked of it."""


class EngineThread:
    """One thread, one loop, one engine.

    `make_engine` is called on the engine's loop. `on_crash(reason)` is called on the engine's
    thread when the engine cannot be made or started, or when its loop ends on its own.
    """

    def __init__(
        self, make_engine: Callable[[], EngineControl], *, on_crash: Callable[[str], None]
    ) -> None:
        self._make_engine = make_engine
        self._on_crash = on_crash
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: EngineControl | None = None
        self._stop_asked: asyncio.Event | None = None
        self._is_stopping = threading.Event()
        # A daemon: were the engine to hang, the app must still be able to leave.
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        """Start the thread; returns at once, what happens is told by events."""
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    async def ask(
        self,
        request: Callable[[EngineControl], Coroutine[Any, Any, T]],
        *,
        deadline_s: float = CALL_DEADLINE_S,
    ) -> T:
        """Run `request(engine)` on the engine's loop and await it here.

        Results, exceptions and cancellation cross. Raises EngineThreadGoneError and TimeoutError.
        """
        loop, engine = self._loop, self._engine
        if loop is None or engine is None or loop.is_closed() or self._is_stopping.is_set():
            raise EngineThreadGoneError("the engine is not running")
        future = asyncio.run_coroutine_threadsafe(request(engine), loop)
        async with asyncio.timeout(deadline_s):
            return await asyncio.wrap_future(future)

    def stop(self, deadline_s: float = STOP_DEADLINE_S) -> bool:
        """Stop the engine and end the thread. Blocks; True when it ended within the deadline.

        Safe to call twice, from any thread but the engine's, and after a crash.
        """
        self._is_stopping.set()
        if not self._thread.ident:
            return True
        loop, stop_asked = self._loop, self._stop_asked
        if loop is not None and stop_asked is not None:
            with contextlib.suppress(RuntimeError):  # the loop has closed in between
                loop.call_soon_threadsafe(stop_asked.set)
        self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:
            # Not BaseException: an interpreter that is shutting down is no crash.
            logger.exception("the engine thread died")
            self._on_crash(_one_line(error))

    async def _main(self) -> None:
        self._stop_asked = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self._is_stopping.is_set():
            return
        engine = self._make_engine()
        self._engine = engine
        try:
            await engine.start()
            await self._stop_asked.wait()
        finally:
            self._engine = None
            await engine.stop()


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
