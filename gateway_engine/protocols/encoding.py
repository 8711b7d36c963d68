"""What every streamed protocol offers the server, so that one streaming loop serves them all."""

from typing import Protocol

from gateway_engine.conversation import (
    StreamBatch,
    StreamEvent,
    ToolCallArguments,
    ToolCallFinished,
    TurnFinished,
    TurnRouted,
)
from gateway_engine.errors import GatewayError


class StreamEncoder(Protocol):
    """Turns one answer's StreamEvents into bytes, in order. Holds state: one encoder per answer."""

    content_type: str

    def encode(self, batch: StreamBatch) -> bytes:
        """Return the bytes of `batch`, b"" while nothing has to be sent yet.

        `TurnRouted` alone yields b"": until real content comes, a failure can still be a status.
        """
        ...

    def heartbeat(self) -> bytes:
        """Return whole bytes that keep the connection busy and mean nothing; b"" for none."""
        ...

    def fail(self, error: GatewayError) -> bytes:
        """Return the in-band error, after which nothing follows, no terminator either."""
        ...


def belongs_elsewhere(event: StreamEvent, open_call: int) -> bool:
    """Whether `event` must wait until call `open_call` is whole: it is of another block."""
    match event:
        case ToolCallArguments(index) | ToolCallFinished(index):
            return index != open_call
        case TurnFinished() | TurnRouted():
            return False
    return True
