"""Requests as the server would trace them."""

import itertools
import json
from typing import Any

from gateway_engine.conversation import (
    ChatRequest,
    InstanceName,
    Message,
    ModelId,
    RequestId,
    Role,
    SessionUse,
    TextPart,
    TurnRouted,
)
from gateway_engine.events import RequestFinished
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.redaction import SecretFinder
from gateway_engine.inspector.trace import Arrival, Trace
from gateway_engine.inspector.writing import write_record

NO_SECRETS = SecretFinder.of([])
_numbers = itertools.count(1)


def arrival(record_id: str = "req_1", **fields: Any) -> Arrival:
    """A request that came at 1800000000 s, 100 s into the process's life."""
    known: dict[str, Any] = {
        "request_id": record_id,
        "at": 1_800_000_000.0,
        "arrived": 100.0,
        "protocol": "openai_chat",
        "method": "POST",
        "path": "/v1/chat/completions",
        "url": "http://127.0.0.1:8317/v1/chat/completions?beta=true",
        "client": "curl",
        "key_id": "key-1",
        "headers": (("Content-Type", "application/json"), ("Authorization", "Bearer lgw-secret")),
    }
    return Arrival(**known | fields)


def request(*parts: Any, model: str = "gpt-4o", **fields: Any) -> ChatRequest:
    """A request with one user message."""
    message = Message(Role.USER, parts or (TextPart("Hello"),))
    return ChatRequest(model, (message,), **fields)


def trace(record_id: str = "req_1", *, bodies: bool = True, **fields: Any) -> Trace:
    """A whole good answer, not sealed yet."""
    clock = itertools.count(1000)
    made = Trace(arrival(record_id, **fields), lambda: next(clock) / 10, bodies=bodies)
    made.received(json.dumps({"model": "gpt-4o", "messages": []}).encode())
    made.understood(request(), stream=True)
    made.to_upstream(b'{"id":1,"method":"chat/ask","params":{"text":"Hello"}}')
    made.from_upstream(b'{"method":"chat/answer","params":{"text":"Hi"}}')
    made.answered(b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n')
    made.answered(b"data: [DONE]\n\n")
    made.ended(
        RequestFinished(RequestId(record_id), 1_800_000_001.0, 200, "", "", 120.0, 900.0, 11, 7),
        TurnRouted(InstanceName("inst-0"), ModelId("qwen"), "demo", SessionUse.MISS, 11),
    )
    made.outcome.status = 200
    made.outcome.total_ms = 900.0
    made.outcome.headers = (("Content-Type", "text/event-stream"), ("x-gateway-model", "qwen"))
    return made


def record(record_id: str = "", **fields: Any) -> Record:
    """The record of a whole good answer."""
    return write_record(trace(record_id or f"req_{next(_numbers)}", **fields), NO_SECRETS)
