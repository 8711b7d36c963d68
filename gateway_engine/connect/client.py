"""What is known of one client program: its settings file, what to paste, how to start it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway_engine.connect.splice import Format
from gateway_engine.splicing.edits import Edit

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

    def named(self, variable: str, fallback: Path) -> Path:
        """The folder that an environment variable names, else `fallback`."""
        value = self.environ.get(variable, "").strip()
        return Path(value) if value else fallback

    @property
    def config(self) -> Path:
        """`$XDG_CONFIG_HOME`, for programs that look there on every system."""
        return self.named("XDG_CONFIG_HOME", self.home / ".config")

    @property
    def roaming(self) -> Path:
        """`%APPDATA%` on Windows."""
        return self.named("APPDATA", self.home / "AppData" / "Roaming")


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

    `seed`: what a file needs that we make.
    """

    form: Format
    paths: Callable[[Site], Sequence[Path]]
    edits: Callable[[Endpoint], Sequence[Edit]]
    seed: str = ""

    def path(self, site: Site) -> Path:
        """Where it lies, or would."""
        candidates = list(self.paths(site))
        return next((path for path in candidates if path.exists()), candidates[0])


@dataclass(frozen=True, slots=True)
class Launch:
    """How the program is started: its name, arguments that come first, its environment.

    `without`: variables that would send it elsewhere and are taken away.
    """

    program: str
    env: Callable[[Endpoint], Mapping[str, str]]
    args: Callable[[Endpoint], Sequence[str]] = lambda endpoint: ()
    without: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Client:
    """`probes` name the golden requests it sends. `blocked` says why it cannot be connected.

    `sources`: what the entry was written from; anything not found there is said in `notes`.
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
