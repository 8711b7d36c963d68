"""Where a turn is answered: its session's instance, else its user's last, else the idlest."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from gateway_engine.chat.turn import Turn
from gateway_engine.conversation import SessionUse
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.known_models import ResolveModel
from gateway_engine.pool.pool import Lease, Pool
from gateway_engine.sessions.affinity import Affinity
from gateway_engine.sessions.cache import OpenSession, SessionCache, SessionCacheStats
from gateway_engine.sessions.key import SessionKey
from gateway_engine.upstreams.contract import Upstream


@dataclass(slots=True)
class Attempt:
    """One try at a turn. `fresh`: with the whole transcript, whatever sessions there are."""

    fresh: bool = False
    avoid: Instance | None = None
    gone: Upstream | None = None
    instance: Instance | None = None
    upstream: Upstream | None = None
    reused: bool = False


class Placing:
    """The pool's instances and the sessions they hold. Without `sessions` none is reused.

    `forward_tools`: upstreams are given the client's tools.
    """

    def __init__(
        self, pool: Pool, sessions: SessionCache | None, *, forward_tools: bool = True
    ) -> None:
        self._pool = pool
        self._sessions = sessions
        self._forward_tools = forward_tools
        self._affinity = Affinity()

    def follow(self, sessions: SessionCache | None, *, forward_tools: bool) -> None:
        """These hold from the next turn on; sessions that nobody goes on in are dropped."""
        if self._sessions is not None and self._sessions is not sessions:
            self._sessions.clear()
        self._sessions = sessions
        self._forward_tools = forward_tools

    @asynccontextmanager
    async def lease(
        self,
        turn: Turn,
        tried: Attempt,
        resolve: ResolveModel,
        *,
        names: Sequence[str],
        timeout_s: float,
    ) -> AsyncIterator[Lease]:
        """Hold the instance that should answer; a session that is not kept is forgotten at the end.

        Raises like the pool's `lease`.
        """
        affinity = turn.affinity
        wanted = turn.caller.only
        only = next((each for each in self._pool.instances if each.name == wanted), None)
        async with self._pool.lease(
            resolve,
            timeout_s=timeout_s,
            names=names,
            prefer=lambda leases: self._preferred(turn, tried, affinity, leases),
            avoid=tried.avoid,
            gone=tried.gone,
            only=only,
        ) as lease:
            # Not before the wait: it may have been for a process that took another's place.
            self.forget_restarted()
            tried.instance, tried.upstream = lease.instance, lease.upstream
            if only is None:
                self._affinity.remember(affinity, lease.instance.name)
            with _standing(turn, lease):
                yield lease

    @contextmanager
    def resumed(self, turn: Turn, tried: Attempt, lease: Lease) -> Iterator[None]:
        """Hold the instance on which an earlier request's turn was parked, as `lease` does."""
        tried.instance, tried.upstream, tried.reused = lease.instance, lease.upstream, True
        with lease.held(), _standing(turn, lease):
            yield

    def gives_tools(self, lease: Lease) -> bool:
        """True when the model there is given the client's tools as tools, not as text."""
        return self._forward_tools and lease.upstream.real_tools

    def take_session(self, turn: Turn, tried: Attempt, lease: Lease) -> OpenSession | None:
        """Return the session this turn goes on in: for it alone, or to be branched off."""
        if self._sessions is None:
            return None
        key = self._known_key(turn, tried, lease)
        found = self._sessions.find(key) if key is not None else None
        if key is None or found is None or not _owns(lease, found):
            if not tried.fresh:
                self._sessions.missed()
            return None
        taken = self._sessions.take(key)
        if taken is not None and lease.upstream.branches:
            # A copy goes on; this one stays for whoever edits or regenerates the turn.
            self._sessions.put(key, taken)
        else:
            turn.session_id = taken.session_id if taken is not None else ""
        return taken

    def keep_session(self, turn: Turn, lease: Lease, session_id: str) -> None:
        """A complete answer was given: its session may be gone on in."""
        if self._sessions is None or not session_id:
            return
        if lease.instance.generation != lease.generation:
            return
        key = turn.whole_key(lease.model, tools_matter=not self.gives_tools(lease))
        session = OpenSession(lease.instance.name, lease.generation, session_id)
        self._sessions.put(key, session)
        turn.session_id = ""

    def session_use(self, *, goes_on: bool) -> SessionUse:
        """How a turn is told that goes on in upstream's session, or does not."""
        if self._sessions is None:
            return SessionUse.OFF
        return SessionUse.HIT if goes_on else SessionUse.MISS

    def stats(self) -> SessionCacheStats | None:
        """Figures of the session cache; None when sessions are not reused."""
        if self._sessions is None:
            return None
        self.forget_restarted()
        return self._sessions.stats()

    def forget_restarted(self) -> None:
        """Drop the sessions of processes that are gone."""
        if self._sessions is not None:
            for instance in self._pool.instances:
                self._sessions.keep_generation(instance.name, instance.generation)

    def _preferred(
        self, turn: Turn, tried: Attempt, affinity: str, leases: Sequence[Lease]
    ) -> Lease | None:
        for lease in leases:
            key = self._known_key(turn, tried, lease)
            session = self._sessions.find(key) if self._sessions is not None and key else None
            if session is not None and _owns(lease, session):
                return lease
        last = self._affinity.last(affinity)
        return next((lease for lease in leases if lease.instance.name == last), None)

    def _known_key(self, turn: Turn, tried: Attempt, lease: Lease) -> SessionKey | None:
        if tried.fresh or self._sessions is None:
            return None
        return turn.known_key(lease.model, tools_matter=not self.gives_tools(lease))


@contextmanager
def _standing(turn: Turn, lease: Lease) -> Iterator[None]:
    """Forget the session this turn stood in, unless it was kept."""
    try:
        yield
    finally:
        if turn.session_id:
            lease.instance.forget_session(turn.session_id)
            turn.session_id = ""


def _owns(lease: Lease, session: OpenSession) -> bool:
    return (lease.instance.name, lease.generation) == (session.instance, session.generation)
