"""Two conversations have one key exactly when an upstream session may be shared."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import (
    ChatRequest,
    ImagePart,
    Message,
    ModelId,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from gateway_engine.sessions.key import (
    LONG_CHARS,
    SeenTurns,
    SessionScope,
    affinity_key,
    session_key,
    split_follow_up,
    tools_fingerprint,
)

SCOPE = SessionScope(ModelId("m"))


def say(role: Role, *texts: str) -> Message:
    return Message(role, tuple(TextPart(text) for text in texts))


S, U, A = Role.SYSTEM, Role.USER, Role.ASSISTANT
BASE = (say(S, "be brief"), say(U, "hi"), say(A, "hello"))


def key(*messages: Message, scope: SessionScope = SCOPE) -> str:
    return session_key(messages, scope)


@pytest.mark.parametrize(
    "same",
    [
        (say(S, "be brief"), say(U, "hi"), say(A, " hello\r\n")),
        (say(S, "be brief"), say(U, "hi"), say(A, "hel", "lo")),
        (
            say(S, "be brief"),
            say(U, "hi"),
            Message(A, (ReasoningPart("hm"), TextPart("hello"))),
        ),
    ],
)
def test_what_clients_change_on_the_way_is_the_same(same: tuple[Message, ...]) -> None:
    assert key(*same) == key(*BASE)


@pytest.mark.parametrize(
    "other",
    [
        (say(S, "be brief"), say(U, "hi"), say(A, "hello!")),
        (say(S, "be brief"), say(U, "hi"), say(A, "Hello")),
        (say(S, "be brief"), say(U, "hi"), say(A, "hel  lo")),
        (say(S, "be brief"), say(U, "hi "), say(A, "hello")),
        (say(S, "be long"), say(U, "hi"), say(A, "hello")),
        (say(U, "hi"), say(A, "hello")),
        (say(S, "be brief"), say(U, "h", "i"), say(A, "hello")),
        (say(S, "be brief"), say(U, "hi"), say(Role.TOOL, "hello")),
        (*BASE, say(U, "")),
        (say(S, "be brief"), Message(U, (TextPart("hi"), ImagePart(data="x"))), say(A, "hello")),
    ],
)
def test_any_other_turn_is_another_conversation(other: tuple[Message, ...]) -> None:
    assert key(*other) != key(*BASE)


@pytest.mark.parametrize(
    "scope",
    [
        SessionScope(ModelId("n")),
        SessionScope(ModelId("m"), tools="t"),
        SessionScope(ModelId("m"), key_id="k"),
        SessionScope(ModelId("m"), agent_mode=True),
        SessionScope(ModelId("m"), tools="", key_id="t"),
    ],
)
def test_the_scope_is_part_of_the_key(scope: SessionScope) -> None:
    assert key(*BASE, scope=scope) != key(*BASE)


def call(call_id: str, name: str, arguments: str) -> Message:
    return Message(A, (ToolCallPart(call_id, name, arguments),))


def result(call_id: str, text: str, *, is_error: bool = False) -> Message:
    return Message(Role.TOOL, (ToolResultPart(call_id, (TextPart(text),), is_error),))


def test_arguments_are_compared_as_json_and_calls_by_name() -> None:
    first = key(call("1", "read", '{"a": 1, "b": [2]}'))
    assert key(call("1", "read", '{"b":[2],"a":1}')) == first
    assert key(call("1", "read", '{"b":[2],"a":2}')) != first
    assert key(call("1", "write", '{"b":[2],"a":1}')) != first
    assert key(call("1", "read", "{broken")) != key(call("1", "read", '"{broken"'))


def test_ids_of_calls_may_change_what_belongs_together_may_not() -> None:
    def two(one: str, other: str, answered: str) -> str:
        calls = Message(A, (ToolCallPart(one, "ls", "{}"), ToolCallPart(other, "ls", "{}")))
        return key(*BASE[:2], calls, result(answered, "a"))

    assert two("x", "y", "x") == two("call_2_0", "call_2_1", "call_2_0")
    assert two("x", "y", "x") != two("x", "y", "y")
    assert two("x", "x", "x") != two("x", "y", "x")
    assert two("x", "y", "z") != two("x", "y", "x")


EDIT = {
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "all": {"type": "boolean", "default": False},
        "edits": {
            "type": "array",
            "items": {"type": "object", "properties": {"n": {"type": "integer", "default": 1}}},
        },
    },
}


def test_an_argument_that_repeats_its_default_says_nothing() -> None:
    def edit(arguments: str) -> str:
        return session_key([call("1", "edit", arguments)], SCOPE, {"edit": EDIT})

    plain = edit('{"path": "a", "edits": [{}]}')
    assert edit('{"all": false, "path": "a", "edits": [{"n": 1}]}') == plain
    for other in (
        '{"all": true, "path": "a", "edits": [{}]}',
        '{"all": 0, "path": "a", "edits": [{}]}',
        '{"all": null, "path": "a", "edits": [{}]}',
        '{"path": "a", "edits": [{"n": 2}]}',
        '{"path": "a", "edits": []}',
        '{"path": false, "edits": [{}]}',
        '[{"all": false}]',
    ):
        assert edit(other) != plain
    unknown = session_key([call("1", "cut", '{"all": false}')], SCOPE, {"edit": EDIT})
    assert unknown != session_key([call("1", "cut", "{}")], SCOPE, {"edit": EDIT})


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": []},
        {"properties": {"a": 1}},
        {"properties": {"a": {"items": 3, "default": float("nan")}}},
        {"items": {}},
    ],
)
def test_a_schema_that_is_none_changes_no_key(schema: dict[str, Any]) -> None:
    turn = call("1", "edit", '{"a": [1, {"b": 2}]}')
    assert session_key([turn], SCOPE, {"edit": schema}) == key(turn)


def test_a_schema_without_end_is_left_alone_deep_down() -> None:
    loop: dict[str, Any] = {"properties": {}}
    loop["properties"]["a"] = loop
    deep = '{"a":' * 200 + "1" + "}" * 200
    assert session_key([call("1", "f", deep)], SCOPE, {"f": loop}) == key(call("1", "f", deep))


def test_results_are_evened_out_but_not_mixed_up() -> None:
    assert key(result("1", "a\r\nb\n")) == key(result("1", "a\nb"))
    assert key(result("1", "a")) != key(result("2", "a"))
    assert key(result("1", "a")) != key(result("1", "a", is_error=True))


def conversation(ids: list[str], answers: list[str]) -> tuple[Message, ...]:
    """A turn with one call for each id, then its results in the order of `answers`."""
    calls = tuple(ToolCallPart(call_id, "read", "{}") for call_id in ids)
    results = [ToolResultPart(call_id, (TextPart(f"r{n}"),)) for n, call_id in enumerate(answers)]
    return (Message(A, calls), *(Message(Role.TOOL, (result,)) for result in results))


def test_ids_of_calls_are_compared_by_order() -> None:
    first = key(*conversation(["a", "b"], ["a", "b"]))
    assert key(*conversation(["call_1_0", "call_1_1"], ["call_1_0", "call_1_1"])) == first
    assert key(*conversation(["a", "b"], ["b", "a"])) != first
    assert key(*conversation(["a", "b"], ["a", "gone"])) != first


def test_an_id_that_is_used_again_is_another_call() -> None:
    again = (*conversation(["a"], ["a"]), *conversation(["a"], ["a"]))
    named = (*conversation(["a"], ["a"]), *conversation(["b"], ["b"]))
    assert key(*again) == key(*named)


TURNS = st.lists(
    st.builds(
        lambda role, texts: say(role, *texts),
        st.sampled_from([S, U, A]),
        st.lists(st.text(alphabet='ab"\\\n,[]', max_size=3), max_size=2),
    ),
    max_size=4,
)


@given(TURNS, TURNS)
def test_keys_agree_with_the_rule_spelled_out(a: list[Message], b: list[Message]) -> None:
    def shown(messages: list[Message]) -> list[object]:
        return [
            (m.role, "".join(p.text for p in m.parts if isinstance(p, TextPart)).strip())
            if m.role is A
            else (m.role, m.parts)
            for m in messages
        ]

    assert (key(*a) == key(*b)) == (shown(a) == shown(b))


def test_a_follow_up_is_what_comes_after_the_last_answer() -> None:
    assert split_follow_up(BASE) is None
    assert split_follow_up(BASE[:2]) is None
    assert split_follow_up((*BASE, say(U, "more"))) == (BASE, (say(U, "more"),))
    assert split_follow_up((*BASE, say(Role.TOOL, "r"))) == (BASE, (say(Role.TOOL, "r"),))
    reminded = (say(Role.TOOL, "r"), say(S, "new rules"))
    assert split_follow_up((*BASE, *reminded)) == (BASE, reminded)
    assert split_follow_up((*BASE, say(S, "new rules"))) is None


def test_the_order_of_tools_does_not_matter_their_content_does() -> None:
    one = ToolSpec("a", "x", {"type": "object", "properties": {}})
    two = ToolSpec("b", "x", {"type": "object"})
    assert tools_fingerprint(()) == ""
    assert tools_fingerprint((one, two)) == tools_fingerprint((two, one))
    assert tools_fingerprint((one,)) != tools_fingerprint((replace(one, description="y"),))
    turned = replace(one, schema={"properties": {}, "type": "object"})
    assert tools_fingerprint((one,)) == tools_fingerprint((turned,))
    words, others = ({"type": "string", "enum": words} for words in (["a", "b"], ["b", "a"]))
    first, second = (replace(one, schema=schema) for schema in (words, others))
    assert tools_fingerprint((first,)) != tools_fingerprint((second,))


def test_affinity_follows_the_user_else_the_beginning() -> None:
    request = ChatRequest("m", BASE)
    assert affinity_key(request, "k") == affinity_key(replace(request, messages=BASE[:2]), "k")
    reminded = replace(request, messages=(*BASE, say(U, "more"), say(S, "new rules")))
    assert affinity_key(reminded, "k") == affinity_key(request, "k")
    assert affinity_key(request, "k") != affinity_key(request, "other key")
    other = replace(request, messages=(say(S, "be brief"), say(U, "ho")))
    assert affinity_key(request, "k") != affinity_key(other, "k")
    assert affinity_key(replace(request, user="u"), "k") == affinity_key(
        replace(other, user="u"), "k"
    )


def test_turns_seen_one_after_the_other_have_the_key_of_all() -> None:
    calls = (ToolCallPart("c1", "t", "{}"), ToolCallPart("c2", "t", "{}"))
    turns = (
        *BASE,
        Message(Role.USER, (TextPart("go"),)),
        Message(Role.ASSISTANT, calls),
        Message(Role.TOOL, (ToolResultPart("c2", (TextPart("r"),)),)),
    )
    answer = Message(Role.ASSISTANT, (TextPart("ok"), ToolCallPart("c3", "t", "{}")))
    seen = SeenTurns({})
    for turn in turns:
        seen.see((turn,))
    assert seen.key(SCOPE) == key(*turns)
    # As often as it is asked, whatever was asked before.
    for _ in range(2):
        assert seen.key_with(answer, SCOPE) == key(*turns, answer)
    assert seen.key(SCOPE) == key(*turns)


def test_very_many_tools_are_the_same_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = [ToolSpec(f"t{n * 7 % 50}", "", {}) for n in range(50)]
    whole = tools_fingerprint(tools)
    monkeypatch.setattr("gateway_engine.sorted_runs.RUN", 3)
    assert {tools_fingerprint(tools), tools_fingerprint(tools[::-1])} == {whole}


@pytest.mark.parametrize("role", [U, A])
def test_long_texts_are_told_apart(role: Role) -> None:
    long = "x" * (2 * LONG_CHARS)
    assert key(*BASE, say(role, long)) != key(*BASE, say(role, long[:-1] + "y"))
    assert key(*BASE, say(role, long)) == key(*BASE, say(role, long))
