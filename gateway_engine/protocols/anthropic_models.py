"""Models in Anthropic's form (API reference, "List models"), paged by ids.

Aliases stand in the list as models of their own: programs that only keep ids of a certain kind
find them there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway_engine.conversation import Model, ModelId
from gateway_engine.protocols.request_fields import invalid

_UNKNOWN_DATE: Final = "1970-01-01T00:00:00Z"
"""The reference: "May be set to an epoch value if the release date is unknown"."""

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the list is wanted. At most one of the two ids is set."""

    limit: int = DEFAULT_LIMIT
    after_id: str = ""
    before_id: str = ""


def parse_page(query: Mapping[str, str]) -> Page:
    """Return the page that the query string asks for. Raises InvalidRequestError."""
    text = query.get("limit", "")
    limit = DEFAULT_LIMIT
    if text:
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LIMIT):
            raise invalid("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
        limit = int(text[:9])
    after_id, before_id = query.get("after_id", ""), query.get("before_id", "")
    if after_id and before_id:
        raise invalid("before_id", "cannot be combined with after_id")
    return Page(limit, after_id, before_id)


def listing(models: Sequence[Model], page: Page) -> dict[str, Any]:
    """Return one page of the list. An id that is not in the list starts it from its end."""
    rows = [row for model in models for row in _with_aliases(model)]
    ids = [row.id for row in rows]
    if page.before_id:
        stop = ids.index(ModelId(page.before_id)) if page.before_id in ids else len(ids)
        start = max(0, stop - page.limit)
        has_more = start > 0
    else:
        start = ids.index(ModelId(page.after_id)) + 1 if page.after_id in ids else 0
        stop = min(len(ids), start + page.limit)
        has_more = stop < len(ids)
    shown = rows[start:stop]
    return {
        "data": [entry(row) for row in shown],
        "has_more": has_more,
        "first_id": shown[0].id if shown else None,
        "last_id": shown[-1].id if shown else None,
    }


def entry(model: Model) -> dict[str, Any]:
    """Return one model. `max_input_tokens` is null when upstream does not say."""
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.display_name,
        "created_at": _UNKNOWN_DATE,
        "lifecycle": "active",
        "max_input_tokens": model.context_tokens or None,
        "max_tokens": None,
        "vision": model.vision,
        "reasoning": model.reasoning,
        "aliases": list(model.aliases),
    }


def _with_aliases(model: Model) -> list[Model]:
    return [model, *(replace(model, id=ModelId(alias), aliases=()) for alias in model.aliases)]
