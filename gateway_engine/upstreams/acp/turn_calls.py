"""The tool calls of one ACP turn: the client's, which the agent makes over MCP, and its own.

A call of the client's arrives at the hosted tools and waits there; the agent's leave to make it is
given here, since whoever runs it decides. The agent asks leave for its own tools
(`session/request_permission`): that is passed on and answered by whoever reads the turn. What the
agent runs without asking is told when it ended. Calls that come within GATHER_S are handed out
together: they are parallel. While one waits the turn's deadlines stand still.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from gateway_engine.json_text import render
from gateway_engine.upstreams.acp.our_tools import HARMLESS_KINDS, OurTools, plain
from gateway_engine.upstreams.acp.permissions import pick_option
from gateway_engine.upstreams.contract import (
    ToolAnswer,
    ToolApproved,
    ToolCallsWanted,
    ToolCallWanted,
    ToolDenied,
    ToolOutcome,
    ToolResult,
    ToolUsed,
)
from gateway_engine.upstreams.turn_inbox import TurnInbox

GATHER_S: Final = 0.15
MAX_RESULT_CHARS: Final = 64 * 1024

_OUTCOMES: Final = {"completed": ToolOutcome.FINISHED, "failed": ToolOutcome.FAILED}
Reply = Callable[[Any], None]
"""Send the result of one request of the agent; never waits."""


@dataclass(frozen=True, slots=True)
class _Own:
    """A call of the agent's own, as far as it is known."""

    call_id: str
    name: str = "tool"
    arguments: str = "{}"
    result: str = ""


