"""The clients of the fake engine: real statuses of a home that is made up, nothing on disk."""

from dataclasses import replace
from pathlib import Path

from gateway_engine.public import (
    CLIENTS,
    ClientChange,
    ClientState,
    ClientStatus,
    ClientView,
    ConnectError,
    Deed,
    Pasted,
    client_pastes,
)

KEY = "lgw-" + "k7Qp" * 8
DIFF = '--- a\n+++ a\n@@ -1 +1,2 @@\n {\n+  "url": "here"\n'


class FakeClients:
    """`ClientControl` for tests. `asked` is what came; `refusal` is raised once."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked
        self.refusal: ConnectError | None = None
        self.states: dict[str, ClientState] = {}
        self.keys: set[str] = set()

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            raise refusal

    async def look(self) -> tuple[ClientView, ...]:
        """Every client; those with a file can be connected."""
        self.asked.append("look")
        return tuple(ClientView(self._status(name)) for name in CLIENTS)

    def _status(self, name: str) -> ClientStatus:
        client = CLIENTS[name]
        plain = ClientState.NOT_CONNECTED if client.file else ClientState.PASTE
        state = self.states.get(name, ClientState.BLOCKED if client.blocked else plain)
        status = ClientStatus(client, state, installed=True, has_key=name in self.keys)
        return replace(status, path=Path("/home/li/settings")) if client.file else status

    async def pastes(self, name: str, *, with_key: bool) -> Pasted:
        """What to paste; a key is made when it is asked for."""
        self._ask(f"pastes {name}{' with key' if with_key else ''}")
        if not with_key:
            return Pasted(client_pastes(name, "http://127.0.0.1:8317"), has_key=False)
        self.keys.add(name)
        return Pasted(client_pastes(name, "http://127.0.0.1:8317", KEY), has_key=True)

    async def plan(self, name: str, deed: Deed) -> ClientChange:
        """The same difference for all."""
        self._ask(f"plan {deed} {name}")
        return ClientChange(Path("/home/li/settings"), DIFF, seen="as-shown")

    async def do(self, name: str, deed: Deed, seen: str) -> ClientChange:
        """Connected, or not."""
        self._ask(f"{deed} {name} {seen}")
        is_apply = deed is Deed.APPLY
        self.states[name] = ClientState.CONNECTED if is_apply else ClientState.NOT_CONNECTED
        return ClientChange(Path("/home/li/settings"), DIFF, kept=() if is_apply else ("env.URL",))

    async def revoke(self, name: str) -> None:
        """Its key opens nothing any more."""
        self._ask(f"revoke {name}")
        self.keys.discard(name)
        self.states[name] = ClientState.REVOKED

    async def check(self, name: str) -> None:
        """Begun."""
        self._ask(f"check {name}")

    async def stop_check(self, name: str) -> None:
        """Ended."""
        self._ask(f"stop check {name}")
