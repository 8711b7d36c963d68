"""How the requests of each instance went of late, kept from the events that tell of them. Pure.

Time is cut into slots of SLOT_S; the last SLOTS of them are kept for each instance, the present one
last. A request counts in the slot in which it ended, for the instance that took it last.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from gateway_engine.conversation import InstanceName, RequestId
from gateway_engine.events import EngineEvent, InstanceRemoved, RequestFinished, RequestRouted

SLOT_S: Final = 10.0
SLOTS: Final = 60
CLIENT_WENT_AWAY: Final = 499


@dataclass(slots=True)
class _Slot:
    number: int
    requests: int = 0
    errors: int = 0
    first_tokens: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pulse:
    """One instance's last SLOTS slots, oldest first. `first_token_ms` is the middle one of a slot,
    None where no answer began.
    """

    requests: tuple[int, ...] = (0,) * SLOTS
    errors: tuple[int, ...] = (0,) * SLOTS
    first_token_ms: tuple[float | None, ...] = (None,) * SLOTS


class Pulses:
    """Give `take` every event."""

    def __init__(self) -> None:
        self._slots: dict[InstanceName, deque[_Slot]] = {}
        self._routed: dict[RequestId, InstanceName] = {}

    def take(self, event: EngineEvent) -> None:
        """Note one event."""
        if isinstance(event, RequestRouted):
            self._routed[event.request_id] = event.instance
        elif isinstance(event, RequestFinished):
            name = self._routed.pop(event.request_id, None)
            if name is not None:
                self._count(name, event)
        elif isinstance(event, InstanceRemoved):
            self._slots.pop(event.name, None)
            self._routed = {i: name for i, name in self._routed.items() if name != event.name}

    def of(self, name: InstanceName, now: float) -> Pulse:
        """This instance's pulse at `now`, seconds since the epoch."""
        last = int(now // SLOT_S)
        kept = {slot.number: slot for slot in self._slots.get(name, ())}
        slots = [kept.get(number) for number in range(last - SLOTS + 1, last + 1)]
        return Pulse(
            tuple(slot.requests if slot else 0 for slot in slots),
            tuple(slot.errors if slot else 0 for slot in slots),
            tuple(_middle(slot.first_tokens) if slot else None for slot in slots),
        )

    def _count(self, name: InstanceName, event: RequestFinished) -> None:
        slots = self._slots.setdefault(name, deque(maxlen=SLOTS))
        number = int(event.at // SLOT_S)
        # A clock that was set back leaves slots in the future, which nobody would see for hours.
        while slots and slots[-1].number > number + 1:
            slots.pop()
        if not slots or slots[-1].number < number:
            slots.append(_Slot(number))
        slot = slots[-1]
        slot.requests += 1
        slot.errors += bool(event.error_code) and event.status != CLIENT_WENT_AWAY
        if event.ttft_ms is not None:
            slot.first_tokens.append(event.ttft_ms)


def _middle(values: list[float]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None
