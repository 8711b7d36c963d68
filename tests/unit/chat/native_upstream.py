"""An upstream whose turns call tools natively, as a test's script says, and a service on it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from gateway_engine.backpressure import BackPressure
from gateway_engine.chat.service import ChatRules, ChatService
from gateway_engine.conversation import (
    NO_TRACE,
    Caller,
    Change,
    ChatRequest,
    ImagePart,
    Message,
    ReasoningDelta,
    RequestId,
    Role,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallArguments,
    ToolCallPart,
    ToolCallStarted,
    ToolResultPart,
    ToolSpec,
    TurnTrace,
)
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.pool import Pool
from gateway_engine.sessions.cache import SessionCache
from gateway_engine.upstreams.contract import (
    Deadlines,
    ImageRefusedError,
    ToolAnswer,
    ToolCallsWanted,
    ToolCallWanted,
    ToolUsed,
    TurnEnd,
    TurnItem,
    UpstreamAsk,
)
from tests.unit.pool.fake_upstream import MODEL, FakeUpstream, World

WEATHER = ToolSpec("weather", "Says the weather.", {"type": "object"})
CLOCK = ToolSpec("clock", "Says the time.", {"type": "object"})


@dataclass(frozen=True)
class Call:
    """A native call in a script."""

    name: str
    arguments: str = "{}"
    runs_upstream: bool = True


Step = str | tuple[Call, ...] | ToolUsed | Exception


@dataclass
class NativeUpstream:
    """Plays one script a turn; calls wait until each is answered."""

    turns: list[list[Step]]
    asked: list[UpstreamAsk] = field(default_factory=list)
    answers: list[tuple[str, ToolAnswer]] = field(default_factory=list)
    running: int = 0
    stopped: int = 0
    deaf: bool = False
    blind_to: str = "broken"
    taken: list[ImagePart] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    async def take_image(self, image: ImagePart) -> str:
        self.taken.append(image)
        if image.data == self.blind_to:
            raise ImageRefusedError("cannot read it")
        return f"up:{image.data or image.url}"

    async def ask(self, ask: UpstreamAsk, _deadlines: Deadlines) -> AsyncGenerator[TurnItem, None]:
        self.asked.append(ask)
        number = len(self.asked)
        self.running += 1
        done = False
        try:
            for step in self.turns.pop(0):
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, str):
                    ask.trace.from_upstream(step.encode())
                    yield [TextDelta(step)]
                elif isinstance(step, ToolUsed):
                    yield step
                else:
                    waiting = [asyncio.Event() for _ in step]
                    yield ToolCallsWanted(
                        tuple(
                            self._wanted(call, event)
                            for call, event in zip(step, waiting, strict=True)
                        )
                    )
                    for event in waiting:
                        await event.wait()
            done = True
            yield TurnEnd(ask.session_id or f"session {number}")
        finally:
            self.running -= 1
            self.stopped += not done

    def _wanted(self, call: Call, event: asyncio.Event) -> ToolCallWanted:
        def answer(given: ToolAnswer) -> bool:
            if self.deaf or event.is_set():
                return False
            self.answers.append((call.name, given))
            event.set()
            return True

        return ToolCallWanted(
            f"up-{call.name}", call.name, call.arguments, call.runs_upstream, answer
        )


@dataclass
class Gateway:
    """A chat service, its upstream and its only instance."""

    chat: ChatService
    upstream: NativeUpstream
    instance: Instance
    pressure: BackPressure

    def idle(self) -> bool:
        """Whether nothing is held anywhere."""
        return (
            self.pressure.stats().in_flight,
            self.pressure.stats().queued,
            self.instance.in_flight,
            self.chat.parked().parked,
            self.upstream.running,
        ) == (0, 0, 0, 0, 0)

    async def ask(
        self, *messages: Message, key: str = "k", trace: TurnTrace = NO_TRACE, **fields: Any
    ) -> list[StreamEvent]:
        """One request of a client, to its end."""
        fields = {"tools": (WEATHER, CLOCK), **fields}
        request = ChatRequest("m", messages, **fields)
        events: list[StreamEvent] = []
        caller = Caller(RequestId("r"), "test", key_id=key, trace=trace)
        async with aclosing(self.chat.ask(request, caller)) as batches:
            async for batch in batches:
                events += batch
        return events


@asynccontextmanager
async def gateway(
    monkeypatch: pytest.MonkeyPatch,
    *turns: list[Step],
    max_in_flight: int = 1,
    vision: bool = True,
    **rules: Any,
) -> AsyncIterator[Gateway]:
    """A service on one instance that plays these turns; everything is free in the end."""
    upstream = NativeUpstream(list(turns))
    monkeypatch.setattr(FakeUpstream, "ask", lambda _self, ask, limits: upstream.ask(ask, limits))
    monkeypatch.setattr(
        FakeUpstream, "forget_session", lambda _self, session: upstream.forgotten.append(session)
    )
    monkeypatch.setattr(FakeUpstream, "take_image", lambda _self, image: upstream.take_image(image))
    pool = Pool()
    instance = World(models=(replace(MODEL, vision=vision),)).instance(pool=pool)
    pool.instances = (instance,)
    pool.start()
    numbers = iter(range(1, 1000))
    pressure = BackPressure(max_in_flight=max_in_flight, max_queue=9, queue_timeout_s=5)
    chat = ChatService(
        pool,
        ChatRules(Deadlines(0, 0, 0), queue_timeout_s=5, **rules),
        pressure=pressure,
        sessions=SessionCache(max_entries=9, ttl_s=99, clock=lambda: 0.0),
        new_call_id=lambda: f"call_{next(numbers)}",
    )
    gate = Gateway(chat, upstream, instance, pressure)
    try:
        yield gate
        await chat.aclose()
        assert gate.idle()
    finally:
        await pool.stop()


def user(text: str) -> Message:
    return Message(Role.USER, (TextPart(text),))


def called(*calls: tuple[str, str], text: str = "") -> Message:
    """The assistant's turn as a client sends it back: (id, name) of each call."""
    said = (TextPart(text),) if text else ()
    return Message(Role.ASSISTANT, (*said, *(ToolCallPart(i, name, "{}") for i, name in calls)))


def result(call_id: str, text: str, *, is_error: bool = False) -> Message:
    return Message(Role.TOOL, (ToolResultPart(call_id, (TextPart(text),), is_error),))


def text_of(events: Sequence[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def calls_of(events: Sequence[StreamEvent]) -> list[tuple[int, str, str, str]]:
    """Index, id, name and arguments of each call."""
    arguments: dict[int, str] = {}
    for event in events:
        if isinstance(event, ToolCallArguments):
            arguments[event.index] = arguments.get(event.index, "") + event.text
    return [
        (event.index, event.call_id, event.name, arguments.get(event.index, ""))
        for event in events
        if isinstance(event, ToolCallStarted)
    ]


class Heard:
    """A trace that keeps what upstream said."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.changes: list[Change] = []

    def changed(self, changes: Iterable[Change]) -> None:
        self.changes += changes

    def to_upstream(self, frame: bytes) -> None:
        raise AssertionError("this upstream is sent nothing")

    def from_upstream(self, frame: bytes, channel: str = "", text: str = "") -> None:
        self.frames.append(frame)


def reasoning_of(events: Sequence[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ReasoningDelta))
