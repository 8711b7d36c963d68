"""Try it, the wire part: builds a client's request. Pure.

It speaks as any client would (OpenAI chat completions or Anthropic messages over SSE).
"""

import json
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

    @property
    def recorded_as(self) -> str:
        """The word that records have for it."""
        return "openai_chat" if self is Protocol.OPENAI else "anthropic_messages"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A POST."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


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
