"""Records of an agent's turns, by hand, as a window would be given them."""

import json
from collections.abc import Sequence
from typing import Any

from gateway_engine.public import (
    Change,
    Details,
    Exchange,
    Frame,
    KeptText,
    Record,
    Summary,
)

STARTED = 1_790_000_000.0
SYSTEM = "You are a careful coding agent.\n" + "Read before you write. " * 30
ANSWER = """I looked at the file. The total was summed **twice**:

```python
for item in items:
    total += item.price  # here
```

| place | before | after |
| --- | --- | --- |
| `cart.py:12` | 84 | 42 |

- The test passes now, 测试通过。
- Nothing else was touched.
"""
REASONING = "The user wants the sum fixed. First I read the file, then I compare it with the test."


def kept(text: str, *, cut: bool = False) -> KeptText:
    """A body."""
    return KeptText(text, len(text.encode()) * (3 if cut else 1), cut)


def says(role: str, text: str) -> dict[str, Any]:
    """A neutral message of text."""
    return {"role": role, "parts": [{"text": text}]}


def calls(call_id: str, tool: str, **arguments: Any) -> dict[str, Any]:
    """A neutral message that calls a tool."""
    part = {"call": call_id, "tool": tool, "arguments": json.dumps(arguments)}
    return {"role": "assistant", "parts": [part]}


def answers(call_id: str, text: str, *, failed: bool = False) -> dict[str, Any]:
    """A neutral message with a tool's result."""
    part = {"result_of": call_id, "is_error": failed, "parts": [{"text": text}]}
    return {"role": "tool", "parts": [part]}


def messages(turns: int) -> list[dict[str, Any]]:
    """The conversation of an agent at its `turns`-th request."""
    found = [
        says("system", SYSTEM),
        {
            "role": "user",
            "parts": [
                {"text": "The total in cart.py is wrong. Please fix it, 请修复。"},
                {"image": "image/png", "bytes": 48_211},
            ],
        },
    ]
    for number in range(1, turns):
        call_id = f"call_{number:02}"
        found.append(calls(call_id, "read_file", path=f"src/cart_{number}.py", limit=200))
        failed = number == 2
        found.append(answers(call_id, "no such file" if failed else "line\n" * 20, failed=failed))
    return found


def stream(text: str, reasoning: str = "", call: tuple[str, str, str] | None = None) -> str:
    """A streamed answer of OpenAI's chat completions."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": None}]
    deltas += [{"reasoning_content": piece} for piece in _pieces(reasoning)]
    deltas += [{"content": piece} for piece in _pieces(text)]
    if call is not None:
        call_id, name, arguments = call
        function = {"name": name, "arguments": arguments}
        deltas.append({"tool_calls": [{"index": 0, "id": call_id, "function": function}]})
    events: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas
    ]
    reason = "tool_calls" if call is not None else "stop"
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    lines = [f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n"])


def _pieces(text: str) -> list[str]:
    return [text[at : at + 16] for at in range(0, len(text), 16)]


def frames(count: int, *, stall_after: int = 0) -> tuple[Frame, ...]:
    """An ask and `count` pieces of its answer; `stall_after` that many comes a long silence."""
    ask = {"jsonrpc": "2.0", "id": 7, "method": "chat/ask", "params": {"questionText": SYSTEM}}
    found = [Frame(38.4, "to_upstream", kept(json.dumps(ask)))]
    at = 640.0
    for number in range(count):
        at += 4200.0 if number and number == stall_after else 45.0
        said = {"jsonrpc": "2.0", "method": "chat/answer", "params": {"text": f"piece {number}"}}
        found.append(Frame(at, "from_upstream", kept(json.dumps(said))))
    return tuple(found)


def turn(
    number: int = 4,
    *,
    record_id: str = "",
    conversation: Sequence[dict[str, Any]] | None = None,
    body: str = "",
    answer: str = "",
    obstacle: str = "",
    removed: tuple[str, ...] = (),
    changes: tuple[Change, ...] | None = None,
    stall_after: int = 30,
    **line: Any,
) -> Record:
    """The record of the `number`-th request of an agent's task."""
    said = list(conversation) if conversation is not None else messages(number)
    request = {"model": "gpt-4o", "stream": True, "temperature": 0.2, "messages": said}
    known: dict[str, Any] = {
        "id": record_id or f"req_{number:04}",
        "started_at": STARTED + 60 * number,
        "protocol": "openai_chat",
        "path": "/v1/chat/completions",
        "client": "claude-cli",
        "model_asked": "gpt-4o",
        "model_used": "qwen3-coder",
        "instance": "inst-0",
        "session": "hit",
        "status": 200,
        "ttft_ms": 690.0,
        "total_ms": 7350.0,
        "tokens_in": 12_345,
        "tokens_out": 456,
        "stream": True,
        "tools": 23,
    }
    if changes is None:
        changes = (
            Change("temperature", "dropped", "upstream does not take it"),
            Change("messages[1]", "degraded", "the model qwen3-coder sees no images"),
        )
    exchange = Exchange(
        "POST",
        "http://127.0.0.1:8317/v1/chat/completions",
        (("content-type", "application/json"), ("authorization", "***"), ("accept", "*/*")),
        kept(body or json.dumps(request, ensure_ascii=False)),
        (("Content-Type", "text/event-stream"), ("x-gateway-model", "qwen3-coder")),
        kept(answer or stream(ANSWER, REASONING, ("call_99", "run_tests", '{"path": "tests"}'))),
    )
    details = Details(
        exchange,
        {"model": "gpt-4o", "messages": said, "tools": ["read_file", "run_tests"]},
        changes,
        frames(60, stall_after=stall_after),
        key_id="desktop",
        obstacle=obstacle,
        removed=removed,
    )
    return Record(Summary(**known | line), details)
