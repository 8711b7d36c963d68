"""A record as a command that sends the request again. Pure.

The text is for any POSIX shell: nothing in it that a client sent is ever expanded. The key is read
from $LINGMA_GATEWAY_API_KEY, the one thing the shell is meant to expand.
"""

from typing import Final

from gateway_engine.inspector.record import NOT_KEPT, Record

KEY_VARIABLE: Final = "LINGMA_GATEWAY_API_KEY"
MAX_ARGUMENT_CHARS: Final = 30_000
"""Bytes of UTF-8 are at most four times that, and Linux takes 128 KiB in one argument."""
SENT_HEADERS: Final = ("accept", "anthropic-version", "anthropic-beta", "openai-beta")
END: Final = "END_OF_BODY"


def curl(record: Record) -> str:
    """Return the command, with a comment above it when it is not the whole request."""
    details = record.details
    if details is None:
        return f"# {NOT_KEPT}: it cannot be sent again\n"
    exchange = details.exchange
    lines = []
    if details.obstacle:
        lines.append(f"# cannot be replayed as it was: {_one_line(details.obstacle)}")
    words = ["curl", "-sS"]
    if record.summary.stream:
        words.append("-N")
    words += ["-X", quoted(exchange.method), quoted(exchange.url)]
    words += ["-H", f'"Authorization: Bearer ${KEY_VARIABLE}"']
    words += ["-H", quoted("Content-Type: application/json")]
    for name, value in exchange.request_headers:
        if name in SENT_HEADERS:
            words += ["-H", quoted(f"{name}: {_one_line(value)}")]
    body = exchange.request_body.text.replace("\0", "")
    if not body:
        return "\n".join([*lines, " ".join(words), ""])
    if len(body) <= MAX_ARGUMENT_CHARS:
        return "\n".join([*lines, " ".join([*words, "--data-raw", quoted(body)]), ""])
    end = END
    while end in body:
        end += "_"
    return "\n".join(
        [*lines, " ".join([*words, "--data-binary", "@-", f"<<'{end}'"]), body, end, ""]
    )


def quoted(text: str) -> str:
    """Return one word of a POSIX shell that stands for exactly `text`, whatever is in it."""
    return "'" + text.replace("'", "'\\''") + "'"


def _one_line(text: str) -> str:
    return " ".join(text.split())
