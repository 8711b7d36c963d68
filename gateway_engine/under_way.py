"""The requests that are being answered now, kept from the events that tell of them."""

from dataclasses import dataclass

from gateway_engine.conversation import RequestId
from gateway_engine.events import EngineEvent, RequestFinished, RequestRouted, RequestStarted


@dataclass(slots=True)
class _Request:
    started: RequestStarted
    routed: RequestRouted | None = None


class RequestsUnderWay:
    """Give `take` every event; `events` then rebuilds what runs, for who was not listening."""

    def __init__(self) -> None:
        self._requests: dict[RequestId, _Request] = {}
        self.started_total = 0

    def take(self, event: EngineEvent) -> None:
        """Note one event."""
        match event:
            case RequestStarted():
                self._requests[event.request_id] = _Request(event)
                self.started_total += 1
            case RequestRouted():
                request = self._requests.get(event.request_id)
                if request is not None:
                    request.routed = event
            case RequestFinished():
                self._requests.pop(event.request_id, None)

    def events(self) -> tuple[EngineEvent, ...]:
        """RequestStarted of each, and RequestRouted of those that an instance has taken."""
        told: list[EngineEvent] = []
        for request in self._requests.values():
            told.append(request.started)
            if request.routed is not None:
                told.append(request.routed)
        return tuple(told)

    def __len__(self) -> int:
        return len(self._requests)
