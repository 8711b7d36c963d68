"""One question to upstream while it is being answered. It may outlive the client's request."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType

from gateway_engine.conversation import Caller, Change, TurnTrace
from gateway_engine.pool.pool import Lease
from gateway_engine.upstreams.contract import Deadlines, TurnItem, UpstreamAsk


class LiveTurn:
    """Iterate it for upstream's items. Leaving its block stops upstream, unless it is `kept`."""

    def __init__(self, lease: Lease, ask: UpstreamAsk, deadlines: Deadlines) -> None:
        self._trace = _Relay(ask.trace)
        self.lease = lease
        self.ask = replace(ask, trace=self._trace)
        self.kept = False
        self._items = lease.upstream.ask(self.ask, deadlines)
        self._put_back: deque[TurnItem] = deque()

    def goes_on_for(self, caller: Caller) -> None:
        """Another request has come for the rest: what upstream says now belongs to its record."""
        self._trace.target = caller.trace

    def put_back(self, item: TurnItem) -> None:
        """This item was read too early: it comes again, before what upstream says next."""
        self._put_back.append(item)

    async def aclose(self) -> None:
        """Stop upstream, if it is not done. Safe to call twice."""
        await self._items.aclose()

    def __aiter__(self) -> "LiveTurn":
        """Return itself: there is one place in the answer."""
        return self

    async def __anext__(self) -> TurnItem:
        """Return the next item."""
        return self._put_back.popleft() if self._put_back else await anext(self._items)

    async def __aenter__(self) -> "LiveTurn":
        """Hold it for the block."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop upstream, unless the turn is kept for later."""
        if not self.kept:
            await self.aclose()


class _Relay:
    """A TurnTrace that hands on to whichever request is answered now."""

    def __init__(self, target: TurnTrace) -> None:
        self.target = target

    def changed(self, changes: Iterable[Change]) -> None:
        """Hand on."""
        self.target.changed(changes)

    def to_upstream(self, frame: bytes) -> None:
        """Hand on."""
        self.target.to_upstream(frame)

    def from_upstream(self, frame: bytes) -> None:
        """Hand on."""
        self.target.from_upstream(frame)
