"""One streamed question for each protocol that clients speak, and how its answer is read.

Read here by hand and not by our own protocol modules, so that both cannot be wrong alike.
"""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

ASK_TIMEOUT_S: Final = 30.0
QUESTION: Final = "Say hello."
_MESSAGES: Final = [{"role": "user", "content": QUESTION}]


class BrokenAnswerError(Exception):
    """What came is not a whole answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `text` takes what one event adds; `is_end` knows the protocol's last event."""

    name: str
    path: str
    body: Mapping[str, object]
    text: Callable[[Any], str]
    is_end: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: its text, milliseconds to the first of it, and which upstream gave it."""

    text: str
    first_ms: float
    upstream: str


def _delta(event: Any) -> str:
    return str(event["choices"][0]["delta"].get("content") or "") if event.get("choices") else ""


def _completion(event: Any) -> str:
    return str(event["choices"][0].get("text") or "") if event.get("choices") else ""


def _response(event: Any) -> str:
    return str(event["delta"]) if event.get("type") == "response.output_text.delta" else ""


def _message(event: Any) -> str:
    return str(event["delta"].get("text") or "") if "delta" in event else ""


def _line(event: Any) -> str:
    return str(event.get("message", {}).get("content") or "")


def _is(kind: str) -> Callable[[str], bool]:
    return lambda data: data.startswith("{") and json.loads(data).get("type") == kind


ASKS: Final = (
    Ask(
        "OpenAI chat completions",
        "/v1/chat/completions",
        {"model": "auto", "stream": True, "messages": _MESSAGES},
        _delta,
        lambda data: data == "[DONE]",
    ),
    Ask(
        "OpenAI responses",
        "/v1/responses",
        {"model": "auto", "stream": True, "input": QUESTION},
        _response,
        _is("response.completed"),
    ),
    Ask(
        "OpenAI completions",
        "/v1/completions",
        {"model": "auto", "stream": True, "prompt": QUESTION},
        _completion,
        lambda data: data == "[DONE]",
    ),
    Ask(
        "Anthropic messages",
        "/v1/messages",
        {"model": "auto", "stream": True, "max_tokens": 500, "messages": _MESSAGES},
        _message,
        _is("message_stop"),
    ),
    Ask(
        "Ollama chat",
        "/api/chat",
        {"model": "auto", "messages": _MESSAGES},
        _line,
        lambda data: json.loads(data).get("done") is True,
    ),
)


def ask_once(url: str, key: str, ask: Ask) -> Answer:
    """Ask and read to the end. Blocks. Raises BrokenAnswerError, OSError."""
    # The gateway is on this machine: http.client knows no proxy of the environment.
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=ASK_TIMEOUT_S)
    began = time.monotonic()
    try:
        body = json.dumps(ask.body)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request("POST", ask.path, body, headers)
        reply = connection.getresponse()
        if reply.status != http.client.OK:
            raise BrokenAnswerError(f"status {reply.status}: {reply.read(300)!r}")
        return _read(reply, ask, began)
    except (ValueError, KeyError, TypeError, AttributeError, http.client.HTTPException) as error:
        raise BrokenAnswerError(f"{type(error).__name__}: {error}") from None
    finally:
        connection.close()


def _read(reply: http.client.HTTPResponse, ask: Ask, began: float) -> Answer:
    text, first_ms, ended = "", 0.0, False
    for raw in reply:
        line = raw.decode("utf-8").strip()
        data = line.removeprefix("data:").strip()
        if not line or (data == line and not line.startswith("{")):
            continue  # between events, an event's name, a heartbeat
        if ended:
            raise BrokenAnswerError(f"something after the end: {line[:200]}")
        ended = ask.is_end(data)
        more = ask.text(json.loads(data)) if data.startswith("{") else ""
        if more and not text:
            first_ms = (time.monotonic() - began) * 1000
        text += more
    if not ended:
        raise BrokenAnswerError("the stream has no end of its protocol")
    if not text.strip():
        raise BrokenAnswerError("the answer has no text")
    return Answer(text, first_ms, reply.headers.get("x-gateway-upstream", ""))
