"""Copied programs: nothing a client sent gets out of its literal, and the key is never in them."""

import ast
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.inspector.record import Record
from gateway_engine.inspector.snippets import MAX_LITERAL_CHARS, javascript, python
from gateway_engine.inspector.writing import write_record
from tests.unit.inspector.samples import NO_SECRETS, record, trace

CHAT: dict[str, Any] = {
    "model": "gpt-4o",
    "stream": True,
    "messages": [{"role": "user", "content": "Say \"hi\"\n'''and\\ leave"}],
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def made(body: object, protocol: str = "openai_chat", **fields: Any) -> Record:
    told = trace(protocol=protocol, **fields)
    told.received(body.encode() if isinstance(body, str) else json.dumps(body).encode())
    return write_record(told, NO_SECRETS)


def literal(program: str) -> Any:
    """What the program's `body` is, when it is written as a value."""
    for node in ast.parse(program).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "body":
            return ast.literal_eval(node.value)
    raise AssertionError("no body")


def test_python_speaks_through_the_vendors_sdk() -> None:
    program = python(made(CHAT, headers=(("anthropic-beta", "x"),)))
    ast.parse(program)
    assert "from openai import OpenAI" in program
    assert "base_url='http://127.0.0.1:8317/v1'" in program
    assert 'os.environ["LINGMA_GATEWAY_API_KEY"]' in program
    assert "extra_query={'beta': 'true'}" in program
    assert "extra_headers={'anthropic-beta': 'x'}" in program
    assert literal(program) == CHAT


def test_each_protocol_has_its_own_call() -> None:
    body = {"model": "m", "max_tokens": 5, "prompt": "p", "input": "i", **CHAT}
    wanted = {
        "openai_chat": "client.chat.completions.create(",
        "openai_completions": "client.completions.create(",
        "openai_responses": "client.responses.create(",
        "anthropic_messages": "client.messages.create(",
        "ollama": "urllib.request.Request(",
    }
    for protocol, call in wanted.items():
        program = python(made(body, protocol))
        ast.parse(program)
        assert call in program


@given(value=json_values)
def test_a_body_is_one_value_in_python(value: object) -> None:
    program = python(made({**CHAT, "extra": value}))
    assert literal(program) == {**CHAT, "extra": value}


@given(body=st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1))
def test_what_is_no_json_is_one_literal_too(body: str) -> None:
    tree = ast.parse(python(made(f"not json: {body}")))
    (given,) = [n.value for n in tree.body if isinstance(n, ast.Assign)][:1]
    assert ast.unparse(given) == f"{f'not json: {body}'!r}.encode()"
    calls = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    known = {"urllib.request.Request", "urllib.request.urlopen", "line.decode", "print"}
    assert calls - known == {f"{f'not json: {body}'!r}.encode"}


def test_a_long_body_is_written_as_it_came() -> None:
    body = {**CHAT, "pad": "x" * MAX_LITERAL_CHARS}
    program = python(made(body))
    assert "body = json.loads('" in program
    ast.parse(program)
    assert javascript(made(body)).count("\n") < 20


def test_javascript_fetches_with_the_key_of_the_environment() -> None:
    program = javascript(made(CHAT))
    assert "Bearer ${process.env.LINGMA_GATEWAY_API_KEY}" in program
    assert 'await fetch("http://127.0.0.1:8317/v1/chat/completions?beta=true"' in program
    start = program.index("JSON.stringify(") + len("JSON.stringify(")
    assert json.loads(program[start : program.index("),\n});")]) == CHAT


@given(value=json_values)
def test_a_body_is_one_value_in_javascript(value: object) -> None:
    program = javascript(made({**CHAT, "extra": value}))
    text = program[program.index("  body: ") + 8 : program.rindex(",\n});")]
    if text.startswith("JSON.stringify("):
        assert json.loads(text[len("JSON.stringify(") : -1]) == {**CHAT, "extra": value}
    else:
        assert json.loads(json.loads(text)) == {**CHAT, "extra": value}


def test_a_prototype_is_no_member() -> None:
    assert "JSON.stringify" not in javascript(made({"__proto__": {"a": 1}}))


@pytest.mark.parametrize("write", [python, javascript])
def test_what_cannot_be_sent_again_says_so(write: Any) -> None:
    assert "it cannot be sent again" in write(record(bodies=False))
