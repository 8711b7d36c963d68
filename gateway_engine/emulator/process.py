"""The running process: listen, publish ``.info``, serve, and end cleanly on a signal.

Ways to end: SIGTERM or SIGINT (exit 0, ``.info`` removed), a port that is taken (exit 1), an
emulated crash. Nothing here waits longer than ``END_DEADLINE_S`` on the way out.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable

from websockets.asyncio.server import Server, ServerConnection, serve

from gateway_engine.emulator import login_server, misbehaviour
from gateway_engine.emulator.account import Account
from gateway_engine.emulator.connection import Connection
from gateway_engine.emulator.host import DEFAULT_ENDPOINT, Host
from gateway_engine.emulator.ids import Ids
from gateway_engine.emulator.journal import Journal
from gateway_engine.emulator.options import Options
from gateway_engine.emulator.sessions import SessionStore
from gateway_engine.emulator.version import VERSION
from gateway_engine.emulator.work_dir import DEAD_PID, WorkDir

ADDRESS = "127.0.0.1"
CLOSE_TIMEOUT_S = 0.3
END_DEADLINE_S = 0.6


def run(options: Options) -> int:
    """Run until a signal ends it; the process's exit code."""
    host = prepare(options)
    if "leaves_grandchild" in host.scenario:
        misbehaviour.leave_grandchild(host)
    try:
        asyncio.run(_live(host))
    except OSError as error:
        host.journal.warn(f"listen tcp {ADDRESS}: bind: {error}")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        host.work_dir.remove_info(os.getpid())
    return 0


def prepare(options: Options) -> Host:
    """Lay out the workDir and gather the process's state."""
    work_dir = WorkDir(options.flags.work_dir)
    fresh = work_dir.create()
    scenario = work_dir.count_start(options.scenario)
    ids = Ids(options.seed)
    account = Account(work_dir, ids, options.machine)
    if fresh and "logged_out" not in scenario:
        account.sign_in_as(options.account)
    configured = work_dir.read_config().get("endpoint")
    endpoint = options.flags.endpoint or configured or DEFAULT_ENDPOINT
    return Host(
        options=options,
        scenario=scenario,
        work_dir=work_dir,
        account=account,
        sessions=SessionStore(work_dir.db),
        ids=ids,
        journal=Journal(work_dir.logs / "lingma.log"),
        endpoint=str(endpoint),
    )


async def _live(host: Host) -> None:
    ended = asyncio.Event()
    _end_on_signal(host, ended.set)
    scenario = host.scenario
    if "stale_info" in scenario:
        host.work_dir.write_info(port=_closed_port(), pid=DEAD_PID, style="")
        if "never_ready" not in scenario and await _ended_within(
            ended, scenario.number("stale_info")
        ):
            return
    if "never_ready" in scenario:
        host.journal.say("starting, and never getting ready")
        await ended.wait()
        return
    if "slow_start" in scenario and await _ended_within(ended, scenario.number("slow_start")):
        return
    await _serve(host, ended)


async def _serve(host: Host, ended: asyncio.Event) -> None:
    async def client(socket: ServerConnection) -> None:
        await Connection(socket, host).serve()

    pages = await login_server.listen(host, host.options.flags.http_port)
    host.http_port = pages.sockets[0].getsockname()[1]
    server = await serve(
        client,
        ADDRESS,
        host.options.flags.socket_port,
        max_size=None,
        ping_interval=None,
        compression=None,
        close_timeout=CLOSE_TIMEOUT_S,
        logger=_silent_logger(),
    )
    port = next(iter(server.sockets)).getsockname()[1]
    try:
        async with asyncio.TaskGroup() as group:
            timers = group.create_task(_timers(host))
            if "late_info" in host.scenario:
                await _ended_within(ended, host.scenario.number("late_info"))
            host.work_dir.write_info(
                port=port, pid=os.getpid(), style=host.scenario.word("json_info")
            )
            host.journal.say(
                f"emulator {VERSION} listening on ws://{ADDRESS}:{port}/ pid={os.getpid()}"
            )
            await ended.wait()
            timers.cancel()
    finally:
        host.work_dir.remove_info(os.getpid())
        pages.close()
        await _close(server)
    host.journal.say("stopped")


async def _timers(host: Host) -> None:
    if "expired_login" in host.scenario:
        await asyncio.sleep(host.scenario.number("expired_login"))
        if host.account.expire():
            await host.report_account()


async def _close(server: Server) -> None:
    server.close()
    try:
        async with asyncio.timeout(END_DEADLINE_S):
            await server.wait_closed()
    except TimeoutError:
        for connection in tuple(server.connections):
            connection.transport.abort()


async def _ended_within(ended: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return False
    return True


def _end_on_signal(host: Host, end: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    signals = [signal.SIGINT, signal.SIGTERM]
    breaking = getattr(signal, "SIGBREAK", None)  # Windows: what a console group gets
    if breaking is not None:
        signals.append(breaking)
    for number in signals:
        if number == signal.SIGTERM and "ignores_sigterm" in host.scenario:
            signal.signal(number, signal.SIG_IGN)
            continue
        try:
            loop.add_signal_handler(number, end)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port


def _silent_logger() -> logging.Logger:
    """The library's own log lines are not part of the emulated program's output."""
    logger = logging.getLogger("gateway_engine.emulator.websockets")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger
