"""The other way to an agent: the WebSocket of Lingma IDE and Qoder CN, with LSP framing.

`ws://127.0.0.1:PORT/ws`, the machine token in a header, no Origin. The program belongs to the
user's IDE: it is attached to, never started or ended.
"""

import asyncio
import ipaddress
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from gateway_engine import json_text
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.acp.peer import Peer
from gateway_engine.upstreams.contract import UpstreamStartError
from gateway_engine.upstreams.wire.lsp_framing import FrameDecoder, FramingError, encode_frame

logger = logging.getLogger(__name__)

OPEN_TIMEOUT_S: Final = 5.0
CLOSE_TIMEOUT_S: Final = 1.0
TOKEN_HEADER: Final = "Cosy-MachineToken"  # noqa: S105 - the header's name
TOKEN_FILE: Final = Path("cache", "machine_token.json")
REFUSES_TOKEN: Final = (401, 403)
INFO_NAMES: Final = (".info", ".info.json")


class WebSocketLink:
    """An open connection (gateway_engine.upstreams.acp.peer.Link)."""

    def __init__(self, socket: ClientConnection, peer: Peer) -> None:
        self._socket = socket
        self._peer = peer
        self._decoder = FrameDecoder()
        self._tasks = TaskOwner("acp-websocket")
        self._tasks.spawn(self._read(), name="read")

    async def send(self, body: bytes) -> None:
        """Send one message as one frame."""
        try:
            await self._socket.send(encode_frame(body), text=True)
        except ConnectionClosed as error:
            raise BrokenPipeError(str(error)) from error

    async def aclose(self) -> None:
        """Close the connection."""
        await self._tasks.aclose()
        await self._socket.close()

    async def _read(self) -> None:
        reason = "the connection ended"
        try:
            async for data in self._socket:
                raw = data.encode() if isinstance(data, str) else data
                for body in self._decoder.receive_data(raw):
                    self._peer.receive(body)
        except FramingError as error:
            reason = f"the agent broke the protocol: {error}"
        except ConnectionClosed as error:
            reason = str(error)
        self._peer.end(reason)


async def open_websocket(url: str, *, work_dir: Path, peer: Peer) -> None:
    """Attach `peer` to the program at `url`. Raises UpstreamStartError.

    Without a port in `url` it is read from the `.info` file in `work_dir`; the machine token is
    read from `cache/machine_token.json` there.
    """
    port = urlsplit(url).port or await asyncio.to_thread(_published_port, work_dir)
    if not port:
        raise UpstreamStartError(
            "not_found",
            f"no port in {url} and none published in {work_dir}: start the IDE, or name the port",
        )
    target = urlsplit(url)._replace(netloc=f"{_host(url)}:{port}").geturl()
    headers = await asyncio.to_thread(machine_token, work_dir)
    try:
        socket = await connect(
            target,
            additional_headers=dict(headers),
            user_agent_header=None,
            compression=None,
            proxy=None,
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=None,
            max_size=None,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        if status not in REFUSES_TOKEN:
            raise UpstreamStartError(
                "protocol", f"who listens at {target} speaks no agent protocol: HTTP {status}"
            ) from None
        raise UpstreamStartError(
            "refused",
            f"{target} refused this machine's token (HTTP {status}), which the gateway reads in"
            f" {work_dir / TOKEN_FILE}: the IDE keeps it there if that is its folder",
        ) from None
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError, EOFError) as error:
        raise UpstreamStartError(
            "not_found", f"nobody speaks at {target}: {type(error).__name__}: {error}"
        ) from None
    peer.connect(WebSocketLink(socket, peer))


def is_attachable(url: str) -> bool:
    """True for the URL of a WebSocket on this machine."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "ws" and parts.port != 0 and _is_loopback(parts.hostname or "")
    except ValueError:
        return False


def machine_token(work_dir: Path) -> Mapping[str, str]:
    """The header that names this machine's token; empty when there is none."""
    try:
        value = json_text.parse((work_dir / TOKEN_FILE).read_bytes())
    except (OSError, json_text.InvalidJsonError):
        return {}
    token = value.get("token") if isinstance(value, dict) else value
    return {TOKEN_HEADER: token} if isinstance(token, str) and token.isascii() else {}


def _host(url: str) -> str:
    host = urlsplit(url).hostname or "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _published_port(work_dir: Path) -> int:
    for name in INFO_NAMES:
        try:
            text = (work_dir / name).read_text("utf-8", "replace").strip()
            value = json_text.parse(text) if text.startswith("{") else {}
            return int(value.get("websocketPort", 0) if value else text.splitlines()[0])
        except (OSError, ValueError, IndexError, TypeError, AttributeError):
            continue
    return 0
