"""The settings: one frozen model, its sources in order, and the origin of every value.

Defaults < settings file (TOML, names in lower case) < environment with `.env` < command line. The
model below is the only list of settings there is: parsing, checking, help and the effective
configuration are read from its fields.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from gateway_engine.errors import Refusal
from gateway_engine.setting_values import (
    MAX_INSTANCES,
    AccountSettings,
    InstanceSettings,
    SettingProblem,
    read_value,
)
from gateway_engine.settings_upgrade import VERSION_KEY, NewerTextError, upgraded

APP_ORIGINS: Final = ("vscode-webview:", "tauri:", "app:")
MAX_PORT: Final = 65535
OUR_PREFIXES: Final = ("LINGMA_", "GATEWAY_MAX_", "GATEWAY_QUEUE_")
NOT_SETTINGS: Final = frozenset({"LINGMA_GATEWAY_HOME", "LINGMA_GATEWAY_API_KEY"})
"""Names with our prefixes that are read elsewhere."""
FOREIGN_PREFIXES: Final = ("LINGMA_EMULATOR_",)


class SettingsError(Exception):
    """A setting is wrong; the message is one line that names it, its origin and what to do.

    `refusal` says the same to whoever words it in a user's language.
    """

    def __init__(self, message: str, code: str = "settings", **facts: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(code, message, facts)


class NewerSettingsError(SettingsError):
    """The settings file was written by a newer version of this program."""


class Origin(StrEnum):
    """Where a value comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENV = "env"
    CLI = "cli"


class Group(StrEnum):
    """What belongs together where settings are shown, in this order."""

    ENDPOINT = "endpoint"
    ACCESS = "access"
    MODELS = "models"
    TOOLS = "tools"
    LIMITS = "limits"
    SESSIONS = "sessions"
    HISTORY = "history"
    LINGMA = "lingma"
    ACCOUNTS = "accounts"
    PROGRAM = "program"
    INSTANCES = "instances"


class Effect(StrEnum):
    """When a change takes effect: at once; when the endpoint or the instances that it concerns were
    started again, which the gateway does by itself; at the next start of the gateway.
    """

    LIVE = "live"
    LISTENER = "listener"
    INSTANCES = "instances"
    APP = "app"


class Shape(StrEnum):
    """What a text stands for, beyond being one."""

    PLAIN = ""
    MODEL = "model"
    FILE = "file"
    FOLDER = "folder"
    URL = "url"


def _setting(default: Any, about: str, group: Group, effect: Effect, **rules: Any) -> Any:
    """A field of Settings: its meaning and its rules (secret, minimum, maximum, choices, unit,
    shape, file_only; `of`: what its text or each of its entries must be, by the name that
    `setting_values` has for it; `named`: what it must be, for one that may not be empty).
    """
    metadata = {"about": about, "group": group, "effect": effect, **rules}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


def _live(default: Any, about: str, group: Group, **rules: Any) -> Any:
    return _setting(default, about, group, Effect.LIVE, **rules)


