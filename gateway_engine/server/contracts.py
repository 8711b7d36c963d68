"""What the HTTP server needs of the rest of the engine: two Protocols, declared where used."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from gateway_engine.conversation import Caller, ChatRequest, Model, StreamBatch
from gateway_engine.events import InstanceStatus


class ChatBackend(Protocol):
    """Answers chat requests."""

    def ask(self, request: ChatRequest, caller: Caller) -> AsyncGenerator[StreamBatch, None]:
        """Stream one answer: first `TurnRouted`, last `TurnFinished`.

        Raises a GatewayError instead of ending when the turn fails. The caller must exhaust or
        `aclose()` it; closing early (the client went away) stops the upstream turn.
        """
        ...

    async def models(self) -> Sequence[Model]:
        """All models of the ready instances, deduplicated, the default first.

        Waits for an instance that is starting. Raises LoginRequiredError or
        UpstreamUnavailableError when there is none to ask.
        """
        ...


class AdminBackend(Protocol):
    """Tells about the engine itself."""

    def instances(self) -> tuple[InstanceStatus, ...]:
        """Every instance of the pool, in order."""
        ...

    def upstream(self) -> str:
        """What answers here: lingma, acp, mixed or demo."""
        ...
