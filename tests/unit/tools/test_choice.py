"""What follows from an answer under each tool_choice."""

import pytest

from gateway_engine.conversation import ChatRequest, ToolChoice, ToolChoiceMode
from gateway_engine.tools.choice import Verdict, is_forced, judge
from tests.unit.tools.reading import TOOLS, items, parse_answer

AUTO = ToolChoice()
NONE = ToolChoice(ToolChoiceMode.NONE)
REQUIRED = ToolChoice(ToolChoiceMode.REQUIRED)
NAMED = ToolChoice(ToolChoiceMode.NAMED, "ls")
UNKNOWN = ToolChoice(ToolChoiceMode.NAMED, "nope")


@pytest.mark.parametrize(
    ("choice", "calls", "retried", "verdict"),
    [
        (AUTO, 0, False, Verdict.ACCEPT),
        (NONE, 0, False, Verdict.ACCEPT),
        (REQUIRED, 1, False, Verdict.ACCEPT),
        (REQUIRED, 0, False, Verdict.RETRY),
        (REQUIRED, 0, True, Verdict.PASS_TEXT),
        (NAMED, 0, False, Verdict.RETRY),
        (NAMED, 2, True, Verdict.ACCEPT),
        (NAMED, 0, True, Verdict.PASS_TEXT),
        (UNKNOWN, 0, False, Verdict.PASS_TEXT),
    ],
)
def test_the_verdict(choice: ToolChoice, calls: int, retried: bool, verdict: Verdict) -> None:
    judgement = judge(ChatRequest("m", (), TOOLS, choice), calls=calls, retried=retried)
    assert judgement.verdict is verdict
    assert bool(judgement.instruction) == (verdict is Verdict.RETRY)
    assert is_forced(choice) == (choice.mode.value in ("required", "named"))


def test_the_firmer_instruction_shows_the_form() -> None:
    instruction = judge(ChatRequest("m", (), TOOLS, NAMED), calls=0, retried=False).instruction
    assert ("ls", "{}") in items(parse_answer(instruction))
