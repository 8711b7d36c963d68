"""What will run: the settings read, the upstream chosen, the instances laid out. Starts nothing."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

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
from gateway_engine.upstreams.kind import InstancePlan, Kind, Outline, Surroundings
from gateway_engine.upstreams.kinds import DEFAULT_KIND, default_kind, known_kinds
from gateway_engine.upstreams.lingma.binary import Discovery, find_lingma

AUTO: Final = "auto"
DEMO: Final = "demo"


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
        _lay_out(number, item, settings, paths, cwd)
        for number, item in enumerate(_expand(wanted, settings))
    )
    _refuse_shared_folders(instances)
    kinds = {instance.kind for instance in instances}
    upstream = DEFAULT_KIND if not kinds else kinds.pop() if len(kinds) == 1 else "mixed"
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
    kind = known_kinds().get(item.kind)
    if kind is None or not item.command:
        return None
    try:
        kind.plan(item, Surroundings(Settings(), child_environ(environ)))
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
    """Refuse an open endpoint that others can reach. Raises SettingsError."""
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
    shown: str
    kind: Kind
    outline: Outline
    own: InstanceSettings = field(default_factory=InstanceSettings)


def _wanted(
    options: LaunchOptions, loaded: LoadedSettings, discovery: Discovery, env: Mapping[str, str]
) -> list[_Wanted]:
    settings = loaded.settings
    around = Surroundings(settings, env, discovery.program)
    if options.upstream == DEMO:
        return [_demo(env)]
    for kind in known_kinds().values():
        if options.upstream in kind.programs:
            named = InstanceSettings(options.upstream, kind.name, options.upstream)
            return [_from_table(named, around)]
    if options.upstream != AUTO:
        return [_by_itself(options.upstream, replace(around, source="--upstream"))]
    if settings.instances:
        return [_from_table(item, around) for item in settings.instances]
    if settings.lingma_bin:
        source = _origin_of_lingma_bin(loaded)
        return [_by_itself(settings.lingma_bin, replace(around, source=source))]
    if discovery.program is not None:
        return [_by_itself("", around)]
    if options.demo_fallback:
        return [_demo(env)]
    return []


def _from_table(item: InstanceSettings, around: Surroundings) -> _Wanted:
    kind = known_kinds()[item.kind]
    return _Wanted(kind.name, kind, kind.plan(item, around), item)


def _by_itself(command: str, around: Surroundings) -> _Wanted:
    kind = default_kind()
    return _Wanted(kind.name, kind, kind.plan(InstanceSettings(command=command), around))


def _demo(env: Mapping[str, str]) -> _Wanted:
    command = demo_command()
    outline = Outline(
        command=command,
        env=own_environment(env),
        label=DEMO,
        asks_version=(*command, "version"),
        named_by="LINGMA_BIN",
    )
    return _Wanted(DEMO, default_kind(), outline)


def _origin_of_lingma_bin(loaded: LoadedSettings) -> str:
    if loaded.origins["lingma_bin"] is Origin.FILE:
        return f"{loaded.file}: lingma_bin"
    return "environment: LINGMA_BIN"


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
    number: int, wanted: _Wanted, settings: Settings, paths: Paths, cwd: Path
) -> InstancePlan:
    name = wanted.own.id or f"inst-{number}"
    number = _number(name, number)
    outline = wanted.outline
    folder = paths.data_dir / ("demo" if wanted.shown == DEMO else "instances") / name
    chosen = wanted.own.work_dir or outline.work_dir
    work_dir = cwd / os.path.expanduser(chosen) if chosen else folder / "work"  # noqa: PTH111
    if chosen and not wanted.own.work_dir and number:
        work_dir = work_dir.with_name(f"{work_dir.name}-{number}")
    return InstancePlan(
        name=InstanceName(name),
        kind=wanted.shown,
        of=wanted.kind,
        outline=outline,
        cwd=Path(outline.command[0]).parent if outline.command else folder,
        work_dir=work_dir,
        workspace=work_dir if outline.works_there else folder / "workspace",
        record_file=paths.state_dir / "children" / f"{wanted.shown}-{name}.json",
        args=wanted.own.args,
        socket_port=settings.lingma_socket_port if number == 0 else 0,
        account=_account_of(number, settings) if wanted.kind.has_accounts else None,
        title=wanted.own.name if wanted.own.name != name else "",
    )


def _number(name: str, place: int) -> int:
    """inst-3 is number 3 wherever it stands: what hangs on it stays when others are removed."""
    digits = name.removeprefix("inst-")
    return int(digits) if digits.isdecimal() and name != digits else place
