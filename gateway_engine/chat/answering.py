"""One answer: upstream's words in the shape and within the limits the client wants.

    prompt (or what is new, in a session) -> upstream -> calls and formats -> limits -> client

An answer that is not what was asked for is asked for once more; then the session is kept. Where
upstream waits for a tool of the client's, the answer ends with that call and the turn is parked.
"""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from functools import partial

from gateway_engine.chat.enclosures import documents_beside
from gateway_engine.chat.live_turn import LiveTurn
from gateway_engine.chat.native_calls import ToolApproval, decide, show
from gateway_engine.chat.parking import ParkedTurn, Parking
from gateway_engine.chat.pictures import Pictures, take_pictures
from gateway_engine.chat.placing import Placing
from gateway_engine.chat.returned_results import calls_made
from gateway_engine.chat.second_ask import complete, follow
from gateway_engine.chat.turn import Turn, off_loop
from gateway_engine.conversation import (
    Change,
    ChatRequest,
    DocumentPart,
    ImagePart,
    ReasoningDelta,
    StreamBatch,
    StreamEvent,
    TextDelta,
    TurnRouted,
)
from gateway_engine.errors import ContentFilteredError, GatewayError
from gateway_engine.pool.pool import Lease
from gateway_engine.prompt import render_follow_up, render_prompt
from gateway_engine.sessions.cache import OpenSession
from gateway_engine.shaping import AnswerShape
from gateway_engine.sidework import Sidework
from gateway_engine.stopping import AnswerLimits, LimitWatch, Stopped
from gateway_engine.tokens.conversation import (
    ANSWER_TOKENS,
    count_messages,
    message_steps,
    size_of_messages,
)
from gateway_engine.tools.contract_text import callable_tools
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolCallsWanted,
    ToolCallWanted,
    ToolUsed,
    TurnEnd,
    UpstreamAsk,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """The settings an answer follows. `forward_tools`: upstream is given the client's tools too."""

    deadlines: Deadlines
    forward_tools: bool = True
    approval: ToolApproval = ToolApproval.DENY


@dataclass(slots=True)
class Told:
    """How upstream's answer ended. `stopped`: by the client's own limits.

    `wanted` are the native calls upstream waits for, under the ids the client is given.
    """

    end: TurnEnd = field(default_factory=lambda: TurnEnd(""))
    stopped: Stopped | None = None
    wanted: dict[str, ToolCallWanted] = field(default_factory=dict)

    @property
    def cut(self) -> bool:
        """True when the answer is not all that upstream would have said."""
        return self.stopped is not None or self.end.filtered or self.end.full


