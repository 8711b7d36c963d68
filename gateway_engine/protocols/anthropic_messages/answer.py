"""An answer as Messages: the vendor's event sequence, or one `message`.

    message_start  (content_block_start  content_block_delta*  content_block_stop)*
    message_delta  message_stop

Blocks have the indices 0..n and one start and one stop each, never two open at once: events of
another block wait until an open tool call is whole. `ping` may stand anywhere after message_start.
After a failure only `error` follows. Thinking blocks are sent when the client asked for thinking.
"""

import base64
from typing import Any, Final

from gateway_engine.conversation import (
    FinishReason,
    ReasoningDelta,
    StreamBatch,
    StreamEvent,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    TurnFinished,
    TurnRouted,
    Usage,
)
from gateway_engine.errors import GatewayError
from gateway_engine.json_text import parse
from gateway_engine.protocols import anthropic_errors, sse
from gateway_engine.protocols.anthropic_messages.request import Thinking
from gateway_engine.protocols.collected_answer import (
    CallBlock,
    CollectedAnswer,
    ReasoningBlock,
    TextBlock,
)
from gateway_engine.protocols.encoding import belongs_elsewhere

SIGNATURE: Final = base64.b64encode(b"lingma-gateway: reasoning of this model, unsigned").decode()
"""Opaque to clients, who must send it back; any value that comes back is accepted."""

PING: Final = sse.event("ping", {"type": "ping"})

_STOP: Final = {
    FinishReason.STOP: "end_turn",
    FinishReason.LENGTH: "max_tokens",
    FinishReason.STOP_SEQUENCE: "stop_sequence",
    FinishReason.TOOL_CALLS: "tool_use",
    FinishReason.CONTENT_FILTER: "refusal",
}
_TEXT, _THINKING, _CALL = "text", "thinking", "call"


