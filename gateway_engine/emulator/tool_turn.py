"""A native tool call as a part of a turn: announce, wait, run or hand over, report.

The machine is drawn in ``native_tools``. Source: the wire notes, section 6.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway_engine.emulator.native_tools import (
    Gate,
    call_event,
    pretend_to_run,
    result_text,
)
from gateway_engine.emulator.rpc import Json

if TYPE_CHECKING:
    from gateway_engine.emulator.connection import Connection


class ToolFailure(Exception):  # noqa: N818 the wire's own word for a bad end is its reason
    """Nobody decided about the call, or nobody executed it, in time."""


async def use_tool(
    link: Connection, gate: Gate, names: Json, *, runs_here: bool, shape: str, deadline_s: float
) -> str:
    """Go through one call; what the answer says about it. Raises ToolFailure.

    ``names`` is the turn's {requestId, sessionId}; it is left out of one event, which a client has
    to route by the call's id. The last event is sent twice.
    """

    async def sync(status: str, result: Json | None = None, *, routed: bool = True) -> None:
        results = [result] if result is not None else None
        event = call_event(gate, status, shape, results)
        routing = names if routed else {"sessionId": names["sessionId"]}
        await link.request("tool/call/sync", {**routing, **event})

    link.gates[gate.call_id] = gate
    try:
        await sync("INIT")
        await sync("Pending")
        await _wait(gate.approval, deadline_s, "nobody decided about the tool call")
        if not gate.approved:
            await sync("CANCELLED")
            return f"The tool {gate.tool.name} was not allowed to run.\n"
        await sync("running", routed=False)
        if runs_here:
            gate.result = pretend_to_run(gate.tool)
        elif gate.result is None:
            await _hand_over(link, gate, names)
            await _wait(gate.delivered, deadline_s, "nobody executed the tool call")
        result = gate.result or {"success": False, "errorMessage": "stopped"}
        for _ in range(2):
            await sync("ERROR" if result.get("success") is False else "FINISHED", result)
        return f"The tool {gate.tool.name} returned: {result_text(result)}\n"
    finally:
        link.gates.pop(gate.call_id, None)


async def _hand_over(link: Connection, gate: Gate, names: Json) -> None:
    call = {"toolCallId": gate.call_id, "name": gate.tool.name, "async": True}
    await link.request("tool/invoke", {**names, **call, "parameters": gate.tool.parameters})


async def _wait(event: asyncio.Event, deadline_s: float, failure: str) -> None:
    try:
        async with asyncio.timeout(deadline_s):
            await event.wait()
    except TimeoutError:
        raise ToolFailure(failure) from None
