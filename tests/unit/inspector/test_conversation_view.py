"""A conversation beside the turn before: what is the same, new, changed, gone; calls paired."""

from typing import Any

from gateway_engine.inspector.conversation_view import (
    Mark,
    goes_on_from,
    pair_calls,
    view_conversation,
)


def say(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text}]}


SYSTEM = say("system", "Be brief.")
ASK, ANSWER, NEXT = say("user", "One?"), say("assistant", "1"), say("user", "Two?")


def conversation(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"model": "m", "messages": list(messages), "tools": []}


def marks(now: dict[str, Any], before: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(m.mark.value, m.number) for m in view_conversation(now, before).messages]


def test_a_turn_that_goes_on_has_a_reused_beginning() -> None:
    before, now = conversation(SYSTEM, ASK), conversation(SYSTEM, ASK, ANSWER, NEXT)
    view = view_conversation(now, before)
    assert view.reused == 2
    assert [m.reused for m in view.messages] == [True, True, False, False]
    assert marks(now, before) == [("same", 0), ("same", 1), ("new", 2), ("new", 3)]


def test_without_a_turn_before_nothing_is_new() -> None:
    view = view_conversation(conversation(SYSTEM, ASK))
    assert not view.has_previous
    assert {m.mark for m in view.messages} == {Mark.SAME}


def test_an_edited_question_is_shown_with_what_stood_there() -> None:
    edited = say("user", "One, really?")
    view = view_conversation(conversation(SYSTEM, edited), conversation(SYSTEM, ASK, ANSWER))
    assert [m.mark.value for m in view.messages] == ["same", "changed", "gone"]
    assert view.messages[1].was == ASK
    assert view.messages[2].number is None


def test_instructions_that_change_leave_the_rest_recognised() -> None:
    other = say("system", "Today is Monday.")
    before, now = conversation(SYSTEM, ASK), conversation(other, ASK, ANSWER, NEXT)
    assert marks(now, before) == [("changed", 0), ("same", 1), ("new", 2), ("new", 3)]
    assert view_conversation(now, before).reused == 0


def test_the_turn_before_is_known_by_its_whole_conversation() -> None:
    now = conversation(SYSTEM, ASK, ANSWER, NEXT)
    whole = goes_on_from(now, conversation(SYSTEM, ASK))
    partly = goes_on_from(now, conversation(say("system", "Other."), ASK))
    assert whole > partly > 0
    assert goes_on_from(now, conversation(SYSTEM, say("user", "Else?"))) == 0
    assert goes_on_from(now, now) == 0, "a second try is no later turn"
    assert goes_on_from(now, conversation()) == 0
    assert goes_on_from(None, None) == 0


def test_calls_find_their_results_in_later_messages() -> None:
    call = {"call": "c1", "tool": "read", "arguments": '{"path":"a"}'}
    result = {"result_of": "c1", "is_error": True, "parts": [{"text": "no such file"}]}
    orphan = {"result_of": "c9", "is_error": False, "parts": [{"image": "image/png", "bytes": 12}]}
    waiting = {"call": "c2", "tool": "write", "arguments": "{}"}
    calls = pair_calls(
        [
            ASK,
            {"role": "assistant", "parts": [call, waiting]},
            {"role": "tool", "parts": [result]},
            {"role": "tool", "parts": [orphan]},
        ]
    )
    paired = calls["c1"]
    assert (paired.tool, paired.called_at, paired.answered_at) == ("read", 1, 2)
    assert (paired.result, paired.is_error) == ("no such file", True)
    assert (calls["c2"].result, calls["c2"].answered_at) == (None, None)
    assert (calls["c9"].called_at, calls["c9"].result) == (None, "[image image/png, 12 bytes]")


def test_what_is_no_conversation_is_taken_for_an_empty_one() -> None:
    for odd in ({}, {"messages": None}, {"messages": ["x", 1]}):
        assert view_conversation(odd, odd).messages == ()
