"""`python -m tests.bench.large`: answers in one frame and prompts of many megabytes.

What counts is that nothing grows faster than the bytes, and how long the engine's loop stands still
meanwhile: every other stream waits that long. The stall is measured inside the gateway's own loop
(`observed_serve`), the relay's figures stand beside it for the machine's speed.
"""

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import psutil

from tests.bench.programs import Program, gateway, module, running, write_upstream
from tests.bench.scenarios import Scenario

MB: Final = 1024 * 1024
SIZES_MB: Final = (1, 4, 16)
TIMES: Final = 5


def shapes() -> list[Scenario]:
    """Every size as an answer, streamed and whole, and as a prompt."""
    one = Scenario("", "openai", 1, 1)
    found: list[Scenario] = []
    for size in SIZES_MB:
        answer = replace(one, chunk_chars=size * MB)
        found += [
            replace(answer, name=f"{size} MB answer, streamed", stream=True),
            replace(answer, name=f"{size} MB answer, whole"),
            replace(one, name=f"{size} MB prompt", prompt_chars=size * MB),
        ]
    return found


def measure(client: Program, target: Program, port: int, scenario: Scenario) -> tuple[float, float]:
    """Median seconds of an answer and CPU seconds it cost."""
    before = target.cpu_s()
    latencies: list[float] = []
    for _ in range(TIMES):
        result = client.ask(json.dumps(scenario.job(port)))
        if "error" in result:
            raise SystemExit(f"large: {scenario.name}: {result['error'][:500]}")
        latencies += result["latencies_s"]
    return statistics.median(latencies), (target.cpu_s() - before) / TIMES


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="large", description=__doc__)
    parser.add_argument("--checkout", type=Path, help="measure another work tree's gateway")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        client = stack.enter_context(
            running(module("tests.bench.load_client"), folder / "client.log")
        )
        source = stack.enter_context(
            running(module("tests.bench.fast_upstream", "http"), folder / "source.log")
        )
        relay = stack.enter_context(
            running(module("tests.bench.relay", source.line()), folder / "relay.log")
        )
        relay_port = int(relay.line())
        program, port = stack.enter_context(
            gateway(
                folder / "gateway",
                str(write_upstream(folder)),
                observe=[],
                **({"checkout": options.checkout.resolve()} if options.checkout else {}),
            )
        )
        print(
            f"{'':26}{'gateway ms':>12}{'relay ms':>10}{'ratio':>7}{'CPU ms':>8}"
            f"{'stall ms':>10}{'RSS MB':>8}"
        )
        program.ask("stall")
        for scenario in shapes():
            measure(client, program, port, scenario)
            theirs, _ = measure(client, relay, relay_port, scenario)
            program.ask("stall")
            mine, cpu = measure(client, program, port, scenario)
            stall = program.ask("stall")["stall_ms"]
            rss = psutil.Process(program.pid).memory_info().rss / MB
            print(
                f"{scenario.name:26}{mine * 1e3:12.1f}{theirs * 1e3:10.1f}{mine / theirs:7.2f}"
                f"{cpu * 1e3:8.1f}{stall:10.1f}{rss:8.0f}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
