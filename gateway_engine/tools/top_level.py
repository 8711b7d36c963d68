"""What a tool's schema says of its arguments' top level; the only level checked here. Pure.

Deeper levels are the client's to check: it knows its own tools, and a model reads its complaint
as well as ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway_engine.conversation import JsonObject

_TYPES: Final = frozenset({"string", "number", "integer", "boolean", "null", "object", "array"})


@dataclass(frozen=True, slots=True)
class TopLevel:
    """The outermost object: what its keys may hold (None: anything), which must be there.

    `closed` says that no other keys than `properties` may come.
    """

    properties: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    closed: bool = False

    def knows(self, key: str) -> bool:
        """True when arguments may have this key."""
        return not self.closed or key in self.properties

    def allows(self, key: str, kind: str) -> bool:
        """True when `key` may hold a value of this JSON type (an integer is a number too)."""
        allowed = self.properties.get(key)
        if allowed is None or kind in allowed:
            return True
        return kind == "integer" and "number" in allowed

    def missing(self, keys: Mapping[str, object] | set[str]) -> tuple[str, ...]:
        """Return the required keys that are not among `keys`."""
        return tuple(key for key in self.required if key not in keys)


def top_level(schema: JsonObject) -> TopLevel:
    """Read a client's JSON Schema; whatever is odd or unknown in it allows everything."""
    properties = schema.get("properties")
    required = schema.get("required")
    return TopLevel(
        properties={
            str(key): _allowed(value)
            for key, value in (properties.items() if isinstance(properties, Mapping) else ())
        },
        required=tuple(key for key in required if isinstance(key, str))
        if isinstance(required, list | tuple)
        else (),
        closed=schema.get("additionalProperties") is False and not schema.get("patternProperties"),
    )


def _allowed(schema: Any, depth: int = 0) -> frozenset[str] | None:
    if not isinstance(schema, Mapping) or depth > 3 or "$ref" in schema or "allOf" in schema:
        return None
    named = schema.get("type")
    if named is not None:
        names = [named] if isinstance(named, str) else named
        if not isinstance(names, list | tuple) or not all(
            isinstance(name, str) and name in _TYPES for name in names
        ):
            return None
        allowed = frozenset(names)
        return allowed | {"null"} if schema.get("nullable") is True else allowed
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not isinstance(choices, list | tuple):
        return None
    union: set[str] = set()
    for choice in choices:
        one = _allowed(choice, depth + 1)
        if one is None:
            return None
        union |= one
    return frozenset(union)
