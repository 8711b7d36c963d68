"""What an upstream's text becomes under the client's tools and formats: one answer's shape. Pure.

Text flows at once, with two exceptions: under a forced choice it is held until a call begins, and
for a JSON format until it has been checked. What a client has begun itself is not said twice. At
the end `verdict` says whether what came is right, or what to ask upstream once more.
"""

from collections.abc import Callable, Sequence

from gateway_engine.begun_answer import RepeatedBeginning, begun_answer
from gateway_engine.conversation import (
    ChatRequest,
    StreamEvent,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
)
from gateway_engine.json_answer import accept_json, ask_for_json
from gateway_engine.tools.choice import Verdict, is_forced, judge
from gateway_engine.tools.contract_text import callable_tools
from gateway_engine.tools.parser import AnswerParser
from gateway_engine.tools.parser_events import ArgumentsBroken, ParserEvent, Warned


class AnswerShape:
    """One answer's way from text to text and calls. `take` every batch, then `finish`.

    `broken` are calls whose arguments must be asked for again, `warnings` codes for the record.
    `written` counts the calls the model wrote as text; `calls` all, native ones included.
    """

    def __init__(self, request: ChatRequest, new_id: Callable[[], str]) -> None:
        self._request = request
        self._begun = begun_answer(request.messages)
        self._repeated = RepeatedBeginning(self._begun)
        tools = callable_tools(request)
        self._parser = (
            AnswerParser(tools, new_id, parallel=request.parallel_tool_calls) if tools else None
        )
        self._holds = is_forced(request.tool_choice) or request.json_format is not None
        self._held: list[StreamEvent] = []
        self._thinks_on = False
        self.broken: list[ArgumentsBroken] = []
        self.warnings: list[str] = []
        self.calls = 0
        self.written = 0

    @property
    def ended(self) -> bool:
        """True once nothing more of upstream's answer is wanted."""
        return self._parser is not None and (self._parser.ended or self._thinks_on)

    def take(self, batch: Sequence[StreamEvent]) -> list[StreamEvent]:
        """Return what may be passed on of this."""
        if self._parser is None and not self._begun:
            return self._hold(list(batch))
        events: list[StreamEvent] = []
        for event in batch:
            if isinstance(event, TextDelta):
                events += self._read(self._repeated.feed(event.text))
            elif self._parser is not None and self._parser.closed:
                self._thinks_on = True  # of calls that nobody wants
            else:
                events.append(event)
        return self._hold(events)

    def finish(self) -> list[StreamEvent]:
        """Upstream is done: return what was not decided before its end."""
        events = self._read(self._repeated.finish())
        if self._parser is not None:
            events += self._understand(self._parser.finish())
        return self._hold(events)

    def native_call(self, call_id: str, name: str, arguments: str) -> list[StreamEvent]:
        """Upstream called a tool of the client's by itself: return the call, whole."""
        index = self.calls
        self.calls += 1
        return self._hold(
            [
                ToolCallStarted(index, call_id, name, native=True),
                ToolCallArguments(index, arguments),
                ToolCallFinished(index),
            ]
        )

    def verdict(self) -> str:
        """Return what to ask upstream once more, "" when the answer is right as it is."""
        if self.calls:
            return ""
        judgement = judge(self._request, calls=0, retried=False)
        if judgement.verdict is Verdict.RETRY:
            return judgement.instruction
        wanted = self._request.json_format
        if wanted is None or self._begun:
            return ""  # only with its beginning it is JSON
        accepted = accept_json(self._held_text(), wanted)
        if accepted is None:
            return ask_for_json(wanted)
        self._held = [TextDelta(accepted)]
        return ""

    def release(self) -> list[StreamEvent]:
        """Return the text that was held back; it is the answer after all."""
        held, self._held = self._held, []
        return held

    def _held_text(self) -> str:
        return "".join(event.text for event in self._held if isinstance(event, TextDelta))

    def _hold(self, events: list[StreamEvent]) -> list[StreamEvent]:
        if not self._holds:
            return events
        if any(isinstance(event, ToolCallStarted) for event in events):
            self._holds = False
            return [*self.release(), *events]
        self._held += [event for event in events if isinstance(event, TextDelta)]
        return [event for event in events if not isinstance(event, TextDelta)]

    def _read(self, text: str) -> list[StreamEvent]:
        if not text:
            return []
        if self._parser is None:
            return [TextDelta(text)]
        return self._understand(self._parser.feed(text))

    def _understand(self, parsed: Sequence[ParserEvent]) -> list[StreamEvent]:
        events: list[StreamEvent] = []
        for event in parsed:
            if isinstance(event, ArgumentsBroken):
                self.broken.append(event)
            elif isinstance(event, Warned):
                self.warnings.append(event.code)
            else:
                self.written += isinstance(event, ToolCallStarted)
                self.calls += isinstance(event, ToolCallStarted)
                events.append(event)
        return events