def _of_instances(default: Any, about: str, group: Group, **rules: Any) -> Any:
    return _setting(default, about, group, Effect.INSTANCES, **rules)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. Durations are seconds, 0 = no limit."""

    host: str = _setting(
        "127.0.0.1",
        "address the endpoint listens on",
        Group.ENDPOINT,
        Effect.LISTENER,
        named="an address or a name",
        of="host",
    )
    port: int = _setting(
        8317,
        "port of the endpoint, 0 = any",
        Group.ENDPOINT,
        Effect.LISTENER,
        minimum=0,
        maximum=MAX_PORT,
    )
    api_keys: tuple[str, ...] = _live(
        (), "keys a client may use", Group.ACCESS, secret=True, of="key"
    )
    admin_token: str = _live(
        "", "token of the internal routes", Group.ACCESS, secret=True, of="key"
    )
    metrics_token: str = _live("", "token of the metrics", Group.ACCESS, secret=True, of="key")
    metrics_public: bool = _live(
        False, "metrics for everybody when there is no key at all", Group.ACCESS
    )
    allowed_hosts: tuple[str, ...] = _live(
        (), "further names clients may call us by", Group.ACCESS, of="host"
    )
    cors_origins: tuple[str, ...] = _live(
        APP_ORIGINS, "origins of pages that may call us", Group.ACCESS, of="origin"
    )
    ollama_auth: str = _live(
        "loopback",
        "Ollama's routes: loopback = no key needed on this machine, or key",
        Group.ACCESS,
        choices=("loopback", "key"),
    )
    max_body_bytes: int = _live(
        64 * 1024 * 1024, "largest request body", Group.LIMITS, minimum=1024, unit="bytes"
    )
    log_level: str = _live(
        "INFO",
        "least level that is logged",
        Group.HISTORY,
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    default_model: str = _live("", "model for names nobody knows", Group.MODELS, shape=Shape.MODEL)
    model_aliases: Mapping[str, str] = _live(
        {}, "names clients may use: gpt-4o=key,claude-*=key", Group.MODELS
    )
    default_ask_mode: str = _live(
        "chat", "agent = Lingma's own tools on", Group.TOOLS, choices=("chat", "agent")
    )
    tool_forward_enabled: bool = _live(True, "also give upstream the client's tools", Group.TOOLS)
    tool_approval: str = _live(
        "deny",
        "upstream's own tools: deny, or auto = let it run them",
        Group.TOOLS,
        choices=("deny", "auto"),
    )
    tool_park_timeout_sec: float = _live(
        600.0, "how long upstream waits for a client's tools", Group.TOOLS, minimum=0, unit="s"
    )
    gateway_max_in_flight: int = _live(
        4, "chat turns at once, 0 = no limit", Group.LIMITS, minimum=0
    )
    gateway_max_queue: int = _live(
        256, "turns that may wait for their turn", Group.LIMITS, minimum=0
    )
    gateway_queue_timeout_sec: float = _live(
        30.0, "longest wait for a turn or an instance", Group.LIMITS, minimum=0, unit="s"
    )
    first_token_timeout_sec: float = _live(
        120.0, "longest wait for a first token", Group.LIMITS, minimum=0, unit="s"
    )
    idle_timeout_sec: float = _live(
        120.0, "longest silence within an answer", Group.LIMITS, minimum=0, unit="s"
    )
    total_timeout_sec: float = _live(0.0, "longest answer", Group.LIMITS, minimum=0, unit="s")
    heartbeat_sec: float = _live(
        15.0, "silence after which a stream shows life", Group.LIMITS, minimum=0, unit="s"
    )
    session_reuse_enabled: bool = _live(True, "go on in upstream's sessions", Group.SESSIONS)
    session_cache_max_entries: int = _live(
        256, "sessions that are remembered", Group.SESSIONS, minimum=0
    )
    session_cache_ttl_sec: float = _live(
        1800.0, "how long they are remembered", Group.SESSIONS, minimum=0, unit="s"
    )
    record_bodies: bool = _live(
        True, "records keep what was said, not figures alone", Group.HISTORY
    )
    record_max_mb: int = _live(
        512, "size of the history, 0 = no limit", Group.HISTORY, minimum=0, unit="MB"
    )
    record_max_days: float = _live(
        14.0, "age of the history, 0 = no limit", Group.HISTORY, minimum=0, unit="days"
    )
    lingma_bin: str = _of_instances("", "the Lingma program", Group.LINGMA, shape=Shape.FILE)
    lingma_work_dir: str = _of_instances(
        "", "folder of its login and logs", Group.LINGMA, shape=Shape.FOLDER
    )
    lingma_socket_port: int = _of_instances(
        0, "its WebSocket port, 0 = any", Group.LINGMA, minimum=0, maximum=MAX_PORT
    )
    lingma_startup_timeout: float = _of_instances(
        40.0, "longest start of the program", Group.LINGMA, minimum=0, unit="s"
    )
    lingma_rpc_timeout: float = _of_instances(
        30.0, "longest wait for one of its answers", Group.LINGMA, minimum=0, unit="s"
    )
    lingma_instance_count: int = _of_instances(
        1, "how many instances run", Group.LINGMA, minimum=1, maximum=MAX_INSTANCES
    )
    lingma_accounts: tuple[AccountSettings, ...] = _of_instances(
        (),
        "accounts, one instance each: u1:p1,u2:p2 or a JSON list",
        Group.ACCOUNTS,
        secret=True,
    )
    lingma_username: str = _live("", "the one account's name", Group.ACCOUNTS)
    lingma_password: str = _live("", "its password", Group.ACCOUNTS, secret=True)
    lingma_session_bundle: str = _live("", "its login as a bundle", Group.ACCOUNTS, secret=True)
    lingma_session_bundle_file: str = _live(
        "", "file of such a bundle", Group.ACCOUNTS, shape=Shape.FILE
    )
    auto_login_enabled: bool = _live(
        True, "sign in by itself where there is a password", Group.ACCOUNTS
    )
    auto_login_headless: bool = _live(True, "without a window", Group.ACCOUNTS)
    auto_login_timeout: float = _live(
        180.0, "longest automatic sign-in", Group.ACCOUNTS, minimum=0, unit="s"
    )
    auto_login_max_retry: int = _live(
        2, "tries after the first", Group.ACCOUNTS, minimum=0, maximum=10
    )
    auto_login_selectors_file: str = _live(
        "",
        "TOML or JSON file that names fields which are not found by themselves",
        Group.ACCOUNTS,
        shape=Shape.FILE,
    )
    passphrase_file: str = _setting(
        "",
        "file whose first line encrypts remembered passwords and opens encrypted session bundles",
        Group.ACCOUNTS,
        Effect.APP,
        shape=Shape.FILE,
    )
    lingma_auto_memory: bool = _of_instances(
        False, "let Lingma remember across conversations", Group.LINGMA
    )
    lingma_delete_sessions: bool = _of_instances(
        False,
        "delete sessions from Lingma's history when nobody goes on in them",
        Group.LINGMA,
    )
    lingma_source_type: str = _live(
        "marketplace",
        "where the program is fetched from",
        Group.PROGRAM,
        choices=("marketplace", "vsix"),
    )
    lingma_marketplace_url: str = _live(
        "https://marketplace.visualstudio.com",
        "address of the marketplace",
        Group.PROGRAM,
        shape=Shape.URL,
    )
    lingma_marketplace_publisher: str = _live(
        "Alibaba-Cloud",
        "publisher of the extension",
        Group.PROGRAM,
        named="the name of a publisher",
    )
    lingma_marketplace_extension: str = _live(
        "tongyi-lingma",
        "name of the extension",
        Group.PROGRAM,
        named="the name of an extension",
    )
    lingma_vsix_url: str = _live(
        "",
        "https address of a VSIX; serve fetches it when needed",
        Group.PROGRAM,
        shape=Shape.URL,
    )
    lingma_vsix_sha256: str = _live("", "what the VSIX must be: its SHA-256", Group.PROGRAM)
    lingma_bootstrap_always: bool = _setting(
        False, "look for a newer program at every start", Group.PROGRAM, Effect.APP
    )
    lingma_force_refresh: bool = _setting(
        False, "fetch the program anew at every start", Group.PROGRAM, Effect.APP
    )
    dedicated_domain_url: str = _of_instances(
        "", "enterprise endpoint", Group.LINGMA, shape=Shape.URL, of="url"
    )
    instances: tuple[InstanceSettings, ...] = _of_instances(
        (), "upstream instances, settings file only", Group.INSTANCES, file_only=True
    )


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings, where each value came from, and the file that was read (or would be).

    `in_file` are the values that the file holds, whether or not they are in force.
    """

    settings: Settings
    origins: Mapping[str, Origin]
    file: Path
    in_file: Mapping[str, Any] = field(default_factory=dict, repr=False)


