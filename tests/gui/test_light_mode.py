"""Light mode: memory goes back once nobody looks and nothing is asked, and not before."""

import asyncio
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop import light_mode as module
from desktop.asking import EngineAsker
from desktop.engine_thread import EngineThread
from desktop.light_mode import LightMode
from desktop.slices.desktop_choices import ChoicesChanged, DesktopChoices
from desktop.state import AppState, reduce_all
from desktop.store import StateStore
from gateway_engine.public import EngineEvent, TaskOwner
from tests.gui.conftest import RunOnQt
from tests.gui.fake_engine import FakeEngine
from tests.unit.desktop.samples import changed, finished, listening, started

LIGHT = ChoicesChanged(DesktopChoices(frees_memory=True))
IDLE = reduce_all(AppState(), [listening(), changed(), LIGHT])
BUSY = reduce_all(IDLE, [started("a")])


@pytest.fixture
def light(qtbot: QtBot) -> LightMode:
    del qtbot
    return LightMode(EngineAsker(StateStore(), TaskOwner("test")))


def test_it_dozes_off_only_where_it_is_wanted_and_nobody_is_there(light: LightMode) -> None:
    usual = replace(IDLE, choices=DesktopChoices())
    for state, has_window in ((usual, False), (IDLE, True), (BUSY, False)):
        light.consider(state, has_window=has_window)
        assert not light.dozing.isActive()
    light.consider(IDLE, has_window=False)
    assert light.dozing.isActive()


def test_a_request_or_a_window_wakes_it_and_other_news_do_not(light: LightMode) -> None:
    light.consider(IDLE, has_window=False)
    light.consider(reduce_all(IDLE, [changed(name="inst-1")]), has_window=False)
    assert light.dozing.isActive()
    light.consider(BUSY, has_window=False)
    assert not light.dozing.isActive()
    light.consider(reduce_all(BUSY, [finished("a")]), has_window=False)
    assert light.dozing.isActive()
    light.consider(IDLE, has_window=True)
    assert not light.dozing.isActive()


def test_asleep_the_engine_rests_and_then_what_is_free_is_given_back(
    run_on_qt: RunOnQt[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        loop, runs, released = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

        def tell(_event: EngineEvent) -> None:
            loop.call_soon_threadsafe(runs.set)

        engine = FakeEngine(tell)
        monkeypatch.setattr(module, "release_unused_memory", released.set)
        thread = EngineThread(lambda: engine, on_crash=lambda _reason: None)
        tasks = TaskOwner("test")
        asker = EngineAsker(StateStore(), tasks)
        light = LightMode(asker)
        light.dozing.setInterval(0)
        thread.start()
        asker.attach(thread)
        try:
            await runs.wait()
            light.consider(IDLE, has_window=False)
            await released.wait()
            assert engine.asked[-1] == "rest"
        finally:
            await tasks.aclose()
            assert await asyncio.to_thread(thread.stop)

    run_on_qt(scenario())


def test_without_an_engine_nothing_happens(run_on_qt: RunOnQt[None]) -> None:
    async def scenario() -> None:
        tasks = TaskOwner("test")
        light = LightMode(EngineAsker(StateStore(), tasks))
        light.dozing.timeout.emit()
        await tasks.aclose()

    run_on_qt(scenario())
