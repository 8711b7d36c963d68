"""The retry for arguments alone: only what agrees with the part already sent is used."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import ToolCallArguments, ToolSpec
from gateway_engine.tools.arguments_retry import ask_for_arguments, complete_arguments
from gateway_engine.tools.parser_events import ArgumentsBroken
from tests.unit.tools.answers import values, words
from tests.unit.tools.reading import READ, a_parser

ANY = ToolSpec("any", "", {})


def broken(emitted: str) -> ArgumentsBroken:
    return ArgumentsBroken(0, "c", "any", emitted, ('"path" is missing',))


@pytest.mark.parametrize(
    ("emitted", "answer", "whole"),
    [
        ("", '{"a": 1}', '{"a": 1}'),
        ("{", '{"a": 1}', '{"a": 1}'),
        ('{"a": "x', '{"a": "xy", "b": 2}', '{"a": "xy", "b": 2}'),
        ('{"a": "x', 'y", "b": 2}', '{"a": "xy", "b": 2}'),
        ('{"a": "x', '```json\n{"a": "xy"}\n```', '{"a": "xy"}'),
        ('{"a": "x', 'Here: {"a": "xy"} as asked.', '{"a": "xy"}'),
        (
            '{"a": "x',
            '```json action\n{"tool": "any", "parameters": {"a":"xy"}}\n```',
            '{"a": "xy"}',
        ),
        ('{"a": 1, "b": "x', '{"b":"x\\"é","a":1,"c":[]}', '{"a": 1, "b": "x\\"é", "c":[]}'),
        ('{"a": 1', '{"b": 2, "a": 1}', '{"a": 1, "b": 2}'),
        ('{"a": [1, 2]', '{"a":[1,2],"b":{}}', '{"a": [1, 2], "b":{}}'),
        ('{"a": [1', '{"a": [1, 2]}', '{"a": [1, 2]}'),
        ('{"a": "\\u00e9', '{"a": "éx"}', '{"a": "\\u00e9x"}'),
    ],
)
def test_the_rest_completes_what_was_sent(emitted: str, answer: str, whole: str) -> None:
    rest = complete_arguments(broken(emitted), answer, ANY)
    assert rest is not None
    assert emitted + rest == whole
    json.loads(whole)


@pytest.mark.parametrize(
    ("emitted", "answer"),
    [
        ("{", "Sorry, I cannot."),
        ("{", "{{{{"),
        ('{"a": "x', '{"a": "other"}'),
        ('{"a": 1, "b": "x', '{"a": 2, "b": "xy"}'),
        ('{"a": "x', '{"b": 1}'),
        ('{"a": [1', '{"a": 3}'),
    ],
)
def test_what_disagrees_fails_the_turn(emitted: str, answer: str) -> None:
    assert complete_arguments(broken(emitted), answer, ANY) is None


def test_the_schema_holds_for_the_retry_too() -> None:
    assert complete_arguments(broken("{"), '{"limit": 1}', READ) is None
    assert complete_arguments(broken("{"), '{"path": 1,}', READ) == '"path": "1"}'


def test_the_instruction_names_the_trouble_and_the_beginning() -> None:
    text = ask_for_arguments(broken('{"a": "x'), ANY)
    assert '"any"' in text
    assert '"path" is missing' in text
    assert text.endswith('\n{"a": "x')


@given(st.dictionaries(words, values, min_size=1, max_size=3), st.data())
def test_wherever_it_broke_off_the_same_arguments_complete_it(
    arguments: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(arguments, ensure_ascii=data.draw(st.booleans()))
    parser = a_parser()
    parser.feed('```json action\n{"tool": "any", "parameters": ')
    end = data.draw(st.integers(1, len(text) - 1))
    events = [*parser.feed(text[:end]), *parser.finish()]
    emitted = "".join(event.text for event in events if isinstance(event, ToolCallArguments))
    rest = complete_arguments(broken(emitted), json.dumps(arguments), ANY)
    assert rest is not None
    assert json.loads(emitted + rest) == arguments
