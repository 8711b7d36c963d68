"""An ACP agent as an `Upstream`: started or attached to, spoken with, watched, ended."""

import asyncio
import contextlib
import importlib
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from gateway_engine.conversation import NO_TRACE, ImagePart, ModelId, TurnTrace
from gateway_engine.errors import (
    GatewayError,
    LoginRequiredError,
    UpstreamError,
    UpstreamGoneError,
    UpstreamTimeoutError,
)
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.acp import messages
from gateway_engine.upstreams.acp.login import LoginWay, login_ways
from gateway_engine.upstreams.acp.messages import AgentFacts, SessionFacts
from gateway_engine.upstreams.acp.peer import Peer, RefusedError
from gateway_engine.upstreams.acp.prompt_blocks import image_name, prompt_blocks
from gateway_engine.upstreams.acp.sessions import Session, Sessions
from gateway_engine.upstreams.acp.stdio_link import open_stdio
from gateway_engine.upstreams.acp.turn import AcpTurn
from gateway_engine.upstreams.acp.websocket_link import open_websocket
from gateway_engine.upstreams.contract import (
    Deadlines,
    ImageRefusedError,
    Login,
    LoginState,
    TurnEnd,
    TurnItem,
    UpstreamAsk,
    UpstreamModel,
    UpstreamStartError,
)
from gateway_engine.upstreams.private_folders import note_child, prepare_folders
from gateway_engine.upstreams.processes.child import ChildProcess
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.upstreams.processes.leftovers import forget_child
from gateway_engine.upstreams.tool_hosting import ToolHost
from gateway_engine.upstreams.wire.json_rpc import METHOD_NOT_FOUND, Call

logger = logging.getLogger(__name__)

STOP_GRACE_S: Final = 2.0
EXIT_CODE_WAIT_S: Final = 0.2
CLOSED_WAIT_S: Final = 5 * EXIT_CODE_WAIT_S
LOGIN_INTERVAL_S: Final = 15.0
CANCEL_WAIT_S: Final = 10.0
SETUP_MODULE: Final = "gateway_engine.upstreams.acp.setup_calls"


@dataclass(frozen=True, slots=True)
class AcpConfig:
    """One agent's settings. `title` is what users call it; `name` names its only model when it
    lists none.

    `url` attaches to a program that runs already, `argv` starts one. `workspace` is an empty
    private folder shown to the agent as the project. `models` chooses among its models, the first
    as default; `mode` is set where the agent has it. `login_command` signs in at a terminal.
    """

    name: str
    title: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    work_dir: Path
    workspace: Path
    record_file: Path
    gateway_version: str
    startup_timeout_s: float
    rpc_timeout_s: float
    url: str = ""
    models: tuple[str, ...] = ()
    mode: str = ""
    login_command: tuple[str, ...] = ()


