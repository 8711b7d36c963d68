"""`python -m tests.bench.soak [N]`: N streamed requests in a row; nothing may grow.

The real `serve` with the bundled emulator (bursts, no delays) answers both protocols in turn. Every
`N / 20` requests the gateway is looked at: memory, file descriptors, threads, child processes,
asyncio tasks. A fifth of the run is warm-up. Of what follows, the last looks must not show more
tasks, descriptors, threads or children than the first half ever had (worker threads come and go
up to their limit), and memory must not rise by more than `GROWTH_MB` from half to half.

`--rough`: every 10th client leaves in mid-answer, and every 500th request finds its upstream
killed; that one may fail, all others must be answered. 4,000 requests take a minute or two.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

import psutil

from tests.bench.programs import Program, gateway
from tests.bench.scenarios import PATHS

SAMPLES: Final = 20
GROWTH_MB: Final = 2.0
MB: Final = 1024 * 1024
ANSWER_TIMEOUT_S: Final = 90.0
SETTLE_S: Final = 10.0
LEAVE_EVERY: Final = 10
KILL_EVERY: Final = 500
SCENARIO: Final = {
    "LINGMA_EMULATOR_SCENARIO": "burst",
    "LINGMA_EMULATOR_DELTA_MS": "0",
    "LINGMA_EMULATOR_PREFILL_MS": "0",
}
ROUGH_SCENARIO: Final = {
    **SCENARIO,
    "LINGMA_EMULATOR_SCENARIO": "",
    "GATEWAY_QUEUE_TIMEOUT_SEC": str(ANSWER_TIMEOUT_S),
}
SHORT_PROMPT: Final = "count 20"
LONG_PROMPT: Final = "count 2000"
ENDINGS: Final = {"openai": b"data: [DONE]", "anthropic": b"event: message_stop"}


@dataclass(frozen=True, slots=True)
class Look:
    """The gateway at one moment. `upstream_mb` is the emulator's, for the record only."""

    requests: int
    rss_mb: float
    fds: int
    threads: int
    children: int
    tasks: int
    upstream_mb: float


@dataclass(slots=True)
class Tally:
    """How the requests ended."""

    good: int = 0
    left: int = 0
    failed: int = 0
    unexpected: int = 0
    example: str = ""


