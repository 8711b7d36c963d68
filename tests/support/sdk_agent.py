"""An ACP agent built with the protocol's official SDK, its MCP client the official one too.

Started as a program. It answers with what it was asked, numbered; a line `call TOOL JSON` calls the
tool and says what came. The SDK checks every message we send against the protocol's schema.
"""

import asyncio
import json
import uuid
from typing import Any, cast

import acp
from acp.interfaces import Client
from acp.schema import (
    AgentCapabilities,
    HttpMcpServer,
    Implementation,
    McpCapabilities,
    PromptCapabilities,
    SessionCapabilities,
    SessionForkCapabilities,
)
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client


class SdkAgent:
    """One agent; `prompts` holds what each session was asked."""

    def __init__(self) -> None:
        self.prompts: dict[str, list[str]] = {}
        self.servers: dict[str, list[Any]] = {}
        self.tasks: dict[str, asyncio.Task[Any]] = {}

    def on_connect(self, conn: Client) -> None:
        self.client = conn

    async def initialize(self, protocol_version: int, **_: Any) -> acp.InitializeResponse:
        return acp.InitializeResponse(
            protocol_version=protocol_version,
            agent_info=Implementation(name="sdk", version="1.0"),
            agent_capabilities=AgentCapabilities(
                prompt_capabilities=PromptCapabilities(image=True),
                mcp_capabilities=McpCapabilities(http=True),
                session_capabilities=SessionCapabilities(fork=SessionForkCapabilities()),
            ),
        )

    async def new_session(
        self, cwd: str, mcp_servers: list[Any] | None = None, **_: Any
    ) -> acp.NewSessionResponse:
        session_id = uuid.uuid4().hex
        self.prompts[session_id] = []
        self.servers[session_id] = mcp_servers or []
        return acp.NewSessionResponse(session_id=session_id)

    async def fork_session(
        self, session_id: str, cwd: str, mcp_servers: list[Any] | None = None, **_: Any
    ) -> Any:
        fork = await self.new_session(cwd, mcp_servers)
        self.prompts[fork.session_id] = list(self.prompts[session_id])
        return acp.schema.ForkSessionResponse(session_id=fork.session_id)

    async def prompt(self, session_id: str, prompt: list[Any], **_: Any) -> acp.PromptResponse:
        text = "".join(getattr(block, "text", "") for block in prompt)
        self.prompts[session_id].append(text)
        for line in text.splitlines():
            word, _sep, rest = line.partition(" ")
            if word == "call":
                name, _sep, arguments = rest.partition(" ")
                await self.say(session_id, await self.call(session_id, name, arguments))
        await self.say(session_id, f"{len(self.prompts[session_id])}: {text}")
        return acp.PromptResponse(stop_reason="end_turn")

    async def cancel(self, session_id: str, **_: Any) -> None:
        return None

    async def say(self, session_id: str, text: str) -> None:
        await self.client.session_update(session_id, acp.update_agent_message_text(text))

    async def call(self, session_id: str, name: str, arguments: str) -> str:
        server = self.servers[session_id][0]
        assert isinstance(server, HttpMcpServer)
        headers = {header.name: header.value for header in server.headers}
        async with (
            create_mcp_http_client(headers=headers) as http,
            streamable_http_client(server.url, http_client=http) as (reading, writing),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            result = await session.call_tool(name, json.loads(arguments))
        return "".join(getattr(part, "text", "") for part in result.content)


if __name__ == "__main__":
    asyncio.run(acp.run_agent(cast(Any, SdkAgent()), use_unstable_protocol=True))
