"""What will run: the settings read, the upstream chosen, the instances laid out. Starts nothing."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from gateway_engine.agent_plan import ACP, AgentPlan, plan_agent
from gateway_engine.config import (
    LoadedSettings,
    Origin,
    Settings,
    SettingsError,
    load_settings,
    read_dotenv,
)
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import Refusal
from gateway_engine.own_program import foreign_environment, own_command, own_environment
from gateway_engine.paths import Paths, app_paths
from gateway_engine.setting_secrets import without_secrets
from gateway_engine.setting_values import AccountSettings, InstanceSettings
from gateway_engine.upstreams.acp.presets import PRESETS
from gateway_engine.upstreams.lingma.binary import Discovery, find_lingma, is_program

AUTO: Final = "auto"
DEMO: Final = "demo"
LINGMA: Final = "lingma"
OF_EVERY_UPSTREAM: Final = ("lingma_startup_timeout", "lingma_rpc_timeout")
OF_LINGMA: Final = ("lingma_auto_memory", "lingma_delete_sessions", "dedicated_domain_url")


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """What the command line says. `demo_fallback`: with no Lingma found, the emulator answers."""

    upstream: str = AUTO
    demo_fallback: bool = False
    host: str | None = None
    port: int | None = None
    config_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Launched:
    """What a plan was made from, to make it again when the settings have changed."""

    options: LaunchOptions
    environ: Mapping[str, str] = field(repr=False)
    cwd: Path


@dataclass(frozen=True, slots=True)
class InstancePlan:
    """One instance to run. `kind` is what users see; `command` is what comes before `start`, or
    all of an agent's command line. `agent` is set exactly when the kind is acp.
    """

    name: InstanceName
    kind: str
    command: tuple[str, ...]
    cwd: Path
    work_dir: Path
    workspace: Path
    record_file: Path
    env: Mapping[str, str]
    args: tuple[str, ...] = ()
    socket_port: int = 0
    account: AccountSettings | None = None
    agent: AgentPlan | None = None
    title: str = ""
    """What people call it, "" where nobody gave it a name."""

    @property
    def label(self) -> str:
        """What tells its models from another upstream's of the same name."""
        return self.agent.label if self.agent is not None else self.kind

    @property
    def models(self) -> tuple[str, ...]:
        """What its models are called, as far as that is known before it runs; the first is its
        default.
        """
        return (self.agent.models or (self.agent.label,)) if self.agent is not None else ()

    @property
    def settings_used(self) -> tuple[str, ...]:
        """The settings that its upstream is made with: a change of one of them renews it."""
        return OF_EVERY_UPSTREAM if self.agent is not None else (*OF_EVERY_UPSTREAM, *OF_LINGMA)


@dataclass(frozen=True, slots=True)
class EnginePlan:
    """Everything the engine needs to start. `discovery` says where a Lingma was looked for;
    `named` that the command line named the upstream.
    """

    settings: Settings
    loaded: LoadedSettings
    paths: Paths
    instances: tuple[InstancePlan, ...]
    upstream: str
    discovery: Discovery
    named: bool = False
    launched: Launched | None = None

    @property
    def demo(self) -> bool:
        """True when the bundled emulator answers: this must be said wherever a user looks."""
        return self.upstream == DEMO


def prepare(
    options: LaunchOptions, *, environ: Mapping[str, str], cwd: Path, text: str | None = None
) -> EnginePlan:
    """Read the settings and choose the upstream. Touches no file but to read. `text` is read in the
    settings file's place. Raises SettingsError.
    """
    dotenv = cwd / ".env"
    given = {**read_dotenv(dotenv), **environ} if dotenv.is_file() else environ
    paths = app_paths(given, cwd=cwd)
    cli: dict[str, Any] = {}
    if options.host is not None:
        cli["host"] = options.host
    if options.port is not None:
        cli["port"] = options.port
    file = options.config_file
    if file is not None and not file.is_file():
        raise SettingsError(
            f"command line: --config {file} does not exist", "no_settings_file", file=str(file)
        )
    loaded = load_settings(
        file=file or paths.config_file, environ=environ, dotenv=dotenv, cli=cli, text=text
    )
    settings = loaded.settings
    discovery = find_lingma(
        home=Path.home(),
        environ=environ,
        downloads=paths.programs_dir,
        prefer_downloads=settings.lingma_bootstrap_always or settings.lingma_force_refresh,
    )
    base_env = child_environ(environ)
    wanted = _wanted(options, loaded, discovery, base_env)
    instances = tuple(
        _lay_out(number, item, settings, paths, base_env, cwd)
        for number, item in enumerate(_expand(wanted, settings))
    )
    _refuse_shared_folders(instances)
    kinds = {instance.kind for instance in instances}
    upstream = LINGMA if not kinds else kinds.pop() if len(kinds) == 1 else "mixed"
    named = options.upstream != AUTO
    launched = Launched(options, environ, cwd)
    return EnginePlan(settings, loaded, paths, instances, upstream, discovery, named, launched)


