"""The one interface between the engine and any kind of upstream.

An `Upstream` is one live thing: a process that was started, a connection that was opened. It is
made, started once, asked many times, stopped once and thrown away; restarting makes a new one.
The pool knows this module and nothing of what is behind it. Errors: `start` raises
UpstreamStartError, `ask` the GatewayErrors of gateway_engine.errors. Another kind of upstream is
one more folder with a class that fits `Upstream`, and a `KIND` (gateway_engine.upstreams.kind).

An upstream that calls tools natively says so within its answer, and waits::

    asked --deltas--> ToolCallsWanted --each call answered--> deltas … --> TurnEnd
                          |  (the client's request may end here: the turn is parked)
                          +--closed, or its upstream gone: nobody waits any more

Whoever reads the turn decides: a tool of the client's gets its ToolResult, perhaps minutes later
and from another task; a tool of upstream's own is approved or denied at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from gateway_engine.conversation import (
    NO_TRACE,
    DocumentPart,
    ImagePart,
    ModelId,
    RequestId,
    StreamBatch,
    ToolSpec,
    TurnTrace,
)


class UpstreamStartError(Exception):
    """It could not be started; trying again later may help.

    `code` is stable (not_found, exited, connection_lost, not_ready_in_time, protocol, refused,
    not_permitted); the message says what to do; `retry` False means that trying again is pointless
    until a setting changes.
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
    """The account as upstream reports it. `message` says what to do when it is not usable.

    `plan` and `quota` are upstream's own words for the kind of account and what it may use, ""
    where it says nothing of them.
    """

    state: LoginState
    account: str = ""
    message: str = ""
    plan: str = ""
    quota: str = ""

    @property
    def usable(self) -> bool:
        """True when requests can be answered."""
        return self.state is LoginState.LOGGED_IN


@dataclass(frozen=True, slots=True)
class UpstreamModel:
    """A model as upstream names it. `context_tokens` is 0 when it does not say.

    `own_id` is what upstream itself calls it where `key`, which clients see, is plainer: settings
    may name it so, and whoever asks for that means it.
    """

    key: ModelId
    display_name: str
    context_tokens: int = 0
    vision: bool = False
    reasoning: bool = False
    is_default: bool = False
    own_id: str = ""


@dataclass(frozen=True, slots=True)
class UpstreamAsk:
    """One turn for one upstream: a rendered prompt for one of its models.

    `session_id` "" opens a new session; else the turn continues that one with `prompt` alone.
    `branch` leaves that session as it is and goes on in a copy (only where `Upstream.branches`).
    `images` are what `take_image` gave; `documents` travel beside the prompt, which names them by
    their number (only where `Upstream.takes_documents`). `tools` are the client's, which upstream
    may call natively where it can; the prompt teaches them too, unless `Upstream.real_tools`.
    """

    request_id: RequestId
    model: ModelId
    prompt: str
    session_id: str = ""
    branch: bool = False
    agent_mode: bool = False
    images: tuple[str, ...] = ()
    documents: tuple[DocumentPart, ...] = ()
    tools: tuple[ToolSpec, ...] = ()
    whole: bool = False
    """Nothing is handed out before the turn has ended, so that upstream may replace all of it."""
    large: bool = False
    """What takes long with it must not hold the loop."""
    enough: Callable[[StreamBatch], bool] | None = None
    """Of a turn wanted whole: sees what comes, and may say that it is handed out from now on."""
    trace: TurnTrace = field(default=NO_TRACE, compare=False, repr=False)
    """Is given every frame of this turn, both ways."""


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
    """Always the last item of `ask`. `session_id` is the session that can be continued.

    `full` says that the model's own limit of tokens or steps cut the answer.
    """

    session_id: str
    filtered: bool = False
    usage: UpstreamUsage | None = None
    full: bool = False


@dataclass(frozen=True, slots=True)
class ToolApproved:
    """Upstream may run the tool by itself."""