class MessageStreamEncoder:
    """StreamEvents of one answer as the vendor's events."""

    content_type = sse.CONTENT_TYPE

    def __init__(self, *, message_id: str, model: str, thinking: Thinking, request_id: str) -> None:
        self._message_id = message_id
        self._model = model
        self._thinking = thinking
        self._request_id = request_id
        self._usage = Usage(0, 0)
        self._began = False
        self._index = -1
        self._open = ""
        self._open_call = -1
        self._call_is_empty = False
        self._waiting: list[StreamEvent] = []
        self._delta_head = b""

    def encode(self, batch: StreamBatch) -> bytes:
        """Return the events of `batch`."""
        out: list[bytes] = []
        for event in batch:
            self._take(event, out)
        return b"".join(out)

    def heartbeat(self) -> bytes:
        """Return a ping, after message_start when that is still to come."""
        out: list[bytes] = []
        self._begin(out)
        return b"".join(out) + PING

    def fail(self, error: GatewayError) -> bytes:
        """Return the `error` event."""
        return sse.event("error", anthropic_errors.body(error, self._request_id))

    def _take(self, event: StreamEvent, out: list[bytes]) -> None:
        if self._open is _CALL and belongs_elsewhere(event, self._open_call):
            self._waiting.append(event)
            return
        match event:
            case TextDelta(text):
                if self._open is not _TEXT:
                    self._start(out, _TEXT, {"type": "text", "text": ""}, "text_delta", "text")
                out += (self._delta_head, sse.json_line(text), b"}}\n\n")
            case ReasoningDelta(text):
                if self._thinking.blocks:
                    self._think(text, out)
            case ToolCallArguments(_, text):
                self._call_is_empty = False
                out += (self._delta_head, sse.json_line(text), b"}}\n\n")
            case ToolCallStarted(index, call_id, name):
                block = {"type": "tool_use", "id": call_id, "name": name, "input": {}}
                self._start(out, _CALL, block, "input_json_delta", "partial_json")
                self._open_call = index
                self._call_is_empty = True
            case ToolCallFinished():
                if self._call_is_empty:
                    out += (self._delta_head, b'"{}"', b"}}\n\n")
                self._stop(out)
                self._release(out)
            case TurnRouted():
                cached = event.cached_tokens
                self._usage = Usage(event.input_tokens, 0, cached_tokens=cached)
            case TurnFinished():
                self._finish(event, out)

    def _release(self, out: list[bytes]) -> None:
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._take(event, out)

    def _think(self, text: str, out: list[bytes]) -> None:
        if self._open is not _THINKING:
            block = {"type": "thinking", "thinking": "", "signature": ""}
            self._start(out, _THINKING, block, "thinking_delta", "thinking")
        if self._thinking.text:
            out += (self._delta_head, sse.json_line(text), b"}}\n\n")

    def _begin(self, out: list[bytes]) -> None:
        if self._began:
            return
        self._began = True
        message: dict[str, Any] = {
            "id": self._message_id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": _usage(self._usage),
        }
        out.append(sse.event("message_start", {"type": "message_start", "message": message}))

    def _start(
        self, out: list[bytes], kind: str, block: dict[str, Any], delta: str, field: str
    ) -> None:
        self._begin(out)
        self._stop(out)
        self._index += 1
        self._open = kind
        start = {"type": "content_block_start", "index": self._index, "content_block": block}
        out.append(sse.event("content_block_start", start))
        self._delta_head = (
            b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,'
            b'"delta":{"type":"%s","%s":' % (self._index, delta.encode(), field.encode())
        )

    def _stop(self, out: list[bytes]) -> None:
        if not self._open:
            return
        if self._open is _THINKING:
            signed = {
                "type": "content_block_delta",
                "index": self._index,
                "delta": {"type": "signature_delta", "signature": SIGNATURE},
            }
            out.append(sse.event("content_block_delta", signed))
        stop = {"type": "content_block_stop", "index": self._index}
        out.append(sse.event("content_block_stop", stop))
        self._open = ""

    def _finish(self, event: TurnFinished, out: list[bytes]) -> None:
        while self._open is _CALL:
            self._stop(out)
            self._release(out)
        self._begin(out)
        if self._index < 0:
            empty = {"type": "text", "text": ""}
            self._start(out, _TEXT, empty, "text_delta", "text")
        self._stop(out)
        delta = {"type": "message_delta", "delta": _ending(event), "usage": _usage(event.usage)}
        out.append(sse.event("message_delta", delta))
        out.append(sse.event("message_stop", {"type": "message_stop"}))


def body(
    answer: CollectedAnswer, *, message_id: str, model: str, thinking: Thinking
) -> dict[str, Any]:
    """Return the `message` of a finished answer."""
    finished = answer.finished
    if finished is None:
        raise ValueError("the answer is not finished")
    content: list[dict[str, Any]] = []
    for block in answer.blocks:
        match block:
            case TextBlock():
                if content and content[-1]["type"] == "text":
                    # Two texts that only hidden reasoning kept apart are one block in the stream.
                    content[-1]["text"] += block.text
                else:
                    content.append({"type": "text", "text": block.text})
            case ReasoningBlock():
                if thinking.blocks:
                    shown = block.text if thinking.text else ""
                    content.append({"type": "thinking", "thinking": shown, "signature": SIGNATURE})
            case CallBlock():
                content.append(
                    {
                        "type": "tool_use",
                        "id": block.call_id,
                        "name": block.name,
                        "input": parse(block.arguments),
                    }
                )
    return {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content or [{"type": "text", "text": ""}],
        **_ending(finished),
        "usage": _usage(finished.usage),
    }


def _ending(event: TurnFinished) -> dict[str, Any]:
    ending: dict[str, Any] = {
        "stop_reason": _STOP[event.reason],
        "stop_sequence": event.stop_sequence or None,
    }
    if event.reason is FinishReason.CONTENT_FILTER:
        ending["stop_details"] = {"type": "refusal", "category": None, "explanation": None}
    return ending


def _usage(usage: Usage) -> dict[str, Any]:
    """The vendor counts what was reused beside `input_tokens`, not within it."""
    return {
        "input_tokens": usage.input_tokens - usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
    }
