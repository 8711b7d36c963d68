"""`lingma-gateway upstream`: the Lingma programs this gateway has fetched."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from gateway_engine.cli.data_folder import data_folder
from gateway_engine.events import EngineEvent, InstallChanged, InstallState
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare
from gateway_engine.programs import Programs, given_source
from gateway_engine.running import DataLock
from gateway_engine.upstreams.lingma.install.shelf import Installed, Shelf
from gateway_engine.upstreams.lingma.install.source import VsixSource
from gateway_engine.upstreams.lingma.install.trouble import InstallError

EXIT_FAILED = 1


def upstream(options: argparse.Namespace) -> int:
    """Run one action; its exit code. Raises SettingsError."""
    launch = LaunchOptions(config_file=options.config)
    plan = prepare(launch, environ=os.environ, cwd=Path.cwd())
    shelf = Shelf(plan.paths.programs_dir)
    if options.action == "list":
        return _list(shelf, plan)
    try:
        with data_folder(plan.paths), DataLock(plan.paths):
            if options.action == "install":
                source = given_source(plan.settings, url=options.url, file=options.vsix)
                done = asyncio.run(_install(plan, source))
                if done is None:
                    sys.stderr.write("cancelled; what has come is kept for the next try\n")
                    return EXIT_FAILED
                sys.stdout.write(f"installed {done.name} {done.program}\nsha256 {done.sha256}\n")
            elif options.action == "use":
                done = shelf.use(options.version)
                sys.stdout.write(f"using {done.name} {done.program}\n")
            else:
                left = shelf.remove(options.version)
                sys.stdout.write(f"removed {options.version}\n")
                sys.stderr.write(f"now used: {left.name if left else 'none'}\n")
    except InstallError as error:
        sys.stderr.write(f"lingma-gateway: {error}\n")
        return EXIT_FAILED
    _say_what_wins(launch, shelf)
    return 0


async def _install(plan: EnginePlan, source: VsixSource) -> Installed | None:
    """Install with progress on stderr; None when the user stopped it."""
    programs = Programs(plan.paths.programs_dir, emit=_Progress(), wall_clock=time.time)
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("outside a task")
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C cancels by itself
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
    try:
        return await programs.install(source)
    except asyncio.CancelledError:
        return None


class _Progress:
    """Progress for a person: one line that is written over, or a line a tenth in a log."""

    def __init__(self) -> None:
        self._tenth = -1
        self._state: InstallState | None = None
        self._live = sys.stderr.isatty()

    def __call__(self, event: EngineEvent) -> None:
        """Show it, if it is worth showing."""
        if not isinstance(event, InstallChanged):
            return
        if event.state in (InstallState.DONE, InstallState.FAILED, InstallState.CANCELLED):
            sys.stderr.write("\n" if self._live else "")
            return
        tenth = 10 * event.bytes_done // event.bytes_total if event.bytes_total else 0
        if not self._live and (event.state, tenth) == (self._state, self._tenth):
            return
        self._state, self._tenth = event.state, tenth
        line = progress_line(event)
        sys.stderr.write(f"\r{line:<78}" if self._live else f"{line}\n")
        sys.stderr.flush()


def progress_line(event: InstallChanged) -> str:
    """What is done, how much of it, how fast, how long still."""
    if not event.bytes_done and not event.bytes_total:
        return event.state.value
    parts = [f"{event.bytes_done / 1e6:.1f} MB"]
    if event.bytes_total:
        share = 100 * event.bytes_done // event.bytes_total
        parts = [f"{share} %, {parts[0]} of {event.bytes_total / 1e6:.1f} MB"]
    if event.bytes_per_s:
        parts.append(f"{event.bytes_per_s / 1e6:.1f} MB/s")
    if event.seconds_left is not None:
        parts.append(f"{event.seconds_left:.0f} s left")
    return f"{event.state.value}: {', '.join(parts)}"


def _list(shelf: Shelf, plan: EnginePlan) -> int:
    for each in shelf.versions():
        mark = "*" if each.in_use else " "
        sys.stdout.write(f"{mark} {each.name}  {each.program}  {each.source}\n")
    used = next((each.command[0] for each in plan.instances if each.command), "none")
    sys.stderr.write(f"the gateway starts: {used}\n")
    return 0


def _say_what_wins(launch: LaunchOptions, shelf: Shelf) -> None:
    """A program that is found earlier than ours wins: say so, and what to do."""
    plan = prepare(launch, environ=os.environ, cwd=Path.cwd())
    own = shelf.in_use()
    lingma = [each for each in plan.instances if each.of.is_fetched]
    if own is None or not lingma:
        return
    used = lingma[0].command[0]
    if used != str(own.program):
        sys.stderr.write(
            f"note: the gateway starts {used}, which comes first;"
            f" to use this version, set LINGMA_BIN={own.program}\n"
        )
