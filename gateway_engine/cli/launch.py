"""`lingma-gateway launch`: starts a client program that talks to the gateway, without any file.

Where no gateway runs, one of its own serves the program and ends with it. The program has the
terminal: its exit code is ours, and what the keyboard interrupts is the program.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from gateway_engine.atomic_file import write_private
from gateway_engine.cli.clients import connections_of, named
from gateway_engine.cli.internal_call import CallError, internal_calls, running_gateway
from gateway_engine.connect.client import Client, Endpoint, Launch
from gateway_engine.connect.connections import ConnectError
from gateway_engine.log import Redaction, configure_logging
from gateway_engine.plan import LaunchOptions, prepare

EXIT_FAILED: Final = 1
SIGNALLED: Final = 128
INSTANCE: Final = "inst-0"


def launch(options: argparse.Namespace) -> int:
    """Run the client to its end; its exit code. Raises SettingsError."""
    client = named(options.client)
    try:
        return asyncio.run(_launch(client, options))
    except (CallError, ConnectError, OSError) as error:
        sys.stderr.write(f"lingma-gateway: {error}\n")
        return EXIT_FAILED


async def _launch(client: Client, options: argparse.Namespace) -> int:
    if client.blocked:
        raise ConnectError("blocked", client.blocked)
    if client.launch is None:
        raise ConnectError(
            "paste_only",
            f"{client.title} takes no address from its start; see"
            f" `lingma-gateway clients show {client.name}` for what to paste",
        )
    program = shutil.which(client.launch.program)
    if program is None:
        raise ConnectError(
            "not_installed", f"{client.launch.program} is not installed, or not in PATH"
        )
    start = LaunchOptions(upstream=options.upstream, config_file=options.config)
    plan = prepare(start, environ=os.environ, cwd=Path.cwd())
    key = await asyncio.to_thread(connections_of(plan).key, client)
    redaction = Redaction()
    if running_gateway(plan) is None:
        # The program has the terminal; what our own gateway has to say goes to its log file.
        redaction = configure_logging(plan, console=False)
    async with internal_calls(start, INSTANCE, hide=redaction.add) as calls:
        endpoint = Endpoint(calls.url, key)
        told = await asyncio.to_thread(
            _settings, client.name, client.launch, endpoint, plan.paths.runtime_dir
        )
        arguments = [*client.launch.args(endpoint), *told, *options.arguments]
        with _left_to_the_program() as forward:
            process = await asyncio.create_subprocess_exec(
                program, *arguments, env=environment(client, endpoint, os.environ)
            )
            forward.append(process)
            code = await process.wait()
    return SIGNALLED - code if code < 0 else code


def _settings(name: str, start: Launch, endpoint: Endpoint, folder: Path) -> list[str]:
    """The arguments that name our file of settings. It stays for the next start of the client."""
    if not start.settings_option:
        return []
    file = folder / f"launch-{name}.json"
    write_private(file, start.settings(endpoint).encode())
    return [start.settings_option, str(file)]


def environment(client: Client, endpoint: Endpoint, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the client: ours over the user's, less what would send it elsewhere."""
    if client.launch is None:
        return dict(environ)
    kept = {k: v for k, v in environ.items() if k not in client.launch.without}
    return kept | dict(client.launch.env(endpoint))


@contextlib.contextmanager
def _left_to_the_program() -> Iterator[list[asyncio.subprocess.Process]]:
    """While it runs, an interrupt from the keyboard is the program's own; an end that is asked of
    us is asked of it."""
    loop = asyncio.get_running_loop()
    running: list[asyncio.subprocess.Process] = []

    def pass_on(number: int) -> None:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

    handled = []
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            if name == "SIGINT":  # the terminal has sent it to the program already
                loop.add_signal_handler(number, lambda: None)
            else:
                loop.add_signal_handler(number, pass_on, number)
            handled.append(number)
        except (NotImplementedError, RuntimeError):  # Windows
            signal.signal(number, lambda *_: None)
    try:
        yield running
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