def prepare_again(plan: EnginePlan, *, text: str | None = None) -> EnginePlan:
    """Return the plan as the settings are now, or as `text` would make them. Raises
    SettingsError.
    """
    if plan.launched is None:
        raise SettingsError("these settings were not read from anywhere")
    made = plan.launched
    return prepare(made.options, environ=made.environ, cwd=made.cwd, text=text)


def instance_refusal(item: InstanceSettings, environ: Mapping[str, str]) -> Refusal | None:
    """Why this instance could not be started here, as far as its own command says; None when it
    could. Looks at files only.
    """
    try:
        if item.kind == ACP:
            plan_agent(item, child_environ(environ))
        elif item.command:
            _program(item.command, f"command of instance {item.name}")
    except SettingsError as error:
        return error.refusal
    return None


def is_loopback(host: str) -> bool:
    """True when `host` can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def require_keys_off_loopback(settings: Settings) -> None:
    """Refuse an open endpoint that others can reach (http-api contract §2). Raises
    SettingsError.
    """
    if not settings.api_keys and not is_loopback(settings.host):
        raise SettingsError(
            f"HOST is {settings.host}, which other machines can reach, and API_KEYS is empty:"
            " set API_KEYS, or HOST=127.0.0.1",
            "key_required",
            host=settings.host,
        )


def child_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for upstream programs: ours without our secrets and our bundle's
    libraries.
    """
    return foreign_environment(without_secrets(environ))


def demo_command() -> tuple[str, ...]:
    """How the bundled emulator is started as a program of its own."""
    return own_command("gateway_engine.emulator", "emulator")


# --- choosing ---


@dataclass(frozen=True, slots=True)
class _Wanted:
    kind: str
    command: tuple[str, ...]
    own: InstanceSettings = field(default_factory=InstanceSettings)
    agent: AgentPlan | None = None


def _wanted(
    options: LaunchOptions, loaded: LoadedSettings, discovery: Discovery, env: Mapping[str, str]
) -> list[_Wanted]:
    settings = loaded.settings
    if options.upstream == DEMO:
        return [_Wanted(DEMO, demo_command())]
    if options.upstream in PRESETS:
        item = InstanceSettings(name=options.upstream, kind=ACP, command=options.upstream)
        return [_from_table(item, settings, discovery, env)]
    if options.upstream != AUTO:
        return [_Wanted(LINGMA, (_program(options.upstream, "--upstream"),))]
    if settings.instances:
        return [_from_table(item, settings, discovery, env) for item in settings.instances]
    if settings.lingma_bin:
        return [_Wanted(LINGMA, (_program(settings.lingma_bin, _origin_of_lingma_bin(loaded)),))]
    if discovery.program is not None:
        return [_Wanted(LINGMA, (str(discovery.program),))]
    if options.demo_fallback:
        return [_Wanted(DEMO, demo_command())]
    return []


def _from_table(
    item: InstanceSettings, settings: Settings, discovery: Discovery, env: Mapping[str, str]
) -> _Wanted:
    if item.kind == ACP:
        agent = plan_agent(item, env)
        return _Wanted(ACP, agent.argv, item, agent)
    named = item.command or settings.lingma_bin
    if named:
        return _Wanted(LINGMA, (_program(named, f"command of instance {item.name}"),), item)
    if discovery.program is None:
        raise SettingsError(
            f"instances: {item.name} has no command and no Lingma program was found",
            "instance_without_program",
            instance=item.name,
        )
    return _Wanted(LINGMA, (str(discovery.program),), item)


