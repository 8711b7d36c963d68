"""The session cache does what a slow, obvious model of it does."""

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway_engine.conversation import InstanceName
from gateway_engine.sessions.affinity import Affinity
from gateway_engine.sessions.cache import OpenSession, SessionCache
from gateway_engine.sessions.key import SessionKey

MAX_ENTRIES, TTL_S = 3, 10.0
KEYS = st.sampled_from([SessionKey(name) for name in "abcdef"])
INSTANCES = st.sampled_from([InstanceName("inst-0"), InstanceName("inst-1")])


@dataclass
class Kept:
    key: SessionKey
    session: OpenSession
    since: float


class CacheMachine(RuleBasedStateMachine):
    """Every operation on the cache and on a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.dropped: list[OpenSession] = []
        self.taken: list[OpenSession] = []
        self.cache = SessionCache(
            max_entries=MAX_ENTRIES,
            ttl_s=TTL_S,
            clock=lambda: self.now,
            on_drop=self.dropped.append,
        )
        self.kept: list[Kept] = []
        self.counts = {"hit": 0, "miss": 0, "evict": 0, "expire": 0, "invalidate": 0}
        self.made = 0

    def expire(self) -> None:
        old = [k for k in self.kept if self.now - k.since >= TTL_S]
        self.kept = [k for k in self.kept if k not in old]
        self.counts["expire"] += len(old)

    @rule(key=KEYS, instance=INSTANCES, generation=st.integers(1, 2))
    def put(self, key: SessionKey, instance: InstanceName, generation: int) -> None:
        self.made += 1
        session = OpenSession(instance, generation, f"s{self.made}")
        self.cache.put(key, session)
        self.expire()
        before = len(self.kept)
        self.kept = [k for k in self.kept if k.key != key] + [Kept(key, session, self.now)]
        self.counts["evict"] += before + 1 - len(self.kept)
        while len(self.kept) > MAX_ENTRIES:
            self.kept.pop(0)
            self.counts["evict"] += 1

    @rule(key=KEYS)
    def find_and_take(self, key: SessionKey) -> None:
        self.expire()
        expected = next((k.session for k in self.kept if k.key == key), None)
        assert self.cache.find(key) == expected
        taken = self.cache.take(key)
        assert taken == expected
        self.taken += [taken] if taken is not None else []
        assert self.cache.find(key) is None
        self.counts["miss" if expected is None else "hit"] += 1
        self.kept = [k for k in self.kept if k.key != key]

    @rule(instance=INSTANCES, generation=st.integers(1, 2))
    def restart(self, instance: InstanceName, generation: int) -> None:
        self.cache.keep_generation(instance, generation)
        gone = [
            k
            for k in self.kept
            if k.session.instance == instance and k.session.generation != generation
        ]
        self.kept = [k for k in self.kept if k not in gone]
        self.counts["invalidate"] += len(gone)

    @rule(seconds=st.sampled_from([0.5, 4.0, 10.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        # Whatever looks at the cache next sees them expired: before anything else can drop them.
        self.cache.stats()
        self.expire()

    @rule()
    def clear(self) -> None:
        self.cache.clear()
        self.expire()
        self.kept = []

    @invariant()
    def every_session_is_kept_or_taken_or_told_to_be_dropped(self) -> None:
        self.cache.stats()
        self.expire()
        left = [k.session for k in self.kept] + self.taken + self.dropped
        assert sorted(s.session_id for s in left) == sorted(f"s{n + 1}" for n in range(self.made))

    @invariant()
    def the_figures_agree(self) -> None:
        stats = self.cache.stats()
        assert stats.size == len(self.kept) <= MAX_ENTRIES
        assert self.counts == {
            "hit": stats.hits,
            "miss": stats.misses,
            "evict": stats.evictions,
            "expire": stats.expirations,
            "invalidate": stats.invalidations,
        }


TestCache = CacheMachine.TestCase


def test_without_limits_nothing_expires_and_without_room_nothing_stays() -> None:
    now = [0.0]
    session = OpenSession(InstanceName("inst-0"), 1, "s")
    endless = SessionCache(max_entries=1, ttl_s=0, clock=lambda: now[0])
    endless.put(SessionKey("a"), session)
    now[0] = 1e9
    assert endless.take(SessionKey("a")) == session
    none = SessionCache(max_entries=0, ttl_s=0, clock=lambda: now[0])
    none.put(SessionKey("a"), session)
    assert none.find(SessionKey("a")) is None
    none.missed()
    assert none.stats().misses == 1


def test_affinity_is_bounded() -> None:
    affinity = Affinity(2)
    for key in "abac":
        affinity.remember(key, InstanceName(f"inst-{key}"))
    assert affinity.last("a") == "inst-a"
    assert affinity.last("c") == "inst-c"
    assert affinity.last("b") is None
