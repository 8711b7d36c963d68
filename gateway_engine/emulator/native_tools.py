r"""Native tool calls: how their events look, and the gate a call waits at.

::

    INIT -> PENDING --approve(true)--> RUNNING (here, or by the client's executor) -> FINISHED
                    --approve(false)-> CANCELLED                                  \-> ERROR

Events come in several spellings (``tool_shape``), repeat themselves, change the case of the status
and sometimes lack the requestId: a client must cope. Source: the wire notes, section 6.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from gateway_engine.emulator.instructions import ToolUse
from gateway_engine.emulator.rpc import Json


@dataclass(slots=True)
class Gate:
    """Where a call waits for what the client decides and delivers."""

    tool: ToolUse
    call_id: str
    approval: asyncio.Event = field(default_factory=asyncio.Event)
    delivered: asyncio.Event = field(default_factory=asyncio.Event)
    approved: bool = False
    result: Json | None = None
    waits_for_approval: bool = False

    def decide(self, approved: bool) -> None:
        """The client approved or denied; only the first word counts."""
        if not self.approval.is_set():
            self.approved = approved
            self.approval.set()

    def abandon(self) -> None:
        """The turn was stopped: nobody waits any longer."""
        self.approval.set()
        self.delivered.set()

    def deliver(self, result: Json) -> bool:
        """The client executed the tool: that is an approval too, where the call is not strict."""
        if self.waits_for_approval and not self.approval.is_set():
            return False
        if self.result is None:
            self.result = result
            self.decide(True)
            self.delivered.set()
        return True


def call_event(gate: Gate, status: str, shape: str, results: list[Json] | None = None) -> Json:
    """The call's own fields of ``tool/call/sync``, placed as ``shape`` says."""
    tool, call_id = gate.tool, gate.call_id
    if shape in ("", "top"):
        event: Json = {
            "toolCallId": call_id,
            "name": tool.name,
            "toolCallStatus": status,
            "parameters": tool.parameters,
        }
        return event | {"results": results or []}
    in_snake = shape in ("tool_call", "data.tool_call")
    fields: Json = {
        "tool_call_id" if in_snake else "id": call_id,
        "tool_name" if in_snake else "toolName": tool.name,
        "arguments" if in_snake else "input": _arguments(tool, as_text=in_snake),
        "toolCallStatus": status,
    }
    if results:
        fields["results"] = results
    if shape == "results":
        return {"toolCallStatus": status, "results": [fields]}
    for name in reversed(shape.split(".")):
        fields = {name: fields}
    return fields


def result_text(result: Json) -> str:
    """What a delivered ``tool/invokeResult`` says, for the answer."""
    value = result.get("result")
    if result.get("success") is False:
        return f"error: {result.get('errorMessage') or value}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def pretend_to_run(tool: ToolUse) -> Json:
    """The result of a tool that runs here: nothing is ever executed."""
    return {
        "success": True,
        "errorMessage": "",
        "result": f"emulated result of {tool.name}; nothing was executed",
    }


def _arguments(tool: ToolUse, *, as_text: bool) -> Any:
    return json.dumps(tool.parameters) if as_text else tool.parameters
