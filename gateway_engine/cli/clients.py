"""`lingma-gateway clients`: connect client programs to the gateway, undo that, try them out."""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Final

from gateway_engine.cli.internal_call import CallError, internal_calls, running_gateway
from gateway_engine.config import SettingsError
from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.checking import tried
from gateway_engine.connect.client import Client, Endpoint, Site, local_address
from gateway_engine.connect.connections import Change, ConnectError, Connections, State
from gateway_engine.connect.golden import PROBES
from gateway_engine.connect.showing import SHOWN_FOR_SECRET
from gateway_engine.connect.surroundings import HintCode
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare

EXIT_FAILED: Final = 1
INSTANCE: Final = "inst-0"

WORDS: Final = {
    State.BLOCKED: "cannot use localhost",
    State.PASTE: "paste only",
    State.NOT_CONNECTED: "not connected",
    State.CONNECTED: "connected",
    State.DRIFTED: "its settings were changed since",
    State.REVOKED: "its key was revoked: apply again, or undo",
}

HINTS: Final = {
    HintCode.LINK: "it is a link: {path} is what gets edited",
    HintCode.NEW_FOLDER: "its folder {path} is not there and will be made",
    HintCode.NEW_FILE: "{path} is not there and will be made",
    HintCode.READ_ONLY: "{path} is read-only: make it writable first",
    HintCode.STRONGER: "{path} counts more than this file",
    HintCode.DISPLACED: "{path} will not be read any more once this file is there",
    HintCode.NOT_PLAIN: "{path} is ignored: take the comments and trailing commas out of it",
}


def clients(options: argparse.Namespace) -> int:
    """Run one action; its exit code. Raises SettingsError."""
    launch = LaunchOptions(upstream=options.upstream, config_file=options.config)
    plan = prepare(launch, environ=os.environ, cwd=Path.cwd())
    connections = connections_of(plan)
    try:
        if options.action == "list":
            return _list(connections, endpoint_url(plan))
        client = named(options.client)
        if options.action == "show":
            return _show(connections, client, endpoint_url(plan), keys=options.show_keys)
        if options.action == "check":
            return asyncio.run(_check(launch, connections, client))
        if options.action == "apply":
            url = endpoint_url(plan)
            if url.endswith(":0") and client.file is not None:
                raise ConnectError(
                    "no_address", "no gateway runs, and PORT=0 gives it another address each time"
                )
            change = connections.apply(client, url, dry_run=options.dry_run)
        else:
            change = connections.undo(client, dry_run=options.dry_run)
        return _tell(client, change, options)
    except (CallError, ConnectError) as error:
        sys.stderr.write(f"lingma-gateway: {error}\n")
        return EXIT_FAILED


def connections_of(plan: EnginePlan) -> Connections:
    """The connections of this user and this data folder."""
    return Connections(plan.paths.data_dir, Site.of_this_user(), clock=time.time)


def named(name: str) -> Client:
    """The client of this name. Raises SettingsError."""
    if name not in CLIENTS:
        raise SettingsError(f"no client is called {name}; there are: {', '.join(CLIENTS)}")
    return CLIENTS[name]


def endpoint_url(plan: EnginePlan) -> str:
    """Where clients find the gateway: where it runs now, else where the settings put it."""
    running = running_gateway(plan)
    if running is not None:
        return running.url
    return local_address(plan.settings.host, plan.settings.port)


def _list(connections: Connections, url: str) -> int:
    for client in CLIENTS.values():
        status = connections.status(client, url)
        said = WORDS[status.state]
        if status.elsewhere:
            said += f", to {status.elsewhere}: apply again"
        sys.stdout.write(f"{client.name:14} {client.title:26} {said}\n")
    return 0


def _show(connections: Connections, client: Client, url: str, *, keys: bool) -> int:
    sys.stdout.write(f"{client.title}\n")
    if client.blocked:
        sys.stdout.write(f"{client.blocked}\n")
        return 0
    status = connections.status(client, url)
    sys.stdout.write(f"{WORDS[status.state]}\n")
    if status.problem:
        sys.stdout.write(f"{status.problem.message}\n")
    for drift in status.drift:
        sys.stdout.write(f"  {drift} is not what was applied\n")
    for hint in status.hints:
        sys.stdout.write(f"{HINTS[hint.code].format(path=hint.path)}\n")
    if status.path is not None:
        sys.stdout.write(
            f"settings file: {status.path}\n"
            f"`lingma-gateway clients apply {client.name}` edits it, `undo` takes that back\n"
        )
    if client.launch is not None:
        sys.stdout.write(f"or without any file: `lingma-gateway launch {client.name}`\n")
    key = connections.key(client) if keys else SHOWN_FOR_SECRET
    for paste in client.paste(Endpoint(url, key)):
        sys.stdout.write(f"\n{paste.label}:\n{paste.text.rstrip()}\n")
    if not keys:
        sys.stdout.write("\n(--show-keys makes and shows this client's key)\n")
    for note in client.notes:
        sys.stdout.write(f"note: {note}\n")
    return 0


def _tell(client: Client, change: Change, options: argparse.Namespace) -> int:
    if change.diff:
        sys.stdout.write(f"{change.diff}\n")
    for kept in change.kept:
        sys.stderr.write(f"{kept} was changed since and stays as it is\n")
    if change.readable and options.action == "apply":
        sys.stderr.write(f"other users of this machine can read {change.path} and the key in it\n")
    if options.dry_run:
        sys.stderr.write("nothing was changed (dry run)\n")
    elif options.action == "apply":
        said = "is connected" if change.diff else "was connected already"
        sys.stderr.write(f"{client.title} {said}; restart it if it runs\n")
    else:
        sys.stderr.write(f"{client.title} is as it was; its key opens nothing any more\n")
    return 0


async def _check(launch: LaunchOptions, connections: Connections, client: Client) -> int:
    if client.blocked:
        raise ConnectError("blocked", client.blocked)
    key = await asyncio.to_thread(connections.key, client)
    failed = 0
    async with internal_calls(launch, INSTANCE) as calls:
        for probe in (PROBES[name] for name in client.probes):
            done = await tried(probe, Endpoint(calls.url, key))
            wrong, took = done.wrong, f"{done.took_ms} ms"
            failed += bool(wrong)
            path = probe.path.partition("?")[0]
            line = f"{'FAIL' if wrong else 'ok':5}{path:27}{probe.title:42}{wrong or took}"
            sys.stdout.write(line + "\n")
    return EXIT_FAILED if failed else 0
