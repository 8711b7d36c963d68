"""A Lingma process as an `Upstream`: started, spoken with, watched, ended."""

import asyncio
import contextlib
import logging
import os
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from gateway_engine.conversation import ImagePart, TurnTrace
from gateway_engine.errors import (
    GatewayError,
    LoginRequiredError,
    UpstreamError,
    UpstreamGoneError,
    UpstreamTimeoutError,
)
from gateway_engine.tasks import TaskOwner
from gateway_engine.tools import native
from gateway_engine.tools.native import NativeCalls, NativeEventDropped
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
from gateway_engine.upstreams.lingma import methods, sign_in
from gateway_engine.upstreams.lingma.image_upload import UPLOADED, ImageUploads
from gateway_engine.upstreams.lingma.launch import (
    STOP_GRACE_S,
    LaunchMemory,
    LingmaProgram,
    is_not_foreign,
    launch,
    machine_token,
)
from gateway_engine.upstreams.lingma.lsp_client import LspClient, RpcFailureError
from gateway_engine.upstreams.lingma.pinging import Pinging
from gateway_engine.upstreams.lingma.session_deletion import SessionDeletion
from gateway_engine.upstreams.lingma.tool_messages import Message
from gateway_engine.upstreams.lingma.turn import LingmaTurn, gone
from gateway_engine.upstreams.private_folders import note_child, prepare_folders
from gateway_engine.upstreams.processes.child import ChildProcess
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.upstreams.processes.leftovers import forget_child
from gateway_engine.upstreams.wire.json_rpc import METHOD_NOT_FOUND, Call

logger = logging.getLogger(__name__)

LOGIN_INTERVAL_S: Final = 10.0
LOG_FILE: Final = Path("logs", "lingma.log")
EXIT_CODE_WAIT_S: Final = 0.2
CLOSED_WAIT_S: Final = 5 * EXIT_CODE_WAIT_S


@dataclass(frozen=True, slots=True)
class LingmaConfig:
    """One instance's settings. `workspace` is an empty private folder shown to Lingma as the
    project; `learn_secrets` is given the tokens of its login, which nobody may write down.
    """

    program: LingmaProgram
    workspace: Path
    record_file: Path
    gateway_version: str
    startup_timeout_s: float
    rpc_timeout_s: float
    auto_memory: bool = False
    delete_sessions: bool = False
    learn_secrets: Callable[[Iterable[str]], None] = lambda _: None
    spellings: methods.Spellings = field(default_factory=methods.Spellings)
    wall_clock: Callable[[], float] = time.time


