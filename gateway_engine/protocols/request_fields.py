"""Reading a client's JSON body field by field: liberal in what is known, exact about what is wrong.

Every complaint is an InvalidRequestError that names the field's path (`messages[2].content`) in its
message and as `param`. Strings are cleaned of lone surrogates here, once, so that everything behind
may be encoded.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from gateway_engine.conversation import Change
from gateway_engine.errors import InvalidRequestError
from gateway_engine.json_text import mend_surrogates, render

MAX_UNKNOWN_LISTED: Final = 100
"""Unknown fields of one object that are listed by name; of more, how many there are."""
MAX_LISTED: Final = 1000
"""Changes of one request that are told one by one; of more, how many there are."""
_KIND: Final = re.compile(r"[a-z][a-z0-9_.-]{0,59}", re.ASCII)


def invalid(path: str, problem: str) -> InvalidRequestError:
    """Return the complaint that the field at `path` has `problem`."""
    return InvalidRequestError(f"{path}: {problem}" if path else problem, param=path)


def kind_shown(kind: str, path: str, changes: "Changes") -> str:
    """Return what a model is shown of a part whose kind nobody here knows: vendors add some often.

    Raises InvalidRequestError for what cannot be the name of a kind.
    """
    if not _KIND.fullmatch(kind):
        raise invalid(f"{path}.type", "is not a kind of content that is known here")
    shown = f"[{kind}]"
    changes.degraded(path, f"the model is shown {shown} in its place", "shown_as_name")
    return shown


def names(text: str) -> frozenset[str]:
    """Return the words of `text`: a table of field names stays readable that way."""
    return frozenset(text.split())


def clean(text: str) -> str:
    """Return `text` fit for UTF-8."""
    return text if text.isascii() else mend_surrogates(text)


def as_text(value: Any, path: str) -> str:
    """Return `value`, which must be a string."""
    if not isinstance(value, str):
        raise invalid(path, "must be a string")
    return clean(value)


def as_object(value: Any, path: str) -> Mapping[str, Any]:
    """Return `value`, which must be a JSON object."""
    if not isinstance(value, dict):
        raise invalid(path, "must be an object")
    return value


def as_list(value: Any, path: str) -> list[Any]:
    """Return `value`, which must be a list."""
    if not isinstance(value, list):
        raise invalid(path, "must be a list")
    return value


def as_json(value: Any, path: str) -> str:
    """Return `value` as JSON text."""
    try:
        return clean(render(value).decode())
    except RecursionError:
        raise invalid(path, "is nested too deeply") from None


def required_text(body: Mapping[str, Any], name: str, path: str) -> str:
    """Return a string that must be there and not be empty."""
    if body.get(name) is None:
        raise invalid(path, "is required")
    text = as_text(body[name], path)
    if not text.strip():
        raise invalid(path, "must not be empty")
    return text


def optional_text(body: Mapping[str, Any], name: str, path: str) -> str:
    """Return a string, "" when it is absent or null."""
    value = body.get(name)
    return "" if value is None else as_text(value, path)


def optional_bool(body: Mapping[str, Any], name: str, path: str, *, default: bool) -> bool:
    """Return a boolean, `default` when it is absent or null."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise invalid(path, "must be true or false")
    return value


def optional_count(body: Mapping[str, Any], name: str, path: str) -> int | None:
    """Return a whole number of at least 1, None when it is absent or null."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid(path, "must be a whole number")
    if value < 1:
        raise invalid(path, "must be at least 1")
    return value


def text_list(value: Any, path: str) -> tuple[str, ...]:
    """Return the non-empty strings of a list (null: none)."""
    if value is None:
        return ()
    texts = (as_text(item, f"{path}[{i}]") for i, item in enumerate(as_list(value, path)))
    return tuple(text for text in texts if text)


def says_no_tools(body: Mapping[str, Any]) -> bool:
    """Return whether `tools` is there and empty: no call is wanted, whatever the history holds.

    Codex asks for its summaries that way. A request without the field says nothing.
    """
    tools = body.get("tools")
    return isinstance(tools, list) and not tools


class Changes:
    """What was left out on the way in, each field once."""

    def __init__(self) -> None:
        self._changes: dict[str, Change] = {}
        self._more = 0
        self._last: Change | None = None

    def dropped(self, field: str, reason: str, code: str = "") -> None:
        """Note that `field` goes no further."""
        self._note(Change(field, "dropped", reason, code))

    def degraded(self, field: str, reason: str, code: str = "") -> None:
        """Note that less than `field` said goes further."""
        self._note(Change(field, "degraded", reason, code))

    def drop_others(
        self,
        body: Mapping[str, Any],
        used: AbstractSet[str],
        refused: AbstractSet[str],
        prefix: str = "",
    ) -> None:
        """Note every field of `body` that is not in `used`; null says nothing and is not noted."""
        unknown = 0
        for name, value in body.items():
            if name in used or value is None:
                continue
            is_known = name in refused
            unknown += not is_known
            if unknown > MAX_UNKNOWN_LISTED and not is_known:
                continue
            reason = "upstream does not take it" if is_known else "unknown field"
            code = "not_taken" if is_known else "unknown_field"
            self.dropped(prefix + clean(name), reason, code)
        if (more := unknown - MAX_UNKNOWN_LISTED) > 0:
            self.dropped(f"{prefix}… ({more} more)", "unknown field", "unknown_field")

    def listed(self) -> tuple[Change, ...]:
        """All of them, in the order in which they were noted."""
        listed = tuple(self._changes.values())
        if self._last is None:
            return listed
        return (*listed, replace(self._last, field=f"… ({self._more} more)"))

    def _note(self, change: Change) -> None:
        if len(self._changes) < MAX_LISTED:
            self._changes.setdefault(change.field, change)
        elif change.field not in self._changes:
            self._more += 1
            self._last = change
