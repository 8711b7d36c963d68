"""What an earlier run may have left alive: recorded when a child starts, ended at the next start.

The guard ends children when the gateway dies; this is the second net, for the day the guard was
killed too. A pid alone proves nothing (numbers are reused), so the process's start time is recorded
with it and must match.
"""

import logging
import os
import signal
import sys
from pathlib import Path
from typing import Final

import psutil

from gateway_engine import json_text

logger = logging.getLogger(__name__)

SAME_START_S: Final = 1.0
KILL_WAIT_S: Final = 3.0


def record_child(file: Path, pid: int) -> None:
    """Note in `file` that `pid` runs for us. A process already gone is not noted."""
    try:
        started = psutil.Process(pid).create_time()
    except psutil.Error:
        return
    file.write_bytes(json_text.render({"pid": pid, "started": started}))


def forget_child(file: Path) -> None:
    """The recorded child has ended in good order."""
    file.unlink(missing_ok=True)


def end_leftover(file: Path) -> bool:
    """End the process recorded in `file` and its group when it is still the same one.

    Returns whether something had to be ended. Blocks up to a few seconds: call it in a thread.
    """
    try:
        noted = json_text.parse(file.read_bytes())
        pid, started = int(noted["pid"]), float(noted["started"])
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.info("record of an earlier child is unreadable, removing it: %s", error)
        file.unlink(missing_ok=True)
        return False
    ended = False
    try:
        # Usually it has ended with the gateway, and nothing need be said.
        process = psutil.Process(pid) if psutil.pid_exists(pid) else None
        if process is not None and abs(process.create_time() - started) < SAME_START_S:
            family = [process, *process.children(recursive=True)]
            _kill(process, family)
            psutil.wait_procs(family, timeout=KILL_WAIT_S)
            logger.info("ended process %d, left over from an earlier run", pid)
            ended = True
    except (psutil.Error, OSError, ValueError, OverflowError) as error:
        logger.info("could not look after process %d of an earlier run: %s", pid, error)
    forget_child(file)
    return ended


def _kill(leader: psutil.Process, family: list[psutil.Process]) -> None:
    if sys.platform != "win32" and os.getpgid(leader.pid) == leader.pid:
        os.killpg(leader.pid, signal.SIGKILL)
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            continue
