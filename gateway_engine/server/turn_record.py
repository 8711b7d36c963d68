"""What the engine's listeners are told about one chat request, while it runs."""

from gateway_engine.conversation import (
    Caller,
    ChatRequest,
    ReasoningDelta,
    StreamBatch,
    TextDelta,
    ToolCallArguments,
    ToolCallStarted,
    TurnFinished,
    TurnRouted,
)
from gateway_engine.events import (
    Emit,
    RequestFinished,
    RequestProgressed,
    RequestRouted,
    RequestStarted,
)
from gateway_engine.inspector.trace import Trace

PROGRESS_INTERVAL_S = 0.1
"""At most ten progress events a second per request."""


class TurnRecord:
    """Emits RequestStarted, RequestRouted, RequestProgressed and exactly one RequestFinished, which
    the request's trace is given too.

    Times passed as `now` are monotonic seconds, `at` seconds since the epoch.
    """

    def __init__(self, emit: Emit, caller: Caller, now: float, trace: Trace | None = None) -> None:
        self._emit = emit
        self._trace = trace
        self._id = caller.request_id
        self._arrived = now
        self._next_progress = 0.0
        self._characters = 0
        self._tool_calls = self._native_tool_calls = 0
        self._first_content: float | None = None
        self._over = False
        self.routed: TurnRouted | None = None
        self.finished: TurnFinished | None = None

    def started(
        self, caller: Caller, request: ChatRequest, *, path: str, stream: bool, at: float
    ) -> None:
        """The request is understood and goes to the backend."""
        self._emit(
            RequestStarted(
                request_id=self._id,
                at=at,
                protocol=caller.protocol,
                path=path,
                client=caller.client,
                model_asked=request.model,
                stream=stream,
            )
        )

    def observe(self, batch: StreamBatch, now: float) -> None:
        """Take note of events that are about to go to the client."""
        grown = 0
        for event in batch:
            match event:
                case TextDelta(text) | ReasoningDelta(text):
                    grown += len(text)
                    self._says(type(event).__name__, text)
                case ToolCallArguments(index, text):
                    grown += len(text)
                    self._says(f"call {index}", text)
                case ToolCallStarted():
                    grown += 1
                    self._tool_calls += 1
                    self._native_tool_calls += event.native
                case TurnRouted():
                    if self.routed is not None:
                        # It is answered anew: the client never sees what was said before.
                        self._characters, self._first_content, grown = 0, None, 0
                        self._tool_calls = self._native_tool_calls = 0
                    self.routed = event
                    self._emit(RequestRouted(self._id, event.instance, event.model, event.session))
                case TurnFinished():
                    self.finished = event
        if not grown:
            return
        self._characters += grown
        if self._first_content is None:
            self._first_content = now
        if now >= self._next_progress:
            self._next_progress = now + PROGRESS_INTERVAL_S
            ttft_ms = (self._first_content - self._arrived) * 1000
            self._emit(RequestProgressed(self._id, self._characters, ttft_ms))

    def _says(self, channel: str, text: str) -> None:
        if self._trace is not None:
            self._trace.says(channel, text)

    def over(self, *, status: int, code: str, message: str, at: float, now: float) -> None:
        """The request ended; only the first call counts."""
        if self._over:
            return
        self._over = True
        usage = self.finished.usage if self.finished else None
        first = self._first_content
        routed_tokens = self.routed.input_tokens if self.routed else 0
        finished = RequestFinished(
            request_id=self._id,
            at=at,
            status=status,
            error_code=code,
            error_message=message,
            ttft_ms=None if first is None else (first - self._arrived) * 1000,
            total_ms=(now - self._arrived) * 1000,
            tokens_in=usage.input_tokens if usage else routed_tokens,
            tokens_out=usage.output_tokens if usage else 0,
            tool_calls=self._tool_calls,
            native_tool_calls=self._native_tool_calls,
        )
        if self._trace is not None:
            self._trace.ended(finished, self.routed)
        self._emit(finished)
