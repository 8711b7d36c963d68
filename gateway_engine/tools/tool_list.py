"""A tool as the contract's text shows it. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from gateway_engine.conversation import Change, ToolSpec

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


class _Cut:
    """Copies a schema without what lies too deep."""

    def __init__(self) -> None:
        self.happened = False

    def copy(self, value: Any, depth: int) -> Any:
        if not isinstance(value, Mapping | list | tuple):
            return value
        if depth >= MAX_DEPTH:
            self.happened = True
            return {} if isinstance(value, Mapping) else []
        if isinstance(value, Mapping):
            return {str(key): self.copy(value[key], depth + 1) for key in value}
        return [self.copy(item, depth + 1) for item in value]
