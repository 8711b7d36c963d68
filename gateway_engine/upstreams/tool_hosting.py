"""How an upstream that takes MCP servers is given the client's tools: the interface, no more.

An upstream opens one `HostedTools` a session and hands its `server` to whatever it speaks with.
What is called there comes back as the contract's `ToolCallWanted`, whoever hosts it and however the
call travelled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gateway_engine.conversation import ToolSpec
from gateway_engine.upstreams.contract import ToolCallWanted

OnToolCall = Callable[[ToolCallWanted], None]
"""A hosted tool was called, and the caller waits for the answer. Must not block or raise."""

OnToolCallGone = Callable[[str], None]
"""Whoever made the call of this id waits no longer."""


@dataclass(frozen=True, slots=True)
class ToolServer:
    """Where to find one session's tools: an HTTP server, or (with `command`) one over stdio.

    It names secrets: to be passed over a pipe or a file of mode 0600, never on a command line.
    `command` itself names none.
    """

    name: str
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


class HostedTools(Protocol):
    """The tools of one session."""

    @property
    def server(self) -> ToolServer:
        """Where they are offered."""
        ...

    @property
    def asked_for(self) -> bool:
        """True once somebody has asked for the tools."""
        ...

    def offer(self, tools: Sequence[ToolSpec]) -> None:
        """Offer these from now on; whoever listens is told that the list changed."""
        ...

    async def listed(self, *, timeout_s: float) -> bool:
        """Wait until somebody has asked for the tools as they are now; False when nobody did."""
        ...

    def listen(self, on_call: OnToolCall | None, on_gone: OnToolCallGone | None) -> None:
        """Who takes the calls now; None: nobody, and calls fail at once."""
        ...

    def close(self) -> None:
        """Offer nothing any more; calls that wait fail. Safe to call twice."""
        ...


class ToolHost(Protocol):
    """Hosts tools on this machine, for this user alone."""

    async def open(self, *, http: bool) -> HostedTools:
        """Make room for one session's tools, for an agent that takes HTTP servers or only stdio."""
        ...
