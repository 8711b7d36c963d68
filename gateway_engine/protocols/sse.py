"""Server-Sent Events as bytes (WHATWG HTML, "Server-sent events"), one event or comment at a time.

Payloads are compact JSON, which holds no raw line break, so one `data:` line is always enough.
Many clients cut lines with a general text function, for which U+0085, U+2028 and U+2029 are line
breaks too; JSON may escape any character, so these are escaped.
"""

from typing import Any

from gateway_engine.json_text import render

CONTENT_TYPE = "text/event-stream; charset=utf-8"

END = b"\n\n"
KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: every conforming client skips it."""


_BREAKS = (
    ("\u0085".encode(), b"\\u0085"),
    ("\u2028".encode(), b"\\u2028"),
    ("\u2029".encode(), b"\\u2029"),
)


def json_line(value: Any) -> bytes:
    """Return `value` as JSON that nobody takes for more than one line."""
    line = render(value)
    if not line.isascii():
        for raw, escaped in _BREAKS:
            line = line.replace(raw, escaped)
    return line


def data(payload: Any) -> bytes:
    """Return an unnamed event whose data is `payload` as JSON."""
    return b"data: " + json_line(payload) + END


def event(name: str, payload: Any) -> bytes:
    """Return an event called `name` whose data is `payload` as JSON."""
    return b"event: " + name.encode() + b"\ndata: " + json_line(payload) + END
