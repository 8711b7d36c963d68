"""A chat turn from the neutral request to the neutral answer: the engine's side of
`ChatBackend`.

    ticket -> instance (session's owner, else the user's last, else the idlest) -> session or
    transcript -> upstream -> the client's own limits -> client; then the session is kept.

One more try is made, once, while the client has seen nothing: on another instance when this one is
gone or signed out, and with the whole transcript when a reused session failed.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeVar

from gateway_engine.backpressure import BackPressure, BackPressureStats
from gateway_engine.conversation import (
    Caller,
    ChatRequest,
    FinishReason,
    Message,
    Model,
    ModelId,
    Part,
    ReasoningDelta,
    Role,
    SessionUse,
    StreamBatch,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallPart,
    ToolCallStarted,
    TurnFinished,
    TurnRouted,
    Usage,
)
from gateway_engine.errors import (
    ContentFilteredError,
    ContextLengthExceededError,
    GatewayError,
    InvalidRequestError,
    LoginRequiredError,
    UpstreamError,
    UpstreamGoneError,
)
from gateway_engine.models import AGENT_NAMES, list_models, resolve_model
from gateway_engine.pool.instance import Instance
from gateway_engine.pool.pool import Lease, Pool
from gateway_engine.prompt import render_follow_up, render_parts, render_prompt
from gateway_engine.sessions.affinity import Affinity
from gateway_engine.sessions.cache import OpenSession, SessionCache, SessionCacheStats
from gateway_engine.sessions.key import (
    SessionKey,
    SessionScope,
    affinity_key,
    session_key,
    split_follow_up,
    tools_fingerprint,
)
from gateway_engine.sessions.volatile import without_volatile_lines
from gateway_engine.shaping import AnswerShape
from gateway_engine.stopping import AnswerLimits, Stopped
from gateway_engine.tokens.conversation import (
    ANSWER_TOKENS,
    count_messages,
    count_request,
    size_of,
)
from gateway_engine.tokens.vocabulary import count_tokens, load_vocabulary
from gateway_engine.tools.arguments_retry import ask_for_arguments, complete_arguments
from gateway_engine.tools.contract_text import callable_tools
from gateway_engine.tools.parser_events import ArgumentsBroken
from gateway_engine.upstreams.contract import (
    Deadlines,
    ToolCallsWanted,
    ToolDenied,
    ToolUsed,
    TurnEnd,
    Upstream,
    UpstreamAsk,
    UpstreamModel,
)

logger = logging.getLogger(__name__)

INLINE_CHARS: Final = 16 * 1024
"""So much text is counted in 2 ms; more must not hold the loop."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ChatRules:
    """The settings a turn follows (http-api contract §5)."""

    deadlines: Deadlines
    queue_timeout_s: float
    default_model: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    agent_mode: bool = False


