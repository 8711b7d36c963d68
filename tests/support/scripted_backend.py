"""A ChatBackend without an engine: it answers as a test tells it to."""

import asyncio
import contextlib
import itertools
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from typing import Any

from gateway_engine.backpressure import BackPressureStats
from gateway_engine.conversation import (
    Caller,
    ChatRequest,
    FinishReason,
    InstanceName,
    Model,
    ModelId,
    SessionUse,
    StreamBatch,
    StreamEvent,
    TextDelta,
    TurnFinished,
    TurnRouted,
    Usage,
)
from gateway_engine.engine_report import (
    EffectiveSetting,
    EngineStats,
    SettingsReadAgain,
    SettingsStanding,
    SmokeReport,
)
from gateway_engine.errors import NotFoundError
from gateway_engine.events import (
    EngineEvent,
    InstanceState,
    InstanceStatus,
    PrintedLine,
    RequestFinished,
    SignInStatus,
    SmokeStep,
)
from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.inspector.recorder import Recorder
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.server.access import AccessRules
from gateway_engine.server.app import build_app
from gateway_engine.server.contracts import ResponseStore
from gateway_engine.server.listener import Listener
from gateway_engine.server.response_memory import MemoryResponseStore
from gateway_engine.server.service import DoorRules, ServerLimits

KEY = "sk-test-0123456789"
ROUTED = TurnRouted(
    InstanceName("inst-0"), ModelId("qwen-max"), "demo", SessionUse.MISS, input_tokens=12
)
FINISHED = TurnFinished(FinishReason.STOP, Usage(12, 7))

Step = StreamEvent | Sequence[StreamEvent] | Exception | Callable[[], Awaitable[object]]
"""What an answer consists of: an event, a batch, an error to raise, something to wait for."""


def text_answer(*pieces: str) -> list[Step]:
    """An ordinary answer."""
    return [ROUTED, *(TextDelta(piece) for piece in pieces), FINISHED]


@dataclass
class ScriptedBackend:
    """Answers every request with `script`, and remembers what it was asked."""

    script: Iterable[Step] = field(default_factory=lambda: text_answer("Hello", " world"))
    catalogue: Sequence[Model] = (
        Model(ModelId("qwen-max"), "Qwen Max", "demo", context_tokens=32768, is_default=True),
    )
    models_error: Exception | None = None
    asked: list[tuple[ChatRequest, Caller]] = field(default_factory=list)
    counted: list[ChatRequest] = field(default_factory=list)
    closed: int = 0
    running: int = 0
    all_closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, request: ChatRequest, caller: Caller) -> AsyncGenerator[StreamBatch, None]:
        self.asked.append((request, caller))
        self.running += 1
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                if callable(step):
                    await step()
                elif isinstance(step, Sequence):
                    yield step
                else:
                    yield [step]
        finally:
            self.running -= 1
            self.closed += 1
            self.all_closed.set()

    async def count_tokens(self, request: ChatRequest, *, large: bool = False) -> int:
        self.counted.append(request)
        return ROUTED.input_tokens

    async def models(self) -> Sequence[Model]:
        if self.models_error is not None:
            raise self.models_error
        return self.catalogue


@dataclass
class ScriptedAdmin:
    """An engine with the instances that a test wants."""

    statuses: tuple[InstanceStatus, ...] = (
        InstanceStatus(InstanceName("inst-0"), "demo", InstanceState.READY, 1.0, logged_in=True),
    )

    def instances(self) -> tuple[InstanceStatus, ...]:
        return self.statuses

    def upstream(self) -> str:
        return "demo"

    def stats(self) -> EngineStats:
        return EngineStats(7, BackPressureStats(1, 2, 5, 1, 4), self.statuses, None)

    def effective_config(self) -> dict[str, EffectiveSetting]:
        return {"PORT": EffectiveSetting(8317, "default", secret=False)}

    def metrics(self) -> tuple[bytes, str]:
        return b"gateway_queued 2.0\n", "text/plain; version=0.0.4; charset=utf-8"

    async def raw_models(self, name: InstanceName) -> list[str]:
        self._known(name)
        return ["qwen-max"]

    async def smoke(self, name: InstanceName) -> SmokeReport:
        self._known(name)
        steps = (
            SmokeStep("instance", True, 0.1),
            SmokeStep("login", False, 2.0, "login_required: no"),
        )
        return SmokeReport(steps)

    def _known(self, name: InstanceName) -> None:
        if name not in [status.name for status in self.statuses]:
            raise NotFoundError(f"there is no instance {name!r}")


