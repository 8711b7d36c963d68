"""Upstream asked once more: the whole answer again, or the arguments of a call that broke off."""

from collections.abc import Sequence
from dataclasses import replace

from gateway_engine.chat.live_turn import LiveTurn
from gateway_engine.chat.turn import Turn
from gateway_engine.conversation import (
    StreamEvent,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
)
from gateway_engine.errors import UpstreamError
from gateway_engine.tools.arguments_retry import ask_for_arguments, complete_arguments
from gateway_engine.tools.contract_text import callable_tools
from gateway_engine.tools.parser_events import ArgumentsBroken
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolCallsWanted,
    ToolDenied,
    UpstreamAsk,
)


def follow(ask: UpstreamAsk, session_id: str, instruction: str) -> UpstreamAsk:
    """The same turn asked once more: in the session that answered, else with all of the prompt."""
    if session_id:
        return replace(ask, prompt=instruction, session_id=session_id, images=(), branch=False)
    return replace(ask, prompt=f"{ask.prompt}\n\n{instruction}")


async def complete(
    turn: Turn, live: LiveTurn, session_id: str, broken: ArgumentsBroken, deadlines: Deadlines
) -> list[StreamEvent]:
    """Ask once for arguments that broke off. Raises UpstreamError: never malformed ones."""
    tool = next(t for t in callable_tools(turn.request) if t.name == broken.name)
    ask = follow(live.ask, session_id, ask_for_arguments(broken, tool))
    pieces: list[str] = []
    async with LiveTurn(live.lease, ask, deadlines) as again:
        async for item in again:
            if isinstance(item, ToolCallsWanted):
                for call in item.calls:
                    call.answer(ToolDenied("only the arguments are wanted now, as text"))
            elif isinstance(item, Sequence):
                pieces += [event.text for event in item if isinstance(event, TextDelta)]
    rest = complete_arguments(broken, "".join(pieces), tool)
    if rest is None:
        raise UpstreamError(
            f"the model gave unusable arguments for the tool {broken.name}, twice; ask again",
            detail="; ".join(broken.reasons),
        )
    finish = ToolCallFinished(broken.index)
    return [ToolCallArguments(broken.index, rest), finish] if rest else [finish]
