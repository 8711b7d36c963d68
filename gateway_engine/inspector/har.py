"""A record as HAR 1.2, for browsers' network panels and every tool that reads their exports. Pure.

Source: http://www.softwareishard.com/blog/har-12-spec/. Figures that are not known are -1, as the
format wants; what was removed or cut is said in comments.
"""

import datetime
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from gateway_engine.inspector.record import NOT_KEPT, Exchange, KeptText, Record
from gateway_engine.inspector.stalls import PhaseKind, turn_times
from gateway_engine.version import __version__

HTTP_VERSION: Final = "HTTP/1.1"
UNKNOWN: Final = -1
RESOURCE_TYPE: Final = "fetch"
"""Chromium's own word, beside the format: without it an event stream is listed as a script."""
REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Payload Too Large",
    429: "Too Many Requests",
    499: "Client Closed Request",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def har(*records: Record) -> dict[str, Any]:
    """Return the HAR document of these requests, the oldest first."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "lingma-gateway", "version": __version__},
            "entries": [_entry(r) for r in sorted(records, key=lambda r: r.summary.started_at)],
        }
    }


def _entry(record: Record) -> dict[str, Any]:
    line, details = record.summary, record.details
    exchange = details.exchange if details is not None else _unknown(line.path)
    if details is None:
        comment = NOT_KEPT
    else:
        comment = f"cannot be replayed: {details.obstacle}" if details.obstacle else ""
    return {
        "startedDateTime": _iso(line.started_at),
        "_resourceType": RESOURCE_TYPE,
        "time": line.total_ms,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": HTTP_VERSION,
            "cookies": [],
            "headers": _pairs(exchange.request_headers),
            "queryString": _pairs(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)),
            "postData": {
                "mimeType": _content_type(exchange.request_headers),
                "params": [],
                "text": exchange.request_body.text,
                "comment": _cut_comment(exchange.request_body),
            },
            "headersSize": UNKNOWN,
            "bodySize": exchange.request_body.size,
        },
        "response": {
            "status": line.status,
            "statusText": REASONS.get(line.status, ""),
            "httpVersion": HTTP_VERSION,
            "cookies": [],
            "headers": _pairs(exchange.response_headers),
            "content": {
                "size": exchange.response_body.size,
                "mimeType": _content_type(exchange.response_headers),
                "text": exchange.response_body.text,
                "comment": _cut_comment(exchange.response_body),
            },
            "redirectURL": "",
            "headersSize": UNKNOWN,
            "bodySize": exchange.response_body.size,
        },
        "cache": {},
        "timings": _timings(record),
        "comment": comment,
    }


def _timings(record: Record) -> dict[str, float]:
    """Until upstream was asked, until its first word, and the rest."""
    spent = {phase.kind: phase.span.length_ms for phase in turn_times(record).phases}
    return {
        # Chromium takes the whole wait for this one where it is not given.
        "blocked": spent.get(PhaseKind.PLACING, UNKNOWN),
        "send": 0,
        "wait": spent.get(PhaseKind.THINKING, 0.0),
        "receive": spent.get(PhaseKind.ANSWERING, 0.0),
    }


def _unknown(path: str) -> Exchange:
    """A browser takes no entry without a whole address."""
    return Exchange("POST", f"http://127.0.0.1{path}")


def _iso(at: float) -> str:
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _content_type(headers: Iterable[tuple[str, str]]) -> str:
    for name, value in headers:
        if name.lower() == "content-type":
            return value
    return "application/json"


def _cut_comment(body: KeptText) -> str:
    return "not all of it was kept" if body.cut else ""
