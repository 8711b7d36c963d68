"""Where a turn's events wait between the connection that reads them and the client that takes them.

One per turn. The reading side never waits (one connection carries many turns); what a slow client
leaves lying is merged, and bounded. A turn wanted whole hands out nothing before its end, or before
upstream waits for a tool or `enough` has come. Deadlines are kept here with one timer a turn,
re-armed only when it fires, so that a token costs no timer; they stand still between `pause` and
`resume`.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from gateway_engine.conversation import ReasoningDelta, StreamBatch, StreamEvent, TextDelta
from gateway_engine.errors import ClientTooSlowError, GatewayError, UpstreamTimeoutError
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolCallsWanted,
    ToolUsed,
    TurnEnd,
    TurnItem,
)

MAX_WAITING_CHARS: Final = 64 * 1024 * 1024
ITEM_CHARS: Final = 256
"""What is told of a tool weighs at least that much."""
MAX_UNMERGED: Final = 64
"""So many deltas may go out one by one; a client further behind gets them joined."""
GRACE_S: Final = 0.25
SUSPENDED_S: Final = 2.0


class TurnInbox:
    """Events of one turn. `put`, `finish` and `fail` never block; `take` waits."""

    def __init__(
        self,
        deadlines: Deadlines,
        *,
        whole: bool = False,
        enough: Callable[[StreamBatch], bool] | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._deadlines = deadlines
        self._whole = whole
        self._enough = enough
        self._waiting: list[StreamEvent] = []
        self._waiting_chars = 0
        self._told: list[tuple[list[StreamEvent], ToolCallsWanted | ToolUsed]] = []
        self._paused_at: float | None = None
        self._end: TurnEnd | GatewayError | None = None
        self._taker: asyncio.Future[None] | None = None
        self._began = self._silent_since = self._touched = self._loop.time()
        self._content = False
        self._graced = False
        self._timer: asyncio.TimerHandle | None = None
        self._arm(self._touched)

    @property
    def ended(self) -> bool:
        """True once the turn finished or failed; what comes later is ignored."""
        return self._end is not None

    def touch(self) -> None:
        """Upstream said something about this turn that is not content."""
        self._touched = self._loop.time()

    def put(self, deltas: list[TextDelta | ReasoningDelta]) -> None:
        """Upstream said something, and these deltas are what follows from it; there may be none."""
        if self._end is not None:
            return
        self._touched = self._loop.time()
        if not deltas:
            return
        self._content = True
        for delta in deltas:
            self._waiting_chars += len(delta.text)
        self._waiting += deltas
        if self._too_much():
            return
        if self._whole and self._enough is not None and self._enough(deltas):
            self._whole = False
        if not self._whole:
            self._wake()

    def tell(self, item: ToolCallsWanted | ToolUsed) -> None:
        """Upstream said this about a tool, after what was put before."""
        if self._end is not None:
            return
        self.touch()
        self._told.append((self._waiting, item))
        self._waiting = []
        self._waiting_chars += _weight(item)
        if not self._too_much() and (not self._whole or isinstance(item, ToolCallsWanted)):
            self._wake()

    def pause(self) -> None:
        """Upstream waits for us: no deadline passes meanwhile."""
        if self._paused_at is None and self._end is None:
            self._paused_at = self._loop.time()

    def resume(self) -> None:
        """Upstream waits no longer."""
        if self._paused_at is not None and self._end is None:
            now = self._loop.time()
            self._began += now - self._paused_at
            self._silent_since = self._touched = now
            self._paused_at = None
            self.close()
            self._arm(now)

    def retract(self) -> int:
        """Drop what nobody has taken yet; returns how many deltas that were."""
        dropped = len(self._waiting) + sum(len(before) for before, _ in self._told)
        self._told = [([], item) for _, item in self._told]
        self._waiting, self._waiting_chars = [], sum(_weight(item) for _, item in self._told)
        return dropped

    def finish(self, end: TurnEnd) -> None:
        """The turn ended well; what waits is still handed out first."""
        self._close(end)

    def fail(self, error: GatewayError) -> None:
        """The turn failed; what waits is still handed out first."""
        self._close(error)

    def close(self) -> None:
        """Nobody takes any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def take(self) -> TurnItem:
        """Return what has come, merged, or the end. Raises the error the turn failed with."""
        while not self._ready():
            if not self._waiting and not self._told:
                if isinstance(self._end, GatewayError):
                    raise self._end
                if self._end is not None:
                    return self._end
            self._taker = self._loop.create_future()
            try:
                await self._taker
            finally:
                self._taker = None
        if self._told:
            waiting, item = self._told[0]
            if not waiting:
                del self._told[0]
                self._waiting_chars -= _weight(item)
                return item
            self._told[0] = ([], item)
            self._waiting_chars -= _chars(waiting)
        else:
            waiting, self._waiting = self._waiting, []
            self._waiting_chars = 0
        return waiting if len(waiting) <= MAX_UNMERGED else merge_deltas(waiting)

    def _ready(self) -> bool:
        """True when something may be handed out: of a turn wanted whole, only with good reason."""
        if not self._waiting and not self._told:
            return False
        if not self._whole or self._end is not None:
            return True
        return any(isinstance(item, ToolCallsWanted) for _, item in self._told)

    def _too_much(self) -> bool:
        """Whether too much waits; then the turn has failed."""
        if self._waiting_chars <= MAX_WAITING_CHARS:
            return False
        self.fail(
            ClientTooSlowError("the answer was not read fast enough; read it or ask for less")
        )
        return True

    def _close(self, end: TurnEnd | GatewayError) -> None:
        if self._end is None:
            self._end = end
            self.close()
            self._wake()

    def _wake(self) -> None:
        if self._taker is not None and not self._taker.done():
            self._taker.set_result(None)

    # --- deadlines ---

    def _due(self) -> tuple[float, str] | None:
        if self._paused_at is not None:
            return None
        limits = self._deadlines
        due: list[tuple[float, str]] = []
        if not self._content and limits.first_token_s:
            due.append((self._silent_since + limits.first_token_s, "gave no first token in time"))
        if self._content and limits.idle_s:
            due.append((self._touched + limits.idle_s, "fell silent in the middle of the answer"))
        if limits.total_s:
            due.append((self._began + limits.total_s, "took longer than the total time limit"))
        return min(due, default=None)

    def _arm(self, now: float, *, delay: float | None = None) -> None:
        due = self._due()
        candidates = [d for d in (delay, due[0] - now if due else None) if d is not None]
        # Content changes which deadline counts, without touching the timer: look often enough.
        if not self._content and self._deadlines.idle_s and self._paused_at is None:
            candidates.append(self._deadlines.idle_s)
        if candidates:
            at = now + max(min(candidates) if delay is None else delay, 0.001)
            self._timer = self._loop.call_at(at, self._check, at)

    def _check(self, armed_for: float) -> None:
        now = self._loop.time()
        if now - armed_for > SUSPENDED_S:
            # The machine slept or the process was stopped: silence that long is not upstream's.
            self._began += now - armed_for
            self._silent_since = self._touched = now
        due = self._due()
        if due is None or due[0] > now:
            self._graced = False
            self._arm(now)
        elif not self._graced:
            # What upstream sent may lie in the socket still: the reader gets one more turn.
            self._graced = True
            self._arm(now, delay=GRACE_S)
        else:
            self.fail(UpstreamTimeoutError(f"the upstream {due[1]}; try again"))


def _chars(events: list[StreamEvent]) -> int:
    return sum(len(e.text) for e in events if isinstance(e, TextDelta | ReasoningDelta))


def _weight(item: ToolCallsWanted | ToolUsed) -> int:
    if isinstance(item, ToolUsed):
        return ITEM_CHARS + len(item.arguments) + len(item.result)
    return sum(ITEM_CHARS + len(call.arguments) for call in item.calls)


def merge_deltas(events: list[StreamEvent]) -> list[StreamEvent]:
    """Return the same stream with neighbouring deltas of one kind joined."""
    merged: list[StreamEvent] = []
    texts: list[str] = []
    kind: type[TextDelta | ReasoningDelta] | None = None
    for event in events:
        if isinstance(event, TextDelta | ReasoningDelta):
            if kind is not None and type(event) is not kind:
                merged.append(kind("".join(texts)))
                texts = []
            kind = type(event)
            texts.append(event.text)
            continue
        if kind is not None:
            merged.append(kind("".join(texts)))
            texts, kind = [], None
        merged.append(event)
    if kind is not None:
        merged.append(kind("".join(texts)))
    return merged
