"""The misbehaviours that act while the process runs: crashing, hanging, breaking the wire."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from gateway_engine.emulator.frames import frame_of
from gateway_engine.emulator.host import Host
from gateway_engine.emulator.scenario import Scenario

if TYPE_CHECKING:
    from gateway_engine.emulator.connection import Connection

CRASH_CODE = 70
MID_STREAM_DELTAS = 3
GRANDCHILD_FILE = "grandchild.pid"
GRANDCHILD_LIFE_S = 300

_MID_STREAM = ("malformed_frame", "mid_stream_close", "crash_mid_stream")
_BROKEN_FRAMES = {
    "json": frame_of(b'{"jsonrpc":"2.0","method":"chat/answer","params":{"text":'),
    "length": b'Content-Length: many\r\n\r\n{"jsonrpc":"2.0"}',
    "header": b"This is no header at all\r\n\r\n",
    "utf8": frame_of(b'{"jsonrpc":"2.0","method":"chat/answer","params":{"text":"\xff\xfe"}}'),
}


def on_call(host: Host) -> None:
    """Any message came in."""
    if host.scenario.word("hang") == "call":
        _hang(host)


def on_greeting(host: Host) -> None:
    """A client introduces itself, before anything is answered."""
    if "crash_on_greeting" in host.scenario:
        _crash(host)


def on_prompt(host: Host, scenario: Scenario) -> None:
    """A chat prompt came in, before anything is answered; ``scenario`` is the prompt's own."""
    if "crash_on_prompt" in scenario:
        _crash(host)
    if scenario.word("hang") == "prompt":
        _hang(host)


def acts_in_mid_stream(scenario: Scenario) -> bool:
    """Whether ``in_mid_stream`` would do anything."""
    return any(name in scenario for name in _MID_STREAM) or scenario.word("hang") == "stream"


async def in_mid_stream(link: Connection, scenario: Scenario) -> None:
    """Part of the answer is out."""
    if "malformed_frame" in scenario:
        await link.outlet.send_bytes(_BROKEN_FRAMES[scenario.word("malformed_frame")])
    if "mid_stream_close" in scenario:
        await link.close(abort=scenario.word("mid_stream_close") == "abort")
    if "crash_mid_stream" in scenario:
        await link.outlet.drain()
        _crash(link.host)
    if scenario.word("hang") == "stream":
        await link.outlet.drain()
        _hang(link.host)


def leave_grandchild(host: Host) -> None:
    """Start a process in our group that outlives us (and SIGTERM, if we do)."""
    if getattr(sys, "frozen", False):
        host.journal.warn("leaves_grandchild needs a plain Python")
        return
    deaf = "ignores_sigterm" in host.scenario
    code = "import signal, time\n"
    code += "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if deaf else ""
    code += f"time.sleep({GRANDCHILD_LIFE_S})\n"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL)
    (host.work_dir.root / GRANDCHILD_FILE).write_text(str(child.pid), encoding="utf-8")
    # The handle is given up on purpose: nobody here will wait for it.
    child.returncode = 0


def _crash(host: Host) -> NoReturn:
    host.journal.warn("panic: emulated crash")
    os._exit(CRASH_CODE)


def _hang(host: Host) -> NoReturn:
    """Block the whole loop, as a deadlocked program does; signals keep their default effect."""
    host.journal.warn("emulated hang")
    if "ignores_sigterm" not in host.scenario:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    while True:
        time.sleep(3600)  # noqa: TID251 a hang is what is wanted
