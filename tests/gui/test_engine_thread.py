"""The engine's thread: asked from Qt's loop, stopped in time, its crash is told."""

import asyncio
from collections.abc import Callable

import pytest

from desktop.actions import Actions
from desktop.bridge import EngineBridge
from desktop.engine_thread import EngineControl, EngineThread, EngineThreadGoneError
from desktop.state import EngineCrashed, EnginePhase
from desktop.store import StateStore
from desktop.tray_state import TrayState, tray_state
from desktop.try_it import TryItSession
from gateway_engine.public import InstanceName, TaskOwner
from tests.gui.conftest import RunOnQt
from tests.gui.fake_engine import FakeEngine
from tests.support.hygiene import ExpectedLogs


class House:
    """Everything between a button and the engine, with a fake engine."""

    def __init__(self, *, fails_to_start: bool = False) -> None:
        self.bridge = EngineBridge()
        self.store = StateStore()
        self.bridge.received.connect(self.store.dispatch_all)
        self.bridge.crashed.connect(lambda reason: self.store.dispatch(EngineCrashed(reason)))
        self.engine = FakeEngine(self.bridge.emit_event, fails_to_start=fails_to_start)
        self.thread = EngineThread(lambda: self.engine, on_crash=self.bridge.report_crash)
        self.tasks = TaskOwner("test")
        self.actions = Actions(self.store, self.tasks, TryItSession())
        self.actions.attach(self.thread)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a state; the test's deadline ends it."""
        while not condition():
            await self._next_change()

    async def _next_change(self) -> None:
        changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def settle(_state: object) -> None:
            if not changed.done():
                changed.set_result(None)

        self.store.changed.connect(settle)
        await changed
        self.store.changed.disconnect(settle)

    async def close(self) -> None:
        await self.tasks.aclose()
        assert await asyncio.to_thread(self.thread.stop)
        self.bridge.close()


def test_the_switch_reaches_the_engine_and_its_answer_the_state(run_on_qt: RunOnQt[None]) -> None:
    async def scenario() -> None:
        house = House()
        house.thread.start()
        await house.until(lambda: bool(house.store.state.endpoint.url))
        assert house.store.state.phase is EnginePhase.RUNNING
        house.actions.switch_endpoint(False)
        await house.until(lambda: not house.store.state.endpoint.url)
        assert tray_state(house.store.state) is TrayState.STOPPED
        house.actions.switch_endpoint(True)
        await house.until(lambda: bool(house.store.state.endpoint.url))
        house.actions.use_next_free_port()
        house.actions.restart_instance(InstanceName("inst-0"))
        await asyncio.to_thread(house.engine.restarted.wait, 5)
        await house.close()
        assert house.engine.asked == [
            "start",
            "close",
            "open",
            "open nearby",
            "restart inst-0",
            "stop",
        ]

    run_on_qt(scenario())


def test_of_many_fast_clicks_the_last_one_wins(run_on_qt: RunOnQt[None]) -> None:
    async def scenario() -> None:
        house = House()
        house.thread.start()
        await house.until(lambda: bool(house.store.state.endpoint.url))
        for wanted in (False, True) * 20 + (False,):
            house.actions.switch_endpoint(wanted)
        await house.until(lambda: not house.store.state.endpoint.url)
        await house.close()
        assert house.engine.asked[-2:] == ["close", "stop"]
        assert len(house.engine.asked) < 10

    run_on_qt(scenario())


def test_an_engine_that_cannot_start_is_a_crash_the_window_tells(
    run_on_qt: RunOnQt[None], expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the engine thread died", logger="desktop.engine_thread")

    async def scenario() -> None:
        house = House(fails_to_start=True)
        house.thread.start()
        await house.until(lambda: house.store.state.phase is EnginePhase.CRASHED)
        assert house.store.state.crash == "ValueError: no luck at all"
        house.actions.restart_instance(InstanceName("inst-0"))
        await house.until(lambda: bool(house.store.state.action_error))
        await house.close()
        assert house.engine.asked == ["start", "stop"]

    run_on_qt(scenario())


def test_asking_after_the_end_is_refused_and_stopping_twice_is_safe(
    run_on_qt: RunOnQt[None],
) -> None:
    async def restart(engine: EngineControl) -> None:
        await engine.restart_instance("x")

    async def scenario() -> None:
        house = House()
        house.thread.start()
        await house.until(lambda: bool(house.store.state.endpoint.url))
        await house.close()
        await house.close()
        with pytest.raises(EngineThreadGoneError):
            await house.thread.ask(restart)

    run_on_qt(scenario())


def test_stopping_what_never_started_is_safe() -> None:
    thread = EngineThread(lambda: FakeEngine(lambda _event: None), on_crash=print)
    assert thread.stop()
