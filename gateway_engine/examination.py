"""What a gateway with a plan depends on: what was found of it on this machine, and what to do about
what was not.
"""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass

from gateway_engine.plan import EnginePlan, child_environ
from gateway_engine.running import AlreadyRunningError, DataLock, read_running
from gateway_engine.upstreams.kind import InstancePlan
from gateway_engine.upstreams.kinds import programs_on_path

VERSION_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `action` says what to do, "" when nothing needs doing.

    `places` were searched in vain. A check that is not `ok` and `fatal` means that no request can
    be answered.
    """

    name: str
    ok: bool
    detail: str
    action: str = ""
    fatal: bool = False
    places: tuple[str, ...] = ()


def examine(plan: EnginePlan) -> list[Check]:
    """Look at everything a gateway with this plan depends on."""
    return [
        _settings(plan),
        _folders(plan),
        _upstream(plan),
        _agents(),
        _endpoint(plan),
        _keys(plan),
    ]


def _settings(plan: EnginePlan) -> Check:
    there = plan.loaded.file.is_file()
    return Check("settings", True, f"{plan.loaded.file}" if there else "defaults, no file yet")


def _folders(plan: EnginePlan) -> Check:
    for folder in (plan.paths.data_dir, plan.paths.state_dir, plan.paths.runtime_dir):
        nearest = next(f for f in (folder, *folder.parents) if f.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            return Check(
                "folders",
                False,
                f"{folder} cannot be written",
                "set LINGMA_GATEWAY_HOME to a folder this user may write",
                fatal=True,
            )
    return Check("folders", True, str(plan.paths.data_dir))


def _upstream(plan: EnginePlan) -> Check:
    if plan.demo:
        return Check(
            "upstream",
            True,
            "the bundled emulator: its answers are a demo, not Lingma's",
            "set LINGMA_BIN to a Lingma program for real answers",
        )
    if plan.instances:
        return _programs(plan)
    return Check(
        "upstream",
        False,
        "no Lingma program found",
        "`lingma-gateway upstream install`, or install Lingma for your editor, or set LINGMA_BIN,"
        " or try --upstream demo",
        fatal=True,
        places=tuple(plan.discovery.looked_at),
    )


def _programs(plan: EnginePlan) -> Check:
    shown: list[str] = []
    for command, setting in sorted({_asked_for_version(each) for each in plan.instances}):
        if len(command) == 1:  # a program that runs already, or none at all
            shown.append(command[0])
            continue
        try:
            said = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=VERSION_TIMEOUT_S,
                check=False,
                env=child_environ(os.environ),
            ).stdout
        except subprocess.TimeoutExpired:
            said = b""
        except OSError as error:
            return Check(
                "upstream",
                False,
                f"{command[0]} cannot be started: {error.strerror}",
                f"set {setting} to a program for this machine",
                fatal=True,
            )
        version = said.decode("utf-8", "replace").strip().partition("\n")[0][:80]
        program = " ".join(command[:-1])
        shown.append(f"{program} ({version or 'says no version'})")
    return Check("upstream", True, f"{len(plan.instances)} x {', '.join(shown)}")


def _asked_for_version(instance: InstancePlan) -> tuple[tuple[str, ...], str]:
    """The command that says its version, and the setting that names the program."""
    outline = instance.outline
    return outline.asks_version or (instance.of.title,), outline.named_by


def _agents() -> Check:
    found = sorted(programs_on_path(os.environ.get("PATH")))
    shown = ", ".join(f"{name} ({path})" for name, _, path in found)
    return Check("agents", True, f"agents on PATH: {shown or 'none'}")


def _endpoint(plan: EnginePlan) -> Check:
    host, port = plan.settings.host, plan.settings.port
    try:
        with DataLock(plan.paths) if plan.paths.lock_file.exists() else socket.socket():
            pass
    except AlreadyRunningError:
        running = read_running(plan.paths)
        where = f" at {running.url} (process {running.pid})" if running else ""
        return Check("endpoint", True, f"a gateway already runs here{where}")
    except OSError as error:
        return Check(
            "endpoint",
            False,
            f"{plan.paths.lock_file} cannot be used: {error.strerror}",
            "set LINGMA_GATEWAY_HOME to a folder this user may write",
            fatal=True,
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            return Check(
                "endpoint",
                False,
                f"{host}:{port}: {error.strerror or error}",
                "choose another port with --port or PORT",
                fatal=True,
            )
    return Check("endpoint", True, f"{host}:{port} is free")


def _keys(plan: EnginePlan) -> Check:
    if plan.settings.api_keys:
        return Check("keys", True, f"{len(plan.settings.api_keys)} API key(s) set")
    return Check(
        "keys",
        False,
        "API_KEYS is empty: with `serve`, every program on this machine may use the gateway",
        "set API_KEYS (the desktop app makes its own key)",
    )
