"""`lingma-gateway`: which command, its arguments, its exit code (0 done, 1 failed, 2 bad usage)."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from gateway_engine.config import MAX_PORT, SettingsError
from gateway_engine.plan import AUTO, LaunchOptions
from gateway_engine.version import __version__

EXIT_FAILED = 1
EXIT_USAGE = 2
SHIM_COMMAND = "mcp-shim"


def main(argv: Sequence[str]) -> int:
    """Run the command in `argv` (without the program's name) and return its exit code."""
    arguments = list(argv)
    if arguments == ["age-process"]:
        from gateway_engine.accounts.age import main as age_process

        return age_process()
    if arguments == ["browser-process"]:
        from gateway_engine.accounts.browser.driver import main as browser_process

        return browser_process()
    if arguments[:1] == ["emulator"]:
        from gateway_engine.emulator.program import main as emulator

        return emulator(arguments[1:])
    if arguments[:1] == [SHIM_COMMAND]:
        # What the built program is started as by an agent: no command for people.
        from gateway_engine.tools.mcp_host.shim import main as shim

        return shim(arguments[1:])
    parser = build_parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        parser.refuse(unknown[0], command=options.command)
    if options.command is None:
        parser.print_usage(sys.stderr)
        return EXIT_USAGE
    try:
        return run(options)
    except SettingsError as error:
        sys.stderr.write(f"lingma-gateway: {error}\n")
        return EXIT_USAGE


def run(options: argparse.Namespace) -> int:
    """Run the command that was parsed. Raises SettingsError."""
    if options.command == "serve":
        from gateway_engine.cli.serve import serve

        return serve(launch_options(options))
    if options.command == "upstream":
        from gateway_engine.cli.upstream import upstream

        return upstream(options)
    if options.command == "bundle":
        from gateway_engine.cli.bundle import bundle

        return bundle(options)
    if options.command == "clients":
        from gateway_engine.cli.clients import clients

        return clients(options)
    if options.command == "settings":
        from gateway_engine.cli.settings import settings

        return settings(options)
    if options.command == "launch":
        from gateway_engine.cli.launch import launch

        return launch(options)
    if options.command in ("login", "logout"):
        from gateway_engine.cli import login

        return login.login(options) if options.command == "login" else login.logout(options)
    from gateway_engine.cli.doctor import doctor

    return doctor(launch_options(options), as_json=options.json, bundle=options.bundle)


def build_parser() -> "_Parser":
    """The whole command line, desktop included, for `--help`."""
    parser = _Parser(
        prog="lingma-gateway",
        description="Lingma on your own machine as OpenAI- and Anthropic-compatible endpoints.",
    )
    parser.add_argument("--version", action="version", version=f"lingma-gateway {__version__}")
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="try this installation from its start to its end, against the bundled demo",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    parser.commands = commands.choices
    desktop = commands.add_parser("desktop", help="the tray app (also without any command)")
    desktop.add_argument("--minimized", action="store_true", help="start in the tray only")
    desktop.add_argument("--quit", action="store_true", help="ask the running one to quit")
    desktop.add_argument("file", nargs="?", metavar="FILE", help="a login bundle to open")
    serve = commands.add_parser("serve", help="the same gateway without a window")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", type=port_number, help="port to listen on, 0 = any")
    doctor = commands.add_parser("doctor", help="what was found, and what to do")
    doctor.add_argument("--json", action="store_true", help="as JSON")
    doctor.add_argument(
        "--bundle", type=Path, metavar="FILE", help="write a support bundle without secrets there"
    )
    for command in (desktop, serve, doctor):
        add_launch_arguments(command)
    _add_upstream(
        commands.add_parser("upstream", help="the Lingma program: install, list, use, remove")
    )
    _add_bundle(commands.add_parser("bundle", help="logins: export, import, inspect"))
    login = commands.add_parser("login", help="sign in to Lingma")
    login.add_argument(
        "--callback", default="", metavar="URL", help="the address a browser ended at"
    )
    login.add_argument(
        "--browser",
        choices=("system", "auto"),
        default="system",
        help="auto: with the password that is there, by a browser that a program drives",
    )
    login.add_argument("--username", default="", metavar="U", help="with --browser auto")
    login.add_argument(
        "--password-file", type=Path, metavar="P", help="its first line; with --browser auto"
    )
    login.add_argument(
        "--remember", action="store_true", help="keep that password in the system's keyring"
    )
    login.add_argument("--switch", action="store_true", help="sign the present account out first")
    for command in (login, commands.add_parser("logout", help="sign out")):
        _add_instance(command)
    _add_clients(commands.add_parser("clients", help="connect Claude Code, Codex and others"))
    _add_settings(commands.add_parser("settings", help="show and change the settings file"))
    run = commands.add_parser("launch", help="start a client that talks to the gateway")
    _add_upstream_choice(run)
    run.add_argument("client", metavar="C", help="which one: see `clients list`")
    run.add_argument("arguments", nargs=argparse.REMAINDER, help="its own arguments")
    commands.add_parser("emulator", help="the stand-in for the Lingma program: emulator start …")
    return parser


def _add_bundle(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="write the login of an instance")
    export.add_argument("--out", type=Path, metavar="F", help="file to write (0600), else stdout")
    bring = actions.add_parser("import", help="put a login in place")
    inspect = actions.add_parser("inspect", help="what is in a bundle, without using it")
    for command in (bring, inspect):
        command.add_argument("file", type=Path)
    bring.add_argument("--replace", action="store_true", help="even if somebody is signed in")
    bring.add_argument("--dry-run", action="store_true", help="only say what would change")
    for command in (export, bring):
        _add_instance(command)
    for command in (export, bring, inspect):
        command.add_argument(
            "--passphrase-file", type=Path, metavar="P", help="its first line encrypts or decrypts"
        )


def _add_clients(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    about = {
        "list": "every client and how it stands",
        "show": "what to paste, and where its settings lie",
        "apply": "edit its settings; shows what changes",
        "undo": "take that back; what you changed since stays",
        "check": "try what it needs against the gateway",
    }
    for name, words in about.items():
        action = actions.add_parser(name, help=words)
        _add_upstream_choice(action)
        if name != "list":
            action.add_argument("client", metavar="C", help="which one: see `clients list`")
        if name == "show":
            action.add_argument("--show-keys", action="store_true", help="with its key")
        if name in ("apply", "undo"):
            action.add_argument(
                "--dry-run", action="store_true", help="only show what would change"
            )


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, help="settings file to use instead of the usual")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="every setting in force, and where it comes from")
    about = {"get": "one value", "set": "write a value", "reset": "take it out of the file"}
    for name, words in about.items():
        action = actions.add_parser(name, help=words)
        action.add_argument("name", metavar="NAME", help="as in the environment: IDLE_TIMEOUT_SEC")
        if name == "set":
            action.add_argument("value", metavar="VALUE", help="as in the environment")
    actions.add_parser("reload", help="let the gateway that runs read the file again")
    export = actions.add_parser("export", help="write them as a file of their own")
    export.add_argument("--out", type=Path, metavar="F", help="file to write (0600), else stdout")
    export.add_argument("--secrets", action="store_true", help="keys and passwords too")
    bring = actions.add_parser("import", help="take over what a file names")
    bring.add_argument("file", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="only say what would change")


