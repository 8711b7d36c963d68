"""The sessions upstreams hold open for us, by what they have seen. Pure: the clock is handed in.

A session can go on in one way only: who goes on takes it out (`take`), and after a complete answer
puts it back under the longer conversation (`put`). So two branches never share one, and a turn that
fails leaves nothing behind. Least recently put leaves first; all live `ttl_s` seconds from `put`.
Sessions that leave by themselves are told to `on_drop`.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from gateway_engine.conversation import InstanceName
from gateway_engine.sessions.key import SessionKey


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session of one instance. `generation` counts that instance's upstream processes."""

    instance: InstanceName
    generation: int
    session_id: str


@dataclass(frozen=True, slots=True)
class SessionCacheStats:
    """Figures since the start; `size` is now. `invalidations`: their instance restarted."""

    size: int
    max_entries: int
    ttl_s: float
    hits: int
    misses: int
    evictions: int
    expirations: int
    invalidations: int


class SessionCache:
    """At most `max_entries` sessions (0 keeps none), each for `ttl_s` seconds (0 = no limit)."""

    def __init__(
        self,
        *,
        max_entries: int,
        ttl_s: float,
        clock: Callable[[], float],
        on_drop: Callable[[OpenSession], object] = lambda _: None,
    ) -> None:
        self._on_drop = on_drop
        self._max_entries = max_entries
        self._ttl_s = ttl_s
        self._clock = clock
        self._entries: OrderedDict[SessionKey, tuple[OpenSession, float]] = OrderedDict()
        self._hits = self._misses = 0
        self._evictions = self._expirations = self._invalidations = 0

    def resize(self, *, max_entries: int, ttl_s: float) -> None:
        """Keep so many for so long from now on; what is too much or too old leaves."""
        self._max_entries = max_entries
        self._ttl_s = ttl_s
        self._expire()
        self._evict()

    def find(self, key: SessionKey) -> OpenSession | None:
        """Return the session without taking it."""
        self._expire()
        entry = self._entries.get(key)
        return entry[0] if entry is not None else None

    def take(self, key: SessionKey) -> OpenSession | None:
        """Return the session, and leave it to the caller alone; None is counted as a miss."""
        self._expire()
        entry = self._entries.pop(key, None)
        if entry is None:
            self._misses += 1
            return None
        self._hits += 1
        return entry[0]

    def missed(self) -> None:
        """A turn began that no session could be looked up for."""
        self._misses += 1

    def put(self, key: SessionKey, session: OpenSession) -> None:
        """Keep a session whose last answer is complete. One of the same key gives way to it."""
        self._expire()
        before = self._entries.pop(key, None)
        if before is not None:
            self._evictions += 1
            self._on_drop(before[0])
        self._entries[key] = (session, self._clock())
        self._evict()

    def keep_generation(self, instance: InstanceName, generation: int) -> None:
        """Drop this instance's sessions of every other generation: their process is gone."""
        gone = [
            key
            for key, (session, _) in self._entries.items()
            if session.instance == instance and session.generation != generation
        ]
        for key in gone:
            self._on_drop(self._entries.pop(key)[0])
        self._invalidations += len(gone)

    def clear(self) -> None:
        """Drop them all: nobody goes on any more."""
        while self._entries:
            self._on_drop(self._entries.popitem(last=False)[1][0])

    def stats(self) -> SessionCacheStats:
        """The figures now."""
        self._expire()
        return SessionCacheStats(
            size=len(self._entries),
            max_entries=self._max_entries,
            ttl_s=self._ttl_s,
            hits=self._hits,
            misses=self._misses,
            evictions=self._evictions,
            expirations=self._expirations,
            invalidations=self._invalidations,
        )

    def _evict(self) -> None:
        while len(self._entries) > self._max_entries:
            _, (session, _) = self._entries.popitem(last=False)
            self._evictions += 1
            self._on_drop(session)

    def _expire(self) -> None:
        if not self._ttl_s:
            return
        oldest = self._clock() - self._ttl_s
        while self._entries:
            key, (session, since) = next(iter(self._entries.items()))
            if since > oldest:
                return
            del self._entries[key]
            self._expirations += 1
            self._on_drop(session)