class ChatService:
    """Asks the pool's instances for answers. Without `sessions` every turn is a transcript."""

    def __init__(
        self,
        pool: Pool,
        rules: ChatRules,
        *,
        pressure: BackPressure | None = None,
        sessions: SessionCache | None = None,
        new_call_id: Callable[[], str] = lambda: f"call_{uuid.uuid4().hex[:24]}",
    ) -> None:
        self._pool = pool
        self._new_call_id = new_call_id
        self._rules = rules
        self._pressure = pressure or BackPressure(max_in_flight=0, max_queue=0, queue_timeout_s=0)
        self._sessions = sessions
        self._affinity = Affinity()

    async def models(self) -> Sequence[Model]:
        """All models of the ready instances (see ChatBackend)."""
        await self._pool.wait_for_models(timeout_s=self._rules.queue_timeout_s)
        return list_models(
            (
                (instance.kind, instance.models)
                for instance in self._pool.instances
                if instance.upstream is not None
            ),
            self._rules.aliases,
        )

    async def warm_up(self) -> None:
        """Read the vocabulary now, so that no first request waits for it."""
        await asyncio.to_thread(load_vocabulary)

    def concurrency(self) -> BackPressureStats:
        """How many turns run and wait."""
        return self._pressure.stats()

    def session_cache(self) -> SessionCacheStats | None:
        """Figures of the session cache; None when sessions are not reused."""
        if self._sessions is None:
            return None
        self._forget_restarted()
        return self._sessions.stats()

    async def count_tokens(self, request: ChatRequest) -> int:
        """Return the tokens that `Usage.input_tokens` would show for this request."""
        request = without_volatile_lines(request)
        return await off_loop(lambda: count_request(request), size_of(request))

    async def ask(self, request: ChatRequest, caller: Caller) -> AsyncGenerator[StreamBatch, None]:
        """Stream one answer (see ChatBackend)."""
        request = without_volatile_lines(request)
        if not any(render_parts(message.parts).strip() for message in request.messages):
            raise InvalidRequestError(
                "the conversation is empty: send at least one message with text", param="messages"
            )
        async with self._pressure.ticket():
            size = size_of(request)
            input_tokens = await off_loop(lambda: count_request(request), size)
            turn = _Turn(request, caller, input_tokens, self._agent_mode(request))
            tried = _Attempt()
            for attempt in (1, 2):
                try:
                    async with aclosing(self._attempt(turn, tried)) as events:
                        async for batch in events:
                            yield batch
                    return
                except (UpstreamError, LoginRequiredError) as error:
                    # Nothing was shown yet; another instance, or a transcript, may do better: once.
                    elsewhere = isinstance(error, UpstreamGoneError | LoginRequiredError)
                    if attempt == 2 or turn.began or not (elsewhere or tried.reused):
                        raise
                    tried = _Attempt(
                        fresh=True,
                        avoid=tried.instance if elsewhere else None,
                        gone=tried.upstream if isinstance(error, UpstreamGoneError) else None,
                    )
                    logger.info("%s: asking again: %s", caller.request_id, error.code)

    async def _attempt(self, turn: "_Turn", tried: "_Attempt") -> AsyncGenerator[StreamBatch, None]:
        self._forget_restarted()
        affinity = affinity_key(turn.request, turn.caller.key_id)
        async with self._pool.lease(
            lambda models: self._resolve(turn.request.model, models),
            timeout_s=self._rules.queue_timeout_s,
            prefer=lambda leases: self._preferred(turn, tried, affinity, leases),
            avoid=tried.avoid,
            gone=tried.gone,
        ) as lease:
            tried.instance, tried.upstream = lease.instance, lease.upstream
            self._affinity.remember(affinity, lease.instance.name)
            _refuse_overflow(turn, lease)
            session = self._take_session(turn, tried, lease)
            tried.reused = session is not None
            async with aclosing(self._answer(turn, lease, session)) as events:
                async for batch in events:
                    yield batch

    async def _answer(
        self, turn: "_Turn", lease: Lease, session: OpenSession | None
    ) -> AsyncGenerator[StreamBatch, None]:
        request = turn.request
        prompt = render_prompt(request)
        turn.cached_tokens = 0
        if session is not None:
            new = turn.new_messages
            prompt = render_follow_up(request, new)
            fresh = await off_loop(lambda: count_messages(new), len(prompt))
            turn.cached_tokens = max(0, turn.input_tokens - fresh - ANSWER_TOKENS)
        yield (
            TurnRouted(
                instance=lease.instance.name,
                model=lease.model,
                upstream=lease.instance.kind,
                session=self._session_use(session),
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
        told = _Told()
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
            self._keep_session(turn, lease, told.end.session_id)

    async def _tell(
        self,
        turn: "_Turn",
        lease: Lease,
        ask: UpstreamAsk,
        shape: AnswerShape,
        limits: AnswerLimits,
        told: "_Told",
    ) -> AsyncGenerator[StreamBatch, None]:
        """One answer of upstream, in the shape and within the limits the client wants."""
        try:
            async with aclosing(lease.upstream.ask(ask, self._rules.deadlines)) as items:
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
        turn: "_Turn",
        lease: Lease,
        ask: UpstreamAsk,
        told: "_Told",
        broken: ArgumentsBroken,
    ) -> list[StreamEvent]:
        """Ask once for arguments that broke off. Raises UpstreamError: never malformed ones."""
        tool = next(t for t in callable_tools(turn.request) if t.name == broken.name)
        again = _follow(ask, told.end.session_id, ask_for_arguments(broken, tool))
        pieces: list[str] = []
        async with aclosing(lease.upstream.ask(again, self._rules.deadlines)) as items:
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

    # --- sessions and instances ---

    def _preferred(
        self, turn: "_Turn", tried: "_Attempt", affinity: str, leases: Sequence[Lease]
    ) -> Lease | None:
        for lease in leases:
            key = self._known_key(turn, tried, lease)
            session = self._sessions.find(key) if self._sessions is not None and key else None
            if session is not None and _owns(lease, session):
                return lease
        last = self._affinity.last(affinity)
        return next((lease for lease in leases if lease.instance.name == last), None)

    def _known_key(self, turn: "_Turn", tried: "_Attempt", lease: Lease) -> SessionKey | None:
        return None if tried.fresh or self._sessions is None else turn.known_key(lease.model)

    def _take_session(self, turn: "_Turn", tried: "_Attempt", lease: Lease) -> OpenSession | None:
        if self._sessions is None:
            return None
        key = self._known_key(turn, tried, lease)
        found = self._sessions.find(key) if key is not None else None
        if key is None or found is None or not _owns(lease, found):
            if not tried.fresh:
                self._sessions.missed()
            return None
        return self._sessions.take(key)

    def _keep_session(self, turn: "_Turn", lease: Lease, session_id: str) -> None:
        if self._sessions is None or not session_id:
            return
        if lease.instance.generation != lease.generation:
            return
        key = turn.whole_key(lease.model)
        session = OpenSession(lease.instance.name, lease.generation, session_id)
        self._sessions.put(key, session)

    def _forget_restarted(self) -> None:
        if self._sessions is not None:
            for instance in self._pool.instances:
                self._sessions.keep_generation(instance.name, instance.generation)

    def _session_use(self, session: OpenSession | None) -> SessionUse:
        if self._sessions is None:
            return SessionUse.OFF
        return SessionUse.MISS if session is None else SessionUse.HIT

    # --- models ---

    def _resolve(self, asked: str, models: Sequence[UpstreamModel]) -> ModelId:
        return resolve_model(
            asked, models, aliases=self._rules.aliases, default=self._rules.default_model
        )

    def _agent_mode(self, request: ChatRequest) -> bool:
        return self._rules.agent_mode or request.model.lower() in AGENT_NAMES


@dataclass(slots=True)
class _Attempt:
    """One try at a turn. `fresh`: with the whole transcript, whatever sessions there are."""

    fresh: bool = False
    avoid: Instance | None = None
    gone: Upstream | None = None
    instance: Instance | None = None
    upstream: Upstream | None = None
    reused: bool = False


@dataclass(slots=True)
class _Told:
    """How upstream's answer ended. `stopped`: by the client's own limits."""

    end: TurnEnd = field(default_factory=lambda: TurnEnd(""))
    stopped: Stopped | None = None

    @property
    def cut(self) -> bool:
        """True when the answer is not all that upstream would have said."""
        return self.stopped is not None or self.end.filtered


class _Turn:
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
        follow_up = split_follow_up(request.messages)
        self._seen, self.new_messages = follow_up if follow_up is not None else ((), ())
        self._tools = tools_fingerprint(request.tools)
        self._keys: dict[ModelId, SessionKey] = {}
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

    def known_key(self, model: ModelId) -> SessionKey | None:
        """The key of a session that has seen all but what is new; None for no follow-up."""
        if not self._seen:
            return None
        if model not in self._keys:
            self._keys[model] = session_key(self._seen, self._scope(model))
        return self._keys[model]

    def whole_key(self, model: ModelId) -> SessionKey:
        """The key of a session that has seen the request and its answer."""
        calls = [
            ToolCallPart(started.call_id, started.name, "".join(pieces))
            for started, pieces in self._calls.values()
        ]
        parts: tuple[Part, ...] = (TextPart("".join(self._text)), *calls)
        answer = Message(Role.ASSISTANT, parts)
        return session_key((*self.request.messages, answer), self._scope(model))

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

    def _scope(self, model: ModelId) -> SessionScope:
        return SessionScope(model, self._tools, self.caller.key_id, self.agent_mode)


def _follow(ask: UpstreamAsk, session_id: str, instruction: str) -> UpstreamAsk:
    """The same turn asked once more: in the session that answered, else with all of the prompt."""
    if session_id:
        return replace(ask, prompt=instruction, session_id=session_id)
    return replace(ask, prompt=f"{ask.prompt}\n\n{instruction}")


def _owns(lease: Lease, session: OpenSession) -> bool:
    return (lease.instance.name, lease.generation) == (session.instance, session.generation)


def _refuse_overflow(turn: _Turn, lease: Lease) -> None:
    for model in lease.upstream.models:
        if model.key == lease.model and 0 < model.context_tokens < turn.input_tokens:
            raise ContextLengthExceededError(turn.input_tokens, model.context_tokens)


def _chars(batch: Sequence[StreamEvent]) -> int:
    return sum(len(e.text) for e in batch if isinstance(e, TextDelta | ReasoningDelta))


async def off_loop(work: Callable[[], T], size: int) -> T:
    """Do `work` on `size` characters of text: in a thread when it would hold the loop for long."""
    if size <= INLINE_CHARS and load_vocabulary.cache_info().currsize:
        return work()
    return await asyncio.to_thread(work)
