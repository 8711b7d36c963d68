"""A chat turn from the neutral request to the neutral answer: the engine's side of
`ChatBackend`.

    ticket -> instance (session's owner, else the user's last, else the idlest) -> session or
    transcript -> upstream -> the client's own limits -> client; then the session is kept.

A request that brings the results of a parked turn goes on with it, at the head of the queue.

One more try is made, once, while the client has seen nothing: on another instance when this one is
gone or signed out, and with the whole transcript when a reused session or a parked turn failed. An
answer that is wanted whole is begun anew like that in its middle too, unless upstream may have used
tools of its own meanwhile: what they did is not done twice.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial

from gateway_engine.backpressure import BackPressure, BackPressureStats
from gateway_engine.chat.answering import Answering, AnswerRules
from gateway_engine.chat.asked_for import look_at, plain
from gateway_engine.chat.native_calls import ToolApproval
from gateway_engine.chat.parking import ParkedTurn, Parking, ParkingStats
from gateway_engine.chat.pictures import FIELD, images_of
from gateway_engine.chat.placing import Attempt, Placing
from gateway_engine.chat.returned_results import ReturnedResults
from gateway_engine.chat.turn import Turn, off_loop
from gateway_engine.conversation import Caller, Change, ChatRequest, Model, ModelId, StreamBatch
from gateway_engine.errors import (
    ContextLengthExceededError,
    InvalidRequestError,
    LoginRequiredError,
    UpstreamError,
    UpstreamGoneError,
    told_without,
)
from gateway_engine.models import AGENT_NAMES, list_models, names_meant, resolve_model
from gateway_engine.pool.pool import Lease, Pool
from gateway_engine.prompt import render_parts
from gateway_engine.sessions.cache import SessionCache, SessionCacheStats
from gateway_engine.sidework import Sidework
from gateway_engine.tokens.conversation import count_request, count_steps, size_of
from gateway_engine.tokens.vocabulary import forget_vocabulary, load_vocabulary
from gateway_engine.upstreams.contract import Deadlines, ToolResult, UpstreamModel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChatRules:
    """The settings a turn follows."""

    deadlines: Deadlines
    queue_timeout_s: float
    default_model: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    agent_mode: bool = False
    forward_tools: bool = True
    tool_approval: ToolApproval = ToolApproval.DENY
    park_timeout_s: float = 600.0


class ChatService:
    """Asks the pool's instances for answers. Without `sessions` every turn is a transcript.

    `hide` takes secrets out of a text: errors quote what upstreams say.
    """

    def __init__(
        self,
        pool: Pool,
        rules: ChatRules,
        *,
        pressure: BackPressure | None = None,
        sessions: SessionCache | None = None,
        new_call_id: Callable[[], str] = lambda: f"call_{uuid.uuid4().hex[:24]}",
        hide: Callable[[str], str] = str,
    ) -> None:
        self._pool = pool
        self._rules = rules
        self._hide = hide
        self._pressure = pressure or BackPressure(max_in_flight=0, max_queue=0, queue_timeout_s=0)
        self._placing = Placing(pool, sessions, forward_tools=rules.forward_tools)
        self._parking = Parking(timeout_s=rules.park_timeout_s)
        self._sidework = Sidework()
        self._answering = Answering(
            self._placing, self._parking, _answer_rules(rules), new_call_id, self._sidework
        )

    def follow(self, rules: ChatRules, sessions: SessionCache | None) -> None:
        """These hold from the next turn on; one that runs goes on by what it began with."""
        self._rules = rules
        self._placing.follow(sessions, forward_tools=rules.forward_tools)
        self._parking.follow(timeout_s=rules.park_timeout_s)
        self._answering.follow(_answer_rules(rules))

    async def models(self) -> Sequence[Model]:
        """All models of the ready instances (see ChatBackend)."""
        await self._pool.wait_for_models(timeout_s=self._rules.queue_timeout_s)
        return list_models(
            ((kind, (model,)) for kind, model in self._pool.offered()), self._rules.aliases
        )

    async def warm_up(self) -> None:
        """Read the vocabulary now, so that no first request waits for it."""
        await asyncio.to_thread(load_vocabulary)

    def rest(self) -> None:
        """Let go of the vocabulary while nothing is under way; it is read again when needed."""
        stats = self._pressure.stats()
        if not stats.in_flight and not stats.queued:
            forget_vocabulary()

    def concurrency(self) -> BackPressureStats:
        """How many turns run and wait."""
        return self._pressure.stats()

    def session_cache(self) -> SessionCacheStats | None:
        """Figures of the session cache; None when sessions are not reused."""
        return self._placing.stats()

    def parked(self) -> ParkingStats:
        """How many turns wait for a client's tools, and how others ended."""
        return self._parking.stats()

    async def aclose(self) -> None:
        """End the parked turns."""
        await self._parking.aclose()

    async def count_tokens(self, request: ChatRequest, *, large: bool = False) -> int:
        """Return the tokens that `Usage.input_tokens` would show for this request."""
        bare = await self._sidework.do(lambda: plain(request), large=large)
        return await self._count(bare, large=large)

    async def ask(self, request: ChatRequest, caller: Caller) -> AsyncGenerator[StreamBatch, None]:
        """Stream one answer (see ChatBackend)."""
        with told_without(self._hide):
            made = self._parking.waiting() if caller.large else ()
            look = partial(look_at, request, caller.key_id, made)
            asked_for = await self._sidework.do(look, large=caller.large)
            request, returned = asked_for.request, asked_for.returned
            caller.trace.changed(request.changes)
            if asked_for.empty:
                raise InvalidRequestError(
                    "the conversation is empty: send at least one message with text",
                    param="messages",
                )
            parked = self._parking.find(returned, asked_for.course)
            async with self._pressure.ticket(resume=parked is not None):
                turn = await self._turn(request, caller)
                tried = Attempt()
                for attempt in (1, 2):
                    if parked is not None and returned is not None and self._parking.take(parked):
                        asked = self._resume(turn, tried, parked, returned)
                    else:
                        asked = self._attempt(turn, tried)
                    try:
                        async with aclosing(asked) as events:
                            async for batch in events:
                                yield batch
                        return
                    except (UpstreamError, LoginRequiredError) as error:
                        # Nothing was shown yet; another instance or a transcript may do better.
                        elsewhere = isinstance(error, UpstreamGoneError | LoginRequiredError)
                        final = turn.began and not (elsewhere and turn.may_begin_anew)
                        if attempt == 2 or final or not (elsewhere or tried.reused):
                            raise
                        if turn.began:
                            turn = await self._turn(request, caller, turn.input_tokens)
                            reason = "its instance ended in the middle of it: it was begun anew"
                            turn.changed(Change("answer", "dropped", reason, "begun_anew"))
                        tried = Attempt(
                            fresh=True,
                            avoid=tried.instance if elsewhere else None,
                            gone=tried.upstream if isinstance(error, UpstreamGoneError) else None,
                        )
                        logger.info("%s: asking again: %s", caller.request_id, error.code)

    async def _turn(
        self, request: ChatRequest, caller: Caller, input_tokens: int | None = None
    ) -> Turn:
        """Begin a turn. `input_tokens` when they are counted already."""
        if input_tokens is None:
            input_tokens = await self._count(request, large=caller.large)
        begin = partial(Turn, request, caller, input_tokens, self._agent_mode(request))
        return await self._sidework.do(lambda: begin().prepare()) if caller.large else begin()

    async def _count(self, request: ChatRequest, *, large: bool) -> int:
        if large:
            return await self._sidework.in_pieces(count_steps(request))
        return await off_loop(lambda: count_request(request), size_of(request))

    async def _attempt(self, turn: Turn, tried: Attempt) -> AsyncGenerator[StreamBatch, None]:
        async with self._placing.lease(
            turn,
            tried,
            lambda models: self._resolve(turn.request.model, models),
            names=names_meant(
                turn.request.model, aliases=self._rules.aliases, default=self._rules.default_model
            ),
            timeout_s=self._rules.queue_timeout_s,
        ) as lease:
            _refuse_overflow(turn, lease)
            session = self._placing.take_session(turn, tried, lease)
            tried.reused = session is not None
            async with aclosing(self._answering.answer(turn, lease, session)) as events:
                async for batch in events:
                    yield batch

    async def _resume(
        self, turn: Turn, tried: Attempt, parked: ParkedTurn, returned: ReturnedResults
    ) -> AsyncGenerator[StreamBatch, None]:
        lease = parked.live.lease
        with self._placing.resumed(turn, tried, lease):
            async with parked.live:
                parked.live.heard_by(turn.caller.trace)
                _refuse_overflow(turn, lease)
                if any(images_of(turn.new_messages)):
                    reason = "a tool that upstream waits for answers in text"
                    turn.changed(Change(FIELD, "degraded", reason, "results_are_text"))
                for call, result in zip(parked.calls.values(), returned.results, strict=True):
                    said = ToolResult(render_parts(result.content), result.is_error)
                    if not call.answer(said):
                        raise UpstreamError(f"nobody waits for the result of {call.name} any more")
                async with aclosing(self._answering.go_on(turn, parked.live)) as events:
                    async for batch in events:
                        yield batch

    def _resolve(self, asked: str, models: Sequence[UpstreamModel]) -> ModelId:
        return resolve_model(
            asked, models, aliases=self._rules.aliases, default=self._rules.default_model
        )

    def _agent_mode(self, request: ChatRequest) -> bool:
        return self._rules.agent_mode or request.model.lower() in AGENT_NAMES


def _answer_rules(rules: ChatRules) -> AnswerRules:
    return AnswerRules(rules.deadlines, rules.forward_tools, rules.tool_approval)


def _refuse_overflow(turn: Turn, lease: Lease) -> None:
    for model in lease.upstream.models:
        if model.key == lease.model and 0 < model.context_tokens < turn.input_tokens:
            raise ContextLengthExceededError(turn.input_tokens, model.context_tokens)
