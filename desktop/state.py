"""What the desktop knows, as one frozen value, and the one pure function that changes it.

`AppState` is rebuilt from events alone: the engine's own (`EngineEvent`) and a handful of facts
only the desktop learns (`DesktopEvent`: the key is there, the tray is missing, the engine thread
died). Widgets render an `AppState` and keep nothing of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import assert_never

from desktop.slices.accounts import (
    AccountsEvent,
    AccountsLearned,
    AccountsSlice,
    BundleTold,
    KeyringAwaited,
    is_mended,
    reduce_accounts,
)
from desktop.slices.clients import ClientsEvent, ClientsSlice, reduce_clients
from desktop.slices.desktop_choices import ChoicesChanged, DesktopChoices
from desktop.slices.endpoint import Endpoint, reachable
from desktop.slices.files import FilesEvent, reduce_files
from desktop.slices.first_run import FirstRun, FirstRunEvent, reduce_first_run
from desktop.slices.glance import (
    Glance,
    GlanceTicked,
    LastError,
    after_tick,
    with_error,
    with_request,
)
from desktop.slices.health import HealthEvent, HealthSlice, reduce_health
from desktop.slices.product import Product, ProductEvent, reduce_product
from desktop.slices.replay import ReplayMoved, ReplaySlice, reduce_replay
from desktop.slices.requests import (
    RequestsAlone,
    RequestsEvent,
    RequestsNews,
    RequestsSlice,
    reduce_requests,
)
from desktop.slices.settings import SettingsEvent, SettingsSlice, reduce_settings
from desktop.slices.support import Support, SupportEvent, reduce_support
from desktop.slices.today import Today, TodayEvent, TodayNews, reduce_today
from gateway_engine.public import (
    ClientChecked,
    EngineEvent,
    HistoryNoted,
    InstallChanged,
    InstanceChanged,
    InstanceRemoved,
    InstanceState,
    InstanceStatus,
    InstanceTested,
    ListenerFailed,
    ListenerStarted,
    ListenerStopped,
    RequestFinished,
    RequestId,
    RequestRecorded,
    RequestRefused,
    RequestStarted,
    SettingsApplied,
    SignInBegan,
    SignInChanged,
    SignInPrinted,
    SignInStatus,
)

CLIENT_WENT_AWAY = 499
NO_UPSTREAM = "no_upstream"
"""Notice of a plan without any instance."""


class EnginePhase(StrEnum):
    """Life of the engine thread as the desktop sees it."""

    STARTING = "starting"
    WAITING_FOR_KEYRING = "waiting_for_keyring"
    RUNNING = "running"
    STOPPING = "stopping"
    CRASHED = "crashed"


class TrayPresence(Enum):
    """Whether the desktop has a place for our icon."""

    UNKNOWN = 0
    PRESENT = 1
    MISSING = 2


@dataclass(frozen=True, slots=True)
class Access:
    """The key clients use, and where it is kept: keyring, file or settings. `admin_token` is the
    window's own: no client is given it.
    """

    api_key: str = field(default="", repr=False)
    storage: str = ""
    path: str = ""
    admin_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything a window or the tray may show."""

    phase: EnginePhase = EnginePhase.STARTING
    upstream: str = ""
    host: str = ""
    port: int = 0
    endpoint: Endpoint = field(default_factory=Endpoint)
    instances: tuple[InstanceStatus, ...] = ()
    running: frozenset[RequestId] = frozenset()
    today: Today = field(default_factory=Today)
    last_error: LastError | None = None
    notices: tuple[str, ...] = ()
    file_notices: tuple[str, ...] = ()
    access: Access = Access()
    tray: TrayPresence = TrayPresence.UNKNOWN
    crash: str = ""
    action_error: str = ""
    failed_action: str = ""
    install: InstallChanged | None = None
    """How the fetching of a Lingma program goes, or went last."""
    sign_ins: tuple[SignInStatus, ...] = ()
    """The account of each instance that has one."""
    accounts: AccountsSlice = field(default_factory=AccountsSlice)
    choices: DesktopChoices = field(default_factory=DesktopChoices)
    first_run: FirstRun = field(default_factory=FirstRun)
    glance: Glance = field(default_factory=Glance)
    support: Support = field(default_factory=Support)
    product: Product = field(default_factory=Product)
    clients: ClientsSlice = field(default_factory=ClientsSlice)
    replay: ReplaySlice = field(default_factory=ReplaySlice)
    requests: RequestsSlice = field(default_factory=RequestsSlice)
    health: HealthSlice = field(default_factory=HealthSlice)
    settings: SettingsSlice = field(default_factory=SettingsSlice)

    @property
    def demo(self) -> bool:
        """Answers come from the bundled emulator: every view must say so."""
        return self.upstream == "demo"

    @property
    def has_no_upstream(self) -> bool:
        """No Lingma was found and no demo was asked for: no instance will ever come."""
        return NO_UPSTREAM in self.notices

    @property
    def endpoint_on(self) -> bool:
        """What every switch shows: open or about to be. One that cannot be opened is off."""
        has_engine = self.phase not in (EnginePhase.STOPPING, EnginePhase.CRASHED)
        return has_engine and self.endpoint.wanted and self.endpoint.failure is None

    @property
    def can_switch(self) -> bool:
        """An engine is there that can open and close the endpoint."""
        return self.phase in (EnginePhase.RUNNING, EnginePhase.STARTING)

    @property
    def in_flight(self) -> int:
        """Requests that are being answered now."""
        return len(self.running)


