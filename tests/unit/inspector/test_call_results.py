"""Calls of an answer find their results in the turn after it, with and without ids."""

from typing import Any

from gateway_engine.inspector.call_results import results_of
from gateway_engine.inspector.sent_answer import SentCall


def sent(call_id: str, name: str, arguments: str = "{}") -> SentCall:
    return SentCall(call_id, name, [arguments])


def talk(*calls: tuple[str, str, str, str | None]) -> dict[str, Any]:
    """A conversation in which these were called: id, tool, arguments, result."""
    parts = [{"call": i, "tool": tool, "arguments": given} for i, tool, given, _ in calls]
    results = [
        {"role": "tool", "parts": [{"result_of": i, "parts": [{"text": said}]}]}
        for i, _, _, said in calls
        if said is not None
    ]
    return {"messages": [{"role": "assistant", "parts": parts}, *results]}


def test_by_their_ids() -> None:
    following = talk(("a", "read", "{}", "one"), ("b", "read", "{}", None), ("old", "x", "{}", "y"))
    one, two, three = results_of([sent("a", "read"), sent("b", "read"), sent("c", "ls")], following)
    assert one is not None
    assert (one.result, one.called_at, one.answered_at) == ("one", 0, 1)
    assert two is not None
    assert two.result is None
    assert three is None


def test_by_what_was_called_where_ids_are_other_ones() -> None:
    following = talk(
        ("x1", "read", '{"path": "a", "n": 1}', "A"), ("x2", "read", '{"path": "b"}', "B")
    )
    calls = [sent("", "read", '{"n":1,"path":"a"}'), sent("call_2", "read", '{"path":"b"}')]
    found = results_of(calls, following)
    assert [each.result if each else None for each in found] == ["A", "B"]


def test_two_alike_are_not_guessed() -> None:
    following = talk(("x1", "read", "{}", "A"), ("x2", "read", "{}", "B"))
    assert results_of([sent("", "read"), sent("", "read")], following) == [None, None]
    assert results_of([sent("", "read")], following) == [None]
    assert results_of([sent("a", "read")], None) == [None]
    broken = talk(("x1", "read", "{broken", "A"))
    (found,) = results_of([sent("", "read", " {broken")], broken)
    assert found is not None
