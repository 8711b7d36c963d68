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
from typing import Final
from urllib.parse import urlsplit

from gateway_engine.account_side import AccountSide
from gateway_engine.accounts.credentials import LocalSecrets
from gateway_engine.backpressure import BackPressureStats
from gateway_engine.chat.native_calls import ToolApproval
from gateway_engine.chat.parking import ParkingStats
from gateway_engine.chat.service import ChatService
from gateway_engine.config import secret_values
from gateway_engine.connect.client import Site, local_address
from gateway_engine.connect.client_keys import FILE_NAME as CLIENT_KEYS_FILE
from gateway_engine.connect.client_keys import ClientKeys
from gateway_engine.connect.connections import Connections
from gateway_engine.connect.desk import ClientDesk
from gateway_engine.conversation import InstanceName
from gateway_engine.engine_report import LogTail, SmokeReport, Vitals
from gateway_engine.engine_rules import (
    back_pressure,
    chat_rules,
    session_cache,
)
from gateway_engine.events import (
    Emit,
    EngineEvent,
    InstanceChanged,
    InstanceStatus,
    ListenerStarted,
    ListenerStopped,
    RequestRecorded,
)
from gateway_engine.inspector.previous_turn import previous_turn
from gateway_engine.inspector.query import RecordQuery
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.recorder import Recorder
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.instance_care import InstanceCare
from gateway_engine.operations import Operations
from gateway_engine.plan import EnginePlan, InstancePlan
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.pool import Pool
from gateway_engine.programs import Programs, ProgramsKnown, source_of
from gateway_engine.prompt import rendering_changes
from gateway_engine.running import remove_running, write_running
from gateway_engine.server.access import AccessRules, admin_keys, metrics_keys
from gateway_engine.server.app import build_app
from gateway_engine.server.contracts import ResponseStore
from gateway_engine.server.listener import Listener, ListenError, ports_after
from gateway_engine.server.response_memory import MemoryResponseStore
from gateway_engine.server.service import ServerLimits
from gateway_engine.sessions.cache import SessionCacheStats
from gateway_engine.smoke import SmokeTest
from gateway_engine.storage.database import Database, StorageError
from gateway_engine.storage.history import SqliteHistory
from gateway_engine.storage.responses import SqliteResponseStore
from gateway_engine.tasks import TaskOwner
from gateway_engine.tools.mcp_host.host import McpHost
from gateway_engine.upstream_maker import UpstreamMaker
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.version import __version__

logger = logging.getLogger(__name__)

HISTORY_FILE: Final = "history.db"
EXPIRE_INTERVAL_S: Final = 30.0
TIDY_INTERVAL_S: Final = 3600.0


