"""One chat turn: from ``chat/ask`` to exactly one ``chat/finish``.

Order of events: process_step_callback, think and answer deltas, context/usage/sync, on a session's
first turn session/title/update, finish. ``chat/stop`` takes effect before the next token.
Source: the wire notes, section 5.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from gateway_engine.emulator import misbehaviour
from gateway_engine.emulator.ask import Ask
from gateway_engine.emulator.instructions import read_prompt
from gateway_engine.emulator.models import DEFAULT_MODEL, find_model
from gateway_engine.emulator.native_tools import Gate
from gateway_engine.emulator.replies import Reply, Setting, Sleep, UseTool, compose
from gateway_engine.emulator.rpc import Json, RpcId
from gateway_engine.emulator.spelling import Delta, Spelled, spell
from gateway_engine.emulator.tokens import count_tokens
from gateway_engine.emulator.tool_turn import ToolFailure, ToolWay, use_tool

if TYPE_CHECKING:
    from gateway_engine.emulator.connection import Connection

ANSWER_DEADLINE_S = 5.0
AGENT_TOOLS_TOKENS = 69_000
MAX_FULL_ANSWER_CHARS = 64 * 1024
TITLE_CHARS = 24


class _Stop(Exception):  # noqa: N818 not an error: the client asked for the end
    """Unwinds a turn to its finish."""


class _Failure(Exception):  # noqa: N818 the wire's own word for a bad end is its reason
    """The turn cannot go on; the text is the reason."""


class Turn:
    """A running answer. ``run`` is the owner's task; ``stop`` may be called meanwhile."""

    def __init__(self, link: Connection, ask: Ask, rpc_id: RpcId | None, number: int) -> None:
        self._link = link
        self._host = link.host
        self._ask = ask
        self._rpc_id = rpc_id
        self._scenario = link.host.scenario.for_prompt(number)
        self._stop = asyncio.Event()
        self._answer: list[str] = []
        self._held: list[Json] = []
        self._deltas = 0
        self._gates: tuple[Gate, ...] = ()
        self._session_id = ask.session_id

    def stop(self) -> None:
        """Let the turn finish before its next token."""
        self._stop.set()
        for gate in self._gates:
            gate.abandon()

    async def run(self) -> None:
        """Answer. Raises ConnectionClosed when the client is gone."""
        misbehaviour.on_prompt(self._host, self._scenario)
        model = find_model(self._ask.model_key)
        if model is None:
            await self._acknowledge(f"model not found: {self._ask.model_key}")
            return
        late = "late_ask_result" in self._scenario
        if self._host.account.status != 2:
            await self._acknowledge("")
            await self._finish(401, "not signed in", silent=False)
            return
        self._open_session()
        reply = compose(read_prompt(self._ask.text), self._setting())
        if reply.refusal is not None:
            await self._acknowledge(reply.refusal)
            return
        if not late:
            await self._acknowledge("")
        await self._answer_with(reply, model.max_input_tokens)
        if late:
            await self._acknowledge("")

    def _open_session(self) -> None:
        hint, scenario = self._ask.session_id, self._scenario
        if self._ask.is_reply and hint:
            session = self._host.sessions.open(hint, continued=True)
            self._session_id = hint
        else:
            renamed = not hint or "rename_session" in scenario
            self._session_id = self._host.ids.uuid() if renamed else hint
            session = self._host.sessions.open(self._session_id, continued=False)
        self._session = session

    def _setting(self) -> Setting:
        model = find_model(self._ask.model_key) or DEFAULT_MODEL
        known = self._host.images
        return Setting(
            model=model.key,
            always_thinks=model.reasons,
            memories=self._session.memories(),
            stats=self._host.stats_json(),
            images=[known.get(url, url[:80]) for url in self._ask.image_urls],
            taught_earlier=self._session.teaches_tools,
            tool_form=self._scenario.word("tool_form") or "fence",
            forwarded=self._ask.tools,
        )

    async def _answer_with(self, reply: Reply, limit: int) -> None:
        spelled = spell(reply, self._scenario)
        status, reason = spelled.status_code, spelled.reason
        try:
            await self._begin()
            await self._stream(spelled)
        except _Stop:
            status, reason = 200, "stopped"
            self._host.stats.stopped += 1
        except (_Failure, ToolFailure) as failure:
            status, reason = 500, str(failure)
        answer = "".join(self._answer)
        if status == 200:
            first = not self._session.turns
            self._session.remember(self._ask.text, answer)
            self._host.sessions.save(self._session)
            await self._flush()
            await self._sum_up(limit, first)
        await self._finish(status, reason, silent=spelled.silent)

    async def _begin(self) -> None:
        if "unknown_notification" in self._scenario:
            await self._link.send_unknown(self._ask.request_id)
        step = {**self._names(), "step": "step_thinking", "status": "doing", "description": ""}
        answered = await self._link.request("chat/process_step_callback", step)
        if "needs_answers" in self._scenario:
            try:
                async with asyncio.timeout(min(ANSWER_DEADLINE_S, self._host.options.tool_wait_s)):
                    await answered.wait()
            except TimeoutError:
                raise _Failure("a server-to-client request was not answered") from None
        await self._pause(len(self._ask.text) / 1000 * self._host.options.prefill_ms / 1000)

    async def _stream(self, spelled: Spelled) -> None:
        broken = False
        for event in spelled.events:
            match event:
                case Delta():
                    await self._say(event, spelled.silent)
                case Sleep(seconds):
                    await self._flush()
                    await self._pause(seconds)
                case UseTool():
                    await self._flush()
                    await self._say(Delta(await self._use_tool(event)), spelled.silent)
            if self._deltas == misbehaviour.MID_STREAM_DELTAS and not broken:
                broken = True
                await self._break_mid_stream()
        if not broken:
            await self._break_mid_stream()

    async def _break_mid_stream(self) -> None:
        if misbehaviour.acts_in_mid_stream(self._scenario):
            await self._flush()
            await misbehaviour.in_mid_stream(self._link, self._scenario)

    async def _say(self, delta: Delta, silent: bool) -> None:
        if "burst" not in self._scenario:
            pause = self._host.options.delta_ms if delta.pause_ms is None else delta.pause_ms
            await self._pause(pause / 1000)
        self._deltas += 1
        if delta.step:
            await self._event(
                "chat/think", {**self._names(), "text": delta.text, "step": delta.step}
            )
            return
        if delta.overwrite:
            self._answer.clear()
        self._answer.append(delta.text)
        if silent:
            return
        field = "content" if "content_field" in self._scenario else "text"
        flags = {"overwrite": delta.overwrite, "isFiltered": delta.filtered}
        await self._event("chat/answer", {**self._names(), field: delta.text, **flags})

    async def _use_tool(self, step: UseTool) -> str:
        self._gates = tuple(Gate(tool, self._host.ids.token("call")[:20]) for tool in step.tools)
        way = ToolWay(
            runs_here=step.runs_here,
            shape=self._scenario.word("tool_shape"),
            flow=self._scenario.word("tool_flow"),
            routing=self._scenario.word("tool_routing"),
            deadline_s=self._host.options.tool_wait_s,
        )
        try:
            async with asyncio.TaskGroup() as group:
                uses = [
                    group.create_task(use_tool(self._link, gate, self._names(), way))
                    for gate in self._gates
                ]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        if self._stop.is_set():
            raise _Stop
        return "".join(use.result() for use in uses)

    async def _sum_up(self, limit: int, first: bool) -> None:
        extra = AGENT_TOOLS_TOKENS if self._ask.agent else 0
        usage = {"usedTokens": self._session.tokens + extra, "limitTokens": limit}
        await self._link.notify("context/usage/sync", {**self._names(), **usage})
        if first:
            text = read_prompt(self._ask.text).user_text
            title = " ".join(text.split())[:TITLE_CHARS]
            await self._link.request("session/title/update", {**self._names(), "title": title})

    async def _finish(self, status: int, reason: str, *, silent: bool) -> None:
        await self._flush()
        answer = "".join(self._answer)
        full = answer if silent or len(answer) <= MAX_FULL_ANSWER_CHARS else ""
        outcome = {"reason": reason, "statusCode": status, "fullAnswer": full}
        self._host.stats.finished += 1
        self._host.journal.note(
            f"chat/finish requestId={self._ask.request_id} statusCode={status} reason={reason}"
            f" tokens={count_tokens(answer)}"
        )
        await self._link.request("chat/finish", {**self._names(), **outcome})

    async def _acknowledge(self, error: str) -> None:
        if self._rpc_id is None or "no_ask_result" in self._scenario:
            return
        result: dict[str, Any] = {
            "requestId": self._ask.request_id,
            "isSuccess": not error,
            "errorMessage": error,
            "status": 400 if error else 200,
        }
        await self._link.reply(self._rpc_id, result)

    async def _event(self, method: str, params: Json) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if "burst" in self._scenario:
            self._held.append(message)
        else:
            await self._link.outlet.send(message)

    async def _flush(self) -> None:
        if self._held:
            held, self._held = self._held, []
            await self._link.outlet.send(*held)

    async def _pause(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
        elif not self._stop.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await self._stop.wait()
            except TimeoutError:
                return
        if self._stop.is_set():
            raise _Stop

    def _names(self) -> Json:
        return {"requestId": self._ask.request_id, "sessionId": self._session_id}