def load_settings(
    *,
    file: Path,
    environ: Mapping[str, str],
    dotenv: Path | None,
    cli: Mapping[str, Any],
    text: str | None = None,
) -> LoadedSettings:
    """Read all sources. `cli` holds the settings given on the command line; `text` is read in the
    file's place. Raises SettingsError.
    """
    values: dict[str, Any] = {}
    origins = {f.name: Origin.DEFAULT for f in fields(Settings)}

    def take(name: str, raw: Any, origin: Origin, shown: str) -> None:
        values[name] = _parse(name, raw, origin, shown)
        origins[name] = origin

    for key, raw in read_settings_text(_text_of(file) if text is None else text, file).items():
        if key not in origins:
            raise _unknown(key, str(file), upper=False)
        take(key, raw, Origin.FILE, str(file))
    in_file = dict(values)
    sources = [("environment", environ)]
    if dotenv is not None and dotenv.is_file():
        sources.insert(0, (str(dotenv), read_dotenv(dotenv)))
    for shown, variables in sources:
        _refuse_unknown(variables, shown)
        for f in fields(Settings):
            if f.name.upper() in variables and not f.metadata.get("file_only"):
                take(f.name, variables[f.name.upper()], Origin.ENV, shown)
    for name, raw in cli.items():
        take(name, raw, Origin.CLI, "command line")
    return LoadedSettings(Settings(**values), origins, file, in_file)


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise no_utf8(file, error) from None
    except OSError as error:
        raise unreadable(file, error) from None