class Answering:
    """Asks upstream and gives the client what it wants to see of it."""

    def __init__(
        self,
        placing: Placing,
        parking: Parking,
        rules: AnswerRules,
        new_call_id: Callable[[], str],
        sidework: Sidework,
    ) -> None:
        self._sidework = sidework
        self._placing = placing
        self._parking = parking
        self._rules = rules
        self._new_call_id = new_call_id

    def follow(self, rules: AnswerRules) -> None:
        """These hold from the next answer on."""
        self._rules = rules

    async def answer(
        self, turn: Turn, lease: Lease, session: OpenSession | None
    ) -> AsyncGenerator[StreamBatch, None]:
        """Ask, in `session` where there is one, and stream the answer."""
        turn.cached_tokens = await self._reused(turn) if session is not None else 0
        yield (self._routed(turn, lease, goes_on=session is not None),)
        new = turn.new_messages if session is not None else turn.request.messages
        pictures = await take_pictures(turn, lease, new)
        write = partial(self._ask, turn, lease, session, pictures, documents_beside(lease, new))
        ask = await self._sidework.do(write, large=turn.caller.large)
        live = LiveTurn(lease, ask, self._rules.deadlines)
        async with aclosing(self._shaped(turn, live)) as events:
            async for batch in events:
                yield batch

    def _ask(
        self,
        turn: Turn,
        lease: Lease,
        session: OpenSession | None,
        pictures: Pictures,
        documents: tuple[DocumentPart, ...],
    ) -> UpstreamAsk:
        request = turn.request
        beside: dict[ImagePart | DocumentPart, int] = dict(pictures.numbers.items())
        beside |= {document: number for number, document in enumerate(documents, 1)}
        real_tools = self._placing.gives_tools(lease)
        whole = partial(render_prompt, real_tools=real_tools)
        render = render_follow_up if session is not None else whole
        return UpstreamAsk(
            request_id=turn.caller.request_id,
            model=lease.model,
            prompt=render(request, beside),
            session_id=session.session_id if session is not None else "",
            images=pictures.references,
            documents=documents,
            branch=session is not None and lease.upstream.branches,
            whole=turn.caller.whole,
            large=turn.caller.large,
            enough=LimitWatch(max_tokens=request.max_tokens, stop=request.stop),
            agent_mode=turn.agent_mode,
            tools=callable_tools(request) if self._rules.forward_tools else (),
            trace=turn.caller.trace,
        )

    async def go_on(self, turn: Turn, live: LiveTurn) -> AsyncGenerator[StreamBatch, None]:
        """Stream the rest of an answer whose tools have been run."""
        turn.cached_tokens = await self._reused(turn)
        yield (self._routed(turn, live.lease, goes_on=True),)
        async with aclosing(self._shaped(turn, live)) as events:
            async for batch in events:
                yield batch

    async def _reused(self, turn: Turn) -> int:
        new = turn.new_messages
        if turn.caller.large:
            fresh = await self._sidework.in_pieces(message_steps(new))
        else:
            fresh = await off_loop(lambda: count_messages(new), size_of_messages(new))
        return max(0, turn.input_tokens - fresh - ANSWER_TOKENS)

    def _routed(self, turn: Turn, lease: Lease, *, goes_on: bool) -> TurnRouted:
        return TurnRouted(
            instance=lease.instance.name,
            model=lease.model,
            upstream=lease.instance.kind,
            session=self._placing.session_use(goes_on=goes_on),
            input_tokens=turn.input_tokens,
            cached_tokens=turn.cached_tokens,
        )

    async def _shaped(self, turn: Turn, live: LiveTurn) -> AsyncGenerator[StreamBatch, None]:
        request = turn.request
        begin = partial(_begin, request, self._new_call_id)
        shape, limits = await self._sidework.do(begin, large=turn.caller.large)
        told = Told()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(live)
            async with aclosing(self._tell(turn, live, shape, limits, told)) as events:
                async for batch in events:
                    yield batch
            again = "" if told.cut else shape.verdict()
            if again:
                first = shape
                shape, _ = await self._sidework.do(begin, large=turn.caller.large)
                ask = follow(live.ask, told.end.session_id, again)
                live = LiveTurn(live.lease, ask, self._rules.deadlines)
                await stack.enter_async_context(live)
                async with aclosing(self._tell(turn, live, shape, limits, told)) as events:
                    async for batch in events:
                        yield batch
                if shape.verdict():
                    # Asked twice in vain: the client gets what the model had to say at first.
                    shape = first
            rest = shape.release()
            for broken in () if told.cut else shape.broken:
                rest += await complete(
                    turn, live, told.end.session_id, broken, self._rules.deadlines
                )
            if not told.cut:
                rest, told.stopped = limits.take(rest)
                held, stopped = limits.flush()
                rest += held
                told.stopped = told.stopped or stopped
            if rest:
                turn.note(rest)
                yield rest
            if shape.warnings:
                turn.caller.trace.changed(
                    Change("answer", "kept_here", w, w) for w in shape.warnings
                )
            if told.end.filtered and not turn.began:
                raise ContentFilteredError("upstream's content filter refused this answer")
            finished = await turn.finished(told.end, told.stopped)
            if told.wanted and not (told.cut or shape.written):
                # Before the client learns of the calls: it may be back at once.
                self._park(turn, live, told)
            yield (finished,)
        if not (told.cut or told.wanted or again or shape.broken):
            self._placing.keep_session(turn, live.lease, told.end.session_id)

    async def _tell(
        self, turn: Turn, live: LiveTurn, shape: AnswerShape, limits: AnswerLimits, told: Told
    ) -> AsyncGenerator[StreamBatch, None]:
        """One answer of upstream, in the shape and within the limits the client wants."""
        try:
            async for item in live:
                match item:
                    case TurnEnd():
                        told.end = item
                        turn.session_id = item.session_id or turn.session_id
                        passed = shape.finish()
                    case ToolCallsWanted():
                        passed = self._call(turn, live, item, shape, told)
                    case ToolUsed(name=name, outcome=outcome):
                        turn.used_tools = True
                        logger.info(
                            "%s: upstream used its tool %s: %s",
                            turn.caller.request_id,
                            name,
                            outcome,
                        )
                        passed = [show(item, turn.request)]
                    case _:
                        passed = shape.take(item)
                chars = _chars(passed) if turn.request.max_tokens is not None else 0
                batch, told.stopped = await off_loop(partial(limits.take, passed), chars)
                if batch:
                    turn.note(batch)
                    yield batch
                if told.stopped or shape.ended or told.wanted:
                    break
            if not told.wanted or told.stopped:
                await live.aclose()
        except ContentFilteredError:
            if not turn.began:
                raise
            told.end = TurnEnd("", filtered=True)
        except GatewayError as error:
            if error.detail:
                logger.info("%s: %s: %s", turn.caller.request_id, error.code, error.detail)
            raise

    def _call(
        self, turn: Turn, live: LiveTurn, item: ToolCallsWanted, shape: AnswerShape, told: Told
    ) -> list[StreamEvent]:
        """Give the client its calls, which end its answer; decide about all others at once."""
        names = {tool.name for tool in callable_tools(turn.request)}
        wanted = [call for call in item.calls if call.name in names]
        for call in item.calls:
            if call not in wanted:
                answer = decide(call, turn.request, self._rules.approval)
                call.answer(answer)
                turn.decided(call, answer)
        if not wanted:
            return []
        if not turn.request.parallel_tool_calls and wanted[1:]:
            live.put_back(ToolCallsWanted(tuple(wanted[1:])))
            del wanted[1:]
        events = shape.finish()
        for call in wanted:
            call_id = self._new_call_id()
            told.wanted[call_id] = call
            events += shape.native_call(call_id, call.name, call.arguments)
        return events

    def _park(self, turn: Turn, live: LiveTurn, told: Told) -> None:
        made = calls_made(turn.request, turn.answer(), tuple(told.wanted), turn.caller.key_id)
        self._parking.park(ParkedTurn(live, told.wanted, made))
        if live.kept:
            turn.session_id = ""  # it is the parked turn's


def _begin(
    request: ChatRequest, new_call_id: Callable[[], str]
) -> tuple[AnswerShape, AnswerLimits]:
    limits = AnswerLimits(max_tokens=request.max_tokens, stop=request.stop)
    return AnswerShape(request, new_call_id), limits


def _chars(batch: Sequence[StreamEvent]) -> int:
    return sum(len(e.text) for e in batch if isinstance(e, TextDelta | ReasoningDelta))
