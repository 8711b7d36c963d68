"""A whole engine in this process, its upstream a real process, its endpoint a real port."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import psutil

from gateway_engine.connect.client import Site
from gateway_engine.engine import Engine
from gateway_engine.events import EngineEvent, InstanceChanged, InstanceState, InstanceStatus
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare

T = TypeVar("T")
DEADLINE_S = 15.0
KEY = "sk-integration-0123456789"


def environment(home: Path, scenario: str = "", **settings: object) -> dict[str, str]:
    """The gateway's environment: its own folder, a quick emulator, nothing of whoever tests."""
    ours = ("LINGMA_", "PORT", "HOST", "API_KEYS")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    chosen = {
        "LINGMA_GATEWAY_HOME": home,
        "LINGMA_EMULATOR_SCENARIO": scenario,
        "LINGMA_EMULATOR_DELTA_MS": 0,
        "LINGMA_EMULATOR_PREFILL_MS": 0,
        "API_KEYS": KEY,
        "PORT": 0,
        **settings,
    }
    return plain | {name: str(value) for name, value in chosen.items()}


@dataclass
class Answer:
    """What a client got: the HTTP status, the text, the error and how the stream ended."""

    status: int
    text: str = ""
    reasoning: str = ""
    error: dict[str, Any] = field(default_factory=dict)
    finish: str = ""
    done: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    deltas: int = 0


class Gateway:
    """A started engine and a client of it."""

    def __init__(self, engine: Engine, plan: EnginePlan, events: "Events") -> None:
        self.engine = engine
        self.plan = plan
        self.events = events

    @property
    def status(self) -> InstanceStatus:
        """The first instance now."""
        return self.engine.instances()[0]

    @property
    def work_dir(self) -> Path:
        """The first instance's folder."""
        return self.plan.instances[0].work_dir

    @property
    def url(self) -> str:
        """Where it listens."""
        return next(event.url for event in self.events.seen if hasattr(event, "url"))

    async def state(self, *wanted: InstanceState, restarts: int = 0) -> InstanceStatus:
        """Wait until the first instance is in one of these states, after so many restarts."""
        return await self.events.until(
            lambda: (
                self.status
                if self.status.state in wanted and self.status.restarts >= restarts
                else None
            )
        )

    def journal(self) -> str:
        """What the upstream noted of what it received."""
        return (self.work_dir / "logs" / "lingma.log").read_text("utf-8")

    async def ask(self, content: str, *, stream: bool = True, **fields: Any) -> Answer:
        """One chat completion, read to its end."""
        body = {
            "model": "any",
            "messages": [{"role": "user", "content": content}],
            "stream": stream,
        }
        async with (
            self.client() as client,
            client.post("/v1/chat/completions", json=body | fields) as response,
        ):
            return await read_answer(response)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[aiohttp.ClientSession]:
        """Connections of its own, with the key."""
        async with aiohttp.ClientSession(
            self.url,
            timeout=aiohttp.ClientTimeout(DEADLINE_S),
            headers={"authorization": f"Bearer {KEY}"},
            read_bufsize=16 * 1024 * 1024,
        ) as client:
            yield client


async def read_answer(response: aiohttp.ClientResponse) -> Answer:
    """The answer in whatever form it came."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    answer = Answer(response.status, headers=headers)
    if response.content_type != "text/event-stream":
        content = json.loads(await response.read())
        answer.error = content.get("error") or {}
        for choice in content.get("choices", ()):
            answer.text += choice["message"]["content"] or ""
            answer.reasoning += choice["message"].get("reasoning_content") or ""
            answer.finish = choice["finish_reason"]
        return answer
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if not line.startswith("data: "):
            continue
        if line == "data: [DONE]":
            answer.done = True
            continue
        content = json.loads(line.removeprefix("data: "))
        answer.error = content.get("error") or answer.error
        for choice in content.get("choices", ()):
            text = choice["delta"].get("content") or ""
            answer.deltas += bool(text)
            answer.text += text
            answer.reasoning += choice["delta"].get("reasoning_content") or ""
            answer.finish = choice["finish_reason"] or answer.finish
    return answer


class Events:
    """Everything the engine told, and a way to wait for more."""

    def __init__(self) -> None:
        self.seen: list[EngineEvent] = []
        self._news = asyncio.Event()

    def __call__(self, event: EngineEvent) -> None:
        self.seen.append(event)
        self._news.set()

    async def until(self, holds: Callable[[], T | None], deadline_s: float = DEADLINE_S) -> T:
        """Wait until this holds; looked at with every event."""
        async with asyncio.timeout(deadline_s):
            while (found := holds()) is None:
                self._news.clear()
                await self._news.wait()
        return found

    def states(self) -> list[InstanceState]:
        """The states the instances went through, repeats left out."""
        states: list[InstanceState] = []
        for event in self.seen:
            if isinstance(event, InstanceChanged) and event.status.state not in states[-1:]:
                states.append(event.status.state)
        return states


@asynccontextmanager
async def gateway(home: Path, scenario: str = "", **settings: object) -> AsyncIterator[Gateway]:
    """A running gateway on a fresh home; nothing of it is left at the end."""
    environ = environment(home, scenario, **settings)
    plan = prepare(LaunchOptions(upstream="demo"), environ=environ, cwd=home)
    plan.paths.make()
    events = Events()
    # Nobody's own settings of client programs are read or written.
    site = Site(home, {"PATH": environ.get("PATH", "")}, sys.platform)
    engine = Engine(plan, secrets=None, emit=events, site=site)
    try:
        await engine.start()
        yield Gateway(engine, plan, events)
    finally:
        await engine.stop()


def alive(pid: int) -> bool:
    """Whether the process runs; one that nobody waited for does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
