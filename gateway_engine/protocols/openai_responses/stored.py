"""What is kept of a response, as one JSON document, and what is read from it again.

    {"previous_id", "input_items": [...], "response": {...}}

Documents are linked by `previous_id`; a conversation is a chain of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway_engine.conversation import JsonObject
from gateway_engine.json_text import parse, render
from gateway_engine.protocols.openai_responses.answer import RESPONSE_PREFIX
from gateway_engine.protocols.openai_responses.items import MESSAGE
from gateway_engine.protocols.request_fields import invalid

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """One turn: what the client sent in it, and the finished `response`."""

    previous_id: str
    input_items: Sequence[JsonObject]
    response: JsonObject

    @property
    def items(self) -> list[JsonObject]:
        """What the turn adds to the conversation."""
        return [*self.input_items, *self.response["output"]]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted."""

    limit: int = DEFAULT_LIMIT
    after: str = ""
    newest_first: bool = True


def document(
    response: Mapping[str, Any], input_items: Sequence[JsonObject], previous_id: str
) -> bytes:
    """Return the document of a response. Input items get ids where the client gave none."""
    token = str(response["id"]).removeprefix(RESPONSE_PREFIX)
    items = [_with_id(item, f"{token}_in{i}") for i, item in enumerate(input_items)]
    return render({"previous_id": previous_id, "input_items": items, "response": response})


def read_document(data: bytes) -> StoredResponse:
    """Return what `document` put down."""
    value = parse(data)
    return StoredResponse(value["previous_id"], value["input_items"], value["response"])


def response_of_item(item_id: str) -> str:
    """Return the id of the response that an item's id tells of, "" when it tells of none."""
    token = item_id.split("_")[1:2]
    return RESPONSE_PREFIX + token[0] if token and token[0] else ""


def find_item(stored: StoredResponse, item_id: str) -> JsonObject | None:
    """Return the item of that id."""
    return next((item for item in stored.items if item.get("id") == item_id), None)


def parse_page(query: Mapping[str, str]) -> Page:
    """Return the page that the query string asks for. Raises InvalidRequestError."""
    text, order = query.get("limit", ""), query.get("order", "desc")
    limit = DEFAULT_LIMIT
    if text:
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LIMIT):
            raise invalid("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
        limit = int(text[:9])
    if order not in ("asc", "desc"):
        raise invalid("order", "must be asc or desc")
    return Page(limit, query.get("after", ""), order == "desc")


def listing(stored: StoredResponse, page: Page) -> dict[str, Any]:
    """Return a page of the input items. An unknown `after` starts from the beginning."""
    rows = list(stored.input_items)
    if page.newest_first:
        rows.reverse()
    ids = [row["id"] for row in rows]
    start = ids.index(page.after) + 1 if page.after in ids else 0
    shown = rows[start : start + page.limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": start + page.limit < len(rows),
    }


def _with_id(item: JsonObject, token: str) -> JsonObject:
    if isinstance(item.get("id"), str) and item["id"]:
        return item
    is_message = (item.get("type") or MESSAGE) == MESSAGE
    prefix, status = ("msg", {"status": "completed"}) if is_message else ("item", {})
    return {**status, **item, "id": f"{prefix}_{token}"}
