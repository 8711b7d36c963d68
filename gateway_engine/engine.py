"""The engine: everything below the window and the command line, put together from one plan.

Runs on whatever loop starts it and has no thread affinity of its own: the desktop gives it a
thread, `serve` the main one. It tells the world what happens through `emit` alone.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gateway_engine.account_side import AccountSide
from gateway_engine.accounts.credentials import LocalSecrets
from gateway_engine.backpressure import BackPressureStats
from gateway_engine.chat.native_calls import ToolApproval
from gateway_engine.chat.parking import ParkingStats
from gateway_engine.config import Effect
from gateway_engine.connect.client import Site, local_address
from gateway_engine.connect.client_keys import FILE_NAME as CLIENT_KEYS_FILE
from gateway_engine.connect.client_keys import ClientKeys
from gateway_engine.connect.connections import Connections
from gateway_engine.connect.desk import ClientDesk
from gateway_engine.conversation import InstanceName
from gateway_engine.engine_report import LogTail, SmokeReport, Vitals
from gateway_engine.events import (
    Emit,
    EngineEvent,
    InstanceChanged,
    InstanceRemoved,
    InstanceStatus,
    ListenerStarted,
    ListenerStopped,
    SettingsApplied,
)
from gateway_engine.examination import examine
from gateway_engine.inspector.query import RecordQuery
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.inspector.turns import Turns
from gateway_engine.instance_care import InstanceCare
from gateway_engine.keeping import Keeping
from gateway_engine.live_settings import Difference, LiveSettings, difference
from gateway_engine.operations import Operations
from gateway_engine.plan import EnginePlan
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.pool import Pool
from gateway_engine.programs import Programs, ProgramsKnown
from gateway_engine.running import remove_running, write_running
from gateway_engine.server.app import build_app
from gateway_engine.server.listener import Listener, ListenError, ports_after
from gateway_engine.sessions.cache import SessionCacheStats
from gateway_engine.setting_secrets import secret_values
from gateway_engine.settings_api import SettingsApi
from gateway_engine.settings_desk import SettingsDesk
from gateway_engine.support_bundle import SupportFile, support_files
from gateway_engine.tasks import TaskOwner
from gateway_engine.tools.mcp_host.host import McpHost
from gateway_engine.upstream_maker import UpstreamMaker
from gateway_engine.upstreams.kind import InstancePlan, Means
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.version import __version__

logger = logging.getLogger(__name__)

MOST_SILENCE_S: Final = 15.0
"""An idle upstream that answered questions and is silent for so long hangs (docs/adr/0010)."""
EXPIRE_INTERVAL_S: Final = 30.0
DRAIN_S: Final = 30.0
"""So long may turns go on at an instance that other settings start again or end."""


class Engine:
    """One gateway. `start` and `stop` once each; the listener opens and closes as often as wanted.

    `secrets` are the desktop's own key and token; headless gateways have those of the settings
    only. `hide` is told of secrets that come later, such as upstream's tokens, for the log, and
    `set_log_level` when the settings want another one. `site` is where the user's client programs
    keep their settings, this user's own by default.
    """

    def __init__(
        self,
        plan: EnginePlan,
        *,
        secrets: LocalSecrets | None,
        emit: Emit,
        hide: Callable[..., None] = lambda *_: None,
        set_log_level: Callable[[str], None] = lambda _: None,
        wall_clock: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        site: Site | None = None,
    ) -> None:
        self._plan = plan
        self._set_log_level = set_log_level
        self._listen = emit
        self._wall_clock = wall_clock
        self._guard = OrphanGuard()
        self._tool_host = McpHost(plan.paths.runtime_dir / "tools", version=__version__)
        self._upstreams = UpstreamMaker(Means(self._guard, self._tool_host, self._learn_secrets))
        self._pool = Pool()
        self._tasks = TaskOwner("engine")
        self.programs = Programs(plan.paths.programs_dir, emit=self._emit, wall_clock=wall_clock)
        self._client_keys = ClientKeys(
            plan.paths.data_dir / CLIENT_KEYS_FILE, learn=self._learn_secrets
        )
        self._live = LiveSettings(
            plan,
            self._pool,
            secrets=secrets,
            client_keys=self._client_keys.pairs,
            clock=clock,
            hide=lambda text: self._secrets.finder().clean(text),
        )
        keys = (*self._live.keys, *self._live.runtime_keys)
        self._secrets = Secrets([*secret_values(plan.settings), *(key for _, key in keys)])
        self._hide = hide
        self.accounts = AccountSide(
            plan,
            self._upstreams,
            self._guard,
            emit=self._emit,
            wall_clock=wall_clock,
            learn_secrets=self._learn_secrets,
            has_window=secrets is not None,
        )
        self._pool.instances = tuple(self._make_instance(item) for item in plan.instances)
        self._keeping = Keeping(
            plan, self._secrets, emit=self._emit, clock=clock, wall_clock=wall_clock
        )
        self.records = self._keeping.records
        self.turns = Turns(self.records)
        self._operations = Operations(
            plan,
            self._pool,
            self._live.chat,
            self._live.smoke,
            new_id=_new_id,
            emit=self._emit,
            wall_clock=wall_clock,
        )
        self.clients = ClientDesk(
            Connections(plan.paths.data_dir, site or Site.of_this_user(), clock=wall_clock),
            emit=self._emit,
            where=self._client_url,
            own_key=self._live.keys[-1][1] if self._live.keys else "",
            last_seen=self._last_seen,
        )
        self._care = InstanceCare(self._operations, self._secrets, wall_clock=wall_clock)
        self._listener = self._make_listener()
        self._wants_listener = False
        self.settings = SettingsDesk(
            self, plan, headless=secrets is None, lacks_model=self._pool.lacks_model
        )

    async def start(self) -> None:
        """Start the instances in the background and open the listener.

        Never raises for upstream trouble; a listener that cannot open is told as ListenerFailed.
        """
        await self.open_listener()
        self.start_instances()

    def start_instances(self, plan: EnginePlan | None = None) -> None:
        """Start the instances in the background; requests that come meanwhile wait for them.

        `plan`: the one that now holds, when a program was fetched since the engine was made.
        """
        if plan is not None and plan is not self._plan:
            self._take(plan)
        self._warn_of_approval()
        self.accounts.serve(self._plan, self._pool.instances, self._plan.instances)
        self._pool.start()
        self._tasks.spawn(self._live.chat.warm_up(), name="vocabulary")
        self._tasks.spawn(self._operations.lag.watch(), name="loop-lag")
        self._tasks.spawn(self._expire_sessions(), name="expire-sessions")

    async def stop(self) -> None:
        """Close everything; no child process is left. Safe to call twice."""
        async with contextlib.AsyncExitStack() as closing:
            # Done from the last line to the first: what one of them dies of keeps no other back.
            closing.push_async_callback(self._keeping.aclose)
            closing.push_async_callback(asyncio.to_thread, self._guard.close)
            closing.push_async_callback(self._tool_host.aclose)
            closing.push_async_callback(self._pool.stop)
            closing.callback(self._forget_sessions)
            closing.push_async_callback(self._live.chat.aclose)
            closing.push_async_callback(self._tasks.aclose)
            closing.push_async_callback(self.accounts.aclose)
            closing.push_async_callback(self.programs.aclose)
            closing.push_async_callback(self.close_listener)
            closing.push_async_callback(self.clients.aclose)

    def _forget_sessions(self) -> None:
        if self._live.sessions is not None:
            self._live.sessions.clear()

    async def open_listener(self) -> None:
        """Open the endpoint at the settings' port. A failure is told as ListenerFailed."""
        await self._open_listener((self._plan.settings.port,))

    async def open_listener_nearby(self) -> None:
        """Open the endpoint at the next free port after the settings' one, or any other."""
        await self._open_listener(ports_after(self._plan.settings.port))

    async def _open_listener(self, ports: Sequence[int]) -> None:
        self._wants_listener = True
        if self._listener.url:
            return
        await self._keeping.open(self._plan.settings)
        with contextlib.suppress(ListenError):  # told as ListenerFailed
            await self._listener.start(self._plan.settings.host, *ports)
            self._say_where()

    @property
    def url(self) -> str:
        """Where the endpoint answers, "" while it is closed."""
        return self._listener.url

    def _client_url(self) -> str:
        """Where client programs find the endpoint: where it answers, or will by the settings."""
        port = urlsplit(self._listener.url).port if self._listener.url else None
        settings = self._plan.settings
        return local_address(settings.host, port or settings.port)

    async def _last_seen(self, client: str) -> float:
        page = await self.records.find(RecordQuery(client=client, limit=1))
        return page.summaries[0].started_at if page.summaries else 0.0

    async def close_listener(self) -> None:
        """Close the endpoint; requests under way are ended."""
        self._wants_listener = False
        remove_running(self._plan.paths)
        await self._listener.stop()

    async def restart_instance(self, name: InstanceName) -> None:
        """End this instance's upstream, if it has one, and start it again now."""
        for instance in self._pool.instances:
            if instance.name == name:
                instance.restart()

    async def fetch_program(self, *, url: str = "", file: Path | None = None) -> None:
        """Begin to install a Lingma program: from `file`, from `url`, or as the settings say.

        Raises InvalidRequestError; what comes of it is told by InstallChanged.
        """
        self.programs.begin_as_asked(self._plan.settings, url=url, file=file)

    async def programs_known(self) -> ProgramsKnown:
        """The Lingma programs there are, and which is used."""
        return await self.programs.known(self._plan)

    async def stop_instance(self, name: InstanceName) -> None:
        """End this instance's upstream; it rests until started again. Raises NotFoundError."""
        await self._care.stop(name)

    async def start_instance(self, name: InstanceName) -> None:
        """Start an instance that a person stopped. Raises NotFoundError."""
        await self._care.start(name)

    async def test_instance(self, name: InstanceName) -> SmokeReport:
        """Try this instance, down to a short real turn. Raises NotFoundError."""
        return await self._operations.smoke(name)

    async def look(self) -> None:
        """Somebody looks at the instances: watch them closely for a few seconds."""
        self._care.look()

    async def rest(self) -> None:
        """Nobody asks for now: let go of what the next request reads again."""
        self._live.chat.rest()

    async def vitals(self) -> Vitals:
        """The figures of this moment, the processes' included."""
        return await self._care.vitals()

    async def log_tail(self, name: InstanceName, lines: int) -> LogTail:
        """The last lines of this instance's upstream, without secrets. Raises NotFoundError."""
        return await self._care.log_tail(name, lines)

    async def support_files(self) -> tuple[SupportFile, ...]:
        """What a support bundle would hold now: no secret, nobody's words."""
        vitals, hide = await self.vitals(), self._secrets.finder().clean
        return await asyncio.to_thread(
            lambda: support_files(self._plan, checks=examine(self._plan), hide=hide, vitals=vitals)
        )

    async def stop_fetching_program(self) -> None:
        """End that fetch; what has arrived is kept for another try."""
        await self.programs.cancel()

    def snapshot(self) -> tuple[EngineEvent, ...]:
        """Events that rebuild the present state, the requests under way included."""
        now = self._wall_clock()
        url = self._listener.url
        listener = ListenerStarted(url, now) if url else ListenerStopped(now)
        instances = (InstanceChanged(status) for status in self.instances())
        return (
            *instances,
            *self.accounts.snapshot(),
            *self.clients.events(),
            *self._operations.under_way.events(),
            listener,
        )

    def offered_models(self) -> tuple[str, ...]:
        """The models that clients can name now."""
        return tuple(model.key for _, model in self._pool.offered())

    @property
    def operations(self) -> Operations:
        """What operators may ask: figures, settings in force, a smoke test."""
        return self._operations

    def instances(self) -> tuple[InstanceStatus, ...]:
        """Every instance of the pool, in order."""
        return self._operations.instances()

    def upstream(self) -> str:
        """What answers here: lingma, acp, mixed or demo."""
        return self._operations.upstream()

    def concurrency(self) -> BackPressureStats:
        """How many chat turns run and wait."""
        return self._live.chat.concurrency()

    def session_cache(self) -> SessionCacheStats | None:
        """Figures of the session cache; None when sessions are not reused."""
        return self._live.chat.session_cache()

    def parked(self) -> ParkingStats:
        """How many turns of upstream wait for a client's tools, and how others ended."""
        return self._live.chat.parked()

    # --- assembly ---

    def _emit(self, event: EngineEvent) -> None:
        self._operations.take(event)
        self._care.take(event)
        self.clients.take(event)
        self._listen(event)
        if isinstance(event, InstanceChanged):
            self.accounts.take(event)

    async def _expire_sessions(self) -> None:
        """What is too old leaves in time, whether or not anybody asks."""
        while True:
            await asyncio.sleep(EXPIRE_INTERVAL_S)
            self._live.chat.session_cache()

    def _take(self, plan: EnginePlan) -> None:
        self._plan = plan
        self.settings.took(plan)
        self._live.follow(plan)
        self._operations.take_plan(plan)
        self._pool.instances = tuple(self._make_instance(item) for item in plan.instances)

    def _warn_of_approval(self) -> None:
        if self._plan.settings.tool_approval == ToolApproval.AUTO:
            logger.warning(
                "TOOL_APPROVAL=auto: the upstream may run its own tools on this machine,"
                " shell commands among them"
            )

    # --- other settings while it runs ---

    async def apply_settings(self, plan: EnginePlan) -> Difference:
        """Let this plan hold from now on; returns what it changed. Told by SettingsApplied.

        What needs the endpoint or an instance to start again does so; what counts from the next
        start only is in the difference. Raises ListenError: then nothing has changed.
        """
        before, found = self._plan, difference(self._plan, plan)
        self._learn_secrets(secret_values(plan.settings))
        self._plan = plan
        self._live.follow(plan)
        try:
            if found.listener:
                await self._move_listener()
        except ListenError:
            self._plan = before
            self._live.follow(before)
            raise
        self._operations.take_plan(plan)
        self._set_log_level(plan.settings.log_level)
        if "tool_approval" in found.names:
            self._warn_of_approval()
        await self._keeping.follow(plan.settings)
        await self._renew_instances(before, found)
        if self._listener.url:
            self._say_where()
        self._emit(
            SettingsApplied(
                names=found.names,
                at_next_start=found.of(Effect.APP),
                upstream=plan.upstream,
                host=plan.settings.host,
                port=plan.settings.port,
                has_instances=bool(plan.instances),
                at=self._wall_clock(),
            )
        )
        return found

    async def _move_listener(self) -> None:
        settings = self._plan.settings
        if self._listener.url:
            await self._listener.move(settings.host, settings.port)
        elif self._wants_listener:
            await self.open_listener()  # where it was to be before, it could not be opened

    async def _renew_instances(self, before: EnginePlan, found: Difference) -> None:
        plan = self._plan
        old = {instance.name: instance for instance in self._pool.instances}
        accounts = {item.name: item.account for item in before.instances}
        instances: list[Instance] = []
        for item in plan.instances:
            instance = old.get(item.name)
            if instance is None:
                instance = self._make_instance(item)
            elif item.name in found.renewed:
                factory = self._upstreams.factory(item, plan.settings)
                instance.change(factory, kind=item.kind, label=item.outline.label)
            if instance.title != item.title:
                instance.title = item.title
                self._emit(InstanceChanged(instance.status()))
            instances.append(instance)
        for name in found.removed:
            await self.accounts.leave(name)
        new = [item for item in plan.instances if item.account != accounts.get(item.name)]
        self.accounts.serve(plan, instances, new)
        self._pool.adopt(
            tuple(instances),
            renewed=[each for each in instances if each.name in found.renewed],
            on_gone=self._gone,
            drain_s=DRAIN_S,
        )

    def _gone(self, instance: Instance) -> None:
        self.accounts.forget(instance.name)
        self._emit(InstanceRemoved(instance.name, self._wall_clock()))

    # --- parts ---

    def _make_listener(self) -> Listener:
        return Listener(
            lambda: build_app(
                self._live.chat,
                self._operations,
                responses=self._keeping.responses,
                records=self.records,
                accounts=self.accounts.api,
                settings=SettingsApi(self.settings),
                rules=self._live.door,
                emit=self._emit,
                clock=self._wall_clock,
                new_id=_new_id,
            ),
            self._live.door,
            emit=self._emit,
            clock=self._wall_clock,
            new_id=_new_id,
        )

    def _learn_secrets(self, values: Iterable[str]) -> None:
        new = self._secrets.learn(values)
        if new:
            self._hide(*new)

    def _say_where(self) -> None:
        """Let other commands find this gateway; one that cannot be found still serves."""
        try:
            write_running(
                self._plan.paths,
                url=self._listener.url,
                admin_token=self._live.runtime_keys[0][1],
                version=__version__,
            )
        except OSError as error:
            logger.warning("other commands will not find this gateway: %s", error)

    def _make_instance(self, plan: InstancePlan) -> Instance:
        return Instance(
            plan.name,
            plan.kind,
            self._upstreams.factory(plan, self._plan.settings),
            emit=self._emit,
            wall_clock=self._wall_clock,
            on_change=self._pool.changed,
            label=plan.outline.label,
            title=plan.title,
            hung_after_s=min(self._plan.settings.lingma_rpc_timeout, MOST_SILENCE_S),
        )


def _new_id() -> str:
    return uuid.uuid4().hex
