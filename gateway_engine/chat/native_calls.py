"""What is decided about native calls of tools that the client did not declare, and what it is told.

Pure. A tool of the client's is the client's to run. Any other is upstream's own: `deny` refuses it
and tells the model why; `auto` lets upstream run it by itself. Nobody here runs tools, so a call
that upstream wants run by us is refused under both.

What upstream ran by itself is shown as reasoning, and as a passage of the answer's text where the
client sees no reasoning: never as a tool call, which the client would take for its own to run. A
call that was refused is not shown: it did not happen.
"""

from enum import StrEnum
from typing import Final

from gateway_engine.conversation import ChatRequest, ReasoningDelta, TextDelta, ToolChoiceMode
from gateway_engine.tools.contract_text import known_tools
from gateway_engine.upstreams.contract import (
    ToolAnswer,
    ToolApproved,
    ToolCallWanted,
    ToolDenied,
    ToolOutcome,
    ToolUsed,
)

MAX_SHOWN_CHARS: Final = 4_000

_ENDED: Final = {
    ToolOutcome.FINISHED: "finished",
    ToolOutcome.FAILED: "failed",
    ToolOutcome.CANCELLED: "was cancelled",
}


class ToolApproval(StrEnum):
    """The setting TOOL_APPROVAL."""

    DENY = "deny"
    AUTO = "auto"


def decide(call: ToolCallWanted, request: ChatRequest, approval: ToolApproval) -> ToolAnswer:
    """Return the answer to a call of a tool that this answer may not hand to the client."""
    if any(tool.name == call.name for tool in known_tools(request)):
        if request.tool_choice.mode is ToolChoiceMode.NAMED:
            return ToolDenied(f"in this answer only {request.tool_choice.name} may be called")
        return ToolDenied("no tool may be called in this answer: answer in words")
    if not call.runs_upstream:
        return ToolDenied(f"nobody here runs the tool {call.name}: go on without it")
    if approval is ToolApproval.AUTO:
        return ToolApproved()
    return ToolDenied(
        f"the tool {call.name} is not allowed here: only tools that the user's program declared"
        " may run; go on without it"
    )


def show(used: ToolUsed, request: ChatRequest) -> ReasoningDelta | TextDelta:
    """Return how the client learns of a tool that upstream ran by itself."""
    lines = [f"[The upstream ran its own tool {used.name}, which {_ENDED[used.outcome]}]"]
    if used.arguments != "{}":
        lines.append(f"Arguments: {_cut(used.arguments)}")
    if used.result:
        lines.append(f"Result: {_cut(used.result)}")
    text = "\n" + "\n".join(lines) + "\n"
    # JSON that a client asked for must stay JSON.
    as_reasoning = request.reasoning_shown or request.json_format is not None
    return ReasoningDelta(text) if as_reasoning else TextDelta(text)


def _cut(text: str) -> str:
    if len(text) <= MAX_SHOWN_CHARS:
        return text
    return f"{text[:MAX_SHOWN_CHARS]} … ({len(text) - MAX_SHOWN_CHARS} more characters)"
