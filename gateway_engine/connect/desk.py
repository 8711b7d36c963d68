"""What the desktop asks about client programs: how they stand, connect, undo, revoke, check.

Everything is called on the engine's loop and returns quickly to it: files are read and written in
a thread, one after another; a check runs as a task and tells its progress as `ClientChecked`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.checking import tried
from gateway_engine.connect.client import Client, Endpoint, Paste
from gateway_engine.connect.client_keys import ID_PREFIX
from gateway_engine.connect.connections import Change, ConnectError, Connections, Status
from gateway_engine.connect.golden import PROBES
from gateway_engine.connect.showing import SHOWN_FOR_SECRET
from gateway_engine.events import (
    ClientChecked,
    Emit,
    EngineEvent,
    ProbeResult,
    ProbeState,
    RequestStarted,
)
from gateway_engine.tasks import TaskOwner

T = TypeVar("T")

NO_PORT: Final = ":0"


class Deed(StrEnum):
    """What is done to a client's settings."""

    APPLY = "apply"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class ClientView:
    """`last_seen`: when it last asked with its own key, in seconds UTC, 0.0 for never."""

    status: Status
    last_seen: float = 0.0


@dataclass(frozen=True, slots=True)
class Pasted:
    """What to paste. `has_key`: the client's key stands in it, else a placeholder."""

    pastes: tuple[Paste, ...]
    has_key: bool


def client_pastes(name: str, url: str, key: str = SHOWN_FOR_SECRET) -> tuple[Paste, ...]:
    """What to paste into a client that shall use `url`, with a placeholder for the key."""
    return tuple(CLIENTS[name].paste(Endpoint(url, key)))


class ClientDesk:
    """The clients of one engine. Asks raise ConnectError; LookupError for a name nobody knows.

    `where` gives the address that clients use, port 0 when that is not known; `own_key` opens the
    gateway where a client has no key; `last_seen` asks the history for a client's id.
    """

    def __init__(
        self,
        connections: Connections,
        *,
        emit: Emit,
        where: Callable[[], str],
        own_key: str,
        last_seen: Callable[[str], Awaitable[float]],
    ) -> None:
        self._connections = connections
        self._emit = emit
        self._where = where
        self._own_key = own_key
        self._last_seen = last_seen
        self._one_at_a_time = asyncio.Lock()
        self._checks: dict[str, TaskOwner] = {}
        self._seen: dict[str, float] = {}
        self._results: dict[str, ClientChecked] = {}

    async def look(self) -> tuple[ClientView, ...]:
        """How every client stands now, in the catalogue's order."""
        url = self._where()
        statuses = await self._off_loop(
            lambda: [self._connections.status(client, url) for client in CLIENTS.values()]
        )
        for status in statuses:
            identity = ID_PREFIX + status.client.name
            if identity not in self._seen:
                at = await self._last_seen(identity)
                self._seen[identity] = max(at, self._seen.get(identity, 0.0))
        return tuple(ClientView(s, self._seen[ID_PREFIX + s.client.name]) for s in statuses)

    def take(self, event: EngineEvent) -> None:
        """Take note of one event: who asked, and when."""
        if isinstance(event, RequestStarted) and event.client.startswith(ID_PREFIX):
            self._seen[event.client] = event.at

    async def pastes(self, name: str, *, with_key: bool) -> Pasted:
        """What to paste; the client's key is made when it is asked for and there is none."""
        client = CLIENTS[name]
        key = SHOWN_FOR_SECRET
        if with_key and not client.blocked:
            key = await self._off_loop(lambda: self._connections.key(client))
        return Pasted(client_pastes(name, self._where(), key), key != SHOWN_FOR_SECRET)

    async def plan(self, name: str, deed: Deed) -> Change:
        """What the deed would do; nothing is changed."""
        return await self._do(CLIENTS[name], deed, dry_run=True, seen="")

    async def do(self, name: str, deed: Deed, seen: str) -> Change:
        """Do it, if the file is still what `seen` (of a plan) stands for."""
        return await self._do(CLIENTS[name], deed, dry_run=False, seen=seen)

    async def _do(self, client: Client, deed: Deed, *, dry_run: bool, seen: str) -> Change:
        if deed is Deed.UNDO:
            return await self._off_loop(
                lambda: self._connections.undo(client, dry_run=dry_run, seen=seen)
            )
        url = self._where()
        if url.endswith(NO_PORT):
            raise ConnectError("no_address", "the endpoint is closed, and has no fixed port")
        return await self._off_loop(
            lambda: self._connections.apply(client, url, dry_run=dry_run, seen=seen)
        )

    async def revoke(self, name: str) -> None:
        """Let the client's key open nothing any more; its settings stay as they are."""
        client = CLIENTS[name]
        await self._off_loop(lambda: self._connections.revoke(client))

    # --- checks ----------------------------------------------------------------------------------

    async def check(self, name: str) -> None:
        """Begin to send the client's golden requests to the gateway; an earlier check ends."""
        client = CLIENTS[name]
        if client.blocked:
            raise ConnectError("blocked", client.blocked)
        url = self._where()
        if url.endswith(NO_PORT):
            raise ConnectError("no_address", "the endpoint is closed, and has no fixed port")
        await self.stop_check(name)
        key = await self._off_loop(lambda: self._connections.keys.get(client.name))
        endpoint = Endpoint(url, key or self._own_key)
        self._checks[name] = TaskOwner("client-check")
        self._checks[name].spawn(self._check(client, endpoint), name=name)

    async def stop_check(self, name: str) -> None:
        """End a check; what it has found stays."""
        running = self._checks.pop(name, None)
        if running is not None:
            await running.aclose()

    def events(self) -> tuple[ClientChecked, ...]:
        """The last word on every check, for whoever comes later."""
        return tuple(self._results.values())

    async def aclose(self) -> None:
        """End all checks."""
        for name in list(self._checks):
            await self.stop_check(name)

    async def _check(self, client: Client, endpoint: Endpoint) -> None:
        probes = [PROBES[name] for name in client.probes]
        results = [
            ProbeResult(probe.name, probe.title, probe.path.partition("?")[0]) for probe in probes
        ]
        try:
            for number, probe in enumerate(probes):
                results[number] = _with(results[number], ProbeState.RUNNING)
                self._tell(client, results, is_running=True)
                done = await tried(probe, endpoint)
                wrong = done.wrong
                results[number] = ProbeResult(
                    probe.name,
                    probe.title,
                    results[number].path,
                    ProbeState.FAILED if wrong else ProbeState.PASSED,
                    done.took_ms,
                    wrong.code if wrong else "",
                    wrong.detail if wrong else "",
                    wrong.status if wrong else 0,
                )
        finally:
            left = [
                _with(r, ProbeState.WAITING) if r.state is ProbeState.RUNNING else r
                for r in results
            ]
            self._tell(client, left, is_running=False)

    def _tell(self, client: Client, results: list[ProbeResult], *, is_running: bool) -> None:
        event = ClientChecked(client.name, tuple(results), is_running)
        self._results[client.name] = event
        self._emit(event)

    async def _off_loop(self, work: Callable[[], T]) -> T:
        async with self._one_at_a_time:
            return await asyncio.to_thread(work)


def _with(result: ProbeResult, state: ProbeState) -> ProbeResult:
    return ProbeResult(result.probe, result.title, result.path, state)
