"""`lingma-gateway clients`: connect client programs to the gateway, undo that, try them out."""

import argparse
import asyncio
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from gateway_engine.cli.internal_call import CallError, internal_calls, running_gateway
from gateway_engine.config import SettingsError
from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.client import Client, Endpoint, Site
from gateway_engine.connect.connections import (
    SHOWN_FOR_SECRET,
    Change,
    ConnectError,
    Connections,
    State,
)
from gateway_engine.connect.golden import PROBES, Answered, Probe, judged
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare

EXIT_FAILED: Final = 1
PROBE_TIMEOUT_S: Final = 180.0
INSTANCE: Final = "inst-0"

WORDS: Final = {
    State.BLOCKED: "cannot use localhost",
    State.PASTE: "paste only",
    State.NOT_CONNECTED: "not connected",
    State.CONNECTED: "connected",
    State.DRIFTED: "its settings were changed since",
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
                raise ConnectError("no gateway runs, and PORT=0 gives it another address each time")
            change = connections.apply(client, url, dry_run=options.dry_run)
        else:
            change = connections.undo(client, dry_run=options.dry_run)
        return _tell(client, change, options)
    except (CallError, ConnectError) as error:
        sys.stderr.write(f"lingma-gateway: {error}\n")
        return EXIT_FAILED


def connections_of(plan: EnginePlan) -> Connections:
    """The connections of this user and this data folder."""
    site = Site(Path.home(), os.environ, sys.platform)
    return Connections(plan.paths.data_dir, site, clock=time.time)


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
    host = plan.settings.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - clients of this machine come by the loopback
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{plan.settings.port}"


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
        sys.stdout.write(f"{status.problem}\n")
    for drift in status.drift:
        sys.stdout.write(f"  {drift} is not what was applied\n")
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
        raise ConnectError(client.blocked)
    key = await asyncio.to_thread(connections.key, client)
    failed = 0
    async with internal_calls(launch, INSTANCE) as calls:
        for probe in (PROBES[name] for name in client.probes):
            started = time.monotonic()
            wrong = await _tried(probe, Endpoint(calls.url, key))
            took = f"{(time.monotonic() - started) * 1000:.0f} ms"
            failed += bool(wrong)
            path = probe.path.partition("?")[0]
            line = f"{'FAIL' if wrong else 'ok':5}{path:27}{probe.title:36}{wrong or took}"
            sys.stdout.write(line + "\n")
    return EXIT_FAILED if failed else 0


async def _tried(probe: Probe, endpoint: Endpoint) -> str:
    """What is wrong with the answers to `probe`, "" for nothing."""
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(asyncio.to_thread(_ask, probe, endpoint))
            for _ in range(probe.at_once)
        ]
    return next((wrong for wrong in (task.result() for task in asked) if wrong), "")


def _ask(probe: Probe, endpoint: Endpoint) -> str:
    request = urllib.request.Request(  # noqa: S310 - our own gateway's address
        f"{endpoint.url}{probe.path}",
        method=probe.method,
        data=None if probe.body is None else json.dumps(probe.body).encode(),
        headers={
            "Authorization": f"Bearer {endpoint.key}",
            "Content-Type": "application/json",
            **probe.headers,
        },
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=PROBE_TIMEOUT_S) as reply:
            answered = Answered(reply.status, _lower(reply.headers), reply.read())
    except urllib.error.HTTPError as error:
        with error:
            answered = Answered(error.code, _lower(error.headers), error.read())
    except OSError as error:
        return f"no answer: {error}"
    return judged(probe, answered)


def _lower(headers: object) -> dict[str, str]:
    pairs = headers.items() if hasattr(headers, "items") else ()
    return {str(name).lower(): str(value) for name, value in pairs}
