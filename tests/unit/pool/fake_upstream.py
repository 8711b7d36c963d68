"""An upstream that does what a test tells it to, written against the contract alone."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

from gateway_engine.conversation import ImagePart, InstanceName, ModelId
from gateway_engine.events import EngineEvent, InstanceChanged, InstanceState
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.pool import Pool
from gateway_engine.upstreams.contract import (
    Deadlines,
    ImageRefusedError,
    Login,
    LoginState,
    TurnEnd,
    TurnItem,
    UpstreamAsk,
    UpstreamModel,
)

IN = Login(LoginState.LOGGED_IN, "li")
OUT = Login(LoginState.LOGGED_OUT, message="sign in first")
MODEL = UpstreamModel(ModelId("m"), "M", is_default=True)


class FakeUpstream:
    """One life of it."""

    def __init__(self, world: "World", on_change: Callable[[], None]) -> None:
        self.world = world
        self.on_change = on_change
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.pid = 100 + len(world.made)
        self.version = "Fake 1"
        self.login = world.login
        self.models: Sequence[UpstreamModel] = world.models
        self.may_start = asyncio.Event()
        self.may_stop = asyncio.Event()
        self.may_stop.set()
        self.stopped = False
        self.forgotten: list[str] = []
        self.exit_code: int | None = None
        self.log_file: Path | None = None
        self.last_heard = 0.0
        self.answers_pings = asyncio.Event()
        self.pings = 0
        if not world.mute:
            self.answers_pings.set()
        self.printed: list[str] = []
        if not world.slow:
            self.may_start.set()

    async def start(self) -> None:
        await self.may_start.wait()
        if self.world.failures:
            raise self.world.failures.pop(0)

    async def stop(self) -> None:
        await self.may_stop.wait()
        self.stopped = True
        if not self.closed.done():
            self.closed.set_result("stopped")

    def change(self, login: Login) -> None:
        """Its account changed."""
        self.login = login
        self.on_change()

    async def ask(self, ask: UpstreamAsk, deadlines: Deadlines) -> AsyncGenerator[TurnItem, None]:
        yield TurnEnd("s")

    async def ping(self) -> None:
        self.pings += 1
        self.world.news.set()
        await self.answers_pings.wait()

    async def asked(self, times: int) -> None:
        """Return once it was asked so often for a sign of life."""
        await self.world.until(lambda: self.pings >= times)
        await settle()

    def output(self, lines: int) -> list[str]:
        return self.printed[-lines:]

    async def check_login(self) -> Login:
        return self.login

    async def raw_models(self) -> list[str]:
        return [model.key for model in self.models]

    def forget_session(self, session_id: str) -> None:
        self.forgotten.append(session_id)

    real_tools = False
    takes_documents = False
    branches = False

    async def take_image(self, image: ImagePart) -> str:
        raise ImageRefusedError("no eyes")


class World:
    """What an instance makes its upstreams of, and what it told."""

    def __init__(
        self,
        *,
        login: Login = IN,
        models: Sequence[UpstreamModel] = (MODEL,),
        failures: Sequence[Exception] = (),
        slow: bool = False,
        label: str = "",
    ) -> None:
        self.label = label
        self.login = login
        self.models = models
        self.failures = list(failures)
        self.slow = slow
        self.mute = False
        """Its upstreams never answer when they are asked for a sign of life."""
        self.news = asyncio.Event()
        self.now = 1000.0
        self.made: list[FakeUpstream] = []
        self.events: list[EngineEvent] = []

    def _tell(self, event: EngineEvent) -> None:
        self.events.append(event)
        self.news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once this holds; looked at whenever something happens."""
        async with asyncio.timeout(10):
            while not holds():
                self.news.clear()
                await self.news.wait()

    def instance(
        self, name: str = "inst-0", pool: Pool | None = None, *, hung_after_s: float = 0.0
    ) -> Instance:
        """An instance of these upstreams."""
        return Instance(
            InstanceName(name),
            "lingma",
            self._make,
            emit=self._tell,
            wall_clock=lambda: self.now,
            clock=lambda: self.now,
            on_change=pool.changed if pool is not None else lambda: None,
            label=self.label,
            hung_after_s=hung_after_s,
        )

    def _make(self, on_change: Callable[[], None]) -> FakeUpstream:
        self.made.append(FakeUpstream(self, on_change))
        return self.made[-1]

    def states(self) -> list[InstanceState]:
        """The states it went through."""
        states: list[InstanceState] = []
        for event in self.events:
            if isinstance(event, InstanceChanged) and event.status.state not in states[-1:]:
                states.append(event.status.state)
        return states


async def settle() -> None:
    """Let everything that can run now run."""
    for _ in range(100):
        await asyncio.sleep(0)
