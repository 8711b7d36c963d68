"""A client in conversation with a whole engine whose upstreams are real emulator processes."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from gateway_engine.engine import Engine
from gateway_engine.events import EngineEvent, InstanceState, ListenerStarted, RequestRecorded
from gateway_engine.plan import LaunchOptions, prepare

DEADLINE_S = 15.0
OURS = ("LINGMA_", "GATEWAY_", "SESSION_", "PORT", "HOST", "API_KEYS")


@dataclass
class Reply:
    """What a client sees of one answer."""

    status: int
    headers: dict[str, str]
    text: str = ""
    reasoning: str = ""
    finish: str = ""
    usage: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)

    @property
    def session(self) -> str:
        """hit, miss or off."""
        return self.headers["x-gateway-session"]

    @property
    def instance(self) -> str:
        """Who answered."""
        return self.headers["x-gateway-instance"]


class Gateway:
    """A started engine and one client of it."""

    def __init__(
        self,
        engine: Engine,
        client: aiohttp.ClientSession,
        url: str,
        recorded: Callable[[int], Awaitable[None]],
    ) -> None:
        self.engine = engine
        self.client = client
        self.url = url
        self.recorded = recorded
        """Waits until so many requests are recorded, each of which is just after its answer."""

    async def ask(self, *turns: str, key: str = "k1", **fields: Any) -> Reply:
        """Ask with these turns, user and assistant by turns."""
        roles = ("user", "assistant")
        messages = [{"role": roles[n % 2], "content": t} for n, t in enumerate(turns)]
        body = {"model": "any", "messages": messages, **fields}
        headers = {"authorization": f"Bearer {key}"}
        path = "/v1/chat/completions"
        async with self.client.post(path, json=body, headers=headers) as response:
            reply = Reply(response.status, {k.lower(): v for k, v in response.headers.items()})
            if response.content_type == "text/event-stream":
                await _read_stream(response, reply)
                return reply
            content = await response.json()
            reply.error = content.get("error") or {}
            reply.usage = content.get("usage") or {}
            for choice in content.get("choices", ()):
                reply.text = choice["message"]["content"] or ""
                reply.reasoning = choice["message"].get("reasoning_content") or ""
                reply.finish = choice["finish_reason"]
            return reply

    def pid(self, instance: str) -> int:
        """The process of this instance, which must be running."""
        return next(s.pid for s in self.engine.instances() if s.name == instance and s.pid)


async def _read_stream(response: aiohttp.ClientResponse, reply: Reply) -> None:
    async for raw in response.content:
        line = raw.decode().strip()
        if not line.startswith("data: {"):
            continue
        content = json.loads(line.removeprefix("data: "))
        reply.error = content.get("error") or reply.error
        reply.usage = content.get("usage") or reply.usage
        for choice in content.get("choices", ()):
            reply.text += choice["delta"].get("content") or ""
            reply.reasoning += choice["delta"].get("reasoning_content") or ""
            reply.finish = choice["finish_reason"] or reply.finish


@asynccontextmanager
async def gateway(home: Path, scenario: str = "", **settings: object) -> AsyncIterator[Gateway]:
    """A running gateway on a fresh home, its instances ready."""
    chosen = {
        "LINGMA_GATEWAY_HOME": home,
        "LINGMA_EMULATOR_SCENARIO": scenario,
        "LINGMA_EMULATOR_DELTA_MS": 0,
        "LINGMA_EMULATOR_PREFILL_MS": 0,
        "API_KEYS": "k1,k2",
        "PORT": 0,
        **settings,
    }
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environ |= {name: str(value) for name, value in chosen.items()}
    plan = prepare(LaunchOptions(upstream="demo"), environ=environ, cwd=home)
    plan.paths.make()
    seen: list[EngineEvent] = []
    news = asyncio.Event()

    def emit(event: EngineEvent) -> None:
        seen.append(event)
        news.set()

    async def recorded(count: int) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while sum(isinstance(event, RequestRecorded) for event in seen) < count:
                news.clear()
                await news.wait()

    engine = Engine(plan, secrets=None, emit=emit)
    try:
        await engine.start()
        async with asyncio.timeout(DEADLINE_S):
            while any(s.state is not InstanceState.READY for s in engine.instances()):
                news.clear()
                await news.wait()
        url = next(event.url for event in seen if isinstance(event, ListenerStarted))
        timeout = aiohttp.ClientTimeout(DEADLINE_S)
        async with aiohttp.ClientSession(url, timeout=timeout) as client:
            yield Gateway(engine, client, url, recorded)
    finally:
        await engine.stop()
