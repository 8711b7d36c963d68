"""Commands that end by themselves, as forks of one process that has done nothing but import.

Starting the interpreter and importing the engine is a second of a core, nearly all that such a
command takes. A fork is a process of its own all the same, with its own arguments, folder,
environment and exit code. Commands that go on running are started by their command line, and all
are where nothing can be forked.
"""

import asyncio
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.house_rules import ROOT

CAN_FORK = sys.platform == "linux"
MAX_ORDER_BYTES = 1 << 17
DESCRIPTORS = 3
"""What comes with an order: its stdout, its stderr, and where its exit code goes."""
END_S = 10.0

_doors: list[socket.socket] = []


@contextmanager
def served() -> Iterator[None]:
    """Have the process that is forked, as long as this is open."""
    if not CAN_FORK:
        yield
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from {__name__} import main; "
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", program + f"sys.exit(main({theirs.fileno()}))"],
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
    _doors.append(ours)
    try:
        with ours:
            yield
    finally:
        _doors.remove(ours)
        process.wait(END_S)


def is_served() -> bool:
    """Whether `run_forked` can be called."""
    return bool(_doors)


async def run_forked(
    arguments: tuple[str, ...], cwd: Path, environ: Mapping[str, str]
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr. Whoever stops waiting kills it."""
    order = json.dumps({"arguments": arguments, "cwd": str(cwd), "environ": dict(environ)}).encode()
    assert len(order) < MAX_ORDER_BYTES
    sys.audit("os.fork")  # as for a child of our own: what it leaves behind is looked for
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with theirs:
            sent = [out.fileno(), err.fileno(), theirs.fileno()]
            socket.send_fds(_doors[-1], [order], sent)
        ours.setblocking(False)
        code = int(await asyncio.get_running_loop().sock_recv(ours, 16))
        out.seek(0)
        err.seek(0)
        return code, out.read().decode(), err.read().decode()


def main(door_number: int) -> int:
    """The process that is forked; in a fork, the command's own `main`."""
    from gateway_engine import cli
    from gateway_engine.garbage import exempt_loaded_modules

    importlib.import_module("gateway_engine.engine")
    for module in pkgutil.iter_modules(cli.__path__, f"{cli.__name__}."):
        importlib.import_module(module.name)
    exempt_loaded_modules()  # or a fork's first collection copies every page of them
    arguments = _fork_on_order(socket.socket(fileno=door_number))
    return 0 if arguments is None else cli.main(arguments)


def _fork_on_order(door: socket.socket) -> list[str] | None:
    """Fork for every order; a fork returns its arguments, the process None when the door shuts."""
    running: dict[int, tuple[int, socket.socket]] = {}  # by the descriptor that tells of its end
    while True:
        watched: list[int | socket.socket] = [door, *running]
        watched += [reply for _, reply in running.values()]
        ended, _, _ = select.select(watched, [], [])
        for each in ended:
            if each in running:
                pid, reply = running.pop(each)
                os.close(each)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                with reply, suppress(OSError):  # whoever asked may have gone
                    reply.send(str(code).encode(), socket.MSG_NOSIGNAL)
        for pid, reply in running.values():
            if reply in ended:  # nobody waits for it any more
                os.kill(pid, signal.SIGKILL)
        if door not in ended:
            continue
        order, numbers, _, _ = socket.recv_fds(door, MAX_ORDER_BYTES, DESCRIPTORS)
        if not order:
            return None
        out, err, reply_number = numbers
        pid = os.fork()
        if pid == 0:
            door.close()
            os.close(reply_number)
            for end, (_, reply) in running.items():
                os.close(end)
                reply.close()
            return _begin(json.loads(order), out, err)
        os.close(out)
        os.close(err)
        running[os.pidfd_open(pid)] = pid, socket.socket(fileno=reply_number)


def _begin(order: dict[str, object], out: int, err: int) -> list[str]:
    """Be what a new process of the order would be."""
    for number, target in ((out, 1), (err, 2)):
        os.dup2(number, target)
        os.close(number)
    arguments, environ = order["arguments"], order["environ"]
    assert isinstance(arguments, list)
    assert isinstance(environ, dict)
    os.chdir(str(order["cwd"]))
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["-c", *arguments]
    return arguments
