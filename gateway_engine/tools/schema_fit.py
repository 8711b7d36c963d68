"""Whether a JSON value has the shape that a client's JSON Schema asks for. Pure.

Looked at are `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`,
`anyOf`, `oneOf`, `allOf` and references within the schema: what a model gets wrong, and what a
client that reads the answer into a typed value stumbles over. Lengths, ranges and patterns are not.
Whatever is odd or unknown in a schema allows everything.

A schema is a stranger's text, and one that refers to itself could be followed for ever: after
`MAX_STEPS` the rest is taken as fitting.
"""

from collections.abc import Mapping
from typing import Any, Final

from gateway_engine.conversation import JsonObject

MAX_STEPS: Final = 20_000
"""Pairs of a value and a schema that are compared, some tens of milliseconds."""
_MAX_DEPTH: Final = 100
_LOCAL: Final = "#"


def fits(value: Any, schema: JsonObject) -> bool:
    """Tell whether `value`, as parsed from JSON, has the shape `schema` asks for."""
    return _Check(schema).fits(value, schema, 0)


class _Check:
    def __init__(self, root: JsonObject) -> None:
        self._root = root
        self._steps = 0

    def fits(self, value: Any, schema: Any, depth: int) -> bool:
        self._steps += 1
        if self._steps > MAX_STEPS or depth > _MAX_DEPTH:
            return True
        if not isinstance(schema, Mapping):
            return schema is not False
        if value is None and schema.get("nullable") is True:
            return True
        return (
            _of_type(value, schema.get("type"))
            and _listed(value, schema)
            and self._refers(value, schema, depth + 1)
            and self._combines(value, schema, depth + 1)
            and self._holds(value, schema, depth + 1)
        )

    def _refers(self, value: Any, schema: Mapping[str, Any], depth: int) -> bool:
        reference = schema.get("$ref")
        return reference is None or self.fits(value, self._found(reference), depth)

    def _found(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith(_LOCAL):
            return True
        place: Any = self._root
        for step in reference.removeprefix(_LOCAL).split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(place, Mapping) or name not in place:
                return True
            place = place[name]
        return place

    def _combines(self, value: Any, schema: Mapping[str, Any], depth: int) -> bool:
        for name in ("anyOf", "oneOf"):
            choices = schema.get(name)
            if (
                isinstance(choices, list | tuple)
                and choices
                and not any(self.fits(value, choice, depth) for choice in choices)
            ):
                return False
        every = schema.get("allOf")
        return not isinstance(every, list | tuple) or all(
            self.fits(value, one, depth) for one in every
        )

    def _holds(self, value: Any, schema: Mapping[str, Any], depth: int) -> bool:
        if isinstance(value, list):
            items = schema.get("items")
            if not isinstance(items, Mapping) or "prefixItems" in schema:
                return True
            return all(self.fits(item, items, depth) for item in value)
        if not isinstance(value, Mapping):
            return True
        required = schema.get("required")
        if isinstance(required, list | tuple) and any(
            isinstance(key, str) and key not in value for key in required
        ):
            return False
        given = schema.get("properties")
        properties = given if isinstance(given, Mapping) else {}
        others = True if schema.get("patternProperties") else schema.get("additionalProperties")
        return all(
            self.fits(inner, properties.get(key, others), depth) for key, inner in value.items()
        )


def _listed(value: Any, schema: Mapping[str, Any]) -> bool:
    if "const" in schema and not _same(value, schema["const"]):
        return False
    choices = schema.get("enum")
    return not isinstance(choices, list | tuple) or any(_same(value, one) for one in choices)


def _same(one: Any, other: Any) -> bool:
    """Not by == alone, for which true and 1 are one."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _of_type(value: Any, named: Any) -> bool:
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list | tuple):
        return True
    return any(not isinstance(name, str) or _is(value, name) for name in names)


def _is(value: Any, name: str) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "object":
            return isinstance(value, Mapping)
        case "array":
            return isinstance(value, list)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "integer":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            return isinstance(value, int) or value.is_integer()
    return True
