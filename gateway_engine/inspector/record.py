"""One request as it is remembered, in frozen values, and those values as JSON. Pure.

Times are seconds since the epoch, durations milliseconds. A record holds no secret: it is made by
`gateway_engine.inspector.writing`, which removes them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from gateway_engine.conversation import Change

TO_UPSTREAM: Final = "to_upstream"
FROM_UPSTREAM: Final = "from_upstream"
SAME_AS: Final = "(the same as {})"
"""What stands in a message in place of a text that it has already said; {} is where."""
NOT_KEPT: Final = "only figures were kept (RECORD_BODIES is off, or too much waited to be written)"
"""What is said of a record without details."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the history. `error_code` is "" for a good answer; `ttft_ms` is None when the
    client was sent no content; `session` is hit, miss, off or ""; `tools` counts declared tools;
    what is `pinned` outlives the tidying, not the wiping.
    """

    id: str
    started_at: float
    protocol: str
    path: str
    client: str = ""
    model_asked: str = ""
    model_used: str = ""
    instance: str = ""
    session: str = ""
    status: int = 0
    error_code: str = ""
    ttft_ms: float | None = None
    total_ms: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    stream: bool = False
    tools: int = 0
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class KeptText:
    """A body. `size` is what it had in bytes; `cut`: `text` is not all of it."""

    text: str
    size: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """One message between the gateway and the upstream, `at_ms` after the request came."""

    at_ms: float
    direction: str
    body: KeptText


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came from the client and what it was sent. `url` has scheme, host, path and query.

    The request's header names are in lower case, and only those that say something about it.
    """

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: KeptText = KeptText("", 0)
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: KeptText = KeptText("", 0)


@dataclass(frozen=True, slots=True)
class Details:
    """What RECORD_BODIES keeps beside the line.

    `conversation` is the neutral form of the request, None when it was refused before it had one.
    `removed` names the places where a secret stood, `obstacle` why the request cannot be sent again
    as it was ("" when it can).
    """

    exchange: Exchange
    conversation: Mapping[str, Any] | None = None
    changes: tuple[Change, ...] = ()
    frames: tuple[Frame, ...] = ()
    frames_left_out: int = 0
    error_message: str = ""
    key_id: str = ""
    removed: tuple[str, ...] = ()
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One request. `details` is None when only its line was kept."""

    summary: Summary
    details: Details | None = None


def search_text(record: Record) -> str:
    """Return what a search looks through: names, the error, the beginning of the last question."""
    details = record.details
    words = [search_words(record.summary)]
    if details is not None:
        words += [details.error_message, _last_question(details.conversation)[:SEARCHED_CHARS]]
    return "\n".join(words).casefold()


def search_words(line: Summary) -> str:
    """Return what of it is known without a record: ids, names, the code of the error."""
    words = (line.id, line.path, line.client, line.model_asked, line.model_used, line.instance)
    return "\n".join((*words, line.error_code)).casefold()


SEARCHED_CHARS: Final = 500


def _last_question(conversation: Mapping[str, Any] | None) -> str:
    for message in reversed((conversation or {}).get("messages", [])):
        if message.get("role") == "user":
            return " ".join(str(part["text"]) for part in message["parts"] if "text" in part)
    return ""


# --- as JSON ---


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return the line as the internal routes show it."""
    return asdict(summary)


def record_json(record: Record) -> dict[str, Any]:
    """Return everything as the internal routes show it."""
    details = record.details
    shown = summary_json(record.summary) | {"bodies_kept": details is not None}
    return shown if details is None else shown | details_json(details)


def details_json(details: Details) -> dict[str, Any]:
    """Return the details as JSON values; `parse_details` reads them back."""
    exchange = details.exchange
    return {
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "headers": [list(pair) for pair in exchange.request_headers],
            **_body_json(exchange.request_body),
        },
        "conversation": details.conversation,
        "changes": [asdict(change) for change in details.changes],
        "upstream": {
            "frames": [
                {"at_ms": frame.at_ms, "direction": frame.direction, **_body_json(frame.body)}
                for frame in details.frames
            ],
            "left_out": details.frames_left_out,
        },
        "response": {
            "headers": [list(pair) for pair in exchange.response_headers],
            **_body_json(exchange.response_body),
        },
        "error_message": details.error_message,
        "key_id": details.key_id,
        "removed": list(details.removed),
        "replayable": not details.obstacle,
        "obstacle": details.obstacle,
    }


def _body_json(body: KeptText) -> dict[str, Any]:
    return {"body": body.text, "bytes": body.size, "cut": body.cut}


def parse_details(values: Mapping[str, Any]) -> Details:
    """Read back what `details_json` gave."""
    request, response, upstream = values["request"], values["response"], values["upstream"]
    return Details(
        exchange=Exchange(
            method=request["method"],
            url=request["url"],
            request_headers=_pairs(request["headers"]),
            request_body=_body(request),
            response_headers=_pairs(response["headers"]),
            response_body=_body(response),
        ),
        conversation=values["conversation"],
        changes=tuple(Change(**change) for change in values["changes"]),
        frames=tuple(
            Frame(frame["at_ms"], frame["direction"], _body(frame)) for frame in upstream["frames"]
        ),
        frames_left_out=upstream["left_out"],
        error_message=values["error_message"],
        key_id=values["key_id"],
        removed=tuple(values["removed"]),
        obstacle=values["obstacle"],
    )


def _body(values: Mapping[str, Any]) -> KeptText:
    return KeptText(values["body"], values["bytes"], values["cut"])


def _pairs(values: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in values)
