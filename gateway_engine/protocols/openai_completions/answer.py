"""An answer as legacy Completions: `text_completion` objects, streamed or one.

Only text has a place in them: reasoning and calls are left out. Order of a stream: text, one chunk
with the finish reason, with `include_usage` one chunk with usage and no choices, `[DONE]`. After a
failure only the error event: never `[DONE]`.
"""

from typing import Any, Final

from gateway_engine.conversation import FinishReason, StreamBatch, TextDelta, TurnFinished, Usage
from gateway_engine.errors import GatewayError
from gateway_engine.protocols import openai_errors, sse
from gateway_engine.protocols.collected_answer import CollectedAnswer
from gateway_engine.protocols.openai_usage import usage_counts

DONE: Final = b"data: [DONE]\n\n"

_FINISH: Final = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.STOP_SEQUENCE: "stop",
    FinishReason.TOOL_CALLS: "stop",
    FinishReason.CONTENT_FILTER: "content_filter",
}


class CompletionStreamEncoder:
    """StreamEvents of one answer as chunks. `created` is in seconds since the epoch; `echo` comes
    before the first text."""

    content_type = sse.CONTENT_TYPE

    def __init__(
        self, *, completion_id: str, model: str, created: int, include_usage: bool, echo: str
    ) -> None:
        self._base: dict[str, Any] = {
            "id": completion_id,
            "object": "text_completion",
            "created": created,
            "model": model,
        }
        self._include_usage = include_usage
        self._echo = echo

    def encode(self, batch: StreamBatch) -> bytes:
        """Return the chunks of `batch`."""
        out: list[bytes] = []
        for event in batch:
            match event:
                case TextDelta(text):
                    self._text(text, out)
                case TurnFinished():
                    self._finish(event, out)
        return b"".join(out)

    def heartbeat(self) -> bytes:
        """Return a comment."""
        return sse.KEEP_ALIVE

    def fail(self, error: GatewayError) -> bytes:
        """Return the error as the last event."""
        return sse.data(openai_errors.body(error))

    def _text(self, text: str, out: list[bytes]) -> None:
        text, self._echo = self._echo + text, ""
        out.append(self._chunk([_choice(text, None)]))

    def _finish(self, event: TurnFinished, out: list[bytes]) -> None:
        if self._echo:
            self._text("", out)
        out.append(self._chunk([_choice("", event.reason)]))
        if self._include_usage:
            out.append(self._chunk([], event.usage))
        out.append(DONE)

    def _chunk(self, choices: list[dict[str, Any]], usage: Usage | None = None) -> bytes:
        chunk = {**self._base, "choices": choices}
        if self._include_usage:
            chunk["usage"] = None if usage is None else usage_counts(usage)
        return sse.data(chunk)


def body(
    answer: CollectedAnswer, *, completion_id: str, model: str, created: int, echo: str
) -> dict[str, Any]:
    """Return the `text_completion` of a finished answer."""
    finished = answer.finished
    if finished is None:
        raise ValueError("the answer is not finished")
    return {
        "id": completion_id,
        "object": "text_completion",
        "created": created,
        "model": model,
        "choices": [_choice(echo + answer.text, finished.reason)],
        "usage": usage_counts(finished.usage),
    }


def _choice(text: str, reason: FinishReason | None) -> dict[str, Any]:
    finish = None if reason is None else _FINISH[reason]
    return {"text": text, "index": 0, "logprobs": None, "finish_reason": finish}
