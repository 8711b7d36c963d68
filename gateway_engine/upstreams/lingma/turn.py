"""One `chat/ask` on its way: Lingma's events of one requestId become the neutral answer."""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway_engine.conversation import NO_TRACE, StreamBatch, TurnTrace
from gateway_engine.errors import GatewayError, UpstreamError, UpstreamGoneError
from gateway_engine.upstreams.contract import Deadlines, TurnEnd, UpstreamUsage
from gateway_engine.upstreams.lingma import methods
from gateway_engine.upstreams.lingma.lsp_client import RpcFailureError
from gateway_engine.upstreams.lingma.tool_messages import Message
from gateway_engine.upstreams.lingma.turn_tools import TurnTools
from gateway_engine.upstreams.turn_inbox import TurnInbox
from gateway_engine.upstreams.wire.answer import AnswerAssembler, OverwriteConflictError

logger = logging.getLogger(__name__)


class LingmaTurn:
    """Feeds one turn's inbox. `handle` is called for every event that carries its requestId;
    `tools` takes what its native calls say, and `send` what is answered to them.
    """

    def __init__(
        self,
        session_id: str,
        deadlines: Deadlines,
        *,
        whole: bool,
        enough: Callable[[StreamBatch], bool] | None = None,
        send: Callable[[Sequence[Message]], None],
        clock: Callable[[], float],
        trace: TurnTrace = NO_TRACE,
        own_tools: bool = False,
    ) -> None:
        self.trace = trace
        self.inbox = TurnInbox(deadlines, whole=whole, enough=enough)
        self.session_id = session_id
        self.tools = TurnTools(
            self.inbox, lambda: self.session_id, send, clock, own_tools=own_tools
        )
        self.context = contextvars.copy_context()
        """The context of the request that asked: its id stands on the lines of the log."""
        self._answer = AnswerAssembler()
        self._usage: UpstreamUsage | None = None
        self._filtered = False
        self.over_upstream = False
        """True once upstream itself ended the turn: there is nothing left to stop."""

    def handle(self, method: str, params: Mapping[str, Any]) -> None:
        """Take one event. Never raises: what goes wrong fails the turn."""
        if self.inbox.ended:
            return
        try:
            if method == methods.CHAT_ANSWER:
                self._filtered = self._filtered or params.get("isFiltered") is True
                text = methods.answer_text(params)
                if params.get("overwrite") is True:
                    self.inbox.put(self._answer.overwrite(text, self.inbox.retract()))
                else:
                    self.inbox.put(self._answer.answer(text))
            elif method == methods.CHAT_THINK:
                self.inbox.put(self._answer.think(methods.answer_text(params)))
            elif method == methods.CHAT_FINISH:
                self._finish(params)
            else:
                self.inbox.touch()
                if method == methods.CONTEXT_USAGE:
                    self._usage = methods.parse_usage(params) or self._usage
        except OverwriteConflictError as error:
            self.inbox.fail(
                UpstreamError(
                    "the upstream replaced text that was already sent; ask again",
                    detail=f"{len(error.sent)} characters sent, {len(error.replacement)} instead",
                )
            )

    def settle(self, future: asyncio.Future[Any]) -> None:
        """The request itself was answered, refused, or lost with its connection."""
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            self.asked(future.result())
        elif isinstance(error, RpcFailureError):
            self.refused(error)
        elif isinstance(error, GatewayError):
            self.fail(error)

    def asked(self, result: Any) -> None:
        """Upstream answered the request itself: {isSuccess, errorMessage, status, …} or
        anything.
        """
        if isinstance(result, Mapping) and result.get("isSuccess") is False:
            message = str(result.get("errorMessage") or "")
            status = methods.status_code(result.get("status"))
            self.over_upstream = True
            self.fail(
                methods.finish_failure(status, message)
                or UpstreamError(
                    f"Lingma refused the request: {message[:500] or 'no reason given'}"
                )
            )

    def refused(self, error: GatewayError) -> None:
        """Upstream answered the request with a JSON-RPC error."""
        self.over_upstream = True
        self.fail(error)

    def fail(self, error: GatewayError) -> None:
        """The turn cannot go on."""
        self.inbox.fail(error)

    def close(self) -> None:
        """Nobody takes any more."""
        self.inbox.close()
        self.tools.close()

    def _finish(self, params: Mapping[str, Any]) -> None:
        self.over_upstream = True
        session = params.get("sessionId")
        if isinstance(session, str) and session:
            self.session_id = session
        status = methods.status_code(params.get("statusCode"))
        reason = str(params.get("reason") or "")
        full = params.get("fullAnswer")
        deltas = self._answer.finish(full if isinstance(full, str) else "")
        self.inbox.put(deltas)
        if self._answer.cards:
            # Upstream's own user interface would draw them; no client can.
            names = ", ".join(card.name for card in self._answer.cards[:20])
            logger.info("left out %d native tool cards: %.200s", len(self._answer.cards), names)
        failure = methods.finish_failure(status, reason)
        if failure is None and status == 0 and not self._answer.has_text:
            failure = methods.finish_without_text(status, reason)
        if failure is not None:
            self.fail(failure)
        else:
            self.inbox.finish(TurnEnd(self.session_id, self._filtered, self._usage))


def gone() -> UpstreamGoneError:
    """What a turn fails with when its process or connection ends."""
    return UpstreamGoneError(
        "the upstream process ended in the middle of the answer; it is being restarted, try again"
    )
