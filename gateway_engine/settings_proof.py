"""The proof that an edit of a settings file changed nothing else, by the standard library's parser,
which had no part in the edit. Pure.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from gateway_engine.setting_values import AccountSettings, InstanceSettings
from gateway_engine.splicing.edits import RefusedEditError, tree_of
from gateway_engine.splicing.toml_text import content_of


def plain(value: Any) -> Any:
    """Return a value of the model as TOML has it: whole numbers of seconds without a point."""
    if isinstance(value, InstanceSettings | AccountSettings):
        given = {f.name: getattr(value, f.name) for f in fields(value) if not _is_default(f, value)}
        return {name: plain(inner) for name, inner in given.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def prove(done: str, wanted: Mapping[str, Any]) -> None:
    """Check that `done` says what is `wanted`. Raises RefusedEditError."""
    if tree_of(_ordered(content_of(done))) != tree_of(_ordered(wanted)):
        raise RefusedEditError("something besides what was asked for would change")


def _ordered(content: Mapping[str, Any]) -> dict[str, Any]:
    """Where a setting stands in the file says nothing."""
    return {
        name: _ordered(value) if isinstance(value, Mapping) else value
        for name, value in sorted(content.items())
    }


def _is_default(f: Any, value: Any) -> bool:
    default = f.default if f.default is not MISSING else f.default_factory()
    return f.name != "kind" and bool(getattr(value, f.name) == default)
