"""Whose a port is, asked of real processes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from gateway_engine.upstreams.processes.listening import listens

LISTEN = """
import socket, sys
taken = socket.socket()
taken.bind(("127.0.0.1", 0))
taken.listen()
print(taken.getsockname()[1], flush=True)
sys.stdin.read()
"""
# It starts the listener in a session of its own, or ends and leaves it behind.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {code!r}], start_new_session={apart})
if {stays}:
    child.wait()
"""


@contextmanager
def listener(code: str) -> Iterator[tuple[int, int]]:
    """The pid that was started, and a port that it or its child listens at."""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
        assert process.stdin is not None
        process.stdin.close()


def test_its_own_port_and_no_other() -> None:
    with listener(LISTEN) as (pid, port), socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        ours.listen()
        assert listens(pid, port)
        assert listens(os.getpid(), port)  # which started it
        assert listens(pid, ours.getsockname()[1]) is False


def test_a_connection_to_a_port_is_not_the_port() -> None:
    with socket.socket() as ours, socket.socket() as theirs:
        ours.bind(("127.0.0.1", 0))
        ours.listen()
        theirs.connect(ours.getsockname())
        local = theirs.getsockname()[1]
        assert listens(os.getpid(), local) is False


@pytest.mark.parametrize("stays", [True, False])
def test_the_port_of_what_it_started(stays: bool) -> None:
    with listener(PARENT.format(code=LISTEN, apart=stays, stays=stays)) as (pid, port):
        if not stays:
            psutil.Process(pid).wait(10)
        assert listens(pid, port)


def test_a_process_that_is_no_more() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert listens(process.pid, 1) is False


def test_what_may_not_be_seen_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(_self: psutil.Process, kind: str) -> list[object]:
        raise psutil.AccessDenied(1, kind)

    monkeypatch.setattr(psutil.Process, "net_connections", hidden)
    assert listens(os.getpid(), 1) is None
