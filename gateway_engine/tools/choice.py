"""What follows from an answer under the client's `tool_choice`. Pure.

Forced (required, or named): an answer without a call is asked for once more, firmly; when that
brings no call either, the client gets the text. Free: whatever came is right.
"""

from dataclasses import dataclass
from enum import StrEnum

from gateway_engine.conversation import ChatRequest, ToolChoice, ToolChoiceMode
from gateway_engine.json_text import render
from gateway_engine.tools.contract_text import callable_tools


class Verdict(StrEnum):
    """What to do with an answer that ended."""

    ACCEPT = "accept"
    RETRY = "retry"
    PASS_TEXT = "pass_text"  # noqa: S105 - an answer's text, not a password


@dataclass(frozen=True, slots=True)
class Judgement:
    """`instruction` is what to ask upstream again with; set exactly when the verdict is RETRY."""

    verdict: Verdict
    instruction: str = ""


def is_forced(choice: ToolChoice) -> bool:
    """True when a call must come: the answer's text is held back until one begins."""
    return choice.mode in (ToolChoiceMode.REQUIRED, ToolChoiceMode.NAMED)


def judge(request: ChatRequest, *, calls: int, retried: bool) -> Judgement:
    """Say what to do with an ended answer in which `calls` calls began.

    `calls` counts calls of tools the choice allows: the parser is given `callable_tools`.
    """
    if calls or not is_forced(request.tool_choice):
        return Judgement(Verdict.ACCEPT)
    if retried or not callable_tools(request):
        return Judgement(Verdict.PASS_TEXT)
    return Judgement(Verdict.RETRY, _firmer(request.tool_choice))


def _firmer(choice: ToolChoice) -> str:
    if choice.mode is ToolChoiceMode.NAMED:
        name = render(choice.name).decode()
        wanted = f"the tool {name}"
    else:
        name = '"NAME"'
        wanted = "one of the tools you were given"
    return (
        f"You did not call a tool, and this answer must call {wanted}. Answer again with nothing"
        " but the call, in exactly this form:\n\n"
        f'```json action\n{{"tool": {name}, "parameters": {{}}}}\n```\n\n'
        "with the parameters the tool's schema asks for."
    )
