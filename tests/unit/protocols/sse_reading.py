"""An independent reading of Server-Sent Events, for tests: by the letter of the WHATWG standard."""

import json
from typing import Any


def read(data: bytes) -> list[tuple[str, Any]]:
    """Return (event name, data) of each event; comments are left out, `[DONE]` stays a string."""
    text = data.decode()
    assert text == "" or text.endswith("\n\n")
    found: list[tuple[str, Any]] = []
    name = ""
    lines: list[str] = []
    for line in text.split("\n"):
        if line == "":
            if lines:
                payload = "\n".join(lines)
                found.append((name, payload if payload == "[DONE]" else json.loads(payload)))
            name, lines = "", []
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "data":
                lines.append(value)
            elif field == "event":
                name = value
            else:
                raise AssertionError(f"unknown field {field!r}")
    return found
