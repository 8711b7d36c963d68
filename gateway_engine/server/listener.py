"""The local endpoint: binds, serves, stops, and can be started again.

A taken port is an ordinary event with several gateways about: binding fails with a `ListenError`
that carries a code, never with a bare OSError.
"""

import asyncio
import contextlib
import errno
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web

from gateway_engine.events import Emit, ListenerFailed, ListenerStarted, ListenerStopped
from gateway_engine.server.access import is_loopback
from gateway_engine.server.connection import GatewayRunner
from gateway_engine.server.service import SERVICE, DoorRules
from gateway_engine.tasks import TaskOwner, finish

logger = logging.getLogger(__name__)

MAX_HEADER_BYTES: Final = 64 * 1024
BACKLOG: Final = 512
CLOSE_TIMEOUT_S: Final = 0.5
"""For requests that are no chat turns: those have ended before (see active_turns)."""
MOVE_GRACE_S: Final = 24 * 3600.0
"""So long may answers go on at an address that the endpoint has left: an agent's may take hours,
and what limits an answer are its own deadlines."""
_PORT_ZERO_TRIES: Final = 8
_NEXT_PORTS: Final = 20
_LAST_PORT: Final = 65535


def ports_after(port: int) -> tuple[int, ...]:
    """The ports to try when `port` is taken: the next ones, then any."""
    last = min(port + _NEXT_PORTS, _LAST_PORT) if port else 0
    return (*range(port + 1, last + 1), 0)


class ListenError(Exception):
    """The endpoint could not be opened. `code`: address_in_use, address_not_available, forbidden,
    key_required; `str(error)` says what to do."""

    def __init__(self, code: str, message: str, *, host: str, port: int) -> None:
        super().__init__(message)
        self.code = code
        self.host = host
        self.port = port


