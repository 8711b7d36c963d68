"""A native tool call as a part of a turn: announce, wait, run or hand over, report.

The machine is drawn in ``native_tools``. Source: the wire notes, section 6.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
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


DENIAL_REASON_S = 0.05
"""So long a denied call waits for the reason, which a client may send behind the denial."""


@dataclass(frozen=True, slots=True)
class ToolWay:
    """How calls go here; ``flow`` and ``routing`` are the scenarios' words."""

    runs_here: bool
    shape: str
    flow: str
    routing: str
    deadline_s: float


class ToolFailure(Exception):  # noqa: N818 the wire's own word for a bad end is its reason
    """Nobody decided about the call, or nobody executed it, in time."""


async def use_tool(link: Connection, gate: Gate, names: Json, way: ToolWay) -> str:
    """Go through one call; what the answer says about it. Raises ToolFailure.

    ``names`` is the turn's {requestId, sessionId}; it is left out of one event, which a client has
    to route by the call's id. The last event is sent twice.
    """
    unrouted = {"sessionId": names["sessionId"]}

    async def sync(status: str, result: Json | None = None, *, routed: bool = True) -> None:
        results = [result] if result is not None else None
        event = call_event(gate, status, way.shape, results)
        known = status == "INIT" or way.routing != "once"
        await link.request("tool/call/sync", {**(names if routed and known else unrouted), **event})

    gate.waits_for_approval = way.flow == "strict"
    link.gates[gate.call_id] = gate
    try:
        if way.routing == "stray":
            await link.request("tool/call/sync", {**unrouted, "toolCallId": "nobodys-call"})
        if way.flow != "invoke":
            await sync("INIT")
        if way.flow not in ("invoke", "unasked"):
            await sync("Pending")
            await _wait(gate.approval, way.deadline_s, "nobody decided about the tool call")
            if not gate.approved:
                await sync("CANCELLED")
                return f"The tool {gate.tool.name} was not allowed to run{await _why(gate)}.\n"
        if way.flow != "invoke":
            await sync("running", routed=False)
        if way.runs_here and gate.result is None:
            gate.result = pretend_to_run(gate.tool)
        elif gate.result is None:
            await _hand_over(link, gate, names)
            await _wait(gate.delivered, way.deadline_s, "nobody executed the tool call")
        result = gate.result or {"success": False, "errorMessage": "stopped"}
        if way.flow == "echo":
            ran = {"toolCallId": gate.call_id, "name": gate.tool.name, **result}
            await link.request("tool/invokeResult", {**names, **ran})
        for _ in range(2):
            await sync("ERROR" if result.get("success") is False else "FINISHED", result)
        return f"The tool {gate.tool.name} returned: {result_text(result)}\n"
    finally:
        link.gates.pop(gate.call_id, None)


async def _why(gate: Gate) -> str:
    """The reason of a denial, where the client gave one."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DENIAL_REASON_S):
            await gate.delivered.wait()
    error = (gate.result or {}).get("errorMessage")
    return f": {error}" if error else ""


async def _hand_over(link: Connection, gate: Gate, names: Json) -> None:
    call = {"toolCallId": gate.call_id, "name": gate.tool.name, "async": True}
    await link.request("tool/invoke", {**names, **call, "parameters": gate.tool.parameters})


async def _wait(event: asyncio.Event, deadline_s: float, failure: str) -> None:
    try:
        async with asyncio.timeout(deadline_s):
            await event.wait()
    except TimeoutError:
        raise ToolFailure(failure) from None
