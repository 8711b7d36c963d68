"""Try it, the wire part: builds a client's request and reads its streamed answer. Pure.

It speaks as any client would (OpenAI chat completions or Anthropic messages over SSE) and reports
what really came: a stream that ends without its terminator is a failure, not an answer.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MODEL = "default"
MAX_TOKENS = 1024
ANTHROPIC_VERSION = "2023-06-01"


class Protocol(StrEnum):
    """What the small client speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A POST."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class TextPiece:
    """More of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class StreamFailed:
    """The server said, inside the stream, that it failed."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The terminator came: the answer is whole."""


Piece = TextPiece | StreamFailed | StreamEnded


def build_request(protocol: Protocol, base_url: str, api_key: str, prompt: str) -> HttpRequest:
    """The request a client of `protocol` sends for one question."""
    body: dict[str, Any] = {
        "model": MODEL,
        "stream": True,
        "messages": [{"role": "user", "content": prompt}],
    }
    headers = [("Content-Type", "application/json"), ("User-Agent", "lingma-gateway-try-it")]
    if protocol is Protocol.OPENAI:
        url = f"{base_url}/v1/chat/completions"
        headers.append(("Authorization", f"Bearer {api_key}"))
    else:
        url = f"{base_url}/v1/messages"
        body["max_tokens"] = MAX_TOKENS
        headers += [("x-api-key", api_key), ("anthropic-version", ANTHROPIC_VERSION)]
    return HttpRequest(url, tuple(headers), json.dumps(body).encode())


class AnswerReader:
    """Bytes of an SSE stream in, pieces out; cut anywhere."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._rest = b""

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are complete now."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        return [piece for line in lines for piece in self._read_line(line.rstrip(b"\r"))]

    def _read_line(self, line: bytes) -> Iterator[Piece]:
        if not line.startswith(b"data:"):
            return
        text = line[5:].strip().decode("utf-8", "replace")
        if text == "[DONE]":
            yield StreamEnded()
            return
        try:
            data = json.loads(text)
        except ValueError:
            yield StreamFailed("malformed_event", text[:200])
            return
        if isinstance(data, dict):
            yield from self._read_event(data)

    def _read_event(self, data: dict[str, Any]) -> Iterator[Piece]:
        if isinstance(data.get("error"), dict):
            yield error_in(data)
        elif self._protocol is Protocol.OPENAI:
            for choice in data.get("choices") or ():
                text = (choice.get("delta") or {}).get("content")
                if text:
                    yield TextPiece(text)
        elif data.get("type") == "content_block_delta":
            text = (data.get("delta") or {}).get("text")
            if text:
                yield TextPiece(text)
        elif data.get("type") == "message_stop":
            yield StreamEnded()


def error_in(data: dict[str, Any]) -> StreamFailed:
    """The error object both protocols use, as code and message."""
    inner = data["error"]
    code = inner.get("code") or inner.get("type") or "error"
    return StreamFailed(str(code), str(inner.get("message") or ""))


def error_body(body: bytes) -> StreamFailed | None:
    """The error of a whole response body, or None when it has none."""
    try:
        data = json.loads(body)
    except ValueError:
        return None
    if isinstance(data, dict) and isinstance(data.get("error"), dict):
        return error_in(data)
    return None