def _origin_of_lingma_bin(loaded: LoadedSettings) -> str:
    if loaded.origins["lingma_bin"] is Origin.FILE:
        return f"{loaded.file}: lingma_bin"
    return "environment: LINGMA_BIN"


def _program(name: str, source: str) -> str:
    file = Path(os.path.abspath(os.path.expanduser(name)))  # noqa: PTH100, PTH111 - keeps links
    if not file.exists():
        raise SettingsError(
            f"{source}: {file} does not exist", "no_such_program", source=source, file=str(file)
        )
    if not is_program(file):
        raise SettingsError(
            f"{source}: {file} is not a program this user may run",
            "no_program_to_run",
            source=source,
            file=str(file),
        )
    return str(file)


def _expand(wanted: list[_Wanted], settings: Settings) -> list[_Wanted]:
    count = max(settings.lingma_instance_count, len(settings.lingma_accounts))
    if len(wanted) != 1:
        return wanted
    return [wanted[0], *(replace(wanted[0], own=replace(wanted[0].own, id="")),) * (count - 1)]


def _account_of(number: int, settings: Settings) -> AccountSettings | None:
    """The account of this instance: those of the settings in turn."""
    accounts = settings.lingma_accounts
    if accounts:
        return accounts[number % len(accounts)]
    one = AccountSettings(
        settings.lingma_username,
        settings.lingma_password,
        settings.lingma_session_bundle,
        settings.lingma_session_bundle_file,
    )
    return one if one != AccountSettings() else None


def _refuse_shared_folders(instances: tuple[InstancePlan, ...]) -> None:
    folders: dict[Path, InstanceName] = {}
    for instance in instances:
        first = folders.setdefault(instance.work_dir.resolve(), instance.name)
        if first != instance.name:
            raise SettingsError(
                f"instances: {first} and {instance.name} both have the work_dir"
                f" {instance.work_dir}; give each its own",
                "shared_folder",
                first=first,
                second=instance.name,
                folder=str(instance.work_dir),
            )


def _lay_out(
    number: int,
    wanted: _Wanted,
    settings: Settings,
    paths: Paths,
    base_env: Mapping[str, str],
    cwd: Path,
) -> InstancePlan:
    name = wanted.own.id or f"inst-{number}"
    number = _number(name, number)
    folder = paths.data_dir / ("demo" if wanted.kind == DEMO else "instances") / name
    chosen = wanted.own.work_dir or (settings.lingma_work_dir if wanted.kind == LINGMA else "")
    work_dir = cwd / os.path.expanduser(chosen) if chosen else folder / "work"  # noqa: PTH111
    if chosen and not wanted.own.work_dir and number:
        work_dir = work_dir.with_name(f"{work_dir.name}-{number}")
    env = wanted.agent.env if wanted.agent is not None else {**base_env, **wanted.own.env}
    program_folder = Path(wanted.command[0]).parent if wanted.command else folder
    if wanted.kind == DEMO:
        env = own_environment(env)
    return InstancePlan(
        name=InstanceName(name),
        kind=wanted.kind,
        command=wanted.command,
        cwd=program_folder,
        work_dir=work_dir,
        # An agent works in its work folder; attached to, that folder is the IDE's own.
        workspace=work_dir if wanted.kind == ACP and wanted.command else folder / "workspace",
        record_file=paths.state_dir / "children" / f"{wanted.kind}-{name}.json",
        env=env,
        args=wanted.own.args,
        socket_port=settings.lingma_socket_port if number == 0 else 0,
        account=_account_of(number, settings) if wanted.kind != ACP else None,
        agent=wanted.agent,
        title=wanted.own.name if wanted.own.name != name else "",
    )


def _number(name: str, place: int) -> int:
    """inst-3 is number 3 wherever it stands: what hangs on it stays when others are removed."""
    digits = name.removeprefix("inst-")
    return int(digits) if digits.isdecimal() and name != digits else place
