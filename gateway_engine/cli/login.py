"""`lingma-gateway login` and `logout`: the account of one instance."""

import argparse
import asyncio
import contextlib
import os
import sys
import webbrowser
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any, Final

from gateway_engine.cli.internal_call import CallError, InternalCalls, internal_calls
from gateway_engine.cli.secret_file import first_line
from gateway_engine.plan import LaunchOptions
from gateway_engine.upstreams.kinds import known_kinds

EXIT_FAILED = 1
POLL_S: Final = 0.5
MAX_LINES: Final = 100
UNDER_WAY: Final = ("waiting_for_browser", "signing_in")


def login(options: argparse.Namespace) -> int:
    """Sign in, and wait until that has come to an end; the exit code. Raises SettingsError."""
    return _run(_login(_launch(options), options))


def logout(options: argparse.Namespace) -> int:
    """Sign out; the exit code. Raises SettingsError."""
    return _run(_logout(_launch(options), options.instance))


def _launch(options: argparse.Namespace) -> LaunchOptions:
    return LaunchOptions(upstream=options.upstream, config_file=options.config)


def _run(work: Coroutine[Any, Any, int]) -> int:
    try:
        return asyncio.run(work)
    except CallError as error:
        sys.stderr.write(f"lingma-gateway: {error}\n")
        return EXIT_FAILED


async def _login(launch: LaunchOptions, options: argparse.Namespace) -> int:
    async with internal_calls(launch, options.instance) as calls:
        kind = known_kinds().get((await calls.kinds()).get(options.instance, ""))
        if kind is not None and kind.by_command is not None:
            return await _by_command(calls, options)
        if options.callback:
            if calls.own:
                raise CallError(
                    0,
                    "no_gateway",
                    "no gateway runs: the address is good only for the process that began this"
                    " sign-in; run `login` without --callback and paste the address when it asks",
                )
            await calls.post("sign-in/callback", options.instance, callback=options.callback)
        elif options.browser == "auto":
            await calls.post(
                "auto-login/start",
                options.instance,
                username=options.username,
                password=first_line(options.password_file, "--password-file"),
                remember=options.remember,
            )
            await asyncio.sleep(POLL_S)
        else:
            begun = await calls.post("sign-in/begin", options.instance, switch=options.switch)
            url = str(begun["url"])
            sys.stderr.write(f"sign in at:\n{url}\n")
            sys.stderr.write(
                "if the browser runs on another machine: paste the address it ends at"
                " (http://127.0.0.1:…/auth/callback?…) here\n"
            )
            sys.stderr.flush()
            if _has_display():
                await asyncio.to_thread(webbrowser.open, url)
        with _pasted() as lines:
            return await _until_settled(calls, options.instance, lines)


async def _by_command(calls: InternalCalls, options: argparse.Namespace) -> int:
    """Run an agent's own login command over there, and show here what it prints."""
    name = options.instance
    if options.callback or options.browser == "auto":
        raise CallError(
            0,
            "sign_in_unavailable",
            f"{name} has no such sign-in: its own command signs it in;"
            f" run `login --instance {name}` alone",
        )
    await calls.post("sign-in/command", name)
    shown: list[str] = []
    try:
        while True:
            account = await _account(calls, name)
            lines = (await calls.get("sign-in/output", name))["lines"]
            told = [str(each["line"]) for each in lines]
            for line in told[_already(shown, told) :]:
                sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
            shown = told
            if account["state"] not in UNDER_WAY:
                return _outcome(account)
            await asyncio.sleep(POLL_S)
    except asyncio.CancelledError:
        await calls.post("sign-in/cancel", name)
        raise


def _already(shown: list[str], told: list[str]) -> int:
    """How many of the lines now told were shown before: the oldest may have dropped out."""
    for count in range(min(len(shown), len(told)), 0, -1):
        if shown[-count:] == told[:count]:
            return count
    return 0


def _has_display() -> bool:
    """Without one, `webbrowser` would start a browser for the terminal, and wait for it."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def _pasted() -> Iterator["asyncio.Queue[str]"]:
    """Lines of stdin as they come, where the system can tell of them (not on Windows)."""
    lines: asyncio.Queue[str] = asyncio.Queue(maxsize=MAX_LINES)
    loop = asyncio.get_running_loop()

    def read() -> None:
        line = sys.stdin.readline()
        if not line:
            loop.remove_reader(sys.stdin)
        elif line.strip() and not lines.full():
            lines.put_nowait(line.strip())

    readable = False
    with contextlib.suppress(NotImplementedError, OSError, ValueError):
        loop.add_reader(sys.stdin, read)
        readable = True
    try:
        yield lines
    finally:
        if readable:
            loop.remove_reader(sys.stdin)


async def _until_settled(calls: InternalCalls, name: str, lines: "asyncio.Queue[str]") -> int:
    """Wait for the end of the sign-in; what somebody pastes meanwhile is delivered."""
    while True:
        while not lines.empty():
            try:
                await calls.post("sign-in/callback", name, callback=lines.get_nowait())
            except CallError as error:
                sys.stderr.write(f"lingma-gateway: {error}\n")
        account = await _account(calls, name)
        if account["state"] not in UNDER_WAY:
            return _outcome(account)
        await asyncio.sleep(POLL_S)


async def _account(calls: InternalCalls, name: str) -> dict[str, Any]:
    accounts = (await calls.get("auto-login/status"))["instances"]
    return next(dict(each) for each in accounts if each["name"] == name)


def _outcome(account: Mapping[str, Any]) -> int:
    """Say how a sign-in ended; the exit code."""
    name = account["name"]
    if account["state"] == "logged_in":
        who = f" as {account['account']}" if account["account"] else ""
        sys.stdout.write(f"{name} is signed in{who}\n")
        return 0
    said = account["error_message"] or account["state"]
    sys.stderr.write(f"lingma-gateway: {name} is not signed in: {said}\n")
    return EXIT_FAILED


async def _logout(launch: LaunchOptions, name: str) -> int:
    async with internal_calls(launch, name) as calls:
        await calls.post("sign-out", name)
    sys.stdout.write(f"{name} is signed out\n")
    return 0
