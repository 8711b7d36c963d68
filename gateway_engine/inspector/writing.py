"""A sealed trace becomes a record: bounded, readable, without secrets. Pure, and not quick: it runs
in a thread of its own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gateway_engine.conversation import (
    AudioPart,
    Change,
    ChatRequest,
    DocumentPart,
    ImagePart,
    Message,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from gateway_engine.credential_text import MARK
from gateway_engine.inspector.record import (
    SAME_AS,
    TO_UPSTREAM,
    Details,
    Exchange,
    Frame,
    KeptText,
    Record,
    Summary,
)
from gateway_engine.inspector.redaction import Redactor, SecretFinder
from gateway_engine.inspector.trace import MAX_BODY_BYTES, Piece, Stretch, Trace
from gateway_engine.json_text import InvalidJsonError, parse, render

MAX_PART_CHARS: Final = 64 * 1024
MAX_CONVERSATION_CHARS: Final = 2 * 1024 * 1024
REPEATED_CHARS: Final = 512
"""A longer string that stands in one frame twice is kept once."""
CUT: Final = "… (cut)"

KEPT_HEADERS: Final = re.compile(
    "accept|accept-language|anthropic-beta|anthropic-version|cache-control|content-encoding"
    "|content-length|content-type|host|openai-beta|openai-organization|openai-project|origin"
    "|request-id|retry-after|retry-after-ms|user-agent|x-app|x-gateway-.*|x-request-id"
    "|x-should-retry|x-stainless-.*"
)
SECRET_HEADERS: Final = ("authorization", "x-api-key", "cookie", "set-cookie")

_SSE_LINE: Final = re.compile(r"(data: ?)?(.*)", re.DOTALL)


def write_record(trace: Trace, finder: SecretFinder) -> Record:
    """Return what is to be remembered of a request."""
    redactor = Redactor(finder)
    arrival, outcome, request = trace.arrival, trace.outcome, trace.request
    turn, routed = outcome.turn, outcome.routed
    summary = Summary(
        id=arrival.request_id,
        started_at=arrival.at,
        protocol=arrival.protocol,
        path=finder.clean(arrival.path),
        client=finder.clean(arrival.client),
        model_asked=finder.clean(request.model if request is not None else ""),
        model_used=finder.clean(routed.model if routed is not None else ""),
        instance=routed.instance if routed is not None else "",
        session=routed.session.value if routed is not None else "",
        status=outcome.status,
        error_code=turn.error_code if turn is not None else outcome.error_code,
        ttft_ms=turn.ttft_ms if turn is not None else None,
        total_ms=outcome.total_ms,
        tokens_in=turn.tokens_in if turn is not None else 0,
        tokens_out=turn.tokens_out if turn is not None else 0,
        stream=outcome.stream,
        tools=len(request.tools) if request is not None else 0,
    )
    if not trace.bodies:
        return Record(summary)
    exchange = Exchange(
        method=arrival.method,
        url=redactor.url(arrival.url, "request.url"),
        request_headers=_headers(arrival.headers, redactor, "request.headers"),
        request_body=_request_body(trace, redactor),
    )
    obstacle = _obstacle(redactor, exchange)
    details = Details(
        exchange=replace(
            exchange,
            response_headers=_headers(outcome.headers, redactor, "response.headers"),
            response_body=_response_body(trace.sent, trace.told, redactor),
        ),
        conversation=_conversation(request, redactor),
        changes=tuple(_clean_change(change, redactor) for change in trace.changes),
        frames=_frames(trace, redactor),
        frames_left_out=trace.frames.left_out,
        error_message=redactor.text(
            turn.error_message if turn is not None else outcome.error_message, "error_message"
        ),
        key_id=arrival.key_id,
        obstacle=obstacle,
    )
    return Record(summary, replace(details, removed=tuple(redactor.removed)))


def _obstacle(redactor: Redactor, exchange: Exchange) -> str:
    """Why the request cannot be sent again as it was; the key itself is no obstacle."""
    if exchange.request_body.cut:
        return "its body was too large to be kept whole"
    if "\ufffd" in exchange.request_body.text:
        return "its body is not plain text"
    if redactor.removed:
        return "secrets were removed from it: " + ", ".join(redactor.removed)
    return ""


def _headers(
    headers: Sequence[tuple[str, str]], redactor: Redactor, where: str
) -> tuple[tuple[str, str], ...]:
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        lower = name.lower()
        if lower in SECRET_HEADERS:
            kept.append((lower, MARK))
        elif KEPT_HEADERS.fullmatch(lower):
            kept.append((lower, redactor.text(value, f"{where}.{lower}")))
    return tuple(kept)


# --- bodies and frames ---


def _request_body(trace: Trace, redactor: Redactor) -> KeptText:
    cut = len(trace.body) < trace.body_size
    text = redactor.json(trace.body.decode("utf-8", "replace"), "request.body")
    return KeptText(_whole(text, redactor, cut=cut), trace.body_size, cut)


def _response_body(
    sent: Stretch, told: Mapping[str, Sequence[str]], redactor: Redactor
) -> KeptText:
    """The answer as one text: each line of a stream is a JSON value, after `data:` or bare."""
    head, tail = sent.pieces()
    text = b"".join(piece.data for piece in head).decode("utf-8", "replace")
    if tail:
        text += f"\n\n[{sent.left_out} pieces are left out here]\n\n"
        text += "".join(_tail_text(piece, redactor) for piece in tail)
    cut = bool(sent.left_out) or any(piece.cut for piece in (*head, *tail))
    if not told or not redactor.harmless(text, ["".join(texts) for texts in told.values()]):
        lines = [_SSE_LINE.fullmatch(line) for line in text.split("\n")]
        found = [(match[1] or "", match[2]) for match in lines if match is not None]
        cleaned = redactor.stream([rest for _, rest in found], "response.body")
        text = "\n".join(prefix + rest for (prefix, _), rest in zip(found, cleaned, strict=True))
    return KeptText(_whole(text, redactor, cut=cut and not tail), sent.size, cut)


def _tail_text(piece: Piece, redactor: Redactor) -> str:
    text = piece.data.decode("utf-8", "replace")
    return _whole(redactor.text(text, "response.body"), redactor, cut=True) if piece.cut else text


def _frames(trace: Trace, redactor: Redactor) -> tuple[Frame, ...]:
    head, tail = trace.frames.pieces()
    pieces = [*head, *tail]
    texts = [_compact(piece) for piece in pieces]
    heard = ["".join(texts) for texts in trace.heard.values()]
    cleaned = _clean_frames(pieces, texts, heard, redactor)
    return tuple(
        Frame(
            round((piece.at - trace.arrival.arrived) * 1000, 1),
            piece.kind,
            KeptText(_whole(text, redactor, cut=piece.cut), piece.size, piece.cut),
        )
        for piece, text in zip(pieces, cleaned, strict=True)
    )


def _clean_frames(
    pieces: Sequence[Piece], texts: Sequence[str], heard: Sequence[str], redactor: Redactor
) -> list[str]:
    """Most frames deal out text that is known; only the others need a closer look."""
    where = "upstream.frames"
    spoken = [text for piece, text in zip(pieces, texts, strict=True) if piece.spoken]
    if redactor.stream(spoken, where, by_name=True, spoken=heard) != spoken:
        return redactor.stream(texts, where, by_name=True)
    others = [text for piece, text in zip(pieces, texts, strict=True) if not piece.spoken]
    cleaned = iter(redactor.stream(others, where, by_name=True))
    return [
        text if piece.spoken else next(cleaned) for piece, text in zip(pieces, texts, strict=True)
    ]


def _whole(text: str, redactor: Redactor, *, cut: bool) -> str:
    """Return the text; where it was cut, a secret may stand half: its end goes."""
    if len(text) > MAX_BODY_BYTES:
        text, cut = text[:MAX_BODY_BYTES], True
    if not cut:
        return text
    return text[: max(0, len(text) - redactor.finder.reach)] + CUT


def _compact(piece: Piece) -> str:
    """Return a frame's text; long strings that it repeats are named instead."""
    text = piece.data.decode("utf-8", "replace")
    if piece.kind != TO_UPSTREAM or len(text) < 2 * REPEATED_CHARS:
        return text
    try:
        value = parse(text)
    except InvalidJsonError:
        return text
    if not isinstance(value, dict | list):
        return text
    seen: dict[str, str] = {}
    waiting: list[tuple[Any, str]] = [(value, "")]
    repeated = False
    while waiting:
        holder, path = waiting.pop()
        items = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
        for key, item in items:
            here = f"{path}.{key}" if path else str(key)
            if isinstance(item, dict | list):
                waiting.append((item, here))
            elif isinstance(item, str) and len(item) >= REPEATED_CHARS:
                first = seen.setdefault(item, here)
                if first != here:
                    holder[key] = SAME_AS.format(first)
                    repeated = True
    return render(value).decode() if repeated else text


