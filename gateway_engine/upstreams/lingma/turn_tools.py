r"""The native tool calls of one turn: which are waited for, what was answered, what ran by itself.

    seen --asks leave, or asks us to run it--> open --answered--> answered --> ended
      \--runs by itself--> ended: told as ToolUsed                  |
                                                 asked to run it after all: told again

Calls that come within GATHER_S of each other are handed out together: they are parallel. While one
is open the turn's deadlines stand still. Nothing is ever run here.

A result for a call that asks leave needs an approval, which would run a tool of Lingma's own, where
one has the call's name, a second time and on this machine. Where those tools are on, such a result
is not taken, and whoever brings it goes on with the whole conversation. Where they are off, the
result goes alone.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from gateway_engine.tools.native import (
    NativeApprovalWanted,
    NativeCall,
    NativeCallEnded,
    NativeEvent,
    NativeEventDropped,
    NativeExecutionWanted,
    NativeStatus,
)
from gateway_engine.upstreams.contract import (
    ToolAnswer,
    ToolApproved,
    ToolCallsWanted,
    ToolCallWanted,
    ToolOutcome,
    ToolResult,
    ToolUsed,
)
from gateway_engine.upstreams.lingma.tool_messages import OWN_TOOLS, Message, answer_messages
from gateway_engine.upstreams.turn_inbox import TurnInbox

logger = logging.getLogger(__name__)

GATHER_S: Final = 0.1

_OUTCOMES: Final = {
    NativeStatus.FINISHED: ToolOutcome.FINISHED,
    NativeStatus.ERROR: ToolOutcome.FAILED,
    NativeStatus.CANCELLED: ToolOutcome.CANCELLED,
}


@dataclass(slots=True)
class _Waiting:
    """A call as it is known now, since when it is open, and its answer once there is one."""

    call: NativeCall
    since: float
    answer: ToolAnswer | None = None


class TurnTools:
    """Feeds one turn's inbox with its calls. `send` sends messages in order and never blocks."""

    def __init__(
        self,
        inbox: TurnInbox,
        session_id: Callable[[], str],
        send: Callable[[Sequence[Message]], None],
        clock: Callable[[], float],
        *,
        own_tools: bool,
    ) -> None:
        self._inbox = inbox
        self._own_tools = own_tools
        self._session_id = session_id
        self._send = send
        self._clock = clock
        self._calls: dict[str, _Waiting] = {}
        self._gathered: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def take(self, event: NativeEvent) -> None:
        """Take what has become known of a call of this turn."""
        if self._over or isinstance(event, NativeEventDropped):
            return
        self._inbox.touch()
        known = self._calls.get(event.call.call_id)
        if known is not None:
            known.call = event.call
        if isinstance(event, NativeApprovalWanted | NativeExecutionWanted):
            self._wanted(event.call, known)
        elif isinstance(event, NativeCallEnded):
            self._ended(event.call, known)

    def close(self) -> None:
        """The turn is over: nobody is waited for."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def _over(self) -> bool:
        return self._closed or self._inbox.ended

    def _wanted(self, call: NativeCall, known: _Waiting | None) -> None:
        if known is not None and known.answer is None:
            return  # it is open already
        if known is not None and not isinstance(known.answer, ToolApproved):
            self._tell(known)
            return
        self._calls[call.call_id] = _Waiting(call, self._clock())
        self._gathered.append(call.call_id)
        self._inbox.pause()
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(GATHER_S, self._hand_out)

    def _hand_out(self) -> None:
        self._timer = None
        gathered, self._gathered = self._gathered, []
        calls = tuple(
            ToolCallWanted(
                call_id=call.call_id,
                name=call.name,
                arguments=call.arguments,
                runs_upstream=not call.awaits_result,
                answer=partial(self._answer, call.call_id),
            )
            for call in (self._calls[call_id].call for call_id in gathered)
            if not call.ended
        )
        if calls:
            self._inbox.tell(ToolCallsWanted(calls))

    def _answer(self, call_id: str, answer: ToolAnswer) -> bool:
        waiting = self._calls[call_id]
        if self._over or waiting.answer is not None or waiting.call.ended:
            return False
        if isinstance(answer, ToolResult) and self._would_run_here(waiting.call):
            logger.info("no result for %s: an approval would run Lingma's own", waiting.call.name)
            return False
        waiting.answer = answer
        self._tell(waiting)
        self._go_on()
        return True

    def _would_run_here(self, call: NativeCall) -> bool:
        return self._own_tools and not call.awaits_result and call.name in OWN_TOOLS

    def _tell(self, waiting: _Waiting) -> None:
        if waiting.answer is not None:
            self._send(
                answer_messages(
                    waiting.call,
                    waiting.answer,
                    session_id=self._session_id(),
                    started=waiting.since,
                    now=self._clock(),
                )
            )

    def _ended(self, call: NativeCall, known: _Waiting | None) -> None:
        if known is not None and not isinstance(known.answer, ToolApproved):
            if known.answer is None:
                logger.info("the native call of %s ended before it was answered", call.name)
                self._go_on()
            return
        self._inbox.tell(
            ToolUsed(
                call_id=call.call_id,
                name=call.name or "tool",
                arguments=call.arguments,
                outcome=_OUTCOMES[call.status],
                result=call.error or call.result or "",
            )
        )

    def _go_on(self) -> None:
        if all(each.answer is not None or each.call.ended for each in self._calls.values()):
            self._inbox.resume()
