"""Reasoning in the text of an answer is told apart; everything else stays as it was."""

import pytest

from gateway_engine.conversation import (
    ChatRequest,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
)
from gateway_engine.sessions.quoted_reasoning import with_reasoning_apart

CALL = ToolCallPart("1", "ls", "{}")


def parts(*given: Part, role: Role = Role.ASSISTANT) -> tuple[Part, ...]:
    return with_reasoning_apart(ChatRequest("m", (Message(role, given),))).messages[0].parts


def test_reasoning_before_the_text_is_no_text() -> None:
    assert parts(TextPart("<think>\nhm\n</think>\n\nYes.")) == (
        ReasoningPart("hm"),
        TextPart("Yes."),
    )
    assert parts(TextPart("<think>hm</think>"), TextPart("Yes."), CALL) == (
        ReasoningPart("hm"),
        TextPart("Yes."),
        CALL,
    )
    assert parts(TextPart("<think></think>")) == ()


@pytest.mark.parametrize("text", ["Use <think>x</think>.", "<think>open", "<thinking>a</thinking>"])
def test_other_texts_stay(text: str) -> None:
    assert parts(TextPart(text)) == (TextPart(text),)


def test_what_others_say_stays() -> None:
    said = TextPart("<think>a</think>b")
    assert parts(said, role=Role.USER) == (said,)
    request = ChatRequest("m", (Message(Role.USER, (said,)),))
    assert with_reasoning_apart(request) is request
