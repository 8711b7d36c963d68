"""`python -m tests.bench`: interleaved rounds of the gateway against a bare relay, in ratios."""

import argparse
import contextlib
import json
import os
import pstats
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.bench.figures import Sample, absolute, as_json, ratios, sample, table
from tests.bench.programs import Program, gateway, module, running, write_upstream
from tests.bench.scenarios import Scenario, scenarios

QUICK_SHARE: Final = 0.2
RELAY, GATEWAY, OTHER, UVLOOP = "relay", "gateway", "other", "uvloop"

Target = tuple[Program, int]
Samples = dict[str, dict[str, list[Sample]]]

NO_QUEUE: Final = {"GATEWAY_MAX_IN_FLIGHT": "0"}
"""By default four turns go on at once and the others wait: that wait is not what is measured."""


def measure(client: Program, target: Target, scenario: Scenario) -> Sample:
    """One scenario in one round against one program."""
    program, port = target
    before = program.cpu_s()
    result = client.ask(json.dumps(scenario.job(port)))
    used = program.cpu_s() - before
    if "error" in result:
        raise SystemExit(f"bench: {scenario.title}: {result['error']}")
    return sample(result, used)


def warm_up(client: Program, target: Target, chosen: Sequence[Scenario]) -> None:
    """Let every path of a program run before it counts."""
    for scenario in chosen:
        result = client.ask(json.dumps(scenario.job(target[1], scenario.concurrency)))
        if "error" in result:
            raise SystemExit(f"bench: warming up {scenario.title}: {result['error']}")


def run_rounds(
    client: Program, targets: dict[str, Target], chosen: Sequence[Scenario], rounds: int
) -> Samples:
    """All scenarios, in turns; who goes first changes from round to round."""
    samples: Samples = {name: {s.title: [] for s in chosen} for name in targets}
    names = list(targets)
    for number in range(rounds):
        for scenario in chosen:
            for step in range(len(names)):
                name = names[(number + step) % len(names)]
                samples[name][scenario.title].append(measure(client, targets[name], scenario))
        print(f"round {number + 1} of {rounds} done", file=sys.stderr)
    return samples


def report(samples: Samples, chosen: Sequence[Scenario]) -> None:
    """Print a table for every pair that is worth comparing."""
    pairs = [(GATEWAY, RELAY), (UVLOOP, GATEWAY), (GATEWAY, OTHER)]
    for mine, theirs in pairs:
        if mine not in samples or theirs not in samples:
            continue
        rows = {s.title: ratios(samples[mine][s.title], samples[theirs][s.title]) for s in chosen}
        notes = {s.title: absolute(samples[mine][s.title]) for s in chosen}
        print(table(f"\n{mine} / {theirs}: median (lowest-highest) of the rounds", rows, notes))


def profile(folder: Path, client: Program, upstream: Path, chosen: Sequence[Scenario]) -> None:
    """Run the chosen scenarios once under cProfile and print what cost most."""
    figures = folder / "profile"
    with gateway(
        folder / "profiled", str(upstream), observe=["--profile", str(figures)], env=NO_QUEUE
    ) as target:
        warm_up(client, target, chosen)
        for scenario in chosen:
            measure(client, target, scenario)
    stats = pstats.Stats(str(figures))
    stats.sort_stats("tottime").print_stats(45)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the requests")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="scenarios whose name holds this text")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples")
    parser.add_argument("--profile", action="store_true", help="profile the gateway instead")
    parser.add_argument(
        "--against", type=Path, metavar="CHECKOUT", help="also measure another work tree's gateway"
    )
    parser.add_argument("--uvloop", action="store_true", help="also measure the gateway on uvloop")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    options = parse(argv)
    share = QUICK_SHARE if options.quick else 1.0
    chosen = [s for s in scenarios(share) if options.only in s.title]
    if not chosen:
        print(f"bench: no scenario holds {options.only!r}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        upstream = write_upstream(folder)
        client = stack.enter_context(
            running(module("tests.bench.load_client"), folder / "client.log")
        )
        if options.profile:
            profile(folder, client, upstream, chosen)
            return 0
        source = stack.enter_context(
            running(module("tests.bench.fast_upstream", "http"), folder / "source.log")
        )
        relay = stack.enter_context(
            running(module("tests.bench.relay", source.line()), folder / "relay.log")
        )
        targets: dict[str, Target] = {RELAY: (relay, int(relay.line()))}
        targets[GATEWAY] = stack.enter_context(
            gateway(folder / GATEWAY, str(upstream), env=NO_QUEUE)
        )
        if options.against is not None:
            targets[OTHER] = stack.enter_context(
                gateway(
                    folder / OTHER, str(upstream), checkout=options.against.resolve(), env=NO_QUEUE
                )
            )
        if options.uvloop:
            targets[UVLOOP] = stack.enter_context(
                gateway(folder / UVLOOP, str(upstream), observe=["--uvloop"], env=NO_QUEUE)
            )
        for target in targets.values():
            warm_up(client, target, chosen)
        samples = run_rounds(client, targets, chosen, options.rounds)
        report(samples, chosen)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        print(f"\n{options.rounds} rounds, {os.cpu_count()} CPUs, load {load:.1f}")
        if options.json is not None:
            options.json.write_text(json.dumps(as_json(samples), indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