# --- what only the desktop learns ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanMade:
    """Settings were read and the upstream chosen."""

    upstream: str
    host: str
    port: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The engine thread's life went on."""

    phase: EnginePhase


@dataclass(frozen=True, slots=True)
class EngineCrashed:
    """The engine thread died; `reason` is one English line."""

    reason: str


@dataclass(frozen=True, slots=True)
class AccessReady:
    """The key was read or made."""

    access: Access


@dataclass(frozen=True, slots=True)
class TrayFound:
    """The tray appeared or is known to be missing."""

    presence: TrayPresence


@dataclass(frozen=True, slots=True)
class EndpointSwitched:
    """The user moved the switch."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """Events that rebuild the present, after some were lost: what ran before is forgotten."""

    events: tuple[EngineEvent, ...]


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """What a user asked for, `action`, did not work; `message` is one line, "" once it is read."""

    message: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class ErrorDismissed:
    """The user has seen the last error."""


DesktopEvent = (
    PlanMade
    | PhaseChanged
    | EngineCrashed
    | AccessReady
    | TrayFound
    | EndpointSwitched
    | SnapshotTaken
    | ActionFailed
    | ErrorDismissed
    | ChoicesChanged
    | GlanceTicked
    | FirstRunEvent
    | ProductEvent
    | SupportEvent
    | ClientsEvent
    | RequestsEvent
    | ReplayMoved
    | HealthEvent
    | SettingsEvent
    | TodayEvent
    | FilesEvent
)
AppEvent = EngineEvent | DesktopEvent | AccountsEvent


# --- the reducer ---------------------------------------------------------------------------------


def reduce(state: AppState, event: AppEvent) -> AppState:
    """The state after `event`. Pure; the same object when nothing a view shows has changed."""
    if isinstance(event, TodayNews):
        is_known = isinstance(event, RequestRecorded) and event.summary.id in state.requests.live
        today = reduce_today(state.today, event, is_known=is_known)
        if today is not state.today:
            state = replace(state, today=today)
    if isinstance(event, TodayEvent):
        return state
    if isinstance(event, RequestsNews):
        requests = reduce_requests(state.requests, event)
        if requests is not state.requests:
            state = replace(state, requests=requests)
    if isinstance(event, RequestsAlone):
        return state
    if isinstance(event, ReplayMoved):
        return replace(state, replay=reduce_replay(state.replay, event))
    if isinstance(event, ClientsEvent | ClientChecked):
        return replace(state, clients=reduce_clients(state.clients, event))
    if isinstance(event, FirstRunEvent):
        return replace(state, first_run=reduce_first_run(state.first_run, event))
    if isinstance(event, HealthEvent | InstanceTested):
        return replace(state, health=reduce_health(state.health, event))
    if isinstance(event, SettingsEvent):
        return replace(state, settings=reduce_settings(state.settings, event))
    if isinstance(event, FilesEvent | HistoryNoted):
        return replace(state, file_notices=reduce_files(state.file_notices, event))
    if isinstance(event, ProductEvent):
        return replace(state, product=reduce_product(state.product, event))
    if isinstance(event, SupportEvent):
        return replace(state, support=reduce_support(state.support, event))
    match event:
        case RequestRecorded() | RequestRefused():
            return state
        case InstanceChanged(status):
            return _with_instance(state, status)
        case InstanceRemoved(name):
            return replace(
                state,
                instances=tuple(each for each in state.instances if each.name != name),
                sign_ins=tuple(each for each in state.sign_ins if each.instance != name),
                accounts=reduce_accounts(state.accounts, event),
                health=reduce_health(state.health, event),
            )
        case SettingsApplied():
            return replace(
                state,
                settings=reduce_settings(state.settings, event),
                upstream=event.upstream,
                host=event.host,
                port=event.port,
                notices=() if event.has_instances else (NO_UPSTREAM,),
            )
        case SignInChanged(status):
            if is_mended(state.failed_action, status):
                state = replace(state, action_error="", failed_action="")
            others = tuple(s for s in state.sign_ins if s.instance != status.instance)
            accounts = reduce_accounts(state.accounts, event)
            return replace(state, sign_ins=(*others, status), accounts=accounts)
        case SignInPrinted() | SignInBegan() | AccountsLearned() | BundleTold() | KeyringAwaited():
            return replace(state, accounts=reduce_accounts(state.accounts, event))
        case InstallChanged():
            return replace(state, install=event)
        case ListenerStarted(url, _):
            endpoint = Endpoint(wanted=state.endpoint.wanted, url=reachable(url))
            return replace(state, endpoint=endpoint, phase=_running(state.phase))
        case ListenerStopped():
            return replace(state, endpoint=replace(state.endpoint, url=""))
        case ListenerFailed():
            endpoint = replace(state.endpoint, url="", failure=event)
            return replace(state, endpoint=endpoint, phase=_running(state.phase))
        case RequestStarted(request_id):
            return replace(
                state,
                running=state.running | {request_id},
                glance=with_request(state.glance),
                clients=reduce_clients(state.clients, event),
            )
        case RequestFinished():
            return _with_finished(state, event)
        case PlanMade(upstream, host, port, notices):
            return replace(state, upstream=upstream, host=host, port=port, notices=notices)
        case PhaseChanged(phase):
            if phase is EnginePhase.STARTING:
                state = _without_engine(state)
            crash = state.crash if phase is EnginePhase.CRASHED else ""
            return replace(state, phase=phase, crash=crash)
        case EngineCrashed(reason):
            gone = _without_engine(state)
            return replace(gone, phase=EnginePhase.CRASHED, crash=reason)
        case AccessReady(access):
            return replace(state, access=access)
        case TrayFound(presence):
            return replace(state, tray=presence)
        case EndpointSwitched(wanted):
            return replace(state, endpoint=replace(state.endpoint, wanted=wanted, failure=None))
        case SnapshotTaken(events):
            return _from_snapshot(state, events)
        case ActionFailed(message, action):
            return replace(state, action_error=message, failed_action=action)
        case ErrorDismissed():
            return replace(state, last_error=None)
        case GlanceTicked():
            return replace(state, glance=after_tick(state.glance))
        case ChoicesChanged(choices):
            return replace(state, choices=choices)
        case _:
            assert_never(event)


def reduce_all(state: AppState, events: Iterable[AppEvent]) -> AppState:
    """Fold many events."""
    for event in events:
        state = reduce(state, event)
    return state


def _without_engine(state: AppState) -> AppState:
    """What a former engine ran is no more."""
    endpoint = replace(state.endpoint, url="")
    return replace(
        state,
        endpoint=endpoint,
        instances=(),
        sign_ins=(),
        running=frozenset(),
        today=state.today.after_loss(()),
        requests=state.requests.without_engine(),
        health=HealthSlice(),
    )


def _running(phase: EnginePhase) -> EnginePhase:
    # The listener's first word is the sign that the engine is up.
    return phase if phase is EnginePhase.STOPPING else EnginePhase.RUNNING


def _with_instance(state: AppState, status: InstanceStatus) -> AppState:
    names = [known.name for known in state.instances]
    error = state.last_error
    if status.name in names:
        place = names.index(status.name)
        before = state.instances[place]
        if before == status:
            return state
        its_own = error is not None and error.of_instance and error.source == status.name
        if its_own and before.kind != status.kind:  # it is of the program that was there before
            error, state = None, replace(state, last_error=None)
        instances = (*state.instances[:place], status, *state.instances[place + 1 :])
        is_news = status.last_error != before.last_error or status.since != before.since
    else:
        instances, is_news = (*state.instances, status), True
    # A missing login is a state of its own, told at the head and on the card; what makes a ready
    # one doubtful is told on the card, and by the requests that fail of it.
    told = (InstanceState.NEEDS_LOGIN, InstanceState.READY)
    is_told = status.state in told or status.last_error == "login_required"
    if is_news and status.last_error and not is_told:
        error = LastError(
            status.last_error,
            status.last_error_message,
            status.since,
            str(status.name),
            of_instance=True,
        )
    if error is not None and error is not state.last_error:
        state = _with_error(state, error)
    return replace(state, instances=instances)


def _with_finished(state: AppState, event: RequestFinished) -> AppState:
    running = state.running - {event.request_id}
    if not event.error_code or event.status == CLIENT_WENT_AWAY:
        return replace(state, running=running)
    error = LastError(event.error_code, event.error_message, event.at, str(event.request_id))
    return _with_error(replace(state, running=running), error)


def _with_error(state: AppState, error: LastError) -> AppState:
    return replace(state, last_error=error, glance=with_error(state.glance, error))


def _from_snapshot(state: AppState, events: tuple[EngineEvent, ...]) -> AppState:
    bare = replace(
        state,
        instances=(),
        running=frozenset(),
        requests=state.requests.after_loss(),
        # No snapshot tells a failure; one that opened since takes it back.
        endpoint=replace(state.endpoint, url=""),
    )
    today = state.today.after_loss(each for each in events if isinstance(each, RequestStarted))
    return replace(reduce_all(bare, events), today=today, glance=state.glance)
