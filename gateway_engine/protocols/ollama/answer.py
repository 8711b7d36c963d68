"""An answer as Ollama's lines of JSON, or as one object (Ollama, docs/api.md).

Lines with `done: false` carry more text, thinking or whole tool calls; the last one has `done:
true`, the reason, and counts and durations (in nanoseconds). After a failure only a line with
`error` follows. There are no heartbeats: every line means something to a client.
"""

from collections.abc import Callable
from datetime import UTC, datetime
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
)
from gateway_engine.errors import GatewayError
from gateway_engine.json_text import InvalidJsonError, parse
from gateway_engine.protocols import ollama_errors, sse
from gateway_engine.protocols.collected_answer import CallBlock, CollectedAnswer

CONTENT_TYPE: Final = "application/x-ndjson"

_REASON: Final = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.STOP_SEQUENCE: "stop",
    FinishReason.TOOL_CALLS: "stop",
    FinishReason.CONTENT_FILTER: "content_filter",
}
_NS: Final = 1_000_000_000


class OllamaForm:
    """How one answer is worded: `chat` or generate. `clock` gives seconds since the epoch."""

    def __init__(
        self, *, model: str, chat: bool, thinking: bool, clock: Callable[[], float]
    ) -> None:
        self._model = model
        self._chat = chat
        self._clock = clock
        self._began = clock()
        self._first: float | None = None
        self.thinking = thinking

    def first_content(self) -> None:
        """Note that the answer begins now: what went before was spent on the prompt."""
        if self._first is None:
            self._first = self._clock()

    def line(
        self, *, text: str = "", thinking: str = "", calls: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """Return an object with more of the answer."""
        return {**self._head(), **self._said(text, thinking, calls or []), "done": False}

    def last(
        self,
        finished: TurnFinished,
        *,
        text: str = "",
        thinking: str = "",
        calls: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """Return the object that ends the answer, with what was not said before."""
        now = self._clock()
        first = now if self._first is None else self._first
        return {
            **self._head(),
            **self._said(text, thinking, calls or []),
            "done": True,
            "done_reason": _REASON[finished.reason],
            "total_duration": _nanoseconds(now - self._began),
            "load_duration": 0,
            "prompt_eval_count": finished.usage.input_tokens,
            "prompt_eval_duration": _nanoseconds(first - self._began),
            "eval_count": finished.usage.output_tokens,
            "eval_duration": _nanoseconds(now - first),
        }

    def loaded(self, reason: str) -> dict[str, Any]:
        """Return the answer to a request that only wants the model loaded or unloaded."""
        return {**self._head(), **self._said("", "", []), "done": True, "done_reason": reason}

    def _head(self) -> dict[str, Any]:
        moment = datetime.fromtimestamp(self._clock(), UTC)
        created = moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"
        return {"model": self._model, "created_at": created}

    def _said(self, text: str, thinking: str, calls: list[dict[str, Any]]) -> dict[str, Any]:
        more = {"thinking": thinking} if thinking else {}
        if not self._chat:
            return {"response": text, **more}
        message: dict[str, Any] = {"role": "assistant", "content": text, **more}
        if calls:
            message["tool_calls"] = calls
        return {"message": message}


class OllamaStreamEncoder:
    """StreamEvents of one answer as lines. A call is one line, when it is whole; calls keep their
    order."""

    content_type = CONTENT_TYPE

    def __init__(self, form: OllamaForm) -> None:
        self._form = form
        self._calls: dict[int, CallBlock] = {}

    def encode(self, batch: StreamBatch) -> bytes:
        """Return the lines of `batch`."""
        out: list[bytes] = []
        for event in batch:
            self._take(event, out)
        return b"".join(out)

    def heartbeat(self) -> bytes:
        """Return nothing: no line is without meaning."""
        return b""

    def fail(self, error: GatewayError) -> bytes:
        """Return the line that tells of the failure."""
        return _ndjson(ollama_errors.body(error))

    def _take(self, event: StreamEvent, out: list[bytes]) -> None:
        if not isinstance(event, TurnRouted | TurnFinished):
            self._form.first_content()
        match event:
            case TextDelta(text):
                out.append(_ndjson(self._form.line(text=text)))
            case ReasoningDelta(text):
                if self._form.thinking:
                    out.append(_ndjson(self._form.line(thinking=text)))
            case ToolCallStarted(index, call_id, name):
                self._calls[index] = CallBlock(index, call_id, name)
            case ToolCallArguments(index, text):
                self._calls[index].pieces.append(text)
            case ToolCallFinished(index):
                self._calls[index].whole = True
                self._send_calls(out)
            case TurnRouted():
                pass
            case TurnFinished():
                for call in self._calls.values():
                    call.whole = True
                self._send_calls(out)
                out.append(_ndjson(self._form.last(event)))

    def _send_calls(self, out: list[bytes]) -> None:
        for index in sorted(self._calls):
            if not self._calls[index].whole:
                return
            for call in _calls([self._calls.pop(index)]):
                out.append(_ndjson(self._form.line(calls=[call])))


def body(answer: CollectedAnswer, form: OllamaForm) -> dict[str, Any]:
    """Return the one object of a finished answer."""
    if answer.finished is None:
        raise ValueError("the answer is not finished")
    return form.last(
        answer.finished,
        text=answer.text,
        thinking=answer.reasoning if form.thinking else "",
        calls=_calls(answer.calls),
    )


def _calls(blocks: list[CallBlock]) -> list[dict[str, Any]]:
    """Return calls with their arguments as objects; one that was cut in the middle is none."""
    found = []
    for block in blocks:
        try:
            arguments = parse(block.arguments)
        except InvalidJsonError:
            continue
        function = {"index": block.index, "name": block.name, "arguments": arguments}
        found.append({"id": block.call_id, "function": function})
    return found


def _ndjson(value: dict[str, Any]) -> bytes:
    return sse.json_line(value) + b"\n"


def _nanoseconds(seconds: float) -> int:
    return max(0, round(seconds * _NS))
