"""The command line of the stand-in, as the real program has it.

``start --workDir D [--socketPort N] [--httpPort N] [--transportType=websocket] [--endpoint URL]``,
``version``, ``status -o json --workDir D``. Exit codes: 0 ended, 1 failed, 2 bad usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway_engine.emulator.account import LOGGED_IN, Account
from gateway_engine.emulator.ids import Ids
from gateway_engine.emulator.options import (
    Options,
    OptionsError,
    StartFlags,
    load_options,
)
from gateway_engine.emulator.process import run
from gateway_engine.emulator.version import VERSION
from gateway_engine.emulator.work_dir import WorkDir

_PORT_FLAGS = ("socketPort", "httpPort", "transportType", "endpoint")


def main(argv: Sequence[str]) -> int:
    """Run one command; the exit code. Usage errors are told on stderr."""
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    if arguments.command == "version":
        print(VERSION)
        return 0
    flags = StartFlags(work_dir=Path(arguments.workDir).absolute())
    try:
        options = load_options(flags, os.environ)
        if arguments.command == "status":
            return _status(options, as_json=arguments.output == "json")
        if "refuse_port_flags" in options.scenario:
            return _refuse_flags(options, argv, arguments)
    except OptionsError as error:
        return _usage_error(str(error))
    return run(_with_ports(options, arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="Lingma", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start", allow_abbrev=False, help="start the local process")
    start.add_argument("--workDir", required=True, help="folder of this instance")
    start.add_argument("--socketPort", type=_port, default=0, help="WebSocket port; 0: any")
    start.add_argument("--httpPort", type=_port, default=0, help="sign-in port; 0: any")
    start.add_argument("--transportType", choices=("websocket",), default="websocket")
    start.add_argument("--endpoint", default="", help="dedicated domain")
    commands.add_parser("version", help="print the version")
    status = commands.add_parser("status", allow_abbrev=False, help="who is signed in")
    status.add_argument("--workDir", required=True)
    status.add_argument("-o", "--output", choices=("json", "text"), default="text")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(text)
    return port


def _with_ports(options: Options, arguments: argparse.Namespace) -> Options:
    flags = StartFlags(
        work_dir=options.flags.work_dir,
        socket_port=arguments.socketPort,
        http_port=arguments.httpPort,
        endpoint=arguments.endpoint,
    )
    return Options(
        flags=flags,
        scenario=options.scenario,
        prefill_ms=options.prefill_ms,
        delta_ms=options.delta_ms,
        seed=options.seed,
        machine=options.machine,
        account=options.account,
        tool_wait_s=options.tool_wait_s,
    )


def _refuse_flags(options: Options, argv: Sequence[str], arguments: argparse.Namespace) -> int:
    for name in _PORT_FLAGS:
        if any(argument.split("=")[0] == f"--{name}" for argument in argv):
            print(f"flag provided but not defined: -{name}", file=sys.stderr)
            print("Usage of start:\n  -workDir string\n    \twork directory", file=sys.stderr)
            return 2
    return run(_with_ports(options, arguments))


def _status(options: Options, *, as_json: bool) -> int:
    account = Account(WorkDir(options.flags.work_dir), Ids(options.seed), options.machine)
    facts = {
        "logged_in": account.status == LOGGED_IN,
        "username": account.name,
        "user_type": account.user_type,
        "version": VERSION,
    }
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
    else:
        for name, value in facts.items():
            print(f"{name}: {value}")
    return 0


def _usage_error(text: str) -> int:
    print(f"Lingma: {text}", file=sys.stderr)
    return 2
