"""How the requests of an instance went of late."""

from gateway_engine.conversation import InstanceName, ModelId, RequestId, SessionUse
from gateway_engine.events import InstanceRemoved, RequestFinished, RequestRouted
from gateway_engine.pulse import SLOT_S, SLOTS, Pulse, Pulses

ME, OTHER = InstanceName("inst-0"), InstanceName("inst-1")
NOW = 1_780_000_000.0


def routed(number: int, name: InstanceName = ME) -> RequestRouted:
    return RequestRouted(RequestId(f"r{number}"), name, ModelId("m"), SessionUse.MISS)


def finished(
    number: int, at: float, code: str = "", *, status: int = 200, ttft: float | None = 100.0
) -> RequestFinished:
    return RequestFinished(RequestId(f"r{number}"), at, status, code, "", ttft, 200.0, 1, 1)


def test_nothing_happened() -> None:
    assert Pulses().of(ME, NOW) == Pulse()
    assert len(Pulse().requests) == SLOTS


def test_requests_count_where_they_ended() -> None:
    pulses = Pulses()
    pulses.take(routed(3, OTHER))
    pulses.take(routed(3))  # another instance took it
    pulses.take(finished(3, NOW - SLOT_S, "upstream_error", status=502, ttft=None))
    for number, ttft in enumerate([50.0, 900.0, 100.0]):
        pulses.take(routed(number))
        pulses.take(finished(number, NOW, ttft=ttft))
    pulses.take(routed(4))
    pulses.take(finished(4, NOW, "client_gone", status=499, ttft=None))
    pulses.take(finished(5, NOW, "busy", status=429))  # no instance ever took it
    pulse = pulses.of(ME, NOW)
    assert pulse.requests[-2:] == (1, 4)
    assert pulse.errors[-2:] == (1, 0)
    assert pulse.first_token_ms[-2:] == (None, 100.0)
    assert sum(pulses.of(OTHER, NOW).requests) == 0


def test_what_is_old_leaves() -> None:
    pulses = Pulses()
    for number in range(3 * SLOTS):
        pulses.take(routed(number))
        pulses.take(finished(number, NOW + number * SLOT_S))
    last = NOW + (3 * SLOTS - 1) * SLOT_S
    assert pulses.of(ME, last).requests == (1,) * SLOTS
    assert sum(pulses.of(ME, last + SLOTS * SLOT_S).requests) == 0


def test_after_a_clock_that_was_set_back_requests_are_seen_at_once() -> None:
    pulses = Pulses()
    for number, at in enumerate((NOW, NOW - 6 * 3600, NOW - 6 * 3600 + SLOT_S)):
        pulses.take(routed(number))
        pulses.take(finished(number, at))
    assert pulses.of(ME, NOW - 6 * 3600 + SLOT_S).requests[-2:] == (1, 1)


def test_what_is_removed_is_forgotten_and_begins_anew() -> None:
    pulses = Pulses()
    for number in (1, 2):
        pulses.take(routed(number))
    pulses.take(finished(1, NOW))
    pulses.take(InstanceRemoved(ME, NOW))
    pulses.take(finished(2, NOW))  # it was on its way when the instance went
    assert pulses.of(ME, NOW) == Pulse()
    pulses.take(routed(3))
    pulses.take(finished(3, NOW))
    assert sum(pulses.of(ME, NOW).requests) == 1