def _add_upstream_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--upstream", default=AUTO, help="as of `serve`, when no gateway runs")
    parser.add_argument("--config", type=Path, help="settings file to read instead of the usual")


def _add_instance(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instance", default="inst-0", metavar="I", help="which one (inst-0)")
    _add_upstream_choice(parser)


def _add_upstream(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, help="settings file to read instead of the usual")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    install = actions.add_parser("install", help="fetch the Lingma program and use it")
    where = install.add_mutually_exclusive_group()
    where.add_argument("--vsix", type=Path, metavar="FILE", help="from a .vsix file")
    where.add_argument("--url", default="", help="from the https address of a VSIX")
    actions.add_parser("list", help="what was fetched, and what is used")
    for name, about in (("use", "use this version"), ("remove", "remove this version")):
        actions.add_parser(name, help=about).add_argument("version")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it; takes no abbreviations."""

    commands: Mapping[str, "_Parser"]

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, allow_abbrev=False)
        self.commands = {}

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")

    def refuse(self, argument: str, *, command: str | None) -> NoReturn:
        """Name an argument that `command` does not take, and the one that was perhaps meant."""
        parser = self.commands.get(command or "", self)
        known = [option for action in parser._actions for option in action.option_strings]
        close = get_close_matches(argument.partition("=")[0], known, n=1)
        parser.error(f"unknown argument {argument}" + (f", {close[0]}?" if close else ""))


def add_launch_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments every command has that starts or examines a gateway."""
    parser.add_argument(
        "--upstream",
        default=AUTO,
        help="auto, demo, the path of a Lingma program, or an agent: qwen-code, opencode, …",
    )
    parser.add_argument(
        "--demo-fallback",
        action="store_true",
        help="with no Lingma found, let the bundled emulator answer and say so",
    )
    parser.add_argument(
        "--config", type=Path, help="settings file to read instead of the usual one"
    )


def launch_options(options: argparse.Namespace) -> LaunchOptions:
    """What the parsed arguments say about the launch."""
    return LaunchOptions(
        upstream=options.upstream,
        demo_fallback=options.demo_fallback,
        host=getattr(options, "host", None),
        port=getattr(options, "port", None),
        config_file=options.config,
    )


def port_number(text: str) -> int:
    """Read a port. Raises argparse.ArgumentTypeError."""
    if not text.isdecimal() or int(text) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port between 0 and {MAX_PORT}")
    return int(text)
