"""A chat turn from the neutral request to the neutral answer: the engine's side of
`ChatBackend`.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final, TypeVar

from gateway_engine.conversation import (
    Caller,
    ChatRequest,
    FinishReason,
    Model,
    ModelId,
    ReasoningDelta,
    SessionUse,
    StreamBatch,
    TextDelta,
    TurnFinished,
    TurnRouted,
    Usage,
)
from gateway_engine.errors import (
    ContentFilteredError,
    GatewayError,
    InvalidRequestError,
    LoginRequiredError,
    UpstreamGoneError,
)
from gateway_engine.models import AGENT_NAMES, list_models, resolve_model
from gateway_engine.pool.pool import Lease, Pool
from gateway_engine.prompt import render_prompt
from gateway_engine.tokens.conversation import count_request, size_of
from gateway_engine.tokens.vocabulary import count_tokens, load_vocabulary
from gateway_engine.upstreams.contract import Deadlines, TurnEnd, UpstreamAsk, UpstreamModel

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
    """Asks the pool's instances for answers."""

    def __init__(self, pool: Pool, rules: ChatRules) -> None:
        self._pool = pool
        self._rules = rules

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

    async def count_tokens(self, request: ChatRequest) -> int:
        """Input tokens of `request` (see ChatBackend)."""
        return await off_loop(lambda: count_request(request), size_of(request))

    async def ask(self, request: ChatRequest, caller: Caller) -> AsyncGenerator[StreamBatch, None]:
        """Stream one answer (see ChatBackend)."""
        prompt = render_prompt(request)
        if not prompt.strip():
            raise InvalidRequestError(
                "the conversation is empty: send at least one message with text", param="messages"
            )
        input_tokens = await off_loop(lambda: count_request(request), size_of(request))
        progress = _Progress(input_tokens)
        for attempt in (1, 2):
            try:
                async with (
                    self._pool.lease(
                        lambda models: self._resolve(request.model, models),
                        timeout_s=self._rules.queue_timeout_s,
                    ) as lease,
                    aclosing(self._turn(lease, request, caller, prompt, progress)) as turn,
                ):
                    async for batch in turn:
                        yield batch
                return
            except (UpstreamGoneError, LoginRequiredError) as error:
                # Nothing was shown yet and another instance, or a fresh one, may do better: once.
                if attempt == 2 or progress.began:
                    raise
                logger.info("%s: asking again: %s", caller.request_id, error.code)

    async def _turn(
        self,
        lease: Lease,
        request: ChatRequest,
        caller: Caller,
        prompt: str,
        progress: "_Progress",
    ) -> AsyncGenerator[StreamBatch, None]:
        yield (
            TurnRouted(
                instance=lease.instance.name,
                model=lease.model,
                upstream=lease.instance.kind,
                session=SessionUse.OFF,
                input_tokens=progress.input_tokens,
            ),
        )
        ask = UpstreamAsk(
            request_id=caller.request_id,
            model=lease.model,
            prompt=prompt,
            whole=caller.whole,
            agent_mode=self._rules.agent_mode or request.model.lower() in AGENT_NAMES,
        )
        try:
            async with aclosing(lease.upstream.ask(ask, self._rules.deadlines)) as items:
                async for item in items:
                    if isinstance(item, TurnEnd):
                        yield (await progress.finished(item),)
                        return
                    progress.count(item)
                    yield item
        except ContentFilteredError:
            if not progress.began:
                raise
            yield (await progress.finished(TurnEnd("", filtered=True)),)
        except GatewayError as error:
            if error.detail:
                logger.info("%s: %s: %s", caller.request_id, error.code, error.detail)
            raise

    def _resolve(self, asked: str, models: Sequence[UpstreamModel]) -> ModelId:
        return resolve_model(
            asked, models, aliases=self._rules.aliases, default=self._rules.default_model
        )


class _Progress:
    """What one turn has given so far, for its usage."""

    def __init__(self, input_tokens: int) -> None:
        self.input_tokens = input_tokens
        self.began = False
        self._text: list[str] = []
        self._reasoning: list[str] = []

    def count(self, batch: StreamBatch) -> None:
        self.began = True
        for event in batch:
            if isinstance(event, TextDelta):
                self._text.append(event.text)
            elif isinstance(event, ReasoningDelta):
                self._reasoning.append(event.text)

    async def finished(self, end: TurnEnd) -> TurnFinished:
        thought, text = "".join(self._reasoning), "".join(self._text)
        reasoning = await off_loop(lambda: count_tokens(thought), len(thought))
        output = reasoning + await off_loop(lambda: count_tokens(text), len(text))
        counted = self.input_tokens
        if end.usage is not None:
            # Upstream's own total is the only real figure: split it by our count of the answer.
            output = min(output, end.usage.used_tokens)
            counted = end.usage.used_tokens - output
        return TurnFinished(
            reason=FinishReason.CONTENT_FILTER if end.filtered else FinishReason.STOP,
            usage=Usage(counted, output, reasoning_tokens=min(reasoning, output)),
        )


async def off_loop(work: Callable[[], T], size: int) -> T:
    """Do `work` on `size` characters of text: in a thread when it would hold the loop for long."""
    if size <= INLINE_CHARS and load_vocabulary.cache_info().currsize:
        return work()
    return await asyncio.to_thread(work)
