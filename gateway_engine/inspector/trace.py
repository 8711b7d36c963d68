"""What one request leaves behind while it runs: references, within bounds, never a copy a token.

The server, the chat and the upstream add to it on the engine's loop; once it is sealed it changes
no more and another thread may read it.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from gateway_engine.conversation import Change, ChatRequest, TurnRouted
from gateway_engine.events import RequestFinished
from gateway_engine.inspector.record import FROM_UPSTREAM, TO_UPSTREAM

MAX_BODY_BYTES: Final = 2 * 1024 * 1024
MAX_ASK_BYTES: Final = 8 * 1024 * 1024
"""An ask repeats its prompt several times; what is kept of it is smaller."""
MAX_FRAMES: Final = 2000
MAX_CHUNKS: Final = 8000
TAIL: Final = 16
"""The last messages are kept whatever came before: they say how it ended."""
ITEM_COST_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that passed by at `at` (monotonic seconds). `size`: before they were cut; `spoken`: the
    trace knows what text they deal out."""

    at: float
    kind: str
    data: bytes
    size: int
    spoken: bool = False

    @property
    def cut(self) -> bool:
        """Whether `data` is not all of it."""
        return len(self.data) < self.size


class Stretch:
    """The beginning and the end of a sequence of bytes; what lies between is only counted."""

    def __init__(self, *, max_bytes: int, max_items: int) -> None:
        self._room = max_bytes
        self._items = max_items
        self._head: list[Piece] = []
        self._tail: deque[Piece] = deque(maxlen=TAIL)
        self.left_out = 0
        self.size = 0

    def add(
        self,
        at: float,
        kind: str,
        data: bytes,
        *,
        max_bytes: int = MAX_BODY_BYTES,
        spoken: bool = False,
    ) -> bool:
        """Take one more; True when it belongs to the beginning."""
        size = len(data)
        self.size += size
        if not self._tail and self._items and min(size, max_bytes) <= self._room:
            kept = data if size <= max_bytes else data[:max_bytes]
            self._head.append(Piece(at, kind, kept, size, spoken))
            self._room -= len(kept) + ITEM_COST_BYTES
            self._items -= 1
            return True
        self.left_out += len(self._tail) == TAIL
        limit = max_bytes // TAIL
        self._tail.append(Piece(at, kind, data if size <= limit else data[:limit], size))
        return False

    def pieces(self) -> tuple[list[Piece], list[Piece]]:
        """Return the beginning and the end; between them `left_out` are missing."""
        return self._head, list(self._tail)


@dataclass(slots=True)
class Arrival:
    """What is known of a request when it comes. `at` is since the epoch, `arrived` monotonic."""

    request_id: str
    at: float
    arrived: float
    protocol: str
    method: str
    path: str
    url: str
    client: str
    key_id: str
    headers: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Outcome:
    """How it ended: the status and the headers of the answer, whoever gave it. `turn` and `routed`
    are there when a backend was asked."""

    status: int = 0
    error_code: str = ""
    error_message: str = ""
    total_ms: float = 0.0
    stream: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    turn: RequestFinished | None = None
    routed: TurnRouted | None = None


@dataclass(slots=True)
class Trace:
    """One request (see conversation.TurnTrace). `bodies` False: only its line is kept.

    `heard` and `told` are the texts that the pieces of both streams deal out, channel by channel:
    a secret may be cut into several of them.
    """

    arrival: Arrival
    clock: Callable[[], float]
    bodies: bool = True
    outcome: Outcome = field(default_factory=Outcome)
    request: ChatRequest | None = None
    body: bytes | bytearray = b""
    body_size: int = 0
    changes: dict[Change, None] = field(default_factory=dict)
    frames: Stretch = field(
        default_factory=lambda: Stretch(max_bytes=MAX_ASK_BYTES, max_items=MAX_FRAMES)
    )
    sent: Stretch = field(
        default_factory=lambda: Stretch(max_bytes=MAX_BODY_BYTES, max_items=MAX_CHUNKS)
    )
    heard: dict[str, list[str]] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    _sealed: bool = False

    def received(self, body: bytes | bytearray) -> None:
        """The client sent this body."""
        if self.bodies:
            self.body_size = len(body)
            self.body = body if len(body) <= MAX_BODY_BYTES else body[:MAX_BODY_BYTES]

    def understood(self, request: ChatRequest, *, stream: bool) -> None:
        """The body means this."""
        self.request = request
        self.outcome.stream = stream
        self.changed(request.changes)

    def changed(self, changes: Iterable[Change]) -> None:
        """See TurnTrace."""
        if self.bodies and not self._sealed:
            self.changes.update(dict.fromkeys(changes))

    def to_upstream(self, frame: bytes) -> None:
        """See TurnTrace."""
        if self.bodies and not self._sealed:
            self.frames.add(self.clock(), TO_UPSTREAM, frame, max_bytes=MAX_ASK_BYTES)

    def from_upstream(self, frame: bytes, channel: str = "", text: str = "") -> None:
        """See TurnTrace."""
        if not self.bodies or self._sealed:
            return
        if self.frames.add(self.clock(), FROM_UPSTREAM, frame, spoken=bool(text)) and text:
            self.heard.setdefault(channel, []).append(text)

    def says(self, channel: str, text: str) -> None:
        """The client is told this, in pieces whose bytes come by `answered`."""
        if self.bodies and not self._sealed:
            self.told.setdefault(channel, []).append(text)

    def ended(self, turn: RequestFinished, routed: TurnRouted | None) -> None:
        """The backend's turn is over."""
        self.outcome.turn, self.outcome.routed = turn, routed

    def answered(self, data: bytes) -> None:
        """The client was sent this."""
        if self.bodies and not self._sealed:
            self.sent.add(0.0, "", data)

    def seal(self) -> None:
        """Nothing is added any more."""
        self._sealed = True

    def forget_bodies(self) -> None:
        """There is no room for more than the line."""
        self.bodies = False
        self.request, self.body, self.changes = None, b"", {}
        self.heard, self.told = {}, {}
        self.frames = Stretch(max_bytes=0, max_items=0)
        self.sent = Stretch(max_bytes=0, max_items=0)

    @property
    def weight(self) -> int:
        """About how many bytes it holds on to."""
        return len(self.body) + self.frames.size + self.sent.size
