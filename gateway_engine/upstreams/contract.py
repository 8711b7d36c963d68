"""The one interface between the engine and any kind of upstream.

An `Upstream` is one live thing: a process that was started, a connection that was opened. It is
made, started once, asked many times, stopped once and thrown away; restarting makes a new one.
The pool knows this module and nothing of what is behind it. Errors: `start` raises
UpstreamStartError, `ask` the GatewayErrors of gateway_engine.errors. A third kind of upstream is
one more folder with a class that fits `Upstream`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from gateway_engine.conversation import ModelId, RequestId, StreamBatch


class UpstreamStartError(Exception):
    """It could not be started; trying again later may help.

    `code` is stable (not_found, exited, not_ready_in_time, protocol, not_permitted); the message
    says what to do; `retry` False means that trying again is pointless until a setting changes.
    """

    def __init__(self, code: str, message: str, *, retry: bool = True) -> None:
        super().__init__(message)
        self.code = code
        self.retry = retry


class LoginState(StrEnum):
    """Whether the upstream's account can be used."""

    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Login:
    """The account as upstream reports it. `message` says what to do when it is not usable."""

    state: LoginState
    account: str = ""
    message: str = ""

    @property
    def usable(self) -> bool:
        """True when requests can be answered."""
        return self.state is LoginState.LOGGED_IN


@dataclass(frozen=True, slots=True)
class UpstreamModel:
    """A model as upstream names it. `context_tokens` is 0 when it does not say."""

    key: ModelId
    display_name: str
    context_tokens: int = 0
    vision: bool = False
    reasoning: bool = False
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class UpstreamAsk:
    """One turn for one upstream: a rendered prompt for one of its models.

    `session_id` "" opens a new session; else the turn continues that one with `prompt` alone.
    """

    request_id: RequestId
    model: ModelId
    prompt: str
    session_id: str = ""
    agent_mode: bool = False
    images: tuple[str, ...] = ()
    whole: bool = False
    """Nothing is handed out before the turn has ended, so that upstream may replace all of it."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds of silence or of work allowed; 0 means no limit."""

    first_token_s: float
    idle_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class UpstreamUsage:
    """Upstream's own token figure for the turn so far."""

    used_tokens: int
    limit_tokens: int


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """Always the last item of `ask`. `session_id` is the session that can be continued."""

    session_id: str
    filtered: bool = False
    usage: UpstreamUsage | None = None


class Upstream(Protocol):
    """One running upstream. Everything is called on the engine's loop."""

    closed: asyncio.Future[str]
    """Done when the process or the connection has ended by itself; the result is a stable code."""

    async def start(self) -> None:
        """Return when questions can be asked of it (login apart). Raises UpstreamStartError."""
        ...

    async def stop(self) -> None:
        """End it, its process and its process's children. Safe to call at any time, twice too."""
        ...

    @property
    def pid(self) -> int:
        """Process id, 0 when there is none."""
        ...

    @property
    def version(self) -> str:
        """What it calls its own version, "" when unknown."""
        ...

    @property
    def login(self) -> Login:
        """The last known state of its account."""
        ...

    @property
    def models(self) -> Sequence[UpstreamModel]:
        """Its models, as far as known; empty while logged out."""
        ...

    def ask(
        self, ask: UpstreamAsk, deadlines: Deadlines
    ) -> AsyncGenerator[StreamBatch | TurnEnd, None]:
        """Stream one answer: batches of TextDelta and ReasoningDelta, then one TurnEnd.

        Closing it early stops the upstream turn. Raises GatewayErrors.
        """
        ...


UpstreamFactory = Callable[[Callable[[], None]], Upstream]
"""Makes an upstream; the argument is called whenever its login or its models changed."""