class NoSettings:
    """A SettingsBackend of a gateway whose settings lie nowhere."""

    async def standing(self) -> SettingsStanding:
        return SettingsStanding("/none/config.toml", "", changed_on_disk=False, at_next_start=())

    async def read_again(self) -> SettingsReadAgain:
        return SettingsReadAgain(("PORT",), False, (), (), (), ())


class NoAccounts:
    """An AccountBackend of a gateway without instances."""

    def sign_ins(self) -> tuple[SignInStatus, ...]:
        return ()

    async def begin_sign_in(self, name: InstanceName, *, switch: bool) -> str:
        raise NotFoundError("no such instance")

    async def begin_sign_in_command(self, name: InstanceName) -> None:
        raise NotFoundError("no such instance")

    def sign_in_printed(self, name: InstanceName) -> tuple[PrintedLine, ...]:
        raise NotFoundError("no such instance")

    async def deliver_sign_in(self, name: InstanceName, address: str) -> None:
        raise NotFoundError("no such instance")

    async def cancel_sign_in(self, name: InstanceName) -> None:
        raise NotFoundError("no such instance")

    async def sign_out(self, name: InstanceName) -> None:
        raise NotFoundError("no such instance")

    async def start_auto_login(
        self, name: InstanceName, *, username: str, password: str, remember: bool
    ) -> None:
        raise NotFoundError("no such instance")

    async def export_session(self, name: InstanceName, passphrase: str) -> Mapping[str, Any]:
        raise NotFoundError("no such instance")

    async def import_session(
        self, name: InstanceName, data: bytes, *, passphrase: str, replace: bool, dry_run: bool
    ) -> Mapping[str, Any]:
        raise NotFoundError("no such instance")


@dataclass
class Endpoint:
    """A running server."""

    url: str
    backend: ScriptedBackend
    admin: ScriptedAdmin
    events: list[EngineEvent]
    listener: Listener
    request_over: asyncio.Event
    records: Recorder

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


RULES = AccessRules(api_keys=(("main", KEY),), bound=("127.0.0.1",))


@contextlib.asynccontextmanager
async def endpoint(
    *script: Step,
    backend: ScriptedBackend | None = None,
    rules: AccessRules = RULES,
    responses: ResponseStore | None = None,
    host: str = "127.0.0.1",
    **limits: Any,
) -> AsyncIterator[Endpoint]:
    """Run the server on a free port, answering with `script`."""
    backend = backend or ScriptedBackend()
    if script:
        backend.script = script
    admin = ScriptedAdmin()
    events: list[EngineEvent] = []
    request_over = asyncio.Event()
    numbers = itertools.count(1)

    def new_id() -> str:
        return f"{next(numbers):024x}"

    def clock() -> float:
        return 1_800_000_000.0

    def emit(event: EngineEvent) -> None:
        events.append(event)
        if isinstance(event, RequestFinished):
            request_over.set()

    records = Recorder(
        RecentRecords(), Secrets([KEY]), bodies=True, clock=asyncio.get_running_loop().time
    )
    door = DoorRules(rules, replace(ServerLimits(stop_grace_s=0.1), **limits))
    store = responses or MemoryResponseStore(clock=clock)
    listener = Listener(
        lambda: build_app(
            backend,
            admin,
            responses=store,
            records=records,
            accounts=NoAccounts(),
            settings=NoSettings(),
            rules=door,
            emit=emit,
            clock=clock,
            new_id=new_id,
        ),
        door,
        emit=emit,
        clock=clock,
        new_id=new_id,
    )
    url = await listener.start(host, 0)
    try:
        yield Endpoint(url, backend, admin, events, listener, request_over, records)
    finally:
        await listener.stop()
        await records.aclose()
