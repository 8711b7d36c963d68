"""The standard way to an agent: a child process, one JSON message a line on its pipes."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gateway_engine.upstreams.acp.peer import Peer
from gateway_engine.upstreams.acp.ping_echo import echo_length
from gateway_engine.upstreams.contract import UpstreamStartError
from gateway_engine.upstreams.processes.child import ChildProcess, start_child
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.upstreams.wire.ndjson import (
    LineDecoder,
    LineTooLongError,
    encode_line,
    is_message,
)


class StdioLink:
    """A running agent's pipes (gateway_engine.upstreams.acp.peer.Link)."""

    def __init__(self, child: ChildProcess) -> None:
        self._child = child

    async def send(self, body: bytes) -> None:
        """Write one message."""
        await self._child.write(encode_line(body))

    async def aclose(self) -> None:
        """The process owns its pipes and is ended by its owner."""


async def open_stdio(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    guard: OrphanGuard,
    peer: Peer,
    on_child: Callable[[ChildProcess], None],
) -> None:
    """Start the agent and connect `peer` to it.

    `on_child` is told of the process before anything is said, so that the caller can end it
    whatever happens. Raises UpstreamStartError.
    """
    decoder = LineDecoder()

    def receive(data: bytes) -> list[bytes]:
        try:
            lines = decoder.receive_data(data)
        except LineTooLongError as error:
            peer.end(str(error))
            return []
        stray = []
        for line in lines:
            if not (is_message(line) and peer.receive_line(line)):
                stray.append(line)
        return stray

    program = argv[0]
    try:
        child = await start_child(
            argv, cwd=cwd, env=env, guard=guard, on_stdout=receive, forgets=echo_length
        )
    except FileNotFoundError as error:
        raise UpstreamStartError(
            "not_found", f"cannot start {program}: not found; install it, or correct `command`"
        ) from error
    except OSError as error:
        raise UpstreamStartError(
            "not_permitted", f"cannot start {program}: {error.strerror}; correct `command`"
        ) from error
    on_child(child)
    peer.connect(StdioLink(child))
