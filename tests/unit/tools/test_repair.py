"""Arguments made to fit: what is mended, what is refused, and that nothing is invented."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.tools.repair import Repaired, Unrepairable, repair_arguments
from gateway_engine.tools.top_level import TopLevel, top_level
from tests.unit.tools.answers import noise, values, words

ANYTHING = TopLevel()


def typed(**types: Any) -> TopLevel:
    return top_level(
        {"type": "object", "properties": {key: {"type": kind} for key, kind in types.items()}}
    )


@given(st.dictionaries(words, values), st.sampled_from([None, 1]), st.booleans())
def test_strict_json_is_kept_byte_for_byte(
    value: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert repair_arguments(text, ANYTHING) == Repaired(text)


@given(st.one_of(noise, noise.map(lambda text: '{"a": ' + text)))
def test_what_comes_out_is_one_strict_object(text: str) -> None:
    outcome = repair_arguments(text, ANYTHING)
    if isinstance(outcome, Repaired):
        assert isinstance(json.loads(outcome.text), dict)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('{"a": 1,}', '{"a": 1}'),
        ('{"a": [1, 2, ], }', '{"a": [1, 2 ] }'),
        ("{“a”: “b”}", '{"a": "b"}'),
        ("{‘a’: ‘b “c” d’}", '{"a": "b “c” d"}'),
        ('{"a": "“quoted”"}', '{"a": "“quoted”"}'),
        ("{'a': 'say \"x\"', 'b': 'it\\'s'}", '{"a": "say \\"x\\"", "b": "it\'s"}'),
        ('{"a": "it\\\'s"}', '{"a": "it\'s"}'),
        ("{a: 1, $b-2: 2}", '{"a": 1, "$b-2": 2}'),
        ('{"a": True, "b": False, "c": None}', '{"a": true, "b": false, "c": null}'),
        ('{"a": "x\ny\tz\r\n\x01"}', '{"a": "x\\ny\\tz\\r\\n\\u0001"}'),
        (r'{"re": "\d+\s\."}', r'{"re": "\\d+\\s\\."}'),
        (r'{"p": "C:\Users"}', r'{"p": "C:\\Users"}'),
        (r'{"p": "C:\users"}', r'{"p": "C:\\users"}'),
        ('\ufeff {"a":\u00a01}\n', '{"a":1}'),
        (r'{"a": "\ud83d"}', r'{"a": "\ufffd"}'),
        (r'{"a": "\ude00\ud83d\ude00"}', r'{"a": "\ufffd\ud83d\ude00"}'),
        (r'"{\"a\": 1}"', '{"a": 1}'),
    ],
)
def test_slips_with_one_reading_are_mended(text: str, meant: str) -> None:
    outcome = repair_arguments(text, ANYTHING)
    assert isinstance(outcome, Repaired)
    assert outcome.text == meant
    json.loads(outcome.text)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "}", "[1]", "1", "null", '"x"', r'"\"{}\""', '{"a"}', '{"a": }', '{"a": 1 "b": 2}',
        '{"a": "x "y" z"}', "{'a': 'it's'}", '{"a": NaN}', '{"a": 01}', '{"a": .5}', '{"a": +1}',
        '{"a": yes}', '{1: 2}', '{"a": 1}}', '{"a": 1} x', '{,}', '{"a": 1,, "b": 2}', "{'a\": 1}",
        '{"a": 1 // one\n}', '{"a": [1}', '{"a": "x', r'{"a": "C:\new\dir"}', '{"a": "x\\\ny"}',
        '{"a": ' + "[" * 500 + "]" * 500 + "}", '{"a": 1e}', '{"a": -}',
    ],
)  # fmt: skip
def test_a_guess_is_refused(text: str) -> None:
    outcome = repair_arguments(text, ANYTHING)
    assert isinstance(outcome, Unrepairable)
    assert all(outcome.reasons)


@pytest.mark.parametrize(
    ("schema", "text", "meant"),
    [
        (typed(a="integer"), '{"a": "3"}', '{"a": 3}'),
        (typed(a="number"), '{"a": " 3.5 "}', '{"a": 3.5}'),
        (typed(a="integer"), '{"a": 3.0}', '{"a": 3.0}'),
        (typed(a=["integer", "null"]), '{"a": null}', '{"a": null}'),
        (typed(a="boolean"), '{"a": "true"}', '{"a": true}'),
        (typed(a="string"), '{"a": 3.10}', '{"a": "3.10"}'),
        (typed(a="string"), '{"a": false}', '{"a": "false"}'),
        (typed(a="array"), r'{"a": "[1, \"x\"]"}', '{"a": [1, "x"]}'),
        (typed(a="object"), r'{"a": "{}"}', '{"a": {}}'),
        (typed(a="string"), '{"a": "3"}', '{"a": "3"}'),
        (typed(a=["string", "integer"]), '{"a": "3"}', '{"a": "3"}'),
        (typed(a="string", b="string"), '{ "a": null, "b": "x" }', '{ "b": "x" }'),
        (typed(a="string", b="string"), '{"b": "x", "a": null}', '{"b": "x"}'),
        (typed(a="string"), '{"a": null}', "{}"),
    ],
)
def test_types_are_changed_where_one_reading_exists(
    schema: TopLevel, text: str, meant: str
) -> None:
    outcome = repair_arguments(text, schema)
    assert isinstance(outcome, Repaired)
    assert outcome.text == meant
    assert bool(outcome.notes) == (text != meant)


@pytest.mark.parametrize(
    ("schema", "text", "reason"),
    [
        (typed(a="integer"), '{"a": "three"}', '"a" must be integer, not string'),
        (typed(a="integer"), '{"a": 3.5}', '"a" must be integer, not number'),
        (typed(a="integer"), '{"a": "3.5"}', '"a" must be integer, not string'),
        (typed(a="boolean"), '{"a": 1}', '"a" must be boolean, not integer'),
        (typed(a="array"), '{"a": "x"}', '"a" must be array, not string'),
        (typed(a="string"), '{"a": {}}', '"a" must be string, not object'),
        (typed(a=["array", "string"]), '{"a": {}}', '"a" must be array or string, not object'),
        (typed(a=["array", "string"]), '{"a": 1}', '"a" must be array or string, not integer'),
        (TopLevel(required=("a",)), "{}", '"a" is missing'),
        (top_level({"properties": {"a": {"type": "string"}}, "required": ["a"]}), '{"a": null}',
         '"a" must be string, not null'),
        (TopLevel(closed=True), '{"x": 1}', '"x" is not a parameter'),
    ],
)  # fmt: skip
def test_other_mismatches_are_named(schema: TopLevel, text: str, reason: str) -> None:
    outcome = repair_arguments(text, schema)
    assert isinstance(outcome, Unrepairable)
    assert reason in outcome.reasons


def test_odd_schemas_allow_everything() -> None:
    schemas: tuple[dict[str, Any], ...] = (
        {},
        {"properties": []},
        {"properties": {"a": True}},
        {"properties": {"a": {"$ref": "#/x"}}},
        {"properties": {"a": {"type": "Foo"}}},
        {"properties": {"a": {"type": [3]}}},
        {"properties": {"a": {"anyOf": [{"type": "string"}, {}]}}},
        {"additionalProperties": False, "patternProperties": {"a": {}}},
        {"required": "a"},
        {"required": [3]},
    )
    for schema in schemas:
        assert top_level(schema).allows("a", "object")
        assert top_level(schema).knows("a")
        assert not top_level(schema).missing(set())


def test_choices_of_types_are_joined() -> None:
    schema = top_level(
        {"properties": {"a": {"anyOf": [{"type": "string"}, {"type": ["number", "null"]}]},
                        "b": {"type": "string", "nullable": True}}}
    )  # fmt: skip
    assert schema.allows("a", "integer")
    assert schema.allows("a", "null")
    assert not schema.allows("a", "array")
    assert schema.allows("b", "null")
