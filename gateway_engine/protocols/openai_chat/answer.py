"""An answer as Chat Completions: `chat.completion.chunk` events, or one `chat.completion`.

Order of a stream: a chunk with the role, content, one chunk with the finish reason, with
`include_usage` one chunk with usage and no choices, `[DONE]`. After a failure only the error event:
never `[DONE]`. Reasoning travels as `reasoning_content`, the field DeepSeek made common. Clients
that declared `functions` get the first call as `function_call`: the API of 2023 has room for one.
"""

from typing import Any, Final

from gateway_engine.conversation import (
    FinishReason,
    ReasoningDelta,
    StreamBatch,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    TurnFinished,
    TurnRouted,
)
from gateway_engine.errors import GatewayError
from gateway_engine.protocols import openai_errors, sse
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.openai_usage import usage_counts

DONE: Final = b"data: [DONE]\n\n"

_FINISH: Final = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.STOP_SEQUENCE: "stop",
    FinishReason.TOOL_CALLS: "tool_calls",
    FinishReason.CONTENT_FILTER: "content_filter",
}


class ChatStreamEncoder:
    """StreamEvents of one answer as chunks. `created` is in seconds since the epoch."""

    content_type = sse.CONTENT_TYPE

    def __init__(
        self,
        *,
        completion_id: str,
        model: str,
        created: int,
        include_usage: bool,
        legacy_call: bool = False,
    ) -> None:
        self._base: dict[str, Any] = {
            "id": completion_id,
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
        }
        self._include_usage = include_usage
        self._legacy = legacy_call
        self._began = False
        self._had_text = False
        self._had_calls = False
        self._open_calls: set[int] = set()
        # Rendered once: a text delta is then two joins and the rendering of the text itself.
        head = sse.json_line(self._base)[:-1] + b',"choices":[{"index":0,"delta":'
        usage = b',"usage":null' if include_usage else b""
        self._head = b"data: " + head
        self._tail = b',"logprobs":null,"finish_reason":null}]' + usage + b"}\n\n"
        self._text_head = self._head + b'{"content":'
        self._reasoning_head = self._head + b'{"reasoning_content":'
        self._delta_tail = b"}" + self._tail

    def encode(self, batch: StreamBatch) -> bytes:
        """Return the chunks of `batch`."""
        out: list[bytes] = []
        for event in batch:
            match event:
                case TextDelta(text):
                    self._begin(out, "")
                    self._had_text = True
                    out += (self._text_head, sse.json_line(text), self._delta_tail)
                case ReasoningDelta(text):
                    self._begin(out, None)
                    out += (self._reasoning_head, sse.json_line(text), self._delta_tail)
                case ToolCallArguments(index, text):
                    self._open_calls.discard(index)
                    call = {"index": index, "function": {"arguments": text}}
                    self._call(index, call, out)
                case ToolCallStarted():
                    self._begin(out, None)
                    self._call_started(event, out)
                case ToolCallFinished(index):
                    if index in self._open_calls:
                        out += (self.encode([ToolCallArguments(index, "{}")]),)
                case TurnFinished():
                    self._begin(out, "")
                    self._finish(out, event)
                case TurnRouted():
                    pass
        return b"".join(out)

    def heartbeat(self) -> bytes:
        """Return an SSE comment."""
        return sse.KEEP_ALIVE

    def fail(self, error: GatewayError) -> bytes:
        """Return the error as the last event: official SDKs raise on it."""
        return sse.data(openai_errors.body(error))

    def _delta(self, delta: dict[str, Any]) -> bytes:
        return self._head + sse.json_line(delta) + self._tail

    def _begin(self, out: list[bytes], content: str | None) -> None:
        if not self._began:
            self._began = True
            out.append(self._delta({"role": "assistant", "content": content}))
            self._had_text = content is not None

    def _call(self, index: int, call: dict[str, Any], out: list[bytes]) -> None:
        if not self._legacy:
            out.append(self._delta({"tool_calls": [call]}))
        elif index == 0:
            out.append(self._delta({"function_call": call["function"]}))

    def _call_started(self, event: ToolCallStarted, out: list[bytes]) -> None:
        self._had_calls = True
        self._open_calls.add(event.index)
        call = {
            "index": event.index,
            "id": event.call_id,
            "type": "function",
            "function": {"name": event.name, "arguments": ""},
        }
        self._call(event.index, call, out)

    def _finish(self, out: list[bytes], event: TurnFinished) -> None:
        if not self._had_text and not self._had_calls:
            out.append(self._delta({"content": ""}))
        choice = {
            "index": 0,
            "delta": {},
            "logprobs": None,
            "finish_reason": _finish(event.reason, legacy=self._legacy),
        }
        last: dict[str, Any] = {**self._base, "choices": [choice]}
        if self._include_usage:
            out.append(sse.data({**last, "usage": None}))
            out.append(sse.data({**self._base, "choices": [], "usage": usage_counts(event.usage)}))
        else:
            out.append(sse.data(last))
        out.append(DONE)


def body(
    answer: CollectedAnswer,
    *,
    completion_id: str,
    model: str,
    created: int,
    legacy_call: bool = False,
) -> dict[str, Any]:
    """Return the `chat.completion` of a finished answer."""
    finished = answer.finished
    if finished is None:
        raise ValueError("the answer is not finished")
    calls = [
        {
            "id": call.call_id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for call in answer.calls
    ]
    message: dict[str, Any] = {
        "role": "assistant",
        "content": answer.text or (None if calls else ""),
        "refusal": None,
    }
    if reasoning := answer.reasoning:
        message["reasoning_content"] = reasoning
    if calls and legacy_call:
        message["function_call"] = calls[0]["function"]
    elif calls:
        message["tool_calls"] = calls
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": _finish(finished.reason, legacy=legacy_call),
    }
    return {
        "id": completion_id,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [choice],
        "usage": usage_counts(finished.usage),
    }


def _finish(reason: FinishReason, *, legacy: bool) -> str:
    if legacy and reason is FinishReason.TOOL_CALLS:
        return "function_call"
    return _FINISH[reason]
