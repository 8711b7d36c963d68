"""Which values a client's schema is taken to mean, and that no schema is followed for ever."""

from typing import Any

import pytest

from gateway_engine.tools.schema_fit import fits

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": ["integer", "null"]},
        "kind": {"enum": ["a", "b", 1]},
        "one": {"const": True},
        "place": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
        "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}},
        "either": {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "string"}}]},
        "both": {"allOf": [{"required": ["x"]}, {"properties": {"x": {"type": "boolean"}}}]},
    },
    "required": ["name"],
    "additionalProperties": False,
    "$defs": {"tag": {"type": "string"}},
}


@pytest.mark.parametrize(
    "value",
    [
        {"name": "n"},
        {"name": "n", "age": 3.0},
        {"name": "n", "age": None},
        {"name": "n", "kind": 1, "one": True},
        {"name": "n", "place": {"city": "c", "more": 1}},
        {"name": "n", "tags": ["t"], "either": 1.5, "both": {"x": False}},
        {"name": "n", "either": ["t"]},
    ],
)
def test_what_fits(value: object) -> None:
    assert fits(value, PERSON)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"name": 1},
        {"name": "n", "other": 1},
        {"name": "n", "age": "3"},
        {"name": "n", "age": 3.5},
        {"name": "n", "age": True},
        {"name": "n", "kind": "c"},
        {"name": "n", "kind": True},
        {"name": "n", "one": 1},
        {"name": "n", "place": {}},
        {"name": "n", "place": {"city": 1}},
        {"name": "n", "tags": ["t", 1]},
        {"name": "n", "either": [1]},
        {"name": "n", "both": {"x": 1}},
    ],
)
def test_what_does_not(value: object) -> None:
    assert not fits(value, PERSON)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": 7, "required": "x", "properties": [], "items": 3, "anyOf": {}, "allOf": None},
        {"type": "text"},
        {"$ref": "https://example.com/schema"},
        {"$ref": "#/nowhere"},
        {"nullable": True, "type": "object"},
    ],
)
def test_what_is_odd_in_a_schema_allows_everything(schema: dict[str, Any]) -> None:
    assert fits({"a": [1]}, schema)
    assert fits(None, {**schema, "nullable": True})


def test_a_schema_that_refers_to_itself_comes_to_an_end() -> None:
    choices = [{"$ref": "#"}, {"$ref": "#"}, {"properties": {"a": {"$ref": "#"}}}]
    deep: dict[str, Any] = {}
    for _ in range(150):
        deep = {"a": deep}
    assert fits(deep, {"anyOf": choices})
    assert fits(1, {"$ref": "#"})


def test_a_reference_names_keys_with_slashes() -> None:
    schema = {"$ref": "#/$defs/a~1b~0", "$defs": {"a/b~": {"type": "string"}}}
    assert fits("x", schema)
    assert not fits(1, schema)
