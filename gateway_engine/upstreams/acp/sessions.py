"""The sessions an agent holds for us: opened, gone on in, forked, reopened, closed.

One ACP session a conversation, each with its own room of hosted tools. At most MAX_OPEN are kept
open; the least recently used idle one is closed first and, where the agent can, reopened when its
conversation goes on (`session/resume`, else `session/load`). Which session a conversation goes on
in is decided elsewhere.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from gateway_engine.conversation import ModelId, ToolSpec
from gateway_engine.errors import (
    GatewayError,
    UpstreamError,
    UpstreamGoneError,
    UpstreamTimeoutError,
)
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.acp import messages
from gateway_engine.upstreams.acp.messages import AgentFacts, SessionFacts
from gateway_engine.upstreams.acp.peer import Peer, RefusedError
from gateway_engine.upstreams.contract import UpstreamAsk
from gateway_engine.upstreams.tool_hosting import HostedTools, ToolHost, ToolServer

logger = logging.getLogger(__name__)

MAX_OPEN: Final = 64
MAX_LATE: Final = 64
LIST_S: Final = 5.0
RELIST_S: Final = 3.0
WAITS_IN_VAIN: Final = 2
TAKE_IN_S: Final = 0.1
"""The agent has asked for the new list; the answer is on its way to it still."""

SetupParams = Callable[[str, Path, Sequence[ToolServer]], dict[str, Any]]


@dataclass(slots=True)
class Session:
    """An open session, the model and mode it is set to, and its hosted tools.

    `settled`: the agent has had its time to ask for them.
    """

    facts: SessionFacts
    model_id: str
    mode_id: str
    tools: HostedTools | None = None
    offered: tuple[ToolSpec, ...] = ()
    busy: bool = False
    settled: bool = False

    @property
    def session_id(self) -> str:
        """What the agent calls it."""
        return self.facts.session_id


class Sessions:
    """All open sessions of one agent. `setup` is the module that builds set-up params."""

    def __init__(
        self,
        peer: Peer,
        agent: AgentFacts,
        setup: Any,
        *,
        folder: Path,
        host: ToolHost | None,
        mode: str,
        timeout_s: float | None,
        tasks: TaskOwner,
    ) -> None:
        self._tasks = tasks
        self._peer = peer
        self._agent = agent
        self._setup = setup
        self._folder = folder
        self._host = host
        self._mode = mode
        self._timeout_s = timeout_s
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._late = 0
        """Openings nobody waits for any more, which the agent has not answered yet."""
        self._lists_late = 0
        """Sessions that were waited for in vain: some agents ask for the tools with the prompt."""
        self.forks = agent.forks
        """False once the agent has refused its first fork: some declare what they cannot."""
        self._forked = False
        self.toolless = False
        """True once the agent has given a whole answer and never asked for the client's tools."""
        self._lists = False
        self._relists = True
        """False once the agent was seen to keep an old list of tools."""

    def __len__(self) -> int:
        return len(self._open)

    async def probe(self) -> SessionFacts:
        """Open a session to learn what the agent offers, and close it. Raises GatewayErrors."""
        session = await self._new(())
        await self.close(session)
        return session.facts

    async def obtain(self, ask: UpstreamAsk, model_ids: Mapping[ModelId, str]) -> Session:
        """The session for this turn, busy from now on, with its tools, model and mode.

        Raises GatewayErrors; UpstreamError when the session to go on in is gone.
        """
        await self._make_room()
        session = await self._session(ask)
        session.busy = True
        self._open[session.session_id] = session
        self._open.move_to_end(session.session_id)
        try:
            await self._wait_for_tools(session)
            await self._offer(session, ask.tools)
            await self._choose_model(session, model_ids.get(ask.model, ""))
            await self._choose_mode(session)
        except UpstreamGoneError:
            self.forget(session)
            raise
        except UpstreamError:
            await self.close(session)
            raise
        except BaseException:
            self.forget(session)
            if self._agent.closes:
                self._tasks.spawn(self._close_at_agent(session.session_id), name="session-close")
            raise
        return session

    def release(
        self, session: Session, switches: Sequence[Mapping[str, Any]], *, answered: bool
    ) -> None:
        """Its turn is over, after a whole answer or not; it may be gone on in.

        `switches` are the changes of model and mode that the agent told of: they are set again.
        """
        session.busy = False
        for update in switches:
            facts = messages.parse_session(update, session.session_id) or session.facts
            session.model_id = facts.model_id or session.model_id
            session.mode_id = update.get("currentModeId") or facts.mode_id or session.mode_id
        if session.tools is not None:
            session.tools.listen(None, None)
            self._lists = self._lists or session.tools.asked_for
            self.toolless = not self._lists and (self.toolless or answered)

    def forget(self, session: Session) -> None:
        """Nobody goes on in it."""
        self._open.pop(session.session_id, None)
        if session.tools is not None:
            session.tools.close()

    async def close(self, session: Session) -> None:
        """Forget it and let the agent forget it too, where it can. Never raises GatewayErrors."""
        self.forget(session)
        if self._agent.closes:
            await self._close_at_agent(session.session_id)

    async def close_idle(self, session_id: str) -> None:
        """Nobody goes on in this session: close it, unless a turn runs in it."""
        known = self._open.get(session_id)
        if known is not None and not known.busy:
            await self.close(known)

    async def _close_at_agent(self, session_id: str) -> None:
        try:
            await self._peer.request(
                messages.CLOSE_SESSION, {"sessionId": session_id}, timeout_s=self._timeout_s
            )
        except UpstreamGoneError:
            return
        except GatewayError as error:
            logger.info("%s stays open: %s", session_id, error)

    def close_rooms(self) -> None:
        """The agent has gone: its sessions' tools are offered no longer."""
        for session in list(self._open.values()):
            self.forget(session)

    # --- opening ---

    async def _session(self, ask: UpstreamAsk) -> Session:
        if not ask.session_id:
            return await self._new(ask.tools)
        if ask.branch:
            return await self._fork(ask)
        known = self._open.get(ask.session_id)
        if known is not None and not known.busy and (known.tools is not None or not ask.tools):
            return known
        if known is None and self._agent.resumes:
            return await self._again(
                messages.RESUME_SESSION, self._setup.resume_session_params, ask, same=True
            )
        if known is None and self._agent.loads:
            return await self._again(
                messages.LOAD_SESSION, self._setup.load_session_params, ask, same=True
            )
        raise UpstreamError("the agent's session is gone; ask again with the whole conversation")

    async def _new(self, tools: Sequence[ToolSpec]) -> Session:
        hosted = await self._hosted(tools)
        params = self._setup.new_session_params(self._folder, _servers(hosted))
        return await self._opened(messages.NEW_SESSION, params, hosted, tools)

    async def _fork(self, ask: UpstreamAsk) -> Session:
        build = self._setup.fork_session_params
        try:
            copy = await self._again(messages.FORK_SESSION, build, ask, same=False)
        except RefusedError as error:
            self.forks = self._forked
            logger.info("%s of %s was refused: %s", messages.FORK_SESSION, ask.session_id, error)
            raise
        self._forked = True
        return copy

    async def _again(
        self, method: str, build: SetupParams, ask: UpstreamAsk, *, same: bool
    ) -> Session:
        hosted = await self._hosted(ask.tools)
        params = build(ask.session_id, self._folder, _servers(hosted))
        known = ask.session_id if same else ""
        return await self._opened(method, params, hosted, ask.tools, known)

    async def _opened(
        self,
        method: str,
        params: Mapping[str, Any],
        hosted: HostedTools | None,
        tools: Sequence[ToolSpec],
        known: str = "",
    ) -> Session:
        try:
            answer = await self._open_at(method, params, known)
            facts = messages.parse_session(answer, known)
            if facts is None:
                raise UpstreamError(f"the agent answered {method} without a session")
        except BaseException:
            if hosted is not None:
                hosted.close()
            raise
        return Session(facts, facts.model_id, facts.mode_id, hosted, tuple(tools))

    async def _open_at(self, method: str, params: Mapping[str, Any], known: str) -> Any:
        """Ask for a session. One that comes when nobody waits for it any more is closed."""
        call_id, answered = self._peer.expect(method)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._peer.send_request(call_id, method, params)
                await asyncio.wait((answered,))
            return answered.result()
        except TimeoutError:
            raise UpstreamTimeoutError(
                f"the agent did not answer {method} within {self._timeout_s or 0:g} s"
            ) from None
        finally:
            if answered.done() or self._late >= MAX_LATE or not self._agent.closes:
                self._peer.forget(call_id)
            else:
                self._late += 1
                answered.add_done_callback(partial(self._came_late, call_id, known))

    def _came_late(self, call_id: int, known: str, answered: asyncio.Future[Any]) -> None:
        self._late -= 1
        self._peer.forget(call_id)
        if answered.cancelled() or answered.exception() is not None:
            return
        facts = messages.parse_session(answered.result(), known)
        if facts is not None and facts.session_id not in self._open:
            logger.info("%s came too late and is closed", facts.session_id)
            self._tasks.spawn(self._close_at_agent(facts.session_id), name="session-close")

    async def _hosted(self, tools: Sequence[ToolSpec]) -> HostedTools | None:
        if self._host is None or not tools:
            return None
        hosted = await self._host.open(http=self._agent.mcp_http)
        hosted.offer(tools)
        return hosted

    async def _make_room(self) -> None:
        while len(self._open) >= MAX_OPEN:
            idle = next((each for each in self._open.values() if not each.busy), None)
            if idle is None:
                return
            await self.close(idle)

    # --- settings of a session ---

    async def _wait_for_tools(self, session: Session) -> None:
        """Let the agent take in the tools of a new session, which some do beside the answer."""
        if session.tools is None or session.settled:
            return
        session.settled = True
        if self._lists_late >= WAITS_IN_VAIN:
            return
        if await session.tools.listed(timeout_s=LIST_S):
            self._lists_late = 0
            await asyncio.sleep(TAKE_IN_S)
        else:
            self._lists_late += 1
            logger.info("the agent has not asked for the client's tools before its prompt")

    async def _offer(self, session: Session, tools: tuple[ToolSpec, ...]) -> None:
        if session.tools is None or tools == session.offered:
            return
        session.tools.offer(tools)
        session.offered = tools
        # An agent may keep the list it has: then only a new session shows the model these tools.
        self._relists = self._relists and await session.tools.listed(timeout_s=RELIST_S)
        if not self._relists:
            raise UpstreamError("the agent does not follow a changed list of tools")
        await asyncio.sleep(TAKE_IN_S)

    async def _choose_model(self, session: Session, model_id: str) -> None:
        if not model_id or model_id == session.model_id:
            return
        option = session.facts.model_option
        await self._set(session, option, model_id, messages.SET_MODEL, "modelId")
        session.model_id = model_id

    async def _choose_mode(self, session: Session) -> None:
        mode = self._mode
        if not mode or mode == session.mode_id or mode not in session.facts.modes:
            return
        await self._set(session, session.facts.mode_option, mode, messages.SET_MODE, "modeId")
        session.mode_id = mode

    async def _set(
        self, session: Session, option: str, value: str, method: str, field: str
    ) -> None:
        params = {"sessionId": session.session_id}
        if option:
            method, more = messages.SET_OPTION, {"configId": option, "value": value}
        else:
            more = {field: value}
        await self._peer.request(method, {**params, **more}, timeout_s=self._timeout_s)


def _servers(hosted: HostedTools | None) -> list[ToolServer]:
    return [hosted.server] if hosted is not None else []
