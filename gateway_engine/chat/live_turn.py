"""One question to upstream while it is being answered. It may outlive the client's request."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType

from gateway_engine.conversation import NO_TRACE, Change, TurnTrace
from gateway_engine.pool.pool import Lease
from gateway_engine.upstreams.contract import Deadlines, TurnItem, UpstreamAsk


class LiveTurn:
    """Iterate it for upstream's items. Leaving its block stops upstream, unless it is `kept`."""

    def __init__(self, lease: Lease, ask: UpstreamAsk, deadlines: Deadlines) -> None:
        self._trace = _Heard(ask.trace)
        self.lease = lease
        self.ask = replace(ask, trace=self._trace)
        self.kept = False
        self._items = lease.upstream.ask(self.ask, deadlines)
        self._put_back: deque[TurnItem] = deque()

    def heard_by(self, trace: TurnTrace) -> None:
        """What passes between upstream and us belongs to this record from now on."""
        self._trace.by = trace

    def keep(self) -> None:
        """Leave upstream waiting, whoever leaves the block: no request is concerned meanwhile."""
        self.kept = True
        self.heard_by(NO_TRACE)

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


class _Heard:
    """A trace that goes on in another record (see TurnTrace)."""

    def __init__(self, by: TurnTrace) -> None:
        self.by = by

    def changed(self, changes: Iterable[Change]) -> None:
        self.by.changed(changes)

    def to_upstream(self, frame: bytes) -> None:
        self.by.to_upstream(frame)

    def from_upstream(self, frame: bytes, channel: str = "", text: str = "") -> None:
        self.by.from_upstream(frame, channel, text)
