"""Agents as real processes behind `AcpUpstream`, and gateways that serve them."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway_engine.conversation import ModelId, ReasoningDelta, RequestId, TextDelta, ToolSpec
from gateway_engine.tools.mcp_host.host import McpHost
from gateway_engine.upstreams.acp.upstream import AcpConfig, AcpUpstream
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolCallsWanted,
    ToolUsed,
    TurnEnd,
    UpstreamAsk,
)
from gateway_engine.upstreams.processes.guard import OrphanGuard
from tests.support.house_rules import ROOT

ROUGH = (sys.executable, str(ROOT / "tests/support/rough_agent.py"))
SDK = (sys.executable, str(ROOT / "tests/support/sdk_agent.py"))
ADD = ToolSpec("add", "Adds", {"type": "object", "properties": {"a": {"type": "number"}}})
NEXT = ToolSpec("next", "Comes next", {"type": "object"})
PATIENT = Deadlines(20, 20, 0)


@dataclass
class Agent:
    """A started agent and everything it told."""

    upstream: AcpUpstream
    home: Path
    changes: list[str] = field(default_factory=list)

    def journal(self, method: str = "") -> list[dict[str, Any]]:
        """The messages the agent received, those of one method."""
        file = self.home / "journal"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        said = [json.loads(line) for line in lines]
        return [each for each in said if not method or each.get("method") == method]

    async def ask(self, prompt: str, **fields: Any) -> "Said":
        """One turn, read to its end; calls are answered by `on_calls`."""
        on_calls = fields.pop("on_calls", None)
        deadlines = fields.pop("deadlines", PATIENT)
        said = Said()
        asked = UpstreamAsk(RequestId("r"), ModelId(fields.pop("model", "rough-1")), prompt)
        async with aclosing(self.upstream.ask(replace(asked, **fields), deadlines)) as items:
            async for item in items:
                said.take(item)
                if isinstance(item, ToolCallsWanted):
                    assert on_calls is not None, item
                    on_calls(item)
        return said


@dataclass
class Said:
    """What came of one turn."""

    text: str = ""
    thought: str = ""
    used: list[ToolUsed] = field(default_factory=list)
    wanted: list[ToolCallsWanted] = field(default_factory=list)
    end: TurnEnd | None = None

    def take(self, item: Any) -> None:
        """Take one item of a turn."""
        match item:
            case TurnEnd():
                self.end = item
            case ToolUsed():
                self.used.append(item)
            case ToolCallsWanted():
                self.wanted.append(item)
            case _:
                for delta in item:
                    if isinstance(delta, TextDelta):
                        self.text += delta.text
                    elif isinstance(delta, ReasoningDelta):
                        self.thought += delta.text

    @property
    def session(self) -> str:
        """The session that can be gone on in."""
        assert self.end is not None
        return self.end.session_id


def plain_environ() -> dict[str, str]:
    """Ours without what steers an agent."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ROUGH")}


def a_config(home: Path, rough: str = "", **fields: Any) -> AcpConfig:
    env = {
        **plain_environ(),
        "ROUGH": rough,
        "ROUGH_JOURNAL": str(home / "journal"),
        "ROUGH_SIGNED_IN": str(home / "signed-in"),
    }
    config = AcpConfig(
        name="rough",
        title="Rough",
        argv=ROUGH,
        env=env,
        work_dir=home / "work",
        workspace=home / "workspace",
        record_file=home / "children" / "rough.json",
        gateway_version="1.0",
        startup_timeout_s=20,
        rpc_timeout_s=10,
    )
    return replace(config, **fields)


@asynccontextmanager
async def agent(home: Path, rough: str = "", **fields: Any) -> AsyncIterator[Agent]:
    """A started agent; nothing of it is left at the end."""
    start: Callable[[AcpUpstream], Any] | None = fields.pop("start", AcpUpstream.start)
    hosts = fields.pop("tools", True)
    guard = OrphanGuard()
    host = McpHost(home / "tools", version="1.0", progress_every_s=0.1)
    changes: list[str] = []
    upstream = AcpUpstream(
        a_config(home, rough, **fields),
        guard,
        lambda: changes.append("changed"),
        host if hosts else None,
    )
    try:
        if start is not None:
            await start(upstream)
        yield Agent(upstream, home, changes)
    finally:
        await upstream.stop()
        assert len(host) == 0, "a room outlived its agent"
        await host.aclose()
        await asyncio.to_thread(guard.close)
