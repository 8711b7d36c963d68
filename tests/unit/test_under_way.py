"""What runs is known to who comes later, and what has ended is forgotten."""

from gateway_engine.conversation import InstanceName, ModelId, RequestId, SessionUse
from gateway_engine.events import (
    EngineEvent,
    ListenerStopped,
    RequestFinished,
    RequestProgressed,
    RequestRouted,
    RequestStarted,
)
from gateway_engine.under_way import RequestsUnderWay


def started(name: str) -> RequestStarted:
    return RequestStarted(RequestId(name), 1.0, "openai_chat", "/v1", "curl", "any", stream=True)


def routed(name: str, instance: str) -> RequestRouted:
    return RequestRouted(RequestId(name), InstanceName(instance), ModelId("m"), SessionUse.MISS)


def finished(name: str) -> RequestFinished:
    return RequestFinished(RequestId(name), 2.0, 200, "", "", 1.0, 2.0, 3, 4)


def test_who_comes_later_learns_of_what_runs() -> None:
    under_way = RequestsUnderWay()
    events: list[EngineEvent] = [
        started("a"),
        started("b"),
        routed("a", "inst-0"),
        RequestProgressed(RequestId("a"), 7),
        routed("a", "inst-1"),
        ListenerStopped(1.5),
    ]
    for event in events:
        under_way.take(event)
    assert under_way.events() == (started("a"), routed("a", "inst-1"), started("b"))
    under_way.take(finished("a"))
    assert under_way.events() == (started("b"),)
    under_way.take(finished("b"))
    assert (under_way.events(), len(under_way), under_way.started_total) == ((), 0, 2)


def test_what_was_never_started_is_not_invented() -> None:
    under_way = RequestsUnderWay()
    under_way.take(routed("a", "inst-0"))
    under_way.take(finished("a"))
    assert under_way.events() == ()