class TurnCalls:
    """Feeds one turn's inbox with calls. `tools` are the client's, offered as server `server`."""

    def __init__(self, inbox: TurnInbox, tools: Sequence[str], server: str) -> None:
        self._inbox = inbox
        self._tools = OurTools(tools, server)
        self._open: set[str] = set()
        self._gathered: list[ToolCallWanted] = []
        self._timer: asyncio.TimerHandle | None = None
        self._own: dict[str, _Own] = {}
        self._silent: set[str] = set()
        """Calls that are not told: the client's, which it knows, and those that were refused."""
        self._hosted: dict[str, ToolCallWanted] = {}
        """The client's calls that wait for their results."""
        self._errors: Counter[str] = Counter()
        """Errors that calls of these tools were answered with, which the agent will report."""
        self._ours_by_id: dict[str, str] = {}
        """The client's tool of a call: Codex names it once, and asks leave by the id alone."""
        self._permissions: dict[str, Reply] = {}

    # --- the client's tools ---

    def called(self, call: ToolCallWanted) -> None:
        """The agent called a hosted tool and waits."""
        if self._inbox.ended:
            return
        self._hosted[call.call_id] = call
        self._want(replace(call, answer=partial(self._answered, call)))

    def gone(self, call_id: str) -> None:
        """The agent waits for this call no longer."""
        self._gathered = [call for call in self._gathered if call.call_id != call_id]
        self._settled(call_id)

    # --- the agent's own ---

    def asked_leave(self, params: Mapping[str, Any], reply: Reply) -> None:
        """The agent asks whether it may run a tool (`session/request_permission`)."""
        call = _table(params.get("toolCall"))
        options = [_table(item) for item in _items(params.get("options"))]
        call_id = str(call.get("toolCallId") or f"permission-{len(self._permissions)}")
        harmless = call.get("kind") in HARMLESS_KINDS
        if self._tools.named_by(call) or (harmless and call_id in self._ours_by_id):
            self._silent.add(call_id)
            reply(pick_option(options, allow=True))
            return
        self._silent.discard(call_id)
        own = self._note(call_id, call)
        if self._inbox.ended:
            reply(pick_option((), allow=False))
            return
        self._permissions[call_id] = reply
        self._want(
            ToolCallWanted(
                call_id=call_id,
                name=own.name,
                arguments=own.arguments,
                runs_upstream=True,
                answer=partial(self._decided, call_id, options),
            )
        )

    def reported(self, update: Mapping[str, Any]) -> None:
        """The agent tells of a call (`tool_call`, `tool_call_update`)."""
        self._inbox.touch()
        call_id = update.get("toolCallId")
        if not isinstance(call_id, str):
            return
        if name := self._tools.named_by(update):
            # Said once: what follows may bring nothing but the id.
            self._silent.add(call_id)
            self._ours_by_id.setdefault(call_id, name)
            self._own.pop(call_id, None)
        if call_id in self._silent:
            if update.get("status") == "failed":
                self._failed(self._ours_by_id.get(call_id, ""))
                self._ours_by_id[call_id] = ""
            return
        own = self._note(call_id, update)
        outcome = _OUTCOMES.get(str(update.get("status")))
        if outcome is not None:
            self._end(own, outcome)

    def close(self) -> None:
        """The turn is over: nobody is waited for, and what still ran is told as cancelled."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._gathered.clear()
        for reply in self._permissions.values():
            reply(pick_option((), allow=False))
        self._permissions.clear()

    def finish(self) -> None:
        """The turn ended: calls the agent never told the end of were cancelled."""
        for own in list(self._own.values()):
            self._end(own, ToolOutcome.CANCELLED)

    def _end(self, own: _Own, outcome: ToolOutcome) -> None:
        self._own.pop(own.call_id, None)
        self._inbox.tell(ToolUsed(own.call_id, own.name, own.arguments, outcome, own.result))

    def _note(self, call_id: str, fields: Mapping[str, Any]) -> _Own:
        own = self._own.get(call_id) or _Own(call_id)
        name = _tool_name(fields)
        given = fields.get("rawInput")
        result = _result(fields)
        own = _Own(
            call_id,
            self._apart(name) if name and own.name == "tool" else own.name,
            render(given).decode() if isinstance(given, Mapping) and given else own.arguments,
            result or own.result,
        )
        self._own[call_id] = own
        return own

    def _apart(self, name: str) -> str:
        """An agent's own tool never goes by the name of one of the client's."""
        return f"agent:{name}" if name in self._tools else name

    def _failed(self, name: str) -> None:
        """A call of this tool failed at the agent: of its error, or the oldest that waits ran out
        of time there.
        """
        if self._errors[name]:
            self._errors[name] -= 1
            return
        for call in list(self._hosted.values()):
            if plain(call.name) == name:
                call.answer(ToolDenied("the agent waits no longer"))
                self.gone(call.call_id)
                return

    # --- waiting ---

    def _want(self, call: ToolCallWanted) -> None:
        self._open.add(call.call_id)
        self._gathered.append(call)
        self._inbox.pause()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_S, self._hand_out)

    def _hand_out(self) -> None:
        self._timer = None
        gathered, self._gathered = self._gathered, []
        if gathered:
            self._inbox.tell(ToolCallsWanted(tuple(gathered)))

    def _answered(self, call: ToolCallWanted, answer: ToolAnswer) -> bool:
        if call.call_id not in self._open or not call.answer(answer):
            return False
        if isinstance(answer, ToolDenied) or (isinstance(answer, ToolResult) and answer.is_error):
            self._errors[plain(call.name)] += 1
        self._settled(call.call_id)
        return True

    def _decided(
        self, call_id: str, options: Sequence[Mapping[str, Any]], answer: ToolAnswer
    ) -> bool:
        reply = self._permissions.pop(call_id, None)
        if reply is None:
            return False
        allow = isinstance(answer, ToolApproved)
        reply(pick_option(options, allow=allow))
        if not allow:
            # It did not happen: whatever the agent says of it further on, there is nothing to show.
            self._own.pop(call_id, None)
            self._silent.add(call_id)
        self._settled(call_id)
        return True

    def _settled(self, call_id: str) -> None:
        self._open.discard(call_id)
        self._hosted.pop(call_id, None)
        if not self._open:
            self._inbox.resume()


def _tool_name(fields: Mapping[str, Any]) -> str:
    for text in (_table(fields.get("_meta")).get("toolName"), fields.get("title")):
        if isinstance(text, str) and text and not text.startswith("{"):
            return text[:200]
    kind = fields.get("kind")
    return kind if isinstance(kind, str) else ""


def _result(fields: Mapping[str, Any]) -> str:
    """What a call gave, as text: its content, else its raw output."""
    texts: list[str] = []
    for item in (_table(entry) for entry in _items(fields.get("content"))):
        if item.get("type") == "diff":
            texts.append(f"changed {item.get('path')}")
        text = _table(item.get("content")).get("text")
        if isinstance(text, str):
            texts.append(text)
    raw = fields.get("rawOutput")
    if not texts and raw:
        texts.append(raw if isinstance(raw, str) else render(raw).decode())
    return "\n".join(texts)[:MAX_RESULT_CHARS]


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
