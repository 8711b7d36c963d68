"""One answer: upstream's words in the shape and within the limits the client wants.

    prompt (or what is new, in a session) -> upstream -> calls and formats -> limits -> client

An answer that is not what was asked for is asked for once more; then the session is kept.
"""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial

from gateway_engine.chat.placing import Placing
from gateway_engine.chat.turn import Turn, off_loop
from gateway_engine.conversation import (
    ReasoningDelta,
    StreamBatch,
    StreamEvent,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    TurnRouted,
)
from gateway_engine.errors import ContentFilteredError, GatewayError, UpstreamError
from gateway_engine.pool.pool import Lease
from gateway_engine.prompt import render_follow_up, render_prompt
from gateway_engine.sessions.cache import OpenSession
from gateway_engine.shaping import AnswerShape
from gateway_engine.stopping import AnswerLimits, Stopped
from gateway_engine.tokens.conversation import ANSWER_TOKENS, count_messages
from gateway_engine.tools.arguments_retry import ask_for_arguments, complete_arguments
from gateway_engine.tools.contract_text import callable_tools
from gateway_engine.tools.parser_events import ArgumentsBroken
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolCallsWanted,
    ToolDenied,
    ToolUsed,
    TurnEnd,
    UpstreamAsk,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Told:
    """How upstream's answer ended. `stopped`: by the client's own limits."""

    end: TurnEnd = field(default_factory=lambda: TurnEnd(""))
    stopped: Stopped | None = None

    @property
    def cut(self) -> bool:
        """True when the answer is not all that upstream would have said."""
        return self.stopped is not None or self.end.filtered


class Answering:
    """Asks upstream and gives the client what it wants to see of it."""

    def __init__(
        self, placing: Placing, deadlines: Deadlines, new_call_id: Callable[[], str]
    ) -> None:
        self._placing = placing
        self._deadlines = deadlines
        self._new_call_id = new_call_id

    async def answer(
        self, turn: Turn, lease: Lease, session: OpenSession | None
    ) -> AsyncGenerator[StreamBatch, None]:
        """Ask, in `session` where there is one, and stream the answer."""
        request = turn.request
        prompt = render_prompt(request)
        turn.cached_tokens = 0
        if session is not None:
            new = turn.new_messages
            prompt = render_follow_up(request)
            fresh = await off_loop(lambda: count_messages(new), len(prompt))
            turn.cached_tokens = max(0, turn.input_tokens - fresh - ANSWER_TOKENS)
        yield (
            TurnRouted(
                instance=lease.instance.name,
                model=lease.model,
                upstream=lease.instance.kind,
                session=self._placing.session_use(goes_on=session is not None),
                input_tokens=turn.input_tokens,
                cached_tokens=turn.cached_tokens,
            ),
        )
        ask = UpstreamAsk(
            request_id=turn.caller.request_id,
            model=lease.model,
            prompt=prompt,
            session_id=session.session_id if session is not None else "",
            whole=turn.caller.whole,
            agent_mode=turn.agent_mode,
        )
        limits = AnswerLimits(max_tokens=request.max_tokens, stop=request.stop)
        shape = AnswerShape(request, self._new_call_id)
        told = Told()
        async with aclosing(self._tell(turn, lease, ask, shape, limits, told)) as events:
            async for batch in events:
                yield batch
        again = "" if told.cut else shape.verdict()
        if again:
            shape, first = AnswerShape(request, self._new_call_id), shape
            ask = _follow(ask, told.end.session_id, again)
            async with aclosing(self._tell(turn, lease, ask, shape, limits, told)) as events:
                async for batch in events:
                    yield batch
            if shape.verdict():
                # Asked twice in vain: the client gets what the model had to say at first.
                shape = first
        rest = shape.release()
        for broken in () if told.cut else shape.broken:
            rest += await self._complete(turn, lease, ask, told, broken)
        if not told.cut:
            rest, told.stopped = limits.take(rest)
            held, stopped = limits.flush()
            rest += held
            told.stopped = told.stopped or stopped
        if rest:
            turn.note(rest)
            yield rest
        if shape.warnings:
            logger.info("%s: calls in the answer: %s", turn.caller.request_id, shape.warnings)
        yield (await turn.finished(told.end, told.stopped),)
        if not (told.cut or told.stopped or again or shape.broken):
            self._placing.keep_session(turn, lease, told.end.session_id)

    async def _tell(
        self,
        turn: Turn,
        lease: Lease,
        ask: UpstreamAsk,
        shape: AnswerShape,
        limits: AnswerLimits,
        told: Told,
    ) -> AsyncGenerator[StreamBatch, None]:
        """One answer of upstream, in the shape and within the limits the client wants."""
        try:
            async with aclosing(lease.upstream.ask(ask, self._deadlines)) as items:
                async for item in items:
                    if isinstance(item, TurnEnd):
                        told.end = item
                        passed = shape.finish()
                    elif isinstance(item, ToolCallsWanted):
                        for call in item.calls:
                            call.answer(ToolDenied("tools cannot be run here"))
                        continue
                    elif isinstance(item, ToolUsed):
                        logger.info("%s: upstream used %s", turn.caller.request_id, item.name)
                        continue
                    else:
                        passed = shape.take(item)
                    chars = _chars(passed) if turn.request.max_tokens is not None else 0
                    batch, told.stopped = await off_loop(partial(limits.take, passed), chars)
                    if batch:
                        turn.note(batch)
                        yield batch
                    if told.stopped or shape.ended:
                        break  # leaving the block stops upstream
        except ContentFilteredError:
            if not turn.began:
                raise
            told.end = TurnEnd("", filtered=True)
        except GatewayError as error:
            if error.detail:
                logger.info("%s: %s: %s", turn.caller.request_id, error.code, error.detail)
            raise

    async def _complete(
        self,
        turn: Turn,
        lease: Lease,
        ask: UpstreamAsk,
        told: Told,
        broken: ArgumentsBroken,
    ) -> list[StreamEvent]:
        """Ask once for arguments that broke off. Raises UpstreamError: never malformed ones."""
        tool = next(t for t in callable_tools(turn.request) if t.name == broken.name)
        again = _follow(ask, told.end.session_id, ask_for_arguments(broken, tool))
        pieces: list[str] = []
        async with aclosing(lease.upstream.ask(again, self._deadlines)) as items:
            async for item in items:
                if isinstance(item, Sequence):
                    pieces += [event.text for event in item if isinstance(event, TextDelta)]
        rest = complete_arguments(broken, "".join(pieces), tool)
        if rest is None:
            raise UpstreamError(
                f"the model gave unusable arguments for the tool {broken.name}, twice; ask again",
                detail="; ".join(broken.reasons),
            )
        finish = ToolCallFinished(broken.index)
        return [ToolCallArguments(broken.index, rest), finish] if rest else [finish]


def _follow(ask: UpstreamAsk, session_id: str, instruction: str) -> UpstreamAsk:
    """The same turn asked once more: in the session that answered, else with all of the prompt."""
    if session_id:
        return replace(ask, prompt=instruction, session_id=session_id)
    return replace(ask, prompt=f"{ask.prompt}\n\n{instruction}")


def _chars(batch: Sequence[StreamEvent]) -> int:
    return sum(len(e.text) for e in batch if isinstance(e, TextDelta | ReasoningDelta))
