"""How OpenAI's APIs ask for JSON.

`response_format` of Chat Completions and `text.format` of Responses differ in one thing: the first
wraps name, schema and strict in `json_schema`.
"""

from typing import Any

from gateway_engine.conversation import JsonFormat
from gateway_engine.protocols.request_fields import (
    as_json,
    as_object,
    invalid,
    optional_bool,
    optional_text,
)


def parse_json_format(value: Any, path: str) -> JsonFormat | None:
    """Return what `value` asks for, None for plain text. Raises InvalidRequestError."""
    if value is None:
        return None
    outer = as_object(value, path)
    match outer.get("type"):
        case "text":
            return None
        case "json_object":
            return JsonFormat()
        case "json_schema":
            inner, where = outer, path
            if outer.get("json_schema") is not None:
                where = f"{path}.json_schema"
                inner = as_object(outer["json_schema"], where)
            schema = as_object(inner.get("schema") or {}, f"{where}.schema")
            as_json(schema, f"{where}.schema")
            return JsonFormat(
                schema=schema,
                name=optional_text(inner, "name", f"{where}.name"),
                strict=optional_bool(inner, "strict", f"{where}.strict", default=False),
            )
    raise invalid(f"{path}.type", "must be one of text, json_object, json_schema")
