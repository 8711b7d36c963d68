"""Whose a port is: between its choice and its use another program may have taken it."""

import contextlib
import os
import sys
from collections.abc import Iterator

import psutil


def listens(pid: int, port: int) -> bool | None:
    """Whether `pid`, or a process it started, listens at this TCP port.

    None when the system does not let us see (another user's process, a sandbox). Reads the tables
    of the system: a few milliseconds, for a thread.
    """
    hidden = False
    for process in _family(pid):
        try:
            sockets = process.net_connections(kind="tcp")
        except psutil.NoSuchProcess:
            continue
        except (psutil.AccessDenied, OSError):
            hidden = True
            continue
        if any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in sockets):
            return True
    return None if hidden else False


def _family(pid: int) -> Iterator[psutil.Process]:
    """The process, its descendants, and those of its session whose parents have ended."""
    family: set[int] = set()
    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        known = [first, *first.children(recursive=True)]
        family = {each.pid for each in known}
        yield from known
    if sys.platform == "win32":
        return
    for other in psutil.pids():
        # One that ends meanwhile, or is none of ours, is passed over.
        with contextlib.suppress(psutil.NoSuchProcess, OSError):
            if other not in family and os.getsid(other) == pid:
                yield psutil.Process(other)
