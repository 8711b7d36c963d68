"""What every route needs, in one frozen value, and what is known of one request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from gateway_engine.conversation import RequestId
from gateway_engine.events import Emit
from gateway_engine.inspector.trace import Trace
from gateway_engine.server.access import AccessRules
from gateway_engine.server.active_turns import ActiveTurns
from gateway_engine.server.contracts import (
    AccountBackend,
    AdminBackend,
    ChatBackend,
    RecordBackend,
    ResponseStore,
    SettingsBackend,
)
from gateway_engine.sidework import Sidework


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Sizes in bytes, times in seconds; 0 = no limit (no heartbeats).

    `client_stall_s`: how long a client may leave its answer unread, or us waiting for the next
    piece of its request, before it is cut off;
    `stop_grace_s`: how long answers on their way may go on when the listener stops.
    """

    max_body_bytes: int = 64 * 1024 * 1024
    heartbeat_s: float = 15.0
    client_stall_s: float = 120.0
    stop_grace_s: float = 1.0


@dataclass(slots=True)
class DoorRules:
    """Who may call, and how much: what is put here holds from the next request on."""

    access: AccessRules
    limits: ServerLimits


@dataclass(frozen=True, slots=True)
class Service:
    """Everything the routes call. `clock` gives seconds since the epoch, `new_id` a fresh opaque
    string of letters and digits; `started_at` is when the app was built. `feeds` are streams that
    go on until somebody leaves."""

    backend: ChatBackend
    admin: AdminBackend
    responses: ResponseStore
    records: RecordBackend
    accounts: AccountBackend
    settings: SettingsBackend
    rules: DoorRules
    emit: Emit
    clock: Callable[[], float]
    new_id: Callable[[], str]
    started_at: float
    turns: ActiveTurns
    feeds: ActiveTurns
    sidework: Sidework = field(default_factory=Sidework)

    @property
    def access(self) -> AccessRules:
        """Who may call now."""
        return self.rules.access

    @property
    def limits(self) -> ServerLimits:
        """How much is taken now."""
        return self.rules.limits


@dataclass(slots=True)
class RequestInfo:
    """One request, from its arrival to its line in the log."""

    request_id: RequestId
    arrived: float
    key_id: str = ""
    client: str = ""
    status: int = 0
    error_code: str = ""
    trace: Trace | None = None
    large: bool = False
    """Whether work on it belongs beside the loop."""


SERVICE: Final = web.AppKey("service", Service)
INFO: Final = web.RequestKey("info", RequestInfo)


def client_name(user_agent: str) -> str:
    """Return a short program name from a User-Agent: its first product without the version, and
    without colons, lest it looks like the id of a key."""
    product = user_agent.strip().partition(" ")[0]
    name, slash, version = product.partition("/")
    if slash and not version[:1].isdigit():
        name = product
    return "".join(c for c in name if c.isprintable() and c.isascii() and c != ":")[:40]
