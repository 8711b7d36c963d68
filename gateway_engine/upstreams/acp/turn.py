"""One `session/prompt` on its way: the agent's updates become the neutral answer."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from gateway_engine.conversation import NO_TRACE, StreamBatch, TurnTrace
from gateway_engine.errors import (
    GatewayError,
    LoginRequiredError,
    UpstreamError,
    UpstreamQuotaError,
)
from gateway_engine.upstreams.acp.messages import AUTH_REQUIRED, SWITCHES
from gateway_engine.upstreams.acp.peer import RefusedError
from gateway_engine.upstreams.acp.turn_calls import TurnCalls
from gateway_engine.upstreams.contract import Deadlines, TurnEnd, UpstreamUsage
from gateway_engine.upstreams.turn_inbox import TurnInbox
from gateway_engine.upstreams.wire.answer import AnswerAssembler

RATE_LIMITED: Final = 429
_GOOD: Final = (None, 0, 200)
_FULL: Final = ("max_tokens", "max_turn_requests")


class AcpTurn:
    """Feeds one turn's inbox. `handle` is called for every update of its session."""

    def __init__(
        self,
        session_id: str,
        deadlines: Deadlines,
        *,
        whole: bool,
        tools: Sequence[str],
        server: str,
        trace: TurnTrace = NO_TRACE,
        enough: Callable[[StreamBatch], bool] | None = None,
    ) -> None:
        self.trace = trace
        self.inbox = TurnInbox(deadlines, whole=whole, enough=enough)
        self.session_id = session_id
        self.calls = TurnCalls(self.inbox, tools, server)
        self._answer = AnswerAssembler()
        self._usage: UpstreamUsage | None = None
        self.switches: list[Mapping[str, Any]] = []
        """What the agent told of the model or mode that it changed by itself."""
        self.over_upstream = False
        """True once the agent itself ended the turn: there is nothing left to cancel."""

    def handle(self, update: Mapping[str, Any]) -> None:
        """Take one `session/update`. Never raises."""
        if self.inbox.ended:
            return
        kind = update.get("sessionUpdate")
        if kind == "agent_message_chunk":
            self._note_usage(_table(_table(update.get("_meta")).get("usage")))
            self.inbox.put(self._answer.answer(content_text(update.get("content"))))
        elif kind == "agent_thought_chunk":
            self.inbox.put(self._answer.think(content_text(update.get("content"))))
        elif kind in ("tool_call", "tool_call_update"):
            self.calls.reported(update)
        elif kind == "usage_update":
            self.inbox.touch()
            self._note_usage(update)
        elif kind == "notification":
            self._notified(update)
        elif kind in SWITCHES:
            self.inbox.touch()
            self.switches.append(update)
        else:
            self.inbox.touch()

    def settle(self, answered: asyncio.Future[Any]) -> None:
        """The prompt was answered, or never will be."""
        if answered.cancelled():
            return
        error = answered.exception()
        if error is None:
            self.asked(answered.result())
        elif isinstance(error, RefusedError):
            self.refused(error)
        elif isinstance(error, GatewayError):
            self.fail(error)

    def asked(self, result: Any) -> None:
        """The agent answered the prompt: {stopReason, usage?}."""
        answer = _table(result)
        meta = _table(answer.get("_meta"))
        self._note_usage(_table(answer.get("usage")) or _table(meta.get("usage")))
        self._finish(str(answer.get("stopReason") or "end_turn"))

    def refused(self, error: RefusedError) -> None:
        """The agent refused the prompt."""
        self.over_upstream = True
        self.fail(prompt_failure(error))

    def fail(self, error: GatewayError) -> None:
        """The turn cannot go on: calls whose end was never told were cancelled."""
        self.calls.finish()
        self.inbox.fail(error)

    def close(self) -> None:
        """Nobody takes any more."""
        self.inbox.close()
        self.calls.close()

    def _finish(self, reason: str) -> None:
        self.over_upstream = True
        if self.inbox.ended:
            return
        self.inbox.put(self._answer.finish())
        self.calls.finish()
        if reason == "cancelled":
            self.fail(UpstreamError("the agent cancelled the answer; ask again"))
            return
        self.inbox.finish(
            TurnEnd(
                self.session_id,
                filtered=reason == "refusal",
                usage=self._usage,
                full=reason in _FULL,
            )
        )

    def _notified(self, update: Mapping[str, Any]) -> None:
        """What Lingma's edition says beside the standard."""
        self.inbox.touch()
        fields = _table(update.get("data")) or _table(update.get("params")) or update
        names = [value for value in (update.get("type"), update.get("name")) if value]
        if "context_usage" in names or "usedTokens" in fields:
            self._note_usage(fields)
        if "chat_finish" in names:
            status = fields.get("statusCode")
            if status in _GOOD:
                self._finish("end_turn")
            else:
                self.over_upstream = True
                said = str(fields.get("reason") or f"status {status}")[:500]
                self.fail(_status_failure(status, said))

    def _note_usage(self, fields: Mapping[str, Any]) -> None:
        """The tokens now in the context: the newest figure stands for the whole turn."""
        used = next(
            (fields[n] for n in ("totalTokens", "used", "usedTokens") if fields.get(n)), None
        )
        if isinstance(used, int) and not isinstance(used, bool) and used > 0:
            limit = fields.get("size") or fields.get("limitTokens")
            self._usage = UpstreamUsage(used, limit if isinstance(limit, int) else 0)


def prompt_failure(error: RefusedError) -> GatewayError:
    """What a refusal with a code of meaning is; any other is what it is."""
    if error.rpc_code in (AUTH_REQUIRED, RATE_LIMITED, 401):
        return _status_failure(
            401 if error.rpc_code == AUTH_REQUIRED else error.rpc_code, error.said
        )
    return error


def _status_failure(status: Any, said: str) -> GatewayError:
    if status == 401:
        return LoginRequiredError(f"the agent is not signed in: {said}")
    if status == RATE_LIMITED:
        return UpstreamQuotaError(
            f"the agent's rate limit is reached: {said}", retry_after_s=30.0, passes_soon=True
        )
    return UpstreamError(f"the agent ended the answer: {said}")


def content_text(content: Any) -> str:
    """The text of one content block; what is no text leaves a placeholder."""
    block = _table(content)
    text = block.get("text")
    if isinstance(text, str):
        return text
    match block.get("type"):
        case "image":
            return "[image]"
        case "audio":
            return "[audio]"
        case "resource_link":
            return str(block.get("uri") or "[file]")
        case "resource":
            resource = _table(block.get("resource"))
            held = resource.get("text")
            return held if isinstance(held, str) else f"[file: {resource.get('uri')}]"
        case _:
            return ""


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
