"""What a client has begun itself is not said to it twice, however the answer is cut."""

import pytest

from gateway_engine.begun_answer import RepeatedBeginning, begun_answer
from gateway_engine.conversation import (
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
)

CALL = ToolCallPart("c", "read", "{}")


def said(role: Role, *parts: Part) -> Message:
    return Message(role, parts)


@pytest.mark.parametrize(
    ("messages", "begun"),
    [
        ((), ""),
        ((said(Role.USER, TextPart("go")),), ""),
        ((said(Role.USER, TextPart("go")), said(Role.ASSISTANT, TextPart('{"a": '))), '{"a":'),
        ((said(Role.ASSISTANT, ReasoningPart("hm"), TextPart("a"), TextPart("b")),), "ab"),
        ((said(Role.ASSISTANT, TextPart("I look."), CALL),), ""),
        ((said(Role.ASSISTANT, TextPart("a")), said(Role.USER, TextPart("go"))), ""),
    ],
)
def test_what_is_begun(messages: tuple[Message, ...], begun: str) -> None:
    assert begun_answer(messages) == begun


@pytest.mark.parametrize(
    ("begun", "answer", "new"),
    [
        ('{"a":', '{"a": 1}', " 1}"),
        ('{"a":', '\n {"a": 1}', " 1}"),
        ('{"a":', " 1}", " 1}"),
        ('{"a":', '{"b": 1}', '{"b": 1}'),
        ('{"a":', '{"a', '{"a'),
        ("{", '{"a": 1}', '"a": 1}'),
        ("[", "[1], 2]", "[1], 2]"),
        ("Once upon", "Once upon a time, Once upon", " a time, Once upon"),
        ("", "text", "text"),
        ("ab", "ab", ""),
    ],
)
def test_a_repeated_beginning_is_taken_away(begun: str, answer: str, new: str) -> None:
    for size in range(1, len(answer) + 1):
        taking = RepeatedBeginning(begun)
        pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
        assert "".join([*map(taking.feed, pieces), taking.finish()]) == new