def request_bytes(number: int, port: int, prompt: str) -> tuple[str, bytes]:
    """The number-th request, and the protocol it speaks."""
    protocol = list(PATHS)[number % len(PATHS)]
    body = json.dumps(
        {
            "model": "lingma-agent" if number % 7 == 0 else "default",
            "stream": True,
            "max_tokens": 4096,
            "messages": [{"role": "user", "content": f"{prompt}\nrequest {number}"}],
        }
    ).encode()
    head = (
        f"POST {PATHS[protocol]} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return protocol, head.encode() + body


async def ask(number: int, port: int, *, leave: bool) -> str:
    """Ask once on a connection of its own. Returns "" for a good answer, else what came."""
    protocol, data = request_bytes(number, port, LONG_PROMPT if leave else SHORT_PROMPT)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            writer.write(data)
            if leave:
                # Some leave before anything came, some after the first bytes.
                if number % (2 * LEAVE_EVERY) < LEAVE_EVERY:
                    await reader.read(1)
                return ""
            answer = await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    good = answer.startswith(b"HTTP/1.1 200") and ENDINGS[protocol] in answer[-200:]
    return "" if good else answer.decode("utf-8", "replace")[-600:] or "nothing"


def upstreams(program: Program) -> list[psutil.Process]:
    """The gateway's child processes."""
    return psutil.Process(program.pid).children()


def kill_upstream(program: Program) -> None:
    """Kill what answers, as a crash would."""
    for child in upstreams(program):
        if "start" in child.cmdline():
            child.kill()


def descriptors(process: psutil.Process) -> int:
    """Open file descriptors; handles on Windows."""
    if sys.platform == "win32":
        return process.num_handles()
    return process.num_fds()


def look(program: Program, requests: int) -> Look:
    process = psutil.Process(program.pid)
    children = upstreams(program)
    return Look(
        requests,
        process.memory_info().rss / MB,
        descriptors(process),
        process.num_threads(),
        len(children),
        program.ask("tasks")["tasks"],
        sum(child.memory_info().rss for child in children) / MB,
    )


def settled(program: Program, requests: int) -> Look:
    """Look when two looks in a row agree: what a disconnect started may still be ending."""
    until = time.monotonic() + SETTLE_S
    before = look(program, requests)
    while time.monotonic() < until:
        asyncio.run(asyncio.sleep(0.1))
        now = look(program, requests)
        if astuple(now)[2:6] == astuple(before)[2:6]:
            return now
        before = now
    return before


async def batch(program: Program, port: int, numbers: range, tally: Tally, *, rough: bool) -> None:
    """One request after the other."""
    for number in numbers:
        leave = rough and number % LEAVE_EVERY == LEAVE_EVERY - 1
        killed = rough and number % KILL_EVERY == KILL_EVERY - 2
        if killed:
            kill_upstream(program)
        try:
            problem = await ask(number, port, leave=leave)
        except (OSError, TimeoutError) as error:
            problem = f"{type(error).__name__}: {error}"
        if leave:
            tally.left += 1
        elif not problem:
            tally.good += 1
        elif killed:
            tally.failed += 1
        else:
            tally.unexpected += 1
            tally.example = tally.example or f"request {number}: {problem}"


def verdict(looks: Sequence[Look]) -> list[str]:
    """What grew after the warm-up."""
    kept = [look for look in looks if look.requests >= looks[-1].requests * 0.2]
    problems: list[str] = []
    half, last = len(kept) // 2, kept[-max(1, len(kept) // 4) :]
    for name in ("fds", "threads", "children", "tasks"):
        before = max(getattr(item, name) for item in kept[:half])
        after = min(getattr(item, name) for item in last)
        if after > before:
            problems.append(f"{name} grew from {before} to {after}")
    early = statistics.median(item.rss_mb for item in kept[:half])
    late = statistics.median(item.rss_mb for item in kept[half:])
    if late - early > GROWTH_MB:
        problems.append(f"memory grew from {early:.1f} to {late:.1f} MB")
    return problems


def line(values: Sequence[object]) -> str:
    return "".join(f"{v:>12.1f}" if isinstance(v, float) else f"{v!s:>12}" for v in values)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("requests", nargs="?", type=int, default=1000)
    parser.add_argument("--rough", action="store_true", help="clients leave, upstreams die")
    options = parser.parse_args(argv)
    tally, looks = Tally(), []
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        began = time.monotonic()
        home = Path(folder) / "gateway"
        scenario = ROUGH_SCENARIO if options.rough else SCENARIO
        with gateway(home, "demo", observe=[], env=scenario) as (program, port):
            print(line([field.name for field in fields(Look)] + ["per s"]))
            step = max(1, options.requests // SAMPLES)
            for first in range(0, options.requests, step):
                numbers = range(first, min(first + step, options.requests))
                start = time.monotonic()
                asyncio.run(batch(program, port, numbers, tally, rough=options.rough))
                rate = len(numbers) / (time.monotonic() - start)
                looks.append(settled(program, numbers.stop))
                print(line([*astuple(looks[-1]), rate]), flush=True)
        took = time.monotonic() - began
        log = (home / "stderr.log").read_text(encoding="utf-8", errors="replace")
    alarms = [entry for entry in log.splitlines() if '"level": "ERROR"' in entry]
    problems = verdict(looks)
    if tally.unexpected:
        problems.append(f"{tally.unexpected} answers were not good, first {tally.example}")
    if alarms:
        problems.append(f"{len(alarms)} errors in the log, first {alarms[0][:1500]}")
    print(
        f"{options.requests} requests in {took:.0f} s: {tally.good} good, {tally.left} left,"
        f" {tally.failed} failed with their upstream; "
        + ("nothing grew" if not problems else "FAILED")
    )
    for problem in problems:
        print(f"soak: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
