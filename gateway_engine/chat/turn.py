"""One request on its way: what it is, and what its answer has given so far."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from gateway_engine.conversation import (
    Caller,
    Change,
    ChatRequest,
    FinishReason,
    Message,
    ModelId,
    Part,
    ReasoningDelta,
    Role,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallArguments,
    ToolCallPart,
    ToolCallStarted,
    TurnFinished,
    Usage,
)
from gateway_engine.sessions.key import (
    SeenTurns,
    SessionKey,
    SessionScope,
    affinity_key,
    split_follow_up,
    tools_fingerprint,
)
from gateway_engine.stopping import Stopped
from gateway_engine.tokens.vocabulary import count_tokens, load_vocabulary
from gateway_engine.upstreams.contract import ToolAnswer, ToolCallWanted, ToolDenied, TurnEnd

logger = logging.getLogger(__name__)

INLINE_CHARS: Final = 16 * 1024
"""So much text is counted in 2 ms; more must not hold the loop."""

T = TypeVar("T")


class Turn:
    """What one request is, and what its answer has given so far."""

    def __init__(
        self, request: ChatRequest, caller: Caller, input_tokens: int, agent_mode: bool
    ) -> None:
        self.request = request
        self.caller = caller
        self.input_tokens = input_tokens
        self.cached_tokens = 0
        self.agent_mode = agent_mode
        self.began = False
        self.used_tools = False
        """Whether upstream may have run a tool of its own for it."""
        self.session_id = ""
        """The upstream session this turn stands in, until it is kept for the next or parked."""
        follow_up = split_follow_up(request.messages)
        self._seen, self.new_messages = follow_up if follow_up is not None else ((), ())
        self._tools = tools_fingerprint(request.tools)
        self._schemas = {tool.name: tool.schema for tool in request.tools}
        self._known: dict[tuple[ModelId, bool], SessionKey] = {}
        self._affinity: str | None = None
        self._seen_turns: SeenTurns | None = None
        self._all_turns: SeenTurns | None = None
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[int, tuple[ToolCallStarted, list[str]]] = {}

    def note(self, batch: Sequence[StreamEvent]) -> None:
        """The client is given these."""
        self.began = True
        for event in batch:
            if isinstance(event, TextDelta):
                self._text.append(event.text)
            elif isinstance(event, ReasoningDelta):
                self._reasoning.append(event.text)
            elif isinstance(event, ToolCallStarted):
                self._calls[event.index] = (event, [])
            elif isinstance(event, ToolCallArguments):
                self._calls[event.index][1].append(event.text)

    @property
    def may_begin_anew(self) -> bool:
        """True while its answer can be taken back: the client is told nothing before the end, and
        nothing was done for it but talking.
        """
        return self.caller.whole and not (self.used_tools or self.agent_mode)

    def changed(self, change: Change) -> None:
        """Something of this turn was not passed on as it came, and why."""
        self.caller.trace.changed((change,))
        logger.info(
            "%s: %s %s: %s", self.caller.request_id, change.field, change.action, change.reason
        )

    def decided(self, call: ToolCallWanted, answer: ToolAnswer) -> None:
        """A native call of upstream's was approved or denied."""
        if isinstance(answer, ToolDenied):
            self.changed(
                Change(f"upstream tool {call.name}", "dropped", answer.reason, "tool_refused")
            )
        else:
            self.used_tools = True
            logger.info("%s: upstream may run its tool %s", self.caller.request_id, call.name)

    def known_key(self, model: ModelId, *, tools_matter: bool) -> SessionKey | None:
        """The key of a session that has seen all but what is new; None for no follow-up.

        `tools_matter`: the session was told of the tools in words.
        """
        if not self._seen:
            return None
        if self._seen_turns is None:
            self._seen_turns = SeenTurns(self._schemas)
            self._seen_turns.see(self._seen)
        scope = (model, tools_matter)
        if scope not in self._known:
            self._known[scope] = self._seen_turns.key(self._scope(model, tools_matter))
        return self._known[scope]

    def whole_key(self, model: ModelId, *, tools_matter: bool) -> SessionKey:
        """The key of a session that has seen the request and its answer."""
        if self._all_turns is None:
            self._all_turns = SeenTurns(self._schemas)
            self._all_turns.see(self.request.messages)
        return self._all_turns.key_with(self.answer(), self._scope(model, tools_matter))

    @property
    def affinity(self) -> str:
        """What keeps this user's or this conversation's turns on one instance."""
        if self._affinity is None:
            self._affinity = affinity_key(self.request, self.caller.key_id)
        return self._affinity

    def prepare(self) -> "Turn":
        """Work out now what is asked for later, where that takes long; returns itself."""
        anything = ModelId("")
        self.known_key(anything, tools_matter=False)
        self.whole_key(anything, tools_matter=False)
        self._affinity = affinity_key(self.request, self.caller.key_id)
        return self

    def answer(self) -> Message:
        """The answer as the client will send it back."""
        calls = [
            ToolCallPart(started.call_id, started.name, "".join(pieces) or "{}")
            for started, pieces in self._calls.values()
        ]
        parts: tuple[Part, ...] = (TextPart("".join(self._text)), *calls)
        return Message(Role.ASSISTANT, parts)

    async def finished(self, end: TurnEnd, stopped: Stopped | None) -> TurnFinished:
        """The last event of the answer."""
        thought, text = "".join(self._reasoning), "".join(self._text)
        calls = [call.name + "".join(pieces) for call, pieces in self._calls.values()]
        reasoning = await off_loop(lambda: count_tokens(thought), len(thought))
        output = reasoning + await off_loop(lambda: count_tokens(text), len(text))
        arguments = "\n".join(calls)
        output += await off_loop(lambda: count_tokens(arguments), len(arguments))
        counted = self.input_tokens
        if end.usage is not None:
            # Upstream's own total is the only real figure: split it by our count of the answer.
            output = min(output, end.usage.used_tokens)
            counted = end.usage.used_tokens - output
        reason = FinishReason.TOOL_CALLS if calls else FinishReason.STOP
        if stopped is not None:
            reason = stopped.reason
        elif end.filtered:
            reason = FinishReason.CONTENT_FILTER
        elif end.full and not calls:
            reason = FinishReason.LENGTH
        return TurnFinished(
            reason=reason,
            usage=Usage(
                counted,
                output,
                cached_tokens=min(self.cached_tokens, counted),
                reasoning_tokens=min(reasoning, output),
            ),
            stop_sequence=stopped.sequence if stopped is not None else "",
        )

    def _scope(self, model: ModelId, tools_matter: bool) -> SessionScope:
        tools = self._tools if tools_matter else ""
        return SessionScope(model, tools, self.caller.key_id, self.agent_mode)


async def off_loop(work: Callable[[], T], size: int) -> T:
    """Do `work` on `size` characters of text: in a thread when it would hold the loop for long."""
    if size <= INLINE_CHARS and load_vocabulary.cache_info().currsize:
        return work()
    return await asyncio.to_thread(work)
