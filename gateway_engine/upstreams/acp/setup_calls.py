"""Params of ACP's set-up calls, built with the protocol's official SDK so that they fit its schema.

Pure, but dear to import (the SDK's models take the better part of a second): the caller imports
this module in a thread. What is said on every token's way is plain dicts and stands elsewhere.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from acp import PROTOCOL_VERSION
from acp.schema import (
    ClientCapabilities,
    EnvVariable,
    FileSystemCapabilities,
    ForkSessionRequest,
    HttpHeader,
    HttpMcpServer,
    Implementation,
    InitializeRequest,
    LoadSessionRequest,
    McpServerStdio,
    NewSessionRequest,
    ResumeSessionRequest,
)
from pydantic import BaseModel

from gateway_engine.upstreams.tool_hosting import ToolServer


def initialize_params(version: str) -> dict[str, Any]:
    """Params of `initialize`: an honest client that offers neither files nor terminals."""
    files = FileSystemCapabilities(read_text_file=False, write_text_file=False)
    return _plain(
        InitializeRequest(
            protocol_version=PROTOCOL_VERSION,
            client_capabilities=ClientCapabilities(fs=files, terminal=False),
            client_info=Implementation(name="lingma-gateway", version=version),
        )
    )


def new_session_params(folder: Path, servers: Sequence[ToolServer]) -> dict[str, Any]:
    """Params of `session/new` in the empty private `folder`."""
    return _plain(NewSessionRequest(cwd=str(folder), mcp_servers=_servers(servers)))


def load_session_params(
    session_id: str, folder: Path, servers: Sequence[ToolServer]
) -> dict[str, Any]:
    """Params of `session/load`."""
    return _plain(
        LoadSessionRequest(session_id=session_id, cwd=str(folder), mcp_servers=_servers(servers))
    )


def resume_session_params(
    session_id: str, folder: Path, servers: Sequence[ToolServer]
) -> dict[str, Any]:
    """Params of `session/resume`."""
    return _plain(
        ResumeSessionRequest(session_id=session_id, cwd=str(folder), mcp_servers=_servers(servers))
    )


def fork_session_params(
    session_id: str, folder: Path, servers: Sequence[ToolServer]
) -> dict[str, Any]:
    """Params of `session/fork`."""
    return _plain(
        ForkSessionRequest(session_id=session_id, cwd=str(folder), mcp_servers=_servers(servers))
    )


def _servers(servers: Sequence[ToolServer]) -> list[Any]:
    return [_server(server) for server in servers]


def _server(server: ToolServer) -> HttpMcpServer | McpServerStdio:
    if server.command:
        program, *args = server.command
        env = [EnvVariable(name=name, value=value) for name, value in server.env.items()]
        return McpServerStdio(name=server.name, command=program, args=args, env=env)
    headers = [HttpHeader(name=name, value=value) for name, value in server.headers.items()]
    return HttpMcpServer(type="http", name=server.name, url=server.url, headers=headers)


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)