@dataclass(frozen=True, slots=True)
class ToolDenied:
    """The tool does not run; `reason` is for the model."""

    reason: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The client ran the tool: what it answered, as text."""

    text: str
    is_error: bool = False


ToolAnswer = ToolApproved | ToolDenied | ToolResult


@dataclass(frozen=True, slots=True)
class ToolCallWanted:
    """One native call that upstream waits for. `call_id` is upstream's own, `arguments` the JSON
    text of an object.

    `runs_upstream` says that upstream asks for leave to run it by itself; else ToolApproved is no
    answer, since nobody here runs tools. `answer` takes one answer, never blocks and never raises;
    it returns False when nobody waits for it: answered before, or the turn is over.
    """

    call_id: str
    name: str
    arguments: str
    runs_upstream: bool
    answer: Callable[[ToolAnswer], bool]


@dataclass(frozen=True, slots=True)
class ToolCallsWanted:
    """Upstream waits for these calls, which came together. Its deadlines stand still meanwhile."""

    calls: tuple[ToolCallWanted, ...]


class ToolOutcome(StrEnum):
    """How a call that upstream made by itself ended."""

    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ToolUsed:
    """Upstream ran a tool by itself, or tried to: told once, when that ended.

    `result` is upstream's text, an error message where it failed. Calls that were answered with a
    ToolResult are not told again.
    """

    call_id: str
    name: str
    arguments: str
    outcome: ToolOutcome
    result: str


TurnItem = StreamBatch | ToolCallsWanted | ToolUsed | TurnEnd


class ImageRefusedError(Exception):
    """Upstream does not take this image; the message says why. The turn can do without it."""


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
    def exit_code(self) -> int | None:
        """How its process ended, negative for a signal; None while it runs or is none of ours."""
        ...

    @property
    def last_heard(self) -> float:
        """Loop time at which anything came from it last."""
        ...

    @property
    def log_file(self) -> Path | None:
        """Where it writes a log of its own, which need not exist; None when that is not known."""
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

    @property
    def real_tools(self) -> bool:
        """True when the model is given `UpstreamAsk.tools` as tools: the prompt need not teach
        them, and a session follows when they change.
        """
        ...

    @property
    def takes_documents(self) -> bool:
        """True when documents travel beside the prompt (`UpstreamAsk.documents`)."""
        ...

    @property
    def branches(self) -> bool:
        """True when a session can be gone on in twice (`UpstreamAsk.branch`)."""
        ...

    def ask(self, ask: UpstreamAsk, deadlines: Deadlines) -> AsyncGenerator[TurnItem, None]:
        """Stream one answer: batches of TextDelta and ReasoningDelta, native calls among them, then
        one TurnEnd.

        Closing it early stops the upstream turn. It may be read on, and closed, by another task
        than the one that began: no timeout and no TaskGroup may be open across a `yield`. Raises
        GatewayErrors.
        """
        ...

    async def ping(self) -> None:
        """Ask for a sign of life, the cheapest there is; return when it was given, however late.

        Any answer is one, a refusal too. Raises UpstreamGoneError.
        """
        ...

    def output(self, lines: int) -> list[str]:
        """The last lines its process wrote to stdout and stderr, oldest first."""
        ...

    async def check_login(self) -> Login:
        """Ask it now whether its account can be used. Raises GatewayErrors."""
        ...

    async def raw_models(self) -> Any:
        """Ask it now for its models; returns what it says in its own words, as JSON values.

        Raises GatewayErrors.
        """
        ...

    def forget_session(self, session_id: str) -> None:
        """Nobody goes on in this session any more: it is deleted, soon, where that is wanted and
        possible. A turn that broke off is not told: upstream knows of it.
        """
        ...

    async def take_image(self, image: ImagePart) -> str:
        """Bring an image to where the model can see it; returns its name for `UpstreamAsk.images`.

        Asked only for models with `vision`. Raises ImageRefusedError, within a deadline of its own.
        """
        ...


@runtime_checkable
class SigningIn(Protocol):
    """What an upstream can do, besides, whose account is signed in through a browser.

    All of it raises UpstreamError or UpstreamTimeoutError, each within a deadline of its own.
    """

    async def sign_in_url(self) -> str:
        """The address to open in a browser; good once, and for this very process."""
        ...

    async def finish_sign_in(self, address: str) -> None:
        """Take the last address of a browser that cannot reach this machine.

        Raises InvalidRequestError for one that is no such address.
        """
        ...

    async def sign_out(self) -> None:
        """Forget the account; `login` says so when this returns."""
        ...

    async def check_login(self) -> Login:
        """Ask now whether the account can be used."""
        ...


UpstreamFactory = Callable[[Callable[[], None]], Upstream]
"""Makes an upstream; the argument is called whenever its login or its models changed."""
