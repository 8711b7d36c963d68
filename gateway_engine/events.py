"""What the engine tells the world: one closed union of frozen values, in the past tense.

Each event is self-sufficient: a state is rebuilt from the events alone. They leave through one
callable, `Emit`, called on the engine's loop; it must return at once and must not raise. Times are
seconds since the epoch; durations are milliseconds. Tokens and secrets never travel here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gateway_engine.conversation import InstanceName, ModelId, RequestId, SessionUse
from gateway_engine.inspector.record import Summary


class InstanceState(StrEnum):
    """State of one upstream instance (machine: gateway_engine.pool.instance)."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    NEEDS_LOGIN = "needs_login"
    RECONNECTING = "reconnecting"
    FAILED = "failed"
    CLOSED = "closed"


class LifeStep(StrEnum):
    """What can happen to an instance."""

    STARTED = "started"
    START_FAILED = "start_failed"
    ENDED = "ended"
    SILENT = "silent"
    ANSWERS = "answers"
    HUNG = "hung"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    QUOTA_SPENT = "quota_spent"
    QUOTA_BACK = "quota_back"
    RESTART_ASKED = "restart_asked"
    STOP_ASKED = "stop_asked"
    START_ASKED = "start_asked"
    SETTINGS_CHANGED = "settings_changed"


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One thing that happened to an instance. The ASKED ones are a person's doing.

    `code` is a stable code where there is one, `detail` an English sentence or a name. `exit_code`
    comes with ENDED, negative for a signal, None where it is not known.
    """

    at: float
    step: LifeStep
    code: str = ""
    detail: str = ""
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class QuotaSpent:
    """Upstream refused a turn for its quota or rate, and none went well since.

    Upstream does not say when that passes: `until` is when the pool asks there again though others
    could answer.
    """

    at: float
    until: float
    message: str


@dataclass(frozen=True, slots=True)
class InstanceStatus:
    """One instance, whole. `kind` is what a user sees: lingma, acp or demo. `title` is what the
    settings call it, "" where they call it nothing or by its name.

    `last_error` is a stable code ("" for none), `last_error_message` the English sentence that says
    what to do; what makes a ready one doubtful (not_answering, upstream_quota) is told there too.
    `pid` is 0 while no process runs. `since` is when `state` was entered. `plan` and `quota` are
    upstream's own words, "" when it says nothing. `signs_in`: its account is signed in and out
    here. `stopped`: a person stopped it, and it rests until it is started. `silent_since` is when
    it stopped answering though asked, 0 while it answers; `retry_at` when the next start is tried,
    0 when none waits. `life` is what happened to it of late, the oldest first.
    """

    name: InstanceName
    kind: str
    state: InstanceState
    since: float
    logged_in: bool = False
    account: str = ""
    in_flight: int = 0
    restarts: int = 0
    last_error: str = ""
    last_error_message: str = ""
    pid: int = 0
    upstream_version: str = ""
    models: tuple[ModelId, ...] = ()
    plan: str = ""
    quota: str = ""
    signs_in: bool = False
    stopped: bool = False
    silent_since: float = 0.0
    retry_at: float = 0.0
    out_of_quota: QuotaSpent | None = None
    life: tuple[LifeEvent, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class InstanceChanged:
    """Anything about an instance changed, in_flight included."""

    status: InstanceStatus


@dataclass(frozen=True, slots=True)
class InstanceRemoved:
    """An instance is no longer part of the pool, and its process has ended."""

    name: InstanceName
    at: float


class HistoryNote(StrEnum):
    """What became of the history's file at the start."""

    UPGRADED = "history_upgraded"
    NEWER = "history_newer"
    UNAVAILABLE = "history_unavailable"


@dataclass(frozen=True, slots=True)
class HistoryNoted:
    """The history was brought up to date, with a copy kept; or it is in memory only, because the
    file was written by a newer version or cannot be used.
    """

    note: HistoryNote
    at: float


@dataclass(frozen=True, slots=True)
class HistoryTidied:
    """So many lines left the history because they were too old, or too much, by its limits.

    Not told of the few that make room for new ones: `RequestRecorded` comes for each of those.
    """

    lines: int
    at: float


@dataclass(frozen=True, slots=True)
class SettingsApplied:
    """Other settings are in force: `names` differ, those in `at_next_start` count from the next
    start of the gateway on. `upstream` is what answers now: lingma, acp, mixed or demo;
    `has_instances` is False when there is none to answer.
    """

    names: tuple[str, ...]
    at_next_start: tuple[str, ...]
    upstream: str
    host: str
    port: int
    has_instances: bool
    at: float


@dataclass(frozen=True, slots=True)
class ListenerStarted:
    """The local endpoint answers at `url` (http://HOST:PORT, no trailing slash)."""

    url: str
    at: float


@dataclass(frozen=True, slots=True)
class ListenerStopped:
    """The local endpoint is closed."""

    at: float


@dataclass(frozen=True, slots=True)
class ListenerFailed:
    """The endpoint could not be opened.

    `code`: address_in_use, address_not_available, forbidden (by the system), key_required (other
    machines could reach it and there is no API key).
    """

    host: str
    port: int
    code: str
    message: str
    at: float


@dataclass(frozen=True, slots=True)
class RequestStarted:
    """A client asked for an answer."""

    request_id: RequestId
    at: float
    protocol: str
    path: str
    client: str
    model_asked: str
    stream: bool