class Engine:
    """One gateway. `start` and `stop` once each; the listener opens and closes as often as wanted.

    `secrets` are the desktop's own key and token; headless gateways have those of the settings
    only. `hide` is told of secrets that come later, such as upstream's tokens, for the log. `site`
    is where the user's client programs keep their settings, this user's own by default.
    """

    def __init__(
        self,
        plan: EnginePlan,
        *,
        secrets: LocalSecrets | None,
        emit: Emit,
        hide: Callable[..., None] = lambda *_: None,
        wall_clock: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        site: Site | None = None,
    ) -> None:
        self._plan = plan
        self._listen = emit
        self._wall_clock = wall_clock
        self._guard = OrphanGuard()
        self._tool_host = McpHost(plan.paths.runtime_dir / "tools", version=__version__)
        self._upstreams = UpstreamMaker(
            self._guard, self._tool_host, learn_secrets=self._learn_secrets
        )
        self._pool = Pool()
        self._tasks = TaskOwner("engine")
        self.programs = Programs(plan.paths.programs_dir, emit=self._emit, wall_clock=wall_clock)
        admin_token = plan.settings.admin_token
        keys = [(f"key-{n}", key) for n, key in enumerate(plan.settings.api_keys, 1)]
        if secrets is not None:
            admin_token = admin_token or secrets.admin_token
            if secrets.api_key not in plan.settings.api_keys:
                keys.append(("desktop", secrets.api_key))
        self._admin_keys = admin_keys(admin_token, tuple(keys), headless=secrets is None)
        known = [*secret_values(plan.settings), *(key for _, key in (*keys, *self._admin_keys))]
        self._secrets = Secrets(known)
        self._hide = hide
        self.accounts = AccountSide(
            plan,
            self._upstreams,
            self._guard,
            emit=self._emit,
            wall_clock=wall_clock,
            learn_secrets=self._learn_secrets,
        )
        self._pool.instances = tuple(self._make_instance(item) for item in plan.instances)
        self._database: Database | None = None
        self._responses: ResponseStore = MemoryResponseStore(clock=wall_clock)
        self.records = Recorder(
            RecentRecords(),
            self._secrets,
            bodies=plan.settings.record_bodies,
            clock=clock,
            explain=rendering_changes,
            tell=lambda summary, number: self._emit(RequestRecorded(summary, number)),
        )
        rules = chat_rules(plan)
        pressure = back_pressure(plan, self._pool)
        self._sessions = session_cache(plan, self._pool, clock)
        self._chat = ChatService(self._pool, rules, pressure=pressure, sessions=self._sessions)
        smoke = SmokeTest(
            self._pool,
            pressure,
            deadlines=rules.deadlines,
            queue_timeout_s=rules.queue_timeout_s,
            default_model=rules.default_model,
            clock=clock,
        )
        self._client_keys = ClientKeys(
            plan.paths.data_dir / CLIENT_KEYS_FILE, learn=self._learn_secrets
        )
        self.clients = ClientDesk(
            Connections(plan.paths.data_dir, site or Site.of_this_user(), clock=wall_clock),
            emit=self._emit,
            where=self._client_url,
            own_key=keys[-1][1] if keys else "",
            last_seen=self._last_seen,
        )
        self._operations = Operations(plan, self._pool, self._chat, smoke, new_id=_new_id)
        self._care = InstanceCare(self._operations, self._secrets, wall_clock=wall_clock)
        self._listener = self._make_listener(tuple(keys))

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
        if self._plan.settings.tool_approval == ToolApproval.AUTO:
            logger.warning(
                "TOOL_APPROVAL=auto: the upstream may run its own tools on this machine,"
                " shell commands among them"
            )
        self.accounts.serve(self._plan, self._pool.instances, self._plan.instances)
        self._pool.start()
        self._tasks.spawn(self._chat.warm_up(), name="vocabulary")
        self._tasks.spawn(self._operations.lag.watch(), name="loop-lag")
        self._tasks.spawn(self._expire_sessions(), name="expire-sessions")

    async def stop(self) -> None:
        """Close everything; no child process is left. Safe to call twice."""
        async with contextlib.AsyncExitStack() as closing:
            # Done from the last line to the first: what one of them dies of keeps no other back.
            closing.push_async_callback(self._close_database)
            closing.push_async_callback(self.records.aclose)
            closing.push_async_callback(asyncio.to_thread, self._guard.close)
            closing.push_async_callback(self._tool_host.aclose)
            closing.push_async_callback(self._pool.stop)
            closing.callback(self._forget_sessions)
            closing.push_async_callback(self._chat.aclose)
            closing.push_async_callback(self._tasks.aclose)
            closing.push_async_callback(self.accounts.aclose)
            closing.push_async_callback(self.programs.aclose)
            closing.push_async_callback(self.close_listener)
            closing.push_async_callback(self.clients.aclose)

    def _forget_sessions(self) -> None:
        if self._sessions is not None:
            self._sessions.clear()

    async def _close_database(self) -> None:
        if self._database is not None:
            await self._database.aclose()

    async def open_listener(self) -> None:
        """Open the endpoint at the settings' port. A failure is told as ListenerFailed."""
        await self._open_listener((self._plan.settings.port,))

    async def open_listener_nearby(self) -> None:
        """Open the endpoint at the next free port after the settings' one, or any other."""
        await self._open_listener(ports_after(self._plan.settings.port))

    async def _open_listener(self, ports: Sequence[int]) -> None:
        if self._listener.url:
            return
        await self._open_database()
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
        remove_running(self._plan.paths)
        await self._listener.stop()

    async def restart_instance(self, name: InstanceName) -> None:
        """End this instance's upstream, if it has one, and start it again now."""
        for instance in self._pool.instances:
            if instance.name == name:
                instance.restart()

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

    async def vitals(self) -> Vitals:
        """The figures of this moment, the processes' included."""
        return await self._care.vitals()

    async def log_tail(self, name: InstanceName, lines: int) -> LogTail:
        """The last lines of this instance's upstream, without secrets. Raises NotFoundError."""
        return await self._care.log_tail(name, lines)

    async def fetch_program(self) -> None:
        """Fetch the newest Lingma program that the settings name; told as InstallChanged.

        Raises SettingsError when they name none.
        """
        self.programs.begin(source_of(self._plan.settings))

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

    async def previous_turn(self, record_id: str) -> Record | None:
        """The record of the turn that this one goes on from, None when there is none."""
        return await previous_turn(self.records, record_id)

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
        return self._chat.concurrency()

    def session_cache(self) -> SessionCacheStats | None:
        """Figures of the session cache; None when sessions are not reused."""
        return self._chat.session_cache()

    def parked(self) -> ParkingStats:
        """How many turns of upstream wait for a client's tools, and how others ended."""
        return self._chat.parked()

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
            self._chat.session_cache()

    def _take(self, plan: EnginePlan) -> None:
        self._plan = plan
        self._operations.take_plan(plan)
        self._pool.instances = tuple(self._make_instance(item) for item in plan.instances)

    def _make_listener(self, keys: tuple[tuple[str, str], ...]) -> Listener:
        settings = self._plan.settings
        access = AccessRules(
            api_keys=keys,
            client_keys=self._client_keys.pairs,
            admin_keys=self._admin_keys,
            metrics_keys=metrics_keys(settings.metrics_token, keys),
            metrics_public=settings.metrics_public,
            allowed_hosts=settings.allowed_hosts,
            cors_origins=settings.cors_origins,
            bound=(settings.host,),
            ollama_open=settings.ollama_auth == "loopback",
        )
        limits = ServerLimits(
            max_body_bytes=settings.max_body_bytes, heartbeat_s=settings.heartbeat_sec
        )

        return Listener(
            lambda: build_app(
                self._chat,
                self._operations,
                responses=self._responses,
                records=self.records,
                accounts=self.accounts.api,
                access=access,
                limits=limits,
                emit=self._emit,
                clock=self._wall_clock,
                new_id=_new_id,
            ),
            access,
            emit=self._emit,
            clock=self._wall_clock,
            new_id=_new_id,
        )

    async def _open_database(self) -> None:
        """Keep records and responses on disk from now on; without it they are kept in memory."""
        if self._database is not None:
            return
        settings = self._plan.settings
        self._database = Database(self._plan.paths.data_dir / HISTORY_FILE)
        try:
            await self._database.open()
        except StorageError as error:
            logger.warning("records and responses are kept in memory only: %s", error)
            return
        history = SqliteHistory(
            self._database,
            RecentRecords(),
            max_mb=settings.record_max_mb,
            max_days=settings.record_max_days,
            clock=self._wall_clock,
        )
        self._tasks.spawn(history.keep_tidy(TIDY_INTERVAL_S), name="tidy")
        self.records.history = history
        self._responses = SqliteResponseStore(self._database, self._secrets, clock=self._wall_clock)

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
                admin_token=self._admin_keys[0][1] if self._admin_keys else "",
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
            label=plan.label,
            hung_after_s=self._plan.settings.lingma_rpc_timeout,
        )


def _new_id() -> str:
    return uuid.uuid4().hex
