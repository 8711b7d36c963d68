"""A kind of upstream in one folder: no program, no account, one model a word of its settings."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final

from gateway_engine.config import Settings
from gateway_engine.conversation import ImagePart, ModelId, TextDelta
from gateway_engine.setting_values import InstanceSettings, SettingProblem, Wrong
from gateway_engine.upstreams.contract import (
    Deadlines,
    ImageRefusedError,
    Login,
    LoginState,
    TurnEnd,
    TurnItem,
    Upstream,
    UpstreamAsk,
    UpstreamFactory,
    UpstreamModel,
)
from gateway_engine.upstreams.kind import InstancePlan, Kind, Means, Outline, Surroundings


class Memory:
    """Answers with all that it was asked so far (gateway_engine.upstreams.contract.Upstream)."""

    real_tools = takes_documents = branches = False
    pid = 0
    exit_code = log_file = None
    version = "Memory 1"
    login = Login(LoginState.LOGGED_IN)

    def __init__(self, models: Sequence[str]) -> None:
        self.models = tuple(UpstreamModel(ModelId(each), each) for each in models)
        self._asked: list[str] = []
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.last_heard = 0.0

    async def start(self) -> None:
        self.last_heard = asyncio.get_running_loop().time()

    async def stop(self) -> None:
        if not self.closed.done():
            self.closed.set_result("stopped")

    async def ask(self, ask: UpstreamAsk, _deadlines: Deadlines) -> AsyncGenerator[TurnItem, None]:
        self._asked.append(ask.prompt)
        yield [TextDelta(f"{ask.model} remembers: {' + '.join(self._asked)}")]
        yield TurnEnd(ask.session_id or "the only one")

    async def ping(self) -> None:
        self.last_heard = asyncio.get_running_loop().time()

    def output(self, lines: int) -> list[str]:
        return self._asked[-lines:]

    async def check_login(self) -> Login:
        return self.login

    async def raw_models(self) -> list[str]:
        return [str(model.key) for model in self.models]

    def forget_session(self, session_id: str) -> None:
        del session_id

    async def take_image(self, image: ImagePart) -> str:
        raise ImageRefusedError(f"{image.media_type} cannot be remembered")


def _check(own: InstanceSettings) -> None:
    if not own.models:
        raise SettingProblem(Wrong.BAD_ENTRY, "tables with models when their kind is memory")


def _plan(own: InstanceSettings, around: Surroundings) -> Outline:
    return Outline((), around.env, "memory", models=own.models)


def _make(plan: InstancePlan, _settings: Settings, _means: Means) -> UpstreamFactory:
    def factory(_on_change: Callable[[], None]) -> Upstream:
        return Memory(plan.outline.models)

    return factory


KIND: Final = Kind(
    name="memory",
    title="Memory",
    plan=_plan,
    make=_make,
    check=_check,
    fields=frozenset({"models"}),
)
