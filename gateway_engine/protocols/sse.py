"""Server-Sent Events as bytes (WHATWG HTML, "Server-sent events"), one event or comment at a time.

Payloads are compact JSON, which holds no raw line break, so one `data:` line is always enough.
"""

from typing import Any

from gateway_engine.json_text import render

CONTENT_TYPE = "text/event-stream; charset=utf-8"

END = b"\n\n"
KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: every conforming client skips it."""


def data(payload: Any) -> bytes:
    """Return an unnamed event whose data is `payload` as JSON."""
    return b"data: " + render(payload) + END


def event(name: str, payload: Any) -> bytes:
    """Return an event called `name` whose data is `payload` as JSON."""
    return b"event: " + name.encode() + b"\ndata: " + render(payload) + END