class Listener:
    """One endpoint. `make_app` is called at each start. Not for concurrent use."""

    def __init__(
        self,
        make_app: Callable[[], web.Application],
        rules: DoorRules,
        *,
        emit: Emit,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._make_app = make_app
        self._rules = rules
        self._emit = emit
        self._clock = clock
        self._new_id = new_id
        self._runner: GatewayRunner | None = None
        self._leaving = TaskOwner("listener")
        self._url = ""

    @property
    def url(self) -> str:
        """`http://HOST:PORT` while the endpoint answers, else ""."""
        return self._url

    async def start(self, host: str, *ports: int) -> str:
        """Open the endpoint at the first of `ports` that is free (0: any) and return its url.

        Raises ListenError when none is, of the last one tried.
        """
        if self._runner is not None:
            raise RuntimeError("the listener runs already")
        for number, port in enumerate(ports, 1):
            try:
                self._url = await self._open(host, port)
            except ListenError as error:
                if error.code == "address_in_use" and number < len(ports):
                    continue
                self._emit(ListenerFailed(host, port, error.code, str(error), self._clock()))
                raise
            break
        self._emit(ListenerStarted(self._url, self._clock()))
        return self._url

    async def move(self, host: str, port: int) -> str:
        """Answer at another address from now on; answers on their way may go on at the old one.

        Raises ListenError: then all is as it was.
        """
        before = self._runner
        if before is None:
            raise RuntimeError("the listener does not run")
        old = [site.name for site in before.sites]
        try:
            self._url = await self._open(host, port)
        except ListenError as error:
            # Another address at the same port: the old one is in its own way there.
            if error.code != "address_in_use" or urlsplit(self._url).port != port:
                raise
            self._url = await self._open_in_place(before, host, port)
        logger.info("the endpoint moved from %s", ", ".join(old))
        self._leaving.spawn(self._leave(before), name="leave")
        self._emit(ListenerStarted(self._url, self._clock()))
        return self._url

    async def _open_in_place(self, before: GatewayRunner, host: str, port: int) -> str:
        where = urlsplit(self._url)
        await _stop_listening(before)
        try:
            return await self._open(host, port)
        except ListenError:
            for sock in await _bind(where.hostname or "", where.port or 0):
                await web.SockSite(before, sock, backlog=BACKLOG).start()
            raise

    async def _leave(self, runner: GatewayRunner) -> None:
        """End what the old address still answers, in good order."""
        await _stop_listening(runner)
        service = runner.app[SERVICE]
        runner.take_no_more()
        try:
            await service.feeds.end(0)
            await service.turns.end(MOVE_GRACE_S)
        finally:
            await finish(runner.cleanup(), name="listener/cleanup")

    async def stop(self) -> None:
        """Close the endpoint; answers on their way have `stop_grace_s` to end. Idempotent."""
        await self._leaving.aclose()
        runner, self._runner = self._runner, None
        if runner is None:
            return
        self._url = ""
        try:
            await runner.cleanup()
        finally:
            self._emit(ListenerStopped(self._clock()))

    async def _open(self, host: str, port: int) -> str:
        if not is_loopback(host) and not self._rules.access.api_keys:
            raise ListenError(
                "key_required",
                f"{host or 'every address'} can be reached from other machines: set API_KEYS, "
                "or listen on 127.0.0.1",
                host=host,
                port=port,
            )
        sockets = await _bind(host, port)
        runner = GatewayRunner(
            self._make_app(),
            new_id=self._new_id,
            handle_signals=False,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=CLOSE_TIMEOUT_S,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
        )
        bound = sockets[0].getsockname()[1]
        with contextlib.ExitStack() as undo:
            for sock in sockets:
                undo.callback(sock.close)
            await runner.setup()
            try:
                for sock in sockets:
                    await web.SockSite(runner, sock, backlog=BACKLOG).start()
            except BaseException:
                await runner.cleanup()
                raise
            undo.pop_all()
        self._runner = runner
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{bound}"


async def _stop_listening(runner: GatewayRunner) -> None:
    """Take no further connection; those that are there stay."""
    for site in tuple(runner.sites):
        await site.stop()


async def _bind(host: str, port: int) -> list[socket.socket]:
    """Return bound sockets, one per address of `host`, all on one port."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError):
        raise ListenError(
            "address_not_available",
            f"HOST {host!r} is neither an address nor a name that is known here",
            host=host,
            port=port,
        ) from None
    addresses = list(dict.fromkeys((entry[0], entry[4]) for entry in found))
    for _ in range(_PORT_ZERO_TRIES):
        try:
            return _bind_all(addresses, port)
        except OSError as error:
            failure = error
            if port != 0 or error.errno != errno.EADDRINUSE:
                break
    raise _listen_error(failure, host, port) from None


def _bind_all(
    addresses: Sequence[tuple[socket.AddressFamily, tuple[Any, ...]]], port: int
) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    with contextlib.ExitStack() as undo:
        for family, address in addresses:
            try:
                sock = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
                _prepare(sock, family, str(address[0]))
                chosen = sockets[0].getsockname()[1] if sockets and port == 0 else port
                sock.bind((address[0], chosen, *address[2:]))
            except OSError as error:
                # A name like localhost has addresses of families this machine may not have.
                if sockets and error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    continue
                raise
            sockets.append(sock)
        undo.pop_all()
    return sockets


def _prepare(sock: socket.socket, family: socket.AddressFamily, address: str) -> None:
    if sys.platform == "win32":
        # SO_REUSEADDR would let another program take the port from under us there.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address != "::"))
    sock.setblocking(False)


def _listen_error(error: OSError, host: str, port: int) -> ListenError:
    where = f"{host}:{port}"
    match error.errno:
        case errno.EADDRINUSE:
            code, message = "address_in_use", f"{where} is taken; choose another PORT"
        case errno.EACCES | errno.EPERM:
            code, message = "forbidden", f"the system does not let us listen on {where}"
        case _:
            code, message = "address_not_available", f"{where} cannot be opened: {error.strerror}"
    return ListenError(code, message, host=host, port=port)