class AcpUpstream:
    """One agent and the one conversation with it (gateway_engine.upstreams.contract.Upstream)."""

    def __init__(
        self,
        config: AcpConfig,
        guard: OrphanGuard,
        on_change: Callable[[], None],
        host: ToolHost | None,
    ) -> None:
        self._config = config
        self._guard = guard
        self._on_change = on_change
        self._host = host
        self._tasks = TaskOwner("acp")
        self._child: ChildProcess | None = None
        self._peer: Peer | None = None
        self._agent = AgentFacts()
        self._sessions: Sessions | None = None
        self._turns: dict[str, AcpTurn] = {}
        self._login = Login(LoginState.UNKNOWN)
        self._models: tuple[UpstreamModel, ...] = ()
        self._model_ids: dict[ModelId, str] = {}
        self._probe = asyncio.Event()
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    # --- what it is ---

    @property
    def pid(self) -> int:
        """Process id, 0 when it is not ours."""
        return self._child.pid if self._child is not None else 0

    @property
    def exit_code(self) -> int | None:
        """How its process ended; None while it runs or when it is not ours."""
        return self._child.returncode if self._child is not None else None

    @property
    def last_heard(self) -> float:
        """Loop time of its last message."""
        return self._peer.last_heard if self._peer is not None else 0.0

    @property
    def log_file(self) -> None:
        """Agents keep their logs in places of their own, or nowhere: not known."""

    @property
    def version(self) -> str:
        """The agent's name and version as `initialize` gave them."""
        return f"{self._agent.name} {self._agent.version}".strip()

    @property
    def login(self) -> Login:
        """The last known state of its account."""
        return self._login

    @property
    def models(self) -> tuple[UpstreamModel, ...]:
        """Its models; empty while signed out."""
        return self._models

    @property
    def real_tools(self) -> bool:
        """True when the agent is given the client's tools over MCP, and takes them."""
        return self._host is not None and (self._sessions is None or not self._sessions.toolless)

    @property
    def takes_documents(self) -> bool:
        """True when the agent takes embedded context."""
        return self._agent.embedded_context

    @property
    def branches(self) -> bool:
        """True when the agent forks sessions."""
        return self._sessions is not None and self._sessions.forks

    @property
    def login_ways(self) -> tuple[LoginWay, ...]:
        """How to sign in to this agent, the likeliest first."""
        return login_ways(self._config.argv, self._config.login_command, self._agent)

    # --- life ---

    async def start(self) -> None:
        """Start the agent and greet it. Raises UpstreamStartError."""
        config = self._config
        await asyncio.to_thread(prepare_folders, config.workspace, config.record_file)
        peer = Peer(self._on_call)
        self._peer = peer
        try:
            async with asyncio.timeout(self._config.startup_timeout_s or None):
                setup = await asyncio.to_thread(importlib.import_module, SETUP_MODULE)
                await self._connect(peer)
                await self._greet(peer, setup)
        except TimeoutError:
            raise UpstreamStartError(
                "not_ready_in_time",
                f"{self._config.title} was not ready within {self._config.startup_timeout_s:g} s"
                f"{self._last_words()}",
            ) from None
        except UpstreamTimeoutError as error:
            raise UpstreamStartError("not_ready_in_time", str(error)) from None
        except UpstreamGoneError as error:
            ended = f"{config.title} ended before it was ready"
            if not config.argv:
                raise UpstreamStartError("connection_lost", f"{ended} ({error.detail})") from None
            raise UpstreamStartError("exited", f"{ended}{self._last_words()}") from None
        except UpstreamError as error:
            detail = f" ({error.detail})" if error.detail else ""
            raise UpstreamStartError("protocol", f"{error}{detail}{self._last_words()}") from None
        self._tasks.spawn(self._watch(peer), name="watch")
        self._tasks.spawn(self._look_after_login(), name="login")

    async def stop(self) -> None:
        """End the conversation, the process and its children."""
        self._close("stopped")
        await self._tasks.aclose()
        if self._peer is not None:
            await self._peer.aclose()
        if self._child is not None:
            await self._child.stop(grace_s=STOP_GRACE_S)
            await asyncio.to_thread(forget_child, self._config.record_file)

    async def ask(self, ask: UpstreamAsk, deadlines: Deadlines) -> AsyncGenerator[TurnItem, None]:
        """Stream one answer (see the contract)."""
        peer, sessions = self._peer, self._sessions
        if peer is None or sessions is None or peer.closed.done():
            await self._until_closed()
            raise _gone()
        session = await self._obtain(sessions, ask)
        turn = self._begin(session, ask, deadlines)
        call_id, answered = peer.expect(messages.PROMPT, ask.trace)
        answered.add_done_callback(turn.settle)
        blocks = prompt_blocks(ask.prompt, ask.images, ask.documents)
        params = {"sessionId": session.session_id, "prompt": blocks}
        good = False
        try:
            await self._send_prompt(peer, call_id, params)
            while True:
                item = await turn.inbox.take()
                good = isinstance(item, TurnEnd)
                yield item
                if good:
                    return
        except LoginRequiredError:
            self._probe.set()
            raise
        except UpstreamGoneError:
            await self._until_closed()
            raise
        finally:
            turn.close()
            sessions.release(session, turn.switches, answered=good)
            if turn.over_upstream or self.closed.done() or peer.closed.done():
                self._over(session, peer, call_id, keep=good)
            else:
                self._tasks.spawn(
                    self._cancel(peer, session, call_id, answered, ask.trace),
                    name="session-cancel",
                )

    async def ping(self) -> None:
        """Ask whether it lives (see the contract), by a method that no agent has and all refuse."""
        if self._peer is None:
            raise _gone()
        with contextlib.suppress(RefusedError):
            await self._peer.request(messages.PING, {}, timeout_s=None)

    def output(self, lines: int) -> list[str]:
        """What it wrote last that is no message: stderr, and stray lines of its stdout."""
        return self._child.output(lines) if self._child is not None else []

    async def check_login(self) -> Login:
        """Ask it now (see the contract): a session is opened, and closed again."""
        await self._learn()
        return self._login

    async def raw_models(self) -> Any:
        """The models a new session offers, as the agent calls them."""
        await self._learn()
        return [
            {"modelId": self._model_ids.get(model.key, model.key), "name": model.display_name}
            for model in self._models
        ]

    def forget_session(self, session_id: str) -> None:
        """Close it, where the agent can (see the contract)."""
        if self._sessions is not None and not self.closed.done():
            self._tasks.spawn(self._sessions.close_idle(session_id), name="session-close")

    async def take_image(self, image: ImagePart) -> str:
        """Images travel within the prompt: nothing is sent yet (see the contract)."""
        if not self._agent.images:
            raise ImageRefusedError(f"{self._config.title} takes no images")
        return image_name(image)

    # --- start ---

    async def _connect(self, peer: Peer) -> None:
        config = self._config
        if config.url:
            await open_websocket(config.url, work_dir=config.work_dir, peer=peer)
            return
        await open_stdio(
            config.argv,
            cwd=config.workspace,
            env=config.env,
            guard=self._guard,
            peer=peer,
            on_child=partial(self._started, peer),
        )

    def _started(self, peer: Peer, child: ChildProcess) -> None:
        self._child = child
        self._tasks.spawn(self._end_with(child, peer), name="exit")
        note_child(self._config.record_file, child.pid)

    async def _end_with(self, child: ChildProcess, peer: Peer) -> None:
        code = await child.wait()
        peer.end(f"exited ({code})")

    async def _greet(self, peer: Peer, setup: Any) -> None:
        timeout_s = self._config.rpc_timeout_s or None
        greeting = await peer.request(
            messages.INITIALIZE,
            setup.initialize_params(self._config.gateway_version),
            timeout_s=timeout_s,
        )
        self._agent = messages.parse_agent(greeting)
        self._sessions = Sessions(
            peer,
            self._agent,
            setup,
            folder=self._config.workspace,
            host=self._host,
            mode=self._config.mode,
            timeout_s=timeout_s,
            tasks=self._tasks,
        )
        await self._learn()

    async def _learn(self) -> None:
        """Learn by a session of no use whether the agent is signed in, and its models."""
        if self._sessions is None:
            raise _gone()
        try:
            facts = await self._sessions.probe()
        except RefusedError as error:
            if error.rpc_code != messages.AUTH_REQUIRED:
                raise
            self._set_login(LoginState.LOGGED_OUT)
            return
        self._know_models(facts)
        self._set_login(LoginState.LOGGED_IN)

    def _know_models(self, facts: SessionFacts) -> None:
        config = self._config
        self._model_ids = {model.key: model.model_id for model in facts.models}
        models = messages.upstream_models(facts, self._agent, config.models, fallback=config.name)
        if models != self._models:
            self._models = models
            self._on_change()

    def _set_login(self, state: LoginState) -> None:
        message = ""
        if state is not LoginState.LOGGED_IN:
            ways = self.login_ways
            command = ways[0].argv if ways else ()
            message = messages.login_message(self._config.title, self._agent, command)
        login = Login(state, message=message)
        if login != self._login:
            self._login = login
            self._on_change()

    def _last_words(self) -> str:
        return self._child.last_words() if self._child is not None else ""

    # --- turns ---

    async def _obtain(self, sessions: Sessions, ask: UpstreamAsk) -> Session:
        try:
            return await sessions.obtain(ask, self._model_ids)
        except RefusedError as error:
            if error.rpc_code != messages.AUTH_REQUIRED:
                raise
            self._set_login(LoginState.LOGGED_OUT)
            raise LoginRequiredError(self._login.message) from error
        except UpstreamGoneError:
            await self._until_closed()
            raise

    def _begin(self, session: Session, ask: UpstreamAsk, deadlines: Deadlines) -> AcpTurn:
        hosted = session.tools
        turn = AcpTurn(
            session.session_id,
            deadlines,
            whole=ask.whole,
            tools=[tool.name for tool in ask.tools] if hosted is not None else [],
            server=hosted.server.name if hosted is not None else "",
            trace=ask.trace,
            enough=ask.enough,
        )
        self._turns[session.session_id] = turn
        if hosted is not None:
            hosted.listen(turn.calls.called, turn.calls.gone)
        return turn

    async def _send_prompt(self, peer: Peer, call_id: int, params: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._config.rpc_timeout_s or None):
                await peer.send_request(call_id, messages.PROMPT, params)
        except TimeoutError:
            raise UpstreamTimeoutError("the agent does not read its requests") from None

    def _over(self, session: Session, peer: Peer, call_id: int, *, keep: bool) -> None:
        """The turn is over on both sides; a session that failed is of no use."""
        self._turns.pop(session.session_id, None)
        peer.forget(call_id)
        if self._sessions is None:
            return
        if self.closed.done() or peer.closed.done():
            self._sessions.forget(session)
        elif not keep:
            self._tasks.spawn(self._sessions.close(session), name="session-close")

    async def _cancel(
        self,
        peer: Peer,
        session: Session,
        call_id: int,
        answered: asyncio.Future[Any],
        trace: TurnTrace,
    ) -> None:
        """Stop the agent's turn, and wait until it has: generation burns quota unseen."""
        began = asyncio.get_running_loop().time()
        try:
            await peer.notify(messages.CANCEL, {"sessionId": session.session_id}, trace)
            await asyncio.wait((answered, peer.closed), timeout=CANCEL_WAIT_S)
        except UpstreamGoneError as error:
            logger.info("session/cancel: %s", error.code)
        finally:
            stopped = answered.done() or peer.last_heard > began
            self._over(session, peer, call_id, keep=False)
        if not stopped and not self._turns and not self.closed.done():
            logger.warning("%s hangs: no answer to session/cancel", self._config.title)
            self._close("hung")

    async def _until_closed(self) -> None:
        """Nobody hears that we are gone before the pool does, and comes back to us."""
        if self._peer is not None:
            await asyncio.wait((self.closed,), timeout=CLOSED_WAIT_S)

    # --- watching ---

    async def _watch(self, peer: Peer) -> None:
        await asyncio.wait((peer.closed,))
        # A dying process closes its pipes first: give its exit code a moment to arrive.
        child = self._child
        if child is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EXIT_CODE_WAIT_S):
                    await child.wait()
        exited = child is not None and child.returncode is not None
        logger.info("%s: %s%s", self._config.title, peer.closed.result(), self._last_words())
        self._close("exited" if exited else "connection_lost")

    async def _look_after_login(self) -> None:
        """Somebody may sign in at a terminal any time: look now and then while signed out."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if self._login.usable else LOGIN_INTERVAL_S):
                    await self._probe.wait()
            self._probe.clear()
            try:
                await self._learn()
            except UpstreamGoneError:
                return
            except GatewayError as error:
                logger.info("%s: login state unknown: %s", self._config.title, error)
                await asyncio.sleep(LOGIN_INTERVAL_S)

    def _close(self, code: str) -> None:
        if not self.closed.done():
            self.closed.set_result(code)
        for turn in self._turns.values():
            turn.fail(_gone())
        if self._sessions is not None:
            self._sessions.close_rooms()

    # --- calls of the agent ---

    def _on_call(self, call: Call) -> None:
        turn = self._turns.get(str(call.params.get("sessionId")))
        if call.method == messages.UPDATE:
            update = call.params.get("update")
            if turn is not None and isinstance(update, Mapping):
                turn.trace.from_upstream(call.raw)
                turn.handle(update)
            return
        if call.call_id is None or self._peer is None:
            return
        if call.method != messages.ASK_PERMISSION:
            self._peer.refuse(call.call_id, METHOD_NOT_FOUND, f"{call.method} is not offered")
        elif turn is None:
            self._peer.answer(call.call_id, NO_TRACE, {"outcome": {"outcome": "cancelled"}})
        else:
            turn.trace.from_upstream(call.raw)
            reply = partial(self._peer.answer, call.call_id, turn.trace)
            turn.calls.asked_leave(call.params, reply)


def _gone() -> UpstreamGoneError:
    return UpstreamGoneError(
        "the agent ended in the middle of the answer; it is being restarted, try again"
    )
