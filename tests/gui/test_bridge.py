"""Engine → UI: batches, in order, folded and bounded."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from desktop import bridge as bridge_module
from desktop.bridge import EngineBridge
from gateway_engine.public import (
    EngineEvent,
    ListenerStopped,
    RequestId,
    RequestProgressed,
)


def emit_on_thread(bridge: EngineBridge, events: list[EngineEvent]) -> None:
    def work() -> None:
        for event in events:
            bridge.emit_event(event)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_burst_of_another_thread_arrives_as_one_batch_in_order(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    events: list[EngineEvent] = [ListenerStopped(float(n)) for n in range(1000)]
    with qtbot.waitSignal(bridge.received, timeout=5000) as caught:
        emit_on_thread(bridge, events)
    assert caught.args == [tuple(events)]


def test_progress_is_folded_to_its_newest_value(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    a, b = RequestId("a"), RequestId("b")
    with qtbot.waitSignal(bridge.received, timeout=5000) as caught:
        emit_on_thread(bridge, [RequestProgressed(rid, n) for n in range(500) for rid in (a, b)])
    assert caught.args == [(RequestProgressed(a, 499), RequestProgressed(b, 499))]


def test_an_overflow_asks_for_a_snapshot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_module, "MAX_WAITING_EVENTS", 10)
    bridge = EngineBridge()
    with qtbot.waitSignal(bridge.lost, timeout=5000):
        emit_on_thread(bridge, [ListenerStopped(float(n)) for n in range(50)])


def test_nothing_comes_after_close(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    emit_on_thread(bridge, [ListenerStopped(1.0)])
    bridge.close()
    emit_on_thread(bridge, [ListenerStopped(2.0)])
    with qtbot.assertNotEmitted(bridge.received, wait=100):
        pass
