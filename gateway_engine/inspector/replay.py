"""A recorded request as one to be sent again: to another model, or in another protocol. Pure.

In its own protocol the body goes as it came, with another model. For another protocol the body is
read into the neutral conversation once more and written anew from that; no protocol is translated
into another. Only where a body does not stand for itself (it goes on from a stored response) the
recorded conversation is taken, which has no pictures and no declarations of tools.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway_engine.conversation import (
    AudioPart,
    ChatRequest,
    DocumentPart,
    ImagePart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from gateway_engine.errors import GatewayError
from gateway_engine.inspector.conversation_view import messages_of, parts_of
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.replay_bodies import WRITERS, Body
from gateway_engine.json_text import InvalidJsonError, parse, render
from gateway_engine.protocols.anthropic_messages import request as anthropic_messages
from gateway_engine.protocols.ollama import request as ollama
from gateway_engine.protocols.openai_chat import request as openai_chat
from gateway_engine.protocols.openai_completions import request as openai_completions
from gateway_engine.protocols.openai_responses import request as openai_responses

PROTOCOLS: Final = tuple(WRITERS)
"""In which a conversation of any kind can be asked."""
ANTHROPIC_VERSION: Final = "2023-06-01"
GENERATE_PATH: Final = "/api/generate"


class NotReplayableError(Exception):
    """The request cannot be sent again. `code`: not_kept, cut, secrets, not_text, unreadable,
    nothing_left.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Replay:
    """What is to be posted. `left_out` are codes of what the new body does not hold: images,
    audio, reasoning, tools, files, settings.
    """

    protocol: str
    path: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()


def why_not(record: Record) -> str:
    """Return the code of why a record cannot be sent again, "" when it can."""
    details = record.details
    if details is None:
        return "not_kept"
    if not details.obstacle:
        return ""
    if details.exchange.request_body.cut:
        return "cut"
    return "secrets" if details.removed else "not_text"


def replay(record: Record, *, protocol: str, model: str) -> Replay:
    """Return the request that asks the same of `model` in `protocol`, streamed.

    Raises NotReplayableError.
    """
    code = why_not(record)
    details = record.details
    if code or details is None:
        raise NotReplayableError(code or "not_kept")
    try:
        body = parse(details.exchange.request_body.text)
    except InvalidJsonError:
        raise NotReplayableError("unreadable") from None
    if not isinstance(body, dict):
        raise NotReplayableError("unreadable")
    line = record.summary
    if protocol == line.protocol:
        again = {**body, "model": model or body.get("model"), "stream": True}
        return Replay(protocol, line.path, render(again), _headers(record, protocol))
    left_out: dict[str, None] = {}
    if line.protocol == "openai_responses" and body.get("previous_response_id"):
        request = _recorded(details.conversation, left_out)
    else:
        request = _read(line.protocol, line.path, body)
    if not request.messages:
        raise NotReplayableError("nothing_left")
    request = replace(request, model=model or request.model)
    path, writer = WRITERS[protocol]
    made: Body = writer(request)
    left_out.update(dict.fromkeys(made.left_out))
    headers = _headers(record, protocol)
    return Replay(protocol, path, render(made.value), headers, tuple(left_out))


def _headers(record: Record, protocol: str) -> tuple[tuple[str, str], ...]:
    headers = [("Content-Type", "application/json")]
    if protocol == "anthropic_messages":
        sent = dict(record.details.exchange.request_headers) if record.details is not None else {}
        headers.append(("anthropic-version", sent.get("anthropic-version", ANTHROPIC_VERSION)))
        if record.summary.protocol == protocol and "anthropic-beta" in sent:
            headers.append(("anthropic-beta", sent["anthropic-beta"]))
    return tuple(headers)


def _read(protocol: str, path: str, body: Mapping[str, Any]) -> ChatRequest:
    read: dict[str, Callable[[Mapping[str, Any]], ChatRequest]] = {
        "openai_chat": lambda b: openai_chat.parse(b).request,
        "openai_completions": lambda b: openai_completions.parse(b).request,
        "openai_responses": lambda b: openai_responses.parse(b).request,
        "anthropic_messages": lambda b: anthropic_messages.parse(b).request,
        "ollama": lambda b: (
            (ollama.parse_generate(b) if path == GENERATE_PATH else ollama.parse_chat(b)).request
        ),
    }
    try:
        return read[protocol](body)
    except (GatewayError, KeyError):
        raise NotReplayableError("unreadable") from None


# --- the recorded conversation, read back ---


def _recorded(conversation: Mapping[str, Any] | None, left_out: dict[str, None]) -> ChatRequest:
    messages: list[Message] = []
    for message in messages_of(conversation):
        parts = tuple(part for raw in parts_of(message) for part in _part(raw, left_out))
        if parts:
            messages.append(Message(Role(str(message["role"])), parts))
    asked = conversation or {}
    if asked.get("tools"):
        left_out["tools"] = None
    limit = asked.get("max_tokens")
    return ChatRequest(
        model=str(asked.get("model", "")),
        messages=tuple(messages),
        max_tokens=limit if isinstance(limit, int) else None,
        stop=tuple(str(word) for word in asked.get("stop") or ()),
    )


def _part(raw: Mapping[str, Any], left_out: dict[str, None]) -> Iterator[Part]:
    if "text" in raw:
        yield TextPart(str(raw["text"]))
    elif "reasoning" in raw:
        yield ReasoningPart(str(raw["reasoning"]))
    elif "image" in raw:
        if raw.get("url"):
            yield ImagePart(url=str(raw["url"]))
        else:
            left_out["images"] = None
    elif "audio" in raw:
        yield AudioPart(str(raw["audio"]))
    elif "document" in raw:
        yield DocumentPart(str(raw["document"]), raw.get("content"))
    elif "call" in raw:
        yield ToolCallPart(str(raw["call"]), str(raw["tool"]), str(raw["arguments"]))
    elif "result_of" in raw:
        content = tuple(part for inner in parts_of(raw) for part in _part(inner, left_out))
        yield ToolResultPart(str(raw["result_of"]), content, bool(raw.get("is_error")))