# --- the conversation ---


def _conversation(request: ChatRequest | None, redactor: Redactor) -> dict[str, Any] | None:
    if request is None:
        return None
    room = _Room(redactor.finder)
    value: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message, room) for message in request.messages if room.left > 0],
        "tools": [room.take(tool.name) for tool in request.tools],
        "tool_choice": {"mode": request.tool_choice.mode.value, "name": request.tool_choice.name},
        "parallel_tool_calls": request.parallel_tool_calls,
        "max_tokens": request.max_tokens,
        "stop": list(request.stop),
        "json_format": request.json_format.name if request.json_format else None,
        "user": request.user,
    }
    return redactor.value(value, "conversation")


class _Room:
    """How much of a conversation is still kept."""

    def __init__(self, finder: SecretFinder) -> None:
        self._finder = finder
        self.left = MAX_CONVERSATION_CHARS

    def take(self, text: str) -> str:
        """Return as much of `text` as there is room for."""
        limit = max(0, min(MAX_PART_CHARS, self.left))
        self.left -= min(len(text), limit) + len(CUT)
        # Cleaned before it is cut: half a secret would not be found again.
        return text if len(text) <= limit else self._finder.clean(text)[:limit] + CUT


def _message(message: Message, room: _Room) -> dict[str, Any]:
    return {
        "role": message.role.value,
        "parts": [_part(part, room) for part in message.parts if room.left > 0],
    }


def _part(part: Part, room: _Room) -> dict[str, Any]:
    match part:
        case TextPart(text):
            return {"text": room.take(text)}
        case ReasoningPart(text):
            return {"reasoning": room.take(text)}
        case ImagePart(media_type, data, url):
            where = {"url": room.take(url)} if url else {"bytes": len(data) * 3 // 4}
            return {"image": media_type, **where}
        case AudioPart(media_type):
            return {"audio": media_type}
        case DocumentPart(name, text):
            return {"document": name, "content": None if text is None else room.take(text)}
        case ToolCallPart(call_id, name, arguments):
            return {"call": call_id, "tool": name, "arguments": room.take(arguments)}
        case ToolResultPart(call_id, content, is_error):
            parts = [_part(inner, room) for inner in content if room.left > 0]
            return {"result_of": call_id, "is_error": is_error, "parts": parts}


def _clean_change(change: Change, redactor: Redactor) -> Change:
    return Change(
        redactor.text(change.field, "changes"),
        change.action,
        redactor.text(change.reason, "changes"),
        change.code,
    )
