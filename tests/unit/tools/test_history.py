"""Results follow their calls, in order, once; an orphan becomes text."""

from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    Message,
    Part,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from gateway_engine.tools.history import _OwnIds, pair_results


def call(call_id: str) -> ToolCallPart:
    return ToolCallPart(call_id, f"tool_{call_id}", "{}")


def result(call_id: str, text: str = "r") -> ToolResultPart:
    return ToolResultPart(call_id, (TextPart(text),))


def user(*parts: Part) -> Message:
    return Message(Role.USER, parts)


def assistant(*parts: Part) -> Message:
    return Message(Role.ASSISTANT, parts)


def tool(*parts: Part) -> Message:
    return Message(Role.TOOL, parts)


def test_what_is_in_order_is_unchanged() -> None:
    messages = (
        user(TextPart("go")),
        assistant(TextPart("ok"), call("a"), call("b")),
        user(result("a"), result("b"), TextPart("and?")),
        assistant(TextPart("done")),
    )
    paired = pair_results(messages)
    assert paired.messages == messages
    assert not paired.changes
    assert paired.names == {"a": "tool_a", "b": "tool_b"}


def test_results_of_one_answer_become_one_message_in_the_order_of_the_calls() -> None:
    paired = pair_results([assistant(call("a"), call("b")), tool(result("b")), tool(result("a"))])
    assert paired.messages == (assistant(call("a"), call("b")), tool(result("a"), result("b")))


def test_an_orphan_becomes_text_of_the_user() -> None:
    paired = pair_results([user(TextPart("go")), tool(result("x", "kept"))])
    assert paired.messages[1].role is Role.USER
    assert TextPart("kept") in paired.messages[1].parts
    assert not any(isinstance(part, ToolResultPart) for part in paired.messages[1].parts)
    assert [change.field for change in paired.changes] == ["messages[1]"]


def test_a_result_before_its_call_is_moved_behind_it() -> None:
    paired = pair_results([tool(result("a")), assistant(call("a")), user(TextPart("?"))])
    assert paired.messages == (assistant(call("a")), tool(result("a")), user(TextPart("?")))
    assert len(paired.changes) == 1


def test_a_second_result_becomes_text() -> None:
    paired = pair_results([assistant(call("a")), tool(result("a", "1")), tool(result("a", "2"))])
    results = [
        part
        for message in paired.messages
        for part in message.parts
        if isinstance(part, ToolResultPart)
    ]
    assert results == [result("a", "1")]
    assert TextPart("2") in paired.messages[-1].parts
    assert len(paired.changes) == 1


def test_an_empty_message_stays() -> None:
    assert pair_results([user(), assistant()]).messages == (user(), assistant())


def test_an_id_used_for_several_calls_is_told_apart() -> None:
    paired = pair_results(
        [
            assistant(call("a")),
            tool(result("a", "1")),
            assistant(call("a"), call("a")),
            tool(result("a", "2")),
            tool(result("a", "3")),
            tool(result("a", "late")),
            assistant(call("b")),
            tool(result("b", "4")),
        ]
    )
    called = [p.call_id for m in paired.messages for p in m.parts if isinstance(p, ToolCallPart)]
    answered = {
        part.call_id: part.content
        for message in paired.messages
        for part in message.parts
        if isinstance(part, ToolResultPart)
    }
    assert len(set(called)) == 4
    assert list(answered) == called
    assert list(answered.values()) == [
        (TextPart("1"),),
        (TextPart("2"),),
        (TextPart("3"),),
        (TextPart("4"),),
    ]
    assert [change.reason for change in paired.changes] == ["a second result of one tool call"]


IDS = st.sampled_from(["a", "b", "c"])
PARTS = st.one_of(IDS.map(call), IDS.map(result), st.just(TextPart("t")))
MESSAGES = st.lists(
    st.builds(
        lambda role, parts: Message(role, tuple(parts)),
        st.sampled_from([Role.USER, Role.ASSISTANT, Role.TOOL]),
        st.lists(PARTS, max_size=3),
    ),
    max_size=8,
)


@given(MESSAGES)
def test_a_result_never_stands_without_its_call_before_it(messages: list[Message]) -> None:
    called: set[str] = set()
    answered: set[str] = set()
    for message in pair_results(messages).messages:
        for part in message.parts:
            if isinstance(part, ToolResultPart):
                assert part.call_id in called
                assert part.call_id not in answered
                answered.add(part.call_id)
        called |= {part.call_id for part in message.parts if isinstance(part, ToolCallPart)}


def test_one_id_for_very_many_calls_costs_no_more_than_ids_of_their_own() -> None:
    looked_at = 0

    class Taken(set[str]):
        def __contains__(self, value: object) -> bool:
            nonlocal looked_at
            looked_at += 1
            return set.__contains__(self, value)

    names = _OwnIds(Taken({"c"}))
    given = {names.part(0, ToolCallPart("c", "t", "{}")) for _ in range(500)}
    assert len(given) == 500
    assert looked_at < 5 * 500