def read_settings_text(text: str, file: Path) -> dict[str, Any]:
    """Return what the text of a settings file says, as the newest version would say it.

    `file` is named in what is wrong. Raises SettingsError, NewerSettingsError.
    """
    try:
        content = tomllib.loads(upgraded(text).text.removeprefix("\ufeff"))
    except NewerTextError as error:
        raise NewerSettingsError(
            f"{file}: written by a newer Lingma Gateway (settings version {error.found}, this"
            f" program reads up to {error.known}): update it, or use another file with --config",
            "newer_settings",
            file=str(file),
        ) from None
    except ValueError as error:
        raise _no_toml(file, error) from None
    content.pop(VERSION_KEY, None)
    return content


def _no_toml(file: Path, error: ValueError) -> SettingsError:
    words = str(error).splitlines()[0]
    if words.startswith(VERSION_KEY):
        return SettingsError(f"{file}: {words}", "settings_version", file=str(file))
    place = _LINE.search(words)
    return SettingsError(
        f"{file}: not valid TOML: {words}",
        "no_toml" if place is None else "no_toml_in_line",
        file=str(file),
        words=words,
        line=place[1] if place is not None else "",
    )


MAX_SHOWN: Final = 60
"""So many characters of what somebody has written are quoted."""
_LINE: Final = re.compile(r"\(at line (\d+)")


def no_utf8(file: Path, error: UnicodeDecodeError) -> SettingsError:
    """The error of a settings file that is no text."""
    return SettingsError(f"{file}: not valid TOML: {error}", "no_utf8", file=str(file))


def unreadable(file: Path, error: OSError) -> SettingsError:
    """The error of a settings file that cannot be read."""
    why = error.strerror or type(error).__name__
    return SettingsError(f"{file}: cannot be read: {why}", "unreadable", file=str(file), why=why)


_QUOTED: Final = re.compile(r"""(?P<quote>["'])(?P<text>.*)(?P=quote)\s*(?:#.*)?""")


def read_dotenv(file: Path) -> dict[str, str]:
    """Read NAME=VALUE lines; `export`, comments and quotes are understood. Raises SettingsError."""
    found: dict[str, str] = {}
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file}: cannot be read: {error}", "unreadable", file=str(file), why=str(error)
        ) from None
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue
        quoted = _QUOTED.fullmatch(value.strip())
        plain = re.split(r"\s#", value, maxsplit=1)[0].strip()
        found[name.strip()] = quoted["text"] if quoted is not None else plain
    return found


def _refuse_unknown(variables: Mapping[str, str], shown: str) -> None:
    known = {f.name.upper() for f in fields(Settings)}
    for name in variables:
        if (
            name.startswith(OUR_PREFIXES)
            and name not in known
            and name not in NOT_SETTINGS
            and not name.startswith(FOREIGN_PREFIXES)
        ):
            raise _unknown(name, shown, upper=True)


def _unknown(name: str, source: str, *, upper: bool) -> SettingsError:
    names = [f.name for f in fields(Settings)]
    name = name if len(name) <= MAX_SHOWN else f"{name[: MAX_SHOWN - 1]}…"
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    said = f"{source}: unknown setting {name if upper else repr(name)}"
    if not close:
        said += "; `lingma-gateway settings list` shows them all"
        return SettingsError(said, "unknown_setting", source=source, name=name)
    meant = close[0].upper() if upper else close[0]
    said += f"; did you mean {meant}?"
    return SettingsError(said, "misspelt_setting", source=source, name=name, meant=meant)


def _parse(name: str, raw: Any, origin: Origin, shown: str) -> Any:
    spec = {f.name: f for f in fields(Settings)}[name]
    try:
        return read_value(spec.type, spec.metadata, raw)
    except SettingProblem as error:
        # A table of instances may hold keys in its env.
        hidden = spec.metadata.get("secret") or spec.metadata.get("file_only")
        given = "" if hidden else f", not {_shown(raw)}"
        label = name if origin is Origin.FILE else name.upper()
        raise SettingsError(
            f"{shown}: {label} must be {error}{given}",
            "wrong_value",
            source=shown,
            name=name,
            **error.facts,
        ) from None


def _shown(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