class LingmaUpstream:
    """One process and the one connection to it (gateway_engine.upstreams.contract.Upstream)."""

    # The prompt tells Lingma of tools and documents; sessions go one way.
    real_tools = takes_documents = branches = False

    def __init__(
        self,
        config: LingmaConfig,
        memory: LaunchMemory,
        guard: OrphanGuard,
        on_change: Callable[[], None],
    ) -> None:
        self._config = config
        self._memory = memory
        self._guard = guard
        self._on_change = on_change
        self._tasks = TaskOwner("lingma")
        self._children: list[ChildProcess] = []
        self._client: LspClient | None = None
        self._turns: dict[str, LingmaTurn] = {}
        self._native = NativeCalls()
        self._login = Login(LoginState.UNKNOWN)
        self._models: tuple[UpstreamModel, ...] = ()
        self._version = ""
        self._probe = asyncio.Event()
        self._pinging = Pinging()
        self._uploads = ImageUploads()
        self._deletion = SessionDeletion(wanted=config.delete_sessions)
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def pid(self) -> int:
        """Process id, 0 when there is none."""
        return self._children[-1].pid if self._children else 0

    @property
    def exit_code(self) -> int | None:
        """How the process ended; None while it runs."""
        return self._children[-1].returncode if self._children else None

    @property
    def last_heard(self) -> float:
        """Loop time of the last bytes of it."""
        return self._client.last_heard if self._client is not None else 0.0

    @property
    def log_file(self) -> Path:
        """Its log, which it turns over by itself."""
        return self._config.program.work_dir / LOG_FILE

    @property
    def version(self) -> str:
        """The server's name and version as `initialize` gave them."""
        return self._version

    @property
    def login(self) -> Login:
        """The last known state of its account."""
        return self._login

    @property
    def models(self) -> tuple[UpstreamModel, ...]:
        """Its models; empty while logged out."""
        return self._models

    async def start(self) -> None:
        """Start the process, connect and greet it. Raises UpstreamStartError."""
        config = self._config
        await asyncio.to_thread(prepare_folders, config.workspace, config.record_file)
        limit = self._config.startup_timeout_s or None
        try:
            async with asyncio.timeout(limit):
                client = await launch(
                    self._config.program, self._memory, self._guard, self._started, self._on_call
                )
                self._client = client
                own = await asyncio.to_thread(machine_token, self._config.program.work_dir)
                self._config.learn_secrets(own.values())
                await self._greet(client)
        except TimeoutError:
            raise UpstreamStartError(
                "not_ready_in_time",
                f"the Lingma program was not ready within {self._config.startup_timeout_s:g} s;"
                " raise LINGMA_STARTUP_TIMEOUT if this machine is slow",
            ) from None
        except UpstreamTimeoutError as error:
            raise UpstreamStartError("not_ready_in_time", str(error)) from None
        except UpstreamGoneError:
            last_words = self._children[-1].last_words() if self._children else ""
            raise UpstreamStartError(
                "exited", f"the Lingma program ended before it was ready{last_words}"
            ) from None
        except UpstreamError as error:
            detail = f" ({error.detail})" if error.detail else ""
            raise UpstreamStartError("protocol", f"{error}{detail}") from None
        self._deletion.begin(client, timeout_s=self._config.rpc_timeout_s or None)
        self._tasks.spawn(self._watch(client, self._children[-1]), name="watch")
        self._tasks.spawn(self._look_after_login(client), name="login")

    async def stop(self) -> None:
        """End the connection, the process and its children."""
        self._close("stopped")
        await self._deletion.aclose()
        await self._tasks.aclose()
        if self._client is not None:
            await self._client.aclose()
        if self._children:
            await asyncio.gather(*(child.stop(grace_s=STOP_GRACE_S) for child in self._children))
            await asyncio.to_thread(forget_child, self._config.record_file)

    async def ask(self, ask: UpstreamAsk, deadlines: Deadlines) -> AsyncGenerator[TurnItem, None]:
        """Stream one answer (see the contract)."""
        client = self._client
        if client is None or client.closed.done():
            await self._until_closed()
            raise gone()
        # Lingma keys its events by an id that must be a UUID; ours need not be one.
        wire_id = str(uuid.uuid4())
        turn = LingmaTurn(
            ask.session_id or str(uuid.uuid4()),
            deadlines,
            whole=ask.whole,
            enough=ask.enough,
            send=lambda messages: self._send_later(client, messages, ask.trace),
            clock=self._config.wall_clock,
            trace=ask.trace,
            own_tools=ask.agent_mode,
        )
        self._turns[wire_id] = turn
        told_end = False
        call_id, asked = client.expect(methods.CHAT_ASK, ask.trace)
        asked.add_done_callback(turn.settle)
        write = partial(
            methods.ask_params,
            ask,
            wire_id=wire_id,
            session_id=turn.session_id,
            folder=self._config.workspace,
            auto_memory=self._config.auto_memory,
            spellings=self._config.spellings,
        )
        try:
            async with asyncio.timeout(self._config.rpc_timeout_s or None):
                await client.send_written(call_id, methods.CHAT_ASK, write, large=ask.large)
            while not told_end:
                item = await turn.inbox.take()
                told_end = isinstance(item, TurnEnd)
                yield item
        except TimeoutError:
            raise UpstreamTimeoutError("the upstream does not read its requests") from None
        except LoginRequiredError:
            self._probe.set()
            raise
        except UpstreamGoneError:
            await self._until_closed()
            raise
        finally:
            turn.close()
            del self._turns[wire_id]
            self._native.forget(wire_id)
            client.forget(call_id)
            if turn.over_upstream:
                if not told_end:
                    self._deletion.forget(turn.session_id)
            elif not client.closed.done() and not self.closed.done():
                self._deletion.stopped(wire_id, turn.session_id)
                self._tasks.spawn(self._stop_turn(client, wire_id, turn), name="chat-stop")

    async def take_image(self, image: ImagePart) -> str:
        """Upload an image (see the contract)."""
        if self._client is None:
            raise ImageRefusedError("Lingma is not connected")
        return await self._uploads.upload(
            self._client, image, timeout_s=self._config.rpc_timeout_s or None
        )

    async def raw_models(self) -> Any:
        """What `config/queryModels` gives now."""
        client = self._connected()
        value = await client.request(
            methods.QUERY_MODELS, {}, timeout_s=self._config.rpc_timeout_s or None
        )
        self._set_models(methods.parse_models(value))
        return value

    def forget_session(self, session_id: str) -> None:
        """Delete it, when that is wanted (see the contract)."""
        self._deletion.forget(session_id)

    def _connected(self) -> LspClient:
        if self._client is None or self._client.closed.done():
            raise gone()
        return self._client

    # --- signing in (gateway_engine.upstreams.contract.SigningIn) ---

    async def sign_in_url(self) -> str:
        """Ask this process for the address of a sign-in."""
        return sign_in.read_url(await self._ask_now(methods.GENERATE_URL, sign_in.URL_PARAMS))

    async def finish_sign_in(self, address: str) -> None:
        """Hand the process the address its browser ended at."""
        port = self._memory.http_port
        port = port if port and await is_not_foreign(self.pid, port) else 0
        await sign_in.finish(address, port, self._ask_now)
        await self.check_login()

    async def sign_out(self) -> None:
        """Let the process forget the account."""
        await self._ask_now(methods.AUTH_LOGOUT, {})
        await self.check_login()

    async def ping(self) -> None:
        """Ask whether it lives (see the contract), and for its login while somebody looks at it."""
        await self._pinging.ping(self._connected())
        if self._pinging.wants_login:
            self._probe.set()

    def output(self, lines: int) -> list[str]:
        """What it printed last, of every try to start it."""
        said = [line for child in self._children for line in child.output(lines)]
        return said[-lines:]

    async def check_login(self) -> Login:
        """Ask it now (see the contract); the models too when the account has become usable."""
        client = self._connected()
        await self._refresh_login(client)
        if self._login.usable and not self._models:
            await self._refresh_models(client)
        return self._login

    async def _ask_now(self, method: str, params: Mapping[str, Any]) -> Any:
        timeout_s = self._config.rpc_timeout_s or None
        return await self._connected().request(method, params, timeout_s=timeout_s)

    async def _until_closed(self) -> None:
        """Nobody hears that we are gone before the pool does, and comes back to us."""
        if self._client is not None:
            await asyncio.wait((self.closed,), timeout=CLOSED_WAIT_S)

    # --- start ---

    def _started(self, child: ChildProcess) -> None:
        self._children.append(child)
        note_child(self._config.record_file, child.pid)

    async def _greet(self, client: LspClient) -> None:
        timeout_s = self._config.rpc_timeout_s or None
        greeting = await client.request(
            methods.INITIALIZE,
            methods.initialize_params(
                pid=os.getpid(),
                version=self._config.gateway_version,
                folder=self._config.workspace,
            ),
            timeout_s=timeout_s,
        )
        self._version = methods.parse_version(greeting)
        await client.notify(methods.INITIALIZED, {})
        if self._config.program.endpoint_url:
            await client.request(
                methods.UPDATE_ENDPOINT,
                {"endpoint": self._config.program.endpoint_url},
                timeout_s=timeout_s,
            )
        await self._refresh_login(client)
        if self._login.usable:
            await self._refresh_models(client)

    # --- login and models ---

    async def _refresh_login(self, client: LspClient) -> None:
        try:
            value = await client.request(
                methods.AUTH_STATUS, {}, timeout_s=self._config.rpc_timeout_s or None
            )
        except RpcFailureError as error:
            if error.rpc_code != METHOD_NOT_FOUND:
                raise
            # A build without logins: what a question answers will tell.
            self._set_login(Login(LoginState.LOGGED_IN))
            return
        self._config.learn_secrets(methods.login_secrets(value))
        self._set_login(methods.parse_login(value))

    def _set_login(self, login: Login) -> None:
        if login != self._login:
            self._login = login
            self._on_change()

    async def _refresh_models(self, client: LspClient) -> None:
        try:
            value = await client.request(
                methods.QUERY_MODELS, {}, timeout_s=self._config.rpc_timeout_s or None
            )
        except (RpcFailureError, UpstreamTimeoutError) as error:
            logger.info("models unknown for now: %s", error)
            return
        self._set_models(methods.parse_models(value))

    def _set_models(self, models: tuple[UpstreamModel, ...]) -> None:
        if models != self._models:
            self._models = models
            self._on_change()

    async def _refresh_later(self, client: LspClient) -> None:
        with contextlib.suppress(UpstreamGoneError):  # `_watch` sees that too
            await self._refresh_models(client)

    async def _refresh_both(self, client: LspClient) -> None:
        with contextlib.suppress(GatewayError):  # `_look_after_login` asks again
            await self._refresh_login(client)
            if self._login.usable:
                await self._refresh_models(client)

    # --- watching ---

    async def _watch(self, client: LspClient, child: ChildProcess) -> None:
        async with asyncio.TaskGroup() as group:
            ended = group.create_task(child.wait())
            await asyncio.wait((ended, client.closed), return_when=asyncio.FIRST_COMPLETED)
            # A dying process closes its socket first: give its exit code a moment to arrive.
            await asyncio.wait((ended,), timeout=EXIT_CODE_WAIT_S)
            code = f"exited ({ended.result()})" if ended.done() else "connection_lost"
            ended.cancel()
        last = child.output(1)
        logger.info(
            "Lingma process %d: %s; last output: %s", child.pid, code, last[0] if last else "-"
        )
        self._close("exited" if code.startswith("exited") else code)

    async def _look_after_login(self, client: LspClient) -> None:
        while not client.closed.done():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOGIN_INTERVAL_S):
                    await self._probe.wait()
            self._probe.clear()
            try:
                await self._refresh_login(client)
                if self._login.usable and not self._models:
                    await self._refresh_models(client)
            except UpstreamGoneError:
                return
            except GatewayError as error:  # whether it answers at all is the pool's to watch
                logger.info("login state unknown: %s", error)

    def _close(self, code: str) -> None:
        if not self.closed.done():
            self.closed.set_result(code)
        for turn in self._turns.values():
            turn.fail(gone())

    # --- calls from upstream ---

    def _on_call(self, call: Call) -> None:
        if call.method in native.METHODS:
            self._on_native(call)
            return
        turn = self._turns.get(str(call.params.get("requestId")))
        if turn is not None:
            said = methods.answer_text(call.params) if call.method in methods.SPOKEN else ""
            turn.trace.from_upstream(call.raw, call.method, said)
            # What the connection reads belongs to the request that is answered with it.
            turn.context.run(turn.handle, call.method, call.params)
            return
        if call.method == methods.CHAT_FINISH:
            self._deletion.finished(str(call.params.get("requestId")), call.params)
            return
        if call.method == UPLOADED:
            self._uploads.receive(call.params)
            return
        if call.method == methods.AUTH_REPORT:
            self._config.learn_secrets(methods.login_secrets(call.params))
            self._set_login(methods.parse_login(call.params))
            if self._login.usable and self._client is not None:
                self._tasks.spawn(self._refresh_later(self._client), name="models")
            return
        if call.method == methods.REFRESH_MODELS:
            if self._client is not None:
                self._tasks.spawn(self._refresh_both(self._client), name="models")
            return
        if call.method == methods.NOTIFICATION_ERROR:
            logger.info("Lingma reports: %.500s", call.params.get("message") or call.params)

    def _on_native(self, call: Call) -> None:
        for event in self._native.receive(call.method, call.params):
            if isinstance(event, NativeEventDropped):
                logger.warning("%s dropped: %s", event.method, event.reason)
                continue
            turn = self._turns.get(event.call.request_id)
            if turn is not None:
                turn.trace.from_upstream(call.raw)
                turn.context.run(turn.tools.take, event)
            else:
                logger.info("%s of a turn that is over", call.method)
                self._native.forget(event.call.request_id)

    def _send_later(self, client: LspClient, messages: Sequence[Message], trace: TurnTrace) -> None:
        if messages and not client.closed.done() and not self.closed.done():
            sending = client.send_in_order(
                messages, timeout_s=self._config.rpc_timeout_s or None, trace=trace
            )
            self._tasks.spawn(sending, name="tool-answer")

    async def _stop_turn(self, client: LspClient, request_id: str, turn: LingmaTurn) -> None:
        try:
            await client.request(
                methods.CHAT_STOP,
                {"requestId": request_id, "sessionId": turn.session_id},
                timeout_s=self._config.rpc_timeout_s or None,
                trace=turn.trace,
            )
        except GatewayError as error:
            logger.info("chat/stop of %s: %s", request_id, error)
