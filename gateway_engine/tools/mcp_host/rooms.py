"""One session's room: the tools it offers, the calls that wait in it, whoever listens.

Knows neither HTTP nor stdio: a `Caller` brings parsed messages in and takes messages out. The room
is spoken to by as many callers as the agent opens connections; all see the same tools.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from gateway_engine.conversation import ToolSpec
from gateway_engine.tools.mcp_host import messages
from gateway_engine.upstreams.contract import (
    ToolAnswer,
    ToolApproved,
    ToolCallWanted,
    ToolDenied,
    ToolResult,
)
from gateway_engine.upstreams.tool_hosting import OnToolCall, OnToolCallGone, ToolServer

PROGRESS_EVERY_S: Final = 5.0
"""Agents give up after a minute or so without a sign of life."""
MAX_WAITING: Final = 128
"""More calls at once than any model makes; a runaway agent must not fill the memory."""

NOBODY: Final = "no conversation is waiting for this call"
CLOSED: Final = "the conversation has ended"

Notify = Callable[[str, dict[str, Any]], None]
"""Send a notification (method, params) to one caller; never waits."""


class Refused(Exception):  # noqa: N818 - an answer, not a failure of ours
    """The request cannot be served; `code` is JSON-RPC's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a call, as the model is told."""

    text: str
    is_error: bool


class Watcher(Protocol):
    """A connection that wants to know of changes."""

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification; never waits."""
        ...


class Room:
    """The hosted tools of one session (gateway_engine.upstreams.tool_hosting.HostedTools)."""

    def __init__(
        self,
        server: ToolServer,
        on_close: Callable[["Room"], None],
        *,
        version: str,
        progress_every_s: float = PROGRESS_EVERY_S,
    ) -> None:
        self._server = server
        self._on_close = on_close
        self._version = version
        self._progress_every_s = progress_every_s
        self._tools: tuple[ToolSpec, ...] = ()
        self._on_call: OnToolCall | None = None
        self._on_gone: OnToolCallGone | None = None
        self._waiting: dict[str, asyncio.Future[Answered]] = {}
        self._watchers: set[Watcher] = set()
        self._listed = asyncio.Event()
        self._changed = False
        self.asked_for = False
        self.closed = False

    # --- the upstream's side ---

    @property
    def server(self) -> ToolServer:
        """Where the tools are offered."""
        return self._server

    def offer(self, tools: Sequence[ToolSpec]) -> None:
        """Offer these from now on."""
        if tuple(tools) == self._tools:
            return
        self._changed = self._listed.is_set() or self._changed
        self._tools = tuple(tools)
        self._listed.clear()
        for watcher in self._watchers:
            watcher.notify(messages.LIST_CHANGED, {})

    async def listed(self, *, timeout_s: float) -> bool:
        """Wait until somebody has asked for the tools as they are now; False when nobody did."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._listed.wait()
        except TimeoutError:
            return False
        return True

    def listen(self, on_call: OnToolCall | None, on_gone: OnToolCallGone | None) -> None:
        """Who takes the calls now; with nobody, what waits fails."""
        self._on_call, self._on_gone = on_call, on_gone
        if on_call is None:
            self._fail_all(NOBODY)

    def close(self) -> None:
        """Offer nothing any more."""
        if not self.closed:
            self.closed = True
            self._on_call = self._on_gone = None
            self._tools = ()
            self._fail_all(CLOSED)
            self._on_close(self)

    # --- the agent's side ---

    def watch(self, watcher: Watcher) -> None:
        """Tell this connection of changes from now on, and of one that nobody has noticed yet."""
        self._watchers.add(watcher)
        if self._changed and not self._listed.is_set():
            watcher.notify(messages.LIST_CHANGED, {})

    def unwatch(self, watcher: Watcher) -> None:
        """The connection has gone."""
        self._watchers.discard(watcher)

    async def serve(self, method: str, params: dict[str, Any], notify: Notify) -> dict[str, Any]:
        """Answer one request; a call's answer may take as long as a person thinks.

        `notify` sends progress to the caller meanwhile. Cancelling gives the call up. Raises
        Refused.
        """
        if method == messages.INITIALIZE:
            return messages.initialize_result(params, self._version)
        if method == messages.PING:
            return {}
        if method == messages.LIST_TOOLS:
            self._listed.set()
            self.asked_for = True
            return messages.tools_result(self._tools)
        if method == messages.CALL_TOOL:
            answered = await self._call(params, notify)
            return messages.call_result(answered.text, is_error=answered.is_error)
        raise Refused(messages.METHOD_NOT_FOUND, f"{method[:100]} is not served here")

    async def _call(self, params: dict[str, Any], notify: Notify) -> Answered:
        name = params.get("name")
        arguments = messages.call_arguments(params)
        if not isinstance(name, str) or name not in {tool.name for tool in self._tools}:
            raise Refused(messages.INVALID_PARAMS, f"unknown tool: {str(name)[:100]}")
        if arguments is None:
            raise Refused(messages.INVALID_PARAMS, "arguments must be an object")
        if self._on_call is None or len(self._waiting) >= MAX_WAITING:
            return Answered(NOBODY if self._on_call is None else "too many calls at once", True)
        call_id = f"call_{uuid.uuid4().hex[:24]}"
        future: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting[call_id] = future
        on_gone = self._on_gone
        try:
            self._on_call(
                ToolCallWanted(
                    call_id=call_id,
                    name=name,
                    arguments=arguments,
                    runs_upstream=False,
                    answer=lambda answer: _answer(future, answer),
                )
            )
            return await self._wait(future, messages.progress_token(params), notify)
        finally:
            del self._waiting[call_id]
            if not future.done() and on_gone is not None:
                on_gone(call_id)
            future.cancel()

    async def _wait(self, future: asyncio.Future[Answered], token: Any, notify: Notify) -> Answered:
        step = 0
        while True:
            await asyncio.wait((future,), timeout=self._progress_every_s)
            if future.done():
                return future.result()
            step += 1
            if token is not None:
                notify(messages.PROGRESS, messages.progress_params(token, step))

    def _fail_all(self, reason: str) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_result(Answered(reason, True))


def _answer(future: asyncio.Future[Answered], answer: ToolAnswer) -> bool:
    if future.done() or isinstance(answer, ToolApproved):
        return False
    if isinstance(answer, ToolResult):
        future.set_result(Answered(answer.text, answer.is_error))
    elif isinstance(answer, ToolDenied):
        future.set_result(Answered(answer.reason, True))
    return True