@dataclass(frozen=True, slots=True)
class RequestRouted:
    """An instance took the request; comes again when another one is tried."""

    request_id: RequestId
    instance: InstanceName
    model_used: ModelId
    session: SessionUse


@dataclass(frozen=True, slots=True)
class RequestProgressed:
    """The answer goes on; at most 10 times a second per request.

    `ttft_ms` after the request its first content came.
    """

    request_id: RequestId
    characters_out: int
    ttft_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class RequestFinished:
    """The request is over. `status` is the HTTP status, 499 when the client went away.

    `error_code` is "" for a good answer; it may be set with status 200 when the failure came after
    the headers. `ttft_ms` is None when no content was sent. `tool_calls` counts those the client
    was given, `native_tool_calls` those among them that upstream made as events of its own.
    """

    request_id: RequestId
    at: float
    status: int
    error_code: str
    error_message: str
    ttft_ms: float | None
    total_ms: float
    tokens_in: int
    tokens_out: int
    tool_calls: int = 0
    native_tool_calls: int = 0


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """A request for an answer was refused before it started: its key, its size, what it says."""

    request_id: RequestId
    protocol: str
    error_code: str
    total_ms: float


@dataclass(frozen=True, slots=True)
class RequestRecorded:
    """The history has this line now; also of requests that were refused before they started.

    `number` counts the lines of this engine from 1: a `Survey` says how many of them it has seen.
    `searched` is what a search of the history finds it by (gateway_engine.inspector.record).
    """

    summary: Summary
    number: int
    searched: str = ""


class SignInState(StrEnum):
    """How far the sign-in of one instance's account is (machine: gateway_engine.accounts.sign_in).

    LOGGED_OUT, LOGGED_IN and EXPIRED are what upstream says; the others are what a person or the
    automatic sign-in is about, or has come to.
    """

    LOGGED_OUT = "logged_out"
    WAITING_FOR_BROWSER = "waiting_for_browser"
    SIGNING_IN = "signing_in"
    NEEDS_PERSON = "needs_person"
    LOGGED_IN = "logged_in"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class SignInStatus:
    """The account of one instance. `since` is when `state` was entered; `error_code` is set with
    FAILED and NEEDS_PERSON, its message says what to do.
    """

    instance: InstanceName
    state: SignInState
    since: float
    account: str = ""
    error_code: str = ""
    error_message: str = ""


@dataclass(frozen=True, slots=True)
class SignInChanged:
    """Something about an instance's account changed."""

    status: SignInStatus


@dataclass(frozen=True, slots=True)
class SignInBegan:
    """A sign-in of an instance's account has begun, wherever it was asked for, in the place of one
    that was under way. `url` is where a person goes on with it, "" when a program does: it is for
    that person alone, and never logged.
    """

    instance: InstanceName
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line a login command printed; `link` is an address in it that the user should open."""

    line: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class SignInPrinted:
    """The login command of an instance's agent printed something; at most 10 times a second.

    `lines` are its last ones, oldest first; empty when a command has just been started.
    """

    instance: InstanceName
    lines: tuple[PrintedLine, ...]


class InstallState(StrEnum):
    """How far the program's installation is."""

    CHECKING = "checking"
    DOWNLOADING = "downloading"
    UNPACKING = "unpacking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class InstallChanged:
    """The Lingma program is being fetched, or was; at most 10 times a second.

    `bytes_total` is 0 and `seconds_left` None while unknown. `version` and `sha256` (of the VSIX)
    come with DONE, `error_code`, `error_message` and its `error_detail` (a host and its answer, a
    hash, what the system said) with FAILED.
    """

    state: InstallState
    at: float
    bytes_done: int = 0
    bytes_total: int = 0
    bytes_per_s: float = 0.0
    seconds_left: float | None = None
    version: str = ""
    sha256: str = ""
    error_code: str = ""
    error_message: str = ""
    error_detail: str = ""


class ProbeState(StrEnum):
    """How one golden request of a check stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One golden request. `title` and `path` say what is asked; `code`, `detail` and `status` what
    was wrong with the answer (gateway_engine.connect.golden), "" and 0 for nothing."""

    probe: str
    title: str
    path: str
    state: ProbeState = ProbeState.WAITING
    took_ms: int = 0
    code: str = ""
    detail: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class ClientChecked:
    """A check of what works for a client program has gone on; whole each time."""

    client: str
    results: tuple[ProbeResult, ...]
    is_running: bool


SMOKE_STEPS: Final = ("instance", "login", "models", "turn")


@dataclass(frozen=True, slots=True)
class SmokeStep:
    """One step of a smoke test. `error` is "" for a good one, else `code: sentence`."""

    name: str
    ok: bool
    ms: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class InstanceTested:
    """A smoke test of an instance, begun at `at`, has gone on; whole each time.

    `steps` are those that were taken, of SMOKE_STEPS; `running` is the one under way, "" at the
    end: it ends with the first that fails, and before its time when nobody waits for it any more.
    """

    name: InstanceName
    at: float
    steps: tuple[SmokeStep, ...]
    running: str


EngineEvent = (
    InstanceChanged
    | InstanceRemoved
    | SettingsApplied
    | HistoryNoted
    | HistoryTidied
    | SignInChanged
    | SignInBegan
    | SignInPrinted
    | InstallChanged
    | ListenerStarted
    | ListenerStopped
    | ListenerFailed
    | RequestStarted
    | RequestRouted
    | RequestProgressed
    | RequestFinished
    | RequestRefused
    | RequestRecorded
    | ClientChecked
    | InstanceTested
)

Emit = Callable[[EngineEvent], None]
