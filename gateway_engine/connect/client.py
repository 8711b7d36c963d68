"""What is known of one client program: its settings file, what to paste, how to start it."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit
from gateway_engine.splicing.edits import Path as KeyPath

TITLE: Final = "Lingma Gateway"
ENTRY: Final = "lingma-gateway"
"""The names our entries carry in clients' settings; nothing else with these names is the user's."""

MODEL: Final = "auto"
"""A name that no model has: the gateway's default model answers."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where files lie for this user. `platform` as of `sys.platform`."""

    home: Path
    environ: Mapping[str, str]
    platform: str

    @classmethod
    def of_this_user(cls) -> "Site":
        """Where they lie for whoever runs this process."""
        return cls(Path.home(), os.environ, sys.platform)

    def named(self, variable: str, fallback: Path) -> Path:
        """The folder that an environment variable names, else `fallback`."""
        value = self.environ.get(variable, "").strip()
        return Path(value) if value else fallback

    @property
    def config(self) -> Path:
        """`$XDG_CONFIG_HOME`, for programs that look there on every system."""
        return self.named("XDG_CONFIG_HOME", self.home / ".config")

    @property
    def programs_data(self) -> Path:
        """Where a program of this system keeps its data, by the system's own rule."""
        if self.platform == "win32":
            return self.roaming
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        return self.config

    def of_system(self, linux: str, darwin: str, win32: str) -> Path:
        """A folder of the whole machine."""
        return Path({"win32": win32, "darwin": darwin}.get(self.platform, linux))

    @property
    def roaming(self) -> Path:
        """`%APPDATA%` on Windows."""
        return self.named("APPDATA", self.home / "AppData" / "Roaming")


def local_address(host: str, port: int) -> str:
    """The address by which clients of this machine reach what listens at `host`."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - they come by the loopback
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Our address, without a path, and the client's key for it."""

    url: str
    key: str

    @property
    def v1(self) -> str:
        """The base of OpenAI's API."""
        return f"{self.url}/v1"


@dataclass(frozen=True, slots=True)
class Paste:
    """One thing to copy. `secret`: shown only when asked for."""

    label: str
    text: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """`paths`: where it may lie; the first that exists is it, else the first.

    `seed`: what a file needs that we make. `stronger`: files whose word counts more than this
    one's; `displaced`: files that are not read any more once this one is there. `plain_json`: the
    client ignores the whole file when there is a comment or a trailing comma in it. `needed`:
    leaves without which the client refuses the map they lie in.
    """

    form: Format
    paths: Callable[[Site], Sequence[Path]]
    edits: Callable[[Endpoint], Sequence[Edit]]
    seed: str = ""
    stronger: Callable[[Site], Sequence[Path]] = lambda site: ()
    displaced: Callable[[Site], Sequence[Path]] = lambda site: ()
    plain_json: bool = False
    needed: Sequence[KeyPath] = ()

    def path(self, site: Site) -> Path:
        """Where it lies, or would."""
        candidates = list(self.paths(site))
        return next((path for path in candidates if path.exists()), candidates[0])


@dataclass(frozen=True, slots=True)
class Launch:
    """How the program is started: its name, arguments that come first, its environment.

    `without`: variables that would send it elsewhere and are taken away. `settings`: what a program
    is told in a file that `settings_option` names, where the user's own files would win otherwise.
    """

    program: str
    env: Callable[[Endpoint], Mapping[str, str]]
    args: Callable[[Endpoint], Sequence[str]] = lambda endpoint: ()
    without: Sequence[str] = ()
    settings_option: str = ""
    settings: Callable[[Endpoint], str] = lambda endpoint: ""


@dataclass(frozen=True, slots=True)
class Client:
    """`probes` name the golden requests it sends. `blocked` says why it cannot be connected.

    `programs` are names in PATH and `traces` are paths (the last part may hold `*`) that tell that
    it is installed; without either nothing can tell, and it counts as found. `sources`: what the
    entry was written from; anything not found there is said in `notes`.
    """

    name: str
    title: str
    probes: tuple[str, ...]
    sources: tuple[str, ...]
    paste: Callable[[Endpoint], Sequence[Paste]] = lambda endpoint: ()
    file: SettingsFile | None = None
    launch: Launch | None = None
    notes: tuple[str, ...] = ()
    blocked: str = ""
    programs: tuple[str, ...] = ()
    traces: Callable[[Site], Sequence[Path]] = lambda site: ()
