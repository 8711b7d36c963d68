"""Which records somebody wants to see, and one page of them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway_engine.errors import InvalidRequestError
from gateway_engine.inspector.record import Summary

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 500
FAILED: Final = "failed"
GOOD: Final = "ok"
CLIENT_LEFT: Final = 499
MAX_CHOICES: Final = 200

_STATUS: Final = re.compile(r"[1-9]\d\d|[1-9]xx|failed|ok")


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Newest first. `before` is a record's id: only older ones than that. `after` is one too: only
    newer ones than that, the oldest of them first. `since`: only those that started then or later.

    `status` is a number, a class (`4xx`), `failed` (an error code, in-band ones included; a client
    that went away is no failure) or `ok` (no error code). `protocol`, `client` and `instance` are
    whole names; `text` stands somewhere in the names of a record or in the beginning of what its
    user wrote; `pinned` wants those alone.
    """

    limit: int = DEFAULT_LIMIT
    before: str = ""
    status: str = ""
    protocol: str = ""
    client: str = ""
    text: str = ""
    instance: str = ""
    pinned: bool = False
    after: str = ""
    since: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidRequestError(f"limit: must be between 1 and {MAX_LIMIT}", param="limit")
        if self.status and not _STATUS.fullmatch(self.status):
            raise InvalidRequestError(
                "status: must be a number like 200, a class like 4xx, failed, or ok", param="status"
            )


@dataclass(frozen=True, slots=True)
class RecordPage:
    """`next` is the id to ask for older ones `before`, "" when there are none."""

    summaries: tuple[Summary, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a query found at one moment, to be read in stretches by their place.

    `total` counts the records, ordered by when they started, the newest first. `anchor` keeps later
    ones out of the stretches, so that places stay. `place` is that of the record that was to be
    located, None when it is not among them. `recorded`: so many records had been told of
    (RequestRecorded) when this was true. The names are choices to filter by, over all records.
    """

    total: int
    anchor: int
    place: int | None = None
    protocols: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()
    recorded: int = 0
    bodies: bool = True
    """Whether records keep what was said (RECORD_BODIES)."""


def parse_query(fields: Mapping[str, str]) -> RecordQuery:
    """Read the query of `debug/requests`. Raises InvalidRequestError."""
    raw = fields.get("limit", "").strip() or str(DEFAULT_LIMIT)
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
        raise InvalidRequestError(f"limit: must be between 1 and {MAX_LIMIT}", param="limit")
    return RecordQuery(
        limit=int(raw),
        before=fields.get("before", "").strip(),
        status=fields.get("status", "").strip().lower(),
        protocol=fields.get("protocol", "").strip(),
        client=fields.get("client", "").strip(),
        text=fields.get("q", "").strip(),
        instance=fields.get("instance", "").strip(),
        pinned=fields.get("pinned", "").strip().lower() in ("1", "true"),
    )


def status_range(status: str) -> tuple[int, int]:
    """Return the lowest and the highest status that `status` (a number or a class) stands for."""
    if status.endswith("xx"):
        return int(status[0]) * 100, int(status[0]) * 100 + 99
    return int(status), int(status)


def matches(query: RecordQuery, summary: Summary, searched: str) -> bool:
    """Tell whether a record belongs to `query`, its position in time apart.

    `searched` is the text that `query.text` is looked for in.
    """
    if query.status == FAILED:
        if not summary.error_code or summary.status == CLIENT_LEFT:
            return False
    elif query.status == GOOD:
        if summary.error_code:
            return False
    elif query.status:
        low, high = status_range(query.status)
        if not low <= summary.status <= high:
            return False
    return (
        query.protocol in ("", summary.protocol)
        and query.client in ("", summary.client)
        and query.instance in ("", summary.instance)
        and (summary.pinned or not query.pinned)
        and summary.started_at >= query.since
        and query.text.casefold() in searched.casefold()
    )
