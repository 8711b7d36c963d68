"""A list of tools in one canonical form: for the contract's text, and as a session's key. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway_engine.conversation import Change, ToolSpec
from gateway_engine.json_text import render

MAX_DESCRIPTION: Final = 20_000
"""Characters of a tool's description that are passed on."""
MAX_DEPTH: Final = 64
"""Levels of a schema that are passed on; JSON writers give up somewhere above."""

_META: Final = "$schema"


def plain_tool(tool: ToolSpec, field: str) -> tuple[dict[str, Any], list[Change]]:
    """Return the tool as a JSON object, and what of it was left out. `field` is its path."""
    changes: list[Change] = []
    description = tool.description
    if len(description) > MAX_DESCRIPTION:
        description = description[:MAX_DESCRIPTION] + " […]"
        changes.append(
            Change(
                f"{field}.description",
                "degraded",
                f"cut after {MAX_DESCRIPTION} characters",
                "description_cut",
            )
        )
    schema = dict(tool.schema)
    if schema.pop(_META, None) is not None:
        changes.append(
            Change(
                f"tools[].{_META}",
                "dropped",
                "says nothing about the arguments",
                "not_about_arguments",
            )
        )
    cut = _Cut()
    plain = {"name": tool.name, "description": description, "parameters": cut.copy(schema, 0)}
    if cut.happened:
        changes.append(
            Change(
                f"{field}.parameters",
                "degraded",
                f"nested deeper than {MAX_DEPTH} levels",
                "nested_too_deep",
            )
        )
    if not description:
        del plain["description"]
    return plain, changes


def fingerprint(tools: Sequence[ToolSpec]) -> str:
    """Return the same hex text for the same tools, whatever the order of tools and of keys."""
    texts = sorted(
        render([tool.name, tool.description, _Cut(ordered=True).copy(tool.schema, 0)])
        for tool in tools
    )
    return hashlib.sha256(b"\n".join(texts)).hexdigest()


class _Cut:
    """Copies a schema without what lies too deep, keys sorted when `ordered`."""

    def __init__(self, *, ordered: bool = False) -> None:
        self.happened = False
        self._ordered = ordered

    def copy(self, value: Any, depth: int) -> Any:
        if not isinstance(value, Mapping | list | tuple):
            return value
        if depth >= MAX_DEPTH:
            self.happened = True
            return {} if isinstance(value, Mapping) else []
        if isinstance(value, Mapping):
            keys = sorted(value, key=str) if self._ordered else value
            return {str(key): self.copy(value[key], depth + 1) for key in keys}
        return [self.copy(item, depth + 1) for item in value]
