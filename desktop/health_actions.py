"""What a user can ask for about the health of instances."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

from desktop import refusals
from desktop.asking import EngineAsker, EngineRequest
from desktop.engine_thread import EngineThreadGoneError
from desktop.slices.health import (
    InstanceOpened,
    InstanceTestBegan,
    InstanceTestEnded,
    LogTailRead,
    VitalsTaken,
)
from gateway_engine.public import GatewayError, InstanceName

logger = logging.getLogger(__name__)

T = TypeVar("T")

TAIL_LINES = 1000
TEST_DEADLINE_S = 300.0


class HealthActions:
    """Everything returns at once; what comes of it arrives as events."""

    def __init__(self, asker: EngineAsker, show_panel: Callable[[str], None]) -> None:
        self._asker = asker
        self._show_panel = show_panel
        self._sampling = False
        self._reading = False

    # --- looking: nothing is said when it fails, for nobody asked in words -----------------------

    def look(self) -> None:
        """The window is open: what befalls an instance is to be known at once."""
        if self._asker.has_engine:
            self._asker.spawn(self._quietly(lambda engine: engine.look()), name="look")

    def sample(self) -> None:
        """Take the figures of this moment; not before the last ones have come."""
        if self._asker.has_engine and not self._sampling:
            self._sampling = True
            self._asker.spawn(self._sample(), name="vitals")

    def read_log(self, name: InstanceName) -> None:
        """Read the end of this instance's log; not before the last reading has come."""
        if self._asker.has_engine and not self._reading:
            self._reading = True
            self._asker.spawn(self._read_log(name), name="log-tail")

    def open(self, name: InstanceName, *, at_log: bool = False) -> None:
        """Look into one instance, on whatever panel the window is."""
        self._asker.store.dispatch(InstanceOpened(name, at_log))
        self._show_panel("health")

    def show_all(self) -> None:
        """Look at all instances again."""
        self._asker.store.dispatch(InstanceOpened(None))

    # --- doing -----------------------------------------------------------------------------------

    def restart(self, name: InstanceName) -> None:
        """End and start one upstream process."""
        self._asker.request("restart-instance", lambda engine: engine.restart_instance(name))

    def stop(self, name: InstanceName) -> None:
        """End one upstream process; it rests until it is started."""
        self._asker.request("stop-instance", lambda engine: engine.stop_instance(name))

    def start(self, name: InstanceName) -> None:
        """Start what was stopped."""
        self._asker.request("start-instance", lambda engine: engine.start_instance(name))

    def test(self, name: InstanceName) -> None:
        """Try one instance, down to a short real turn."""
        test = self._asker.store.state.health.tests.get(name)
        if test is None or not test.runs:
            self._asker.store.dispatch(InstanceTestBegan(name, time.time()))
            self._asker.spawn(self._test(name), name="test-instance")

    def sign_in(self, name: InstanceName) -> None:
        """Turn to where this one is signed in; "" where it is not said which."""
        self._show_panel(f"accounts/{name}" if name else "accounts")

    # --- inside ----------------------------------------------------------------------------------

    async def _quietly(self, request: EngineRequest[T]) -> T | None:
        try:
            return await self._asker.ask_or_raise(request)
        except (EngineThreadGoneError, TimeoutError, GatewayError) as error:
            logger.debug("looked in vain: %s", error)
            return None

    async def _sample(self) -> None:
        try:
            vitals = await self._quietly(lambda engine: engine.vitals())
        finally:
            self._sampling = False
        if vitals is not None:
            self._asker.store.dispatch(VitalsTaken(vitals))

    async def _read_log(self, name: InstanceName) -> None:
        try:
            tail = await self._quietly(lambda engine: engine.log_tail(name, TAIL_LINES))
        finally:
            self._reading = False
        if tail is not None:
            self._asker.store.dispatch(LogTailRead(tail))

    async def _test(self, name: InstanceName) -> None:
        report, error = None, ""
        try:
            report = await self._asker.ask_or_raise(
                lambda engine: engine.test_instance(name), deadline_s=TEST_DEADLINE_S
            )
        except EngineThreadGoneError:
            error = QCoreApplication.translate("Actions", "The engine is not running.")
        except TimeoutError:
            error = QCoreApplication.translate("Actions", "The engine did not answer in time.")
        except GatewayError as failure:
            error = refusals.of_error(failure)
        self._asker.store.dispatch(InstanceTestEnded(name, report, error))
