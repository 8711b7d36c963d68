"""What a kind of upstream says of itself, so that nobody has to ask which kind it is.

    InstanceSettings --check, plan--> Outline --laid out--> InstancePlan --make--> Upstream

A kind is a folder beside this module, found by gateway_engine.upstreams.kinds, whose module `kind`
has a `KIND: Final = Kind(…)`. What it says holds for every instance of it; of a running one the
contract tells the rest (gateway_engine.upstreams.contract).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway_engine.config import Settings
from gateway_engine.conversation import InstanceName
from gateway_engine.setting_values import AccountSettings, InstanceSettings
from gateway_engine.upstreams.contract import Upstream, UpstreamFactory
from gateway_engine.upstreams.processes.guard import OrphanGuard
from gateway_engine.upstreams.tool_hosting import ToolHost

OF_EVERY_KIND: Final = ("lingma_startup_timeout", "lingma_rpc_timeout")
"""Settings that every upstream is made with."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an instance is planned in. `env` is for child processes; `found` is the program of the
    default kind that lies on this machine; `source` is where a command was named, "" for the
    instance's own table.
    """

    settings: Settings
    env: Mapping[str, str] = field(repr=False)
    found: Path | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a kind makes of the settings of one instance. Outlines are compared: an instance starts
    again when its own is another.

    `command` starts its program, () where none is started. `label` tells its models from another
    upstream's of the same name; `models` is what they are called, as far as that is known before it
    runs. `details` are for the kind alone.
    """

    command: tuple[str, ...]
    env: Mapping[str, str]
    label: str
    models: tuple[str, ...] = ()
    details: object = None
    work_dir: str = ""
    """The folder to work in where the instance names none, "" for one of its own."""
    works_there: bool = False
    """Its work folder is also the project that it is shown."""
    asks_version: tuple[str, ...] = ()
    """The command that says its program's version; one word alone is said instead."""
    named_by: str = "command"
    """The setting that names the program."""


@dataclass(frozen=True, slots=True)
class InstancePlan:
    """One instance to run. `kind` is what users see, `of` what it is: the demo is of the default
    kind.
    """

    name: InstanceName
    kind: str
    of: "Kind"
    outline: Outline
    cwd: Path
    work_dir: Path
    workspace: Path
    record_file: Path
    args: tuple[str, ...] = ()
    socket_port: int = 0
    account: AccountSettings | None = None
    title: str = ""
    """What people call it, "" where nobody gave it a name."""

    @property
    def command(self) -> tuple[str, ...]:
        """What starts its program, () where none is started."""
        return self.outline.command

    @property
    def env(self) -> Mapping[str, str]:
        """The environment of its program."""
        return self.outline.env

    @property
    def settings_used(self) -> tuple[str, ...]:
        """The settings that its upstream is made with: a change of one of them renews it."""
        return (*OF_EVERY_KIND, *self.of.settings_used)


@dataclass(frozen=True, slots=True)
class Means:
    """What upstreams are given to run with. `learn_secrets` is told of what one of them knows and
    nobody may read.
    """

    guard: OrphanGuard
    tool_host: ToolHost
    learn_secrets: Callable[[Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class SignInByCommand:
    """How an account is signed in by a command of the upstream's own.

    `can` says whether there is one that can be run here. `run` runs it to its end, tells (line,
    link) as it prints and returns its exit code; it raises UpstreamStartError.
    """

    can: Callable[[Upstream], bool]
    run: Callable[[Upstream, InstancePlan, OrphanGuard, Callable[[str, str], None]], Awaitable[int]]


def _nothing_to_check(_own: InstanceSettings) -> None:
    return


def _none_on_path(_search_path: str | None) -> Sequence[tuple[str, str, str]]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of upstream. `name` is what settings, logs and lists call it, `title` what people
    do.

    `plan` raises SettingsError; `check` looks at the table alone and raises SettingProblem.
    """

    name: str
    title: str
    plan: Callable[[InstanceSettings, Surroundings], Outline]
    make: Callable[[InstancePlan, Settings, Means], UpstreamFactory]
    check: Callable[[InstanceSettings], None] = _nothing_to_check
    fields: frozenset[str] = frozenset()
    """Those of `models`, `mode` and `login` that an instance of it may have."""
    settings_used: tuple[str, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)
    """Programs that it knows by name: what `command` says, and the title."""
    on_path: Callable[[str | None], Sequence[tuple[str, str, str]]] = _none_on_path
    """Which of these are on a PATH: name, title, file."""
    is_fetched: bool = False
    """The gateway finds or fetches its program where none is named."""
    has_accounts: bool = False
    """The accounts of the settings are for it: they are signed in by a browser."""
    by_command: SignInByCommand | None = None
