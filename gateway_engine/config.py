"""The settings: one frozen model, its sources in order, and the origin of every value.

Defaults < settings file (TOML, names in lower case) < environment with `.env` < command line
(http-api contract §5). The model below is the only list of settings there is: parsing, checking,
help and the effective configuration are read from its fields.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from gateway_engine import json_text

SETTINGS_FILE_VERSION: Final = 1
VERSION_KEY: Final = "version"
APP_ORIGINS: Final = ("vscode-webview:", "tauri:", "app:")
MAX_PORT: Final = 65535
OUR_PREFIX: Final = "LINGMA_"
NOT_SETTINGS: Final = frozenset({"LINGMA_GATEWAY_HOME", "LINGMA_GATEWAY_API_KEY"})
"""Names with our prefix that are read elsewhere."""
INSTANCE_KINDS: Final = ("lingma", "acp")
FOREIGN_PREFIXES: Final = ("LINGMA_EMULATOR_",)


class SettingsError(Exception):
    """A setting is wrong; the message is one line that names it, its origin and what to do."""


class Origin(StrEnum):
    """Where a value comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENV = "env"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class InstanceSettings:
    """One `[[instances]]` table of the settings file.

    `models`, `mode` and `login` are an ACP agent's: the models to offer (the first is the
    default), the mode to set where it has it, the command line that signs in.
    """

    name: str = ""
    kind: str = "lingma"
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    work_dir: str = ""
    models: tuple[str, ...] = ()
    mode: str = ""
    login: str = ""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """One account of LINGMA_ACCOUNTS: how it is signed in. Its secrets are not shown."""

    username: str = ""
    password: str = field(default="", repr=False)
    session_bundle: str = field(default="", repr=False)
    session_bundle_file: str = ""


def _setting(default: Any, about: str, **rules: Any) -> Any:
    """A field of Settings: its meaning and its rules (secret, minimum, maximum, choices; `named`:
    what it must be, for one that may not be empty).
    """
    metadata = {"about": about, **rules}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. Durations are seconds, 0 = no limit."""

    host: str = _setting(
        "127.0.0.1", "address the endpoint listens on", named="an address or a name"
    )
    port: int = _setting(8317, "port of the endpoint, 0 = any", minimum=0, maximum=MAX_PORT)
    api_keys: tuple[str, ...] = _setting((), "keys a client may use", secret=True)
    admin_token: str = _setting("", "token of the internal routes", secret=True)
    metrics_token: str = _setting("", "token of the metrics", secret=True)
    metrics_public: bool = _setting(False, "metrics for everybody when there is no key at all")
    allowed_hosts: tuple[str, ...] = _setting((), "further names clients may call us by")
    cors_origins: tuple[str, ...] = _setting(APP_ORIGINS, "origins of pages that may call us")
    ollama_auth: str = _setting(
        "loopback",
        "Ollama's routes: loopback = no key needed on this machine, or key",
        choices=("loopback", "key"),
    )
    max_body_bytes: int = _setting(64 * 1024 * 1024, "largest request body", minimum=1024)
    log_level: str = _setting(
        "INFO", "least level that is logged", choices=("DEBUG", "INFO", "WARNING", "ERROR")
    )
    default_model: str = _setting("", "model for names nobody knows")
    model_aliases: Mapping[str, str] = _setting(
        {}, "names clients may use: gpt-4o=key,claude-*=key"
    )
    default_ask_mode: str = _setting(
        "chat", "agent = Lingma's own tools on", choices=("chat", "agent")
    )
    tool_forward_enabled: bool = _setting(True, "also give upstream the client's tools")
    tool_approval: str = _setting(
        "deny", "upstream's own tools: deny, or auto = let it run them", choices=("deny", "auto")
    )
    tool_park_timeout_sec: float = _setting(
        600.0, "how long upstream waits for a client's tools", minimum=0
    )
    gateway_max_in_flight: int = _setting(4, "chat turns at once, 0 = no limit", minimum=0)
    gateway_max_queue: int = _setting(256, "turns that may wait for their turn", minimum=0)
    gateway_queue_timeout_sec: float = _setting(
        30.0, "longest wait for a turn or an instance", minimum=0
    )
    first_token_timeout_sec: float = _setting(120.0, "longest wait for a first token", minimum=0)
    idle_timeout_sec: float = _setting(120.0, "longest silence within an answer", minimum=0)
    total_timeout_sec: float = _setting(0.0, "longest answer", minimum=0)
    heartbeat_sec: float = _setting(15.0, "silence after which a stream shows life", minimum=0)
    session_reuse_enabled: bool = _setting(True, "go on in upstream's sessions")
    session_cache_max_entries: int = _setting(256, "sessions that are remembered", minimum=0)
    session_cache_ttl_sec: float = _setting(1800.0, "how long they are remembered", minimum=0)
    record_bodies: bool = _setting(True, "records keep what was said, not figures alone")
    record_max_mb: int = _setting(512, "size of the history, 0 = no limit", minimum=0)
    record_max_days: float = _setting(14.0, "age of the history, 0 = no limit", minimum=0)
    lingma_bin: str = _setting("", "the Lingma program")
    lingma_work_dir: str = _setting("", "folder of its login and logs")
    lingma_socket_port: int = _setting(
        0, "its WebSocket port, 0 = any", minimum=0, maximum=MAX_PORT
    )
    lingma_startup_timeout: float = _setting(40.0, "longest start of the program", minimum=0)
    lingma_rpc_timeout: float = _setting(30.0, "longest wait for one of its answers", minimum=0)
    lingma_instance_count: int = _setting(1, "how many instances run", minimum=1, maximum=64)
    lingma_accounts: tuple[AccountSettings, ...] = _setting(
        (), "accounts, one instance each: u1:p1,u2:p2 or a JSON list", secret=True
    )
    lingma_username: str = _setting("", "the one account's name")
    lingma_password: str = _setting("", "its password", secret=True)
    lingma_session_bundle: str = _setting("", "its login as a bundle", secret=True)
    lingma_session_bundle_file: str = _setting("", "file of such a bundle")
    auto_login_enabled: bool = _setting(True, "sign in by itself where there is a password")
    auto_login_headless: bool = _setting(True, "without a window")
    auto_login_timeout: float = _setting(180.0, "longest automatic sign-in", minimum=0)
    auto_login_max_retry: int = _setting(2, "tries after the first", minimum=0, maximum=10)
    auto_login_selectors_file: str = _setting(
        "", "TOML or JSON file that names fields which are not found by themselves"
    )
    lingma_auto_memory: bool = _setting(False, "let Lingma remember across conversations")
    lingma_delete_sessions: bool = _setting(
        False, "delete sessions from Lingma's history when nobody goes on in them"
    )
    lingma_source_type: str = _setting(
        "marketplace", "where the program is fetched from", choices=("marketplace", "vsix")
    )
    lingma_marketplace_url: str = _setting(
        "https://marketplace.visualstudio.com", "address of the marketplace"
    )
    lingma_marketplace_publisher: str = _setting("Alibaba-Cloud", "publisher of the extension")
    lingma_marketplace_extension: str = _setting("tongyi-lingma", "name of the extension")
    lingma_vsix_url: str = _setting("", "https address of a VSIX; serve fetches it when needed")
    lingma_vsix_sha256: str = _setting("", "what the VSIX must be: its SHA-256")
    lingma_bootstrap_always: bool = _setting(False, "look for a newer program at every start")
    lingma_force_refresh: bool = _setting(False, "fetch the program anew at every start")
    dedicated_domain_url: str = _setting("", "enterprise endpoint")
    instances: tuple[InstanceSettings, ...] = field(
        default=(), metadata={"about": "upstream instances, settings file only", "file_only": True}
    )


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings, where each value came from, and the file that was read (or would be)."""

    settings: Settings
    origins: Mapping[str, Origin]
    file: Path


_SECRET_NAME: Final = re.compile(r"key|token|secret|passw|credential|cookie", re.IGNORECASE)


def secret_names() -> tuple[str, ...]:
    """Environment names of settings that no other program may see."""
    return tuple(f.name.upper() for f in fields(Settings) if f.metadata.get("secret"))


def secret_values(settings: Settings) -> tuple[str, ...]:
    """The secrets among the settings, and what instances are given as such in their environment:
    they are cut out of whatever is written.
    """
    found: list[str] = []
    for f in fields(Settings):
        if f.metadata.get("secret"):
            value = getattr(settings, f.name)
            if f.name == "lingma_accounts":
                found += [
                    secret for each in value for secret in (each.password, each.session_bundle)
                ]
            else:
                found += [value] if isinstance(value, str) else value
    for instance in settings.instances:
        found += [value for name, value in instance.env.items() if _SECRET_NAME.search(name)]
    return tuple(value for value in found if value)


def load_settings(
    *, file: Path, environ: Mapping[str, str], dotenv: Path | None, cli: Mapping[str, Any]
) -> LoadedSettings:
    """Read all sources. `cli` holds the settings given on the command line. Raises
    SettingsError.
    """
    values: dict[str, Any] = {}
    origins = {f.name: Origin.DEFAULT for f in fields(Settings)}

    def take(name: str, raw: Any, origin: Origin, shown: str) -> None:
        values[name] = _parse(name, raw, origin, shown)
        origins[name] = origin

    for key, raw in _read_file(file).items():
        if key not in origins:
            raise SettingsError(f"{file}: unknown setting {key!r}{_nearest(key, upper=False)}")
        take(key, raw, Origin.FILE, str(file))
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
    return LoadedSettings(Settings(**values), origins, file)


def _read_file(file: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SettingsError(f"{file}: not valid TOML: {str(error).splitlines()[0]}") from None
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    version = content.pop(VERSION_KEY, SETTINGS_FILE_VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise SettingsError(f"{file}: {VERSION_KEY} must be a whole number from 1")
    if version > SETTINGS_FILE_VERSION:
        raise SettingsError(
            f"{file}: written by a newer Lingma Gateway (settings version {version}, this program"
            f" reads up to {SETTINGS_FILE_VERSION}): update it, or use another file with --config"
        )
    return content


_QUOTED: Final = re.compile(r"""(?P<quote>["'])(?P<text>.*)(?P=quote)\s*(?:#.*)?""")


def read_dotenv(file: Path) -> dict[str, str]:
    """Read NAME=VALUE lines; `export`, comments and quotes are understood. Raises SettingsError."""
    found: dict[str, str] = {}
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read: {error}") from None
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
            name.startswith(OUR_PREFIX)
            and name not in known
            and name not in NOT_SETTINGS
            and not name.startswith(FOREIGN_PREFIXES)
        ):
            raise SettingsError(f"{shown}: unknown setting {name}{_nearest(name, upper=True)}")


def _nearest(name: str, *, upper: bool) -> str:
    names = [f.name for f in fields(Settings)]
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    if not close:
        return "; see README for the list of settings"
    return f"; did you mean {close[0].upper() if upper else close[0]}?"


# --- values ---


def _parse(name: str, raw: Any, origin: Origin, shown: str) -> Any:
    spec = {f.name: f for f in fields(Settings)}[name]
    try:
        value = _PARSERS[spec.type](raw)
        _check(value, spec.metadata)
    except ValueError as error:
        # A table of instances may hold keys in its env.
        hidden = spec.metadata.get("secret") or spec.metadata.get("file_only")
        given = "" if hidden else f", not {_shown(raw)}"
        label = name if origin is Origin.FILE else name.upper()
        raise SettingsError(f"{shown}: {label} must be {error}{given}") from None
    return value


def _shown(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else text[:57] + "…"


def _check(value: Any, rules: Mapping[str, Any]) -> None:
    low, high = rules.get("minimum"), rules.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(f"at least {low}" if high is None else f"between {low} and {high}")
    if "named" in rules and not value:
        raise ValueError(rules["named"])
    if "choices" in rules and value not in rules["choices"]:
        raise ValueError("one of " + ", ".join(rules["choices"]))


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("a text")
    return raw.strip()


def _whole(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise ValueError("a whole number")
    try:
        return int(raw)
    except ValueError:
        raise ValueError("a whole number") from None


def _seconds(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError("a number of seconds")
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        raise ValueError("a number of seconds") from None
    if not 0 <= value < float("inf"):
        raise ValueError("a number of seconds, 0 for no limit")
    return value


def _flag(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    words = {"true": True, "1": True, "yes": True, "on": True}
    words |= {"false": False, "0": False, "no": False, "off": False, "": False}
    if isinstance(raw, str) and raw.strip().lower() in words:
        return words[raw.strip().lower()]
    raise ValueError("true or false")


def _names(raw: Any) -> tuple[str, ...]:
    items = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ValueError("a list of texts")
    return tuple(item.strip() for item in items if item.strip())


def _arguments(raw: Any) -> tuple[str, ...]:
    """Arguments of a program, as they are: an empty one is one too."""
    if isinstance(raw, list) and all(isinstance(item, str) for item in raw):
        return tuple(raw)
    raise ValueError("a list of texts")


def _pairs(raw: Any) -> dict[str, str]:
    if isinstance(raw, Mapping):
        if all(isinstance(value, str) for value in raw.values()):
            return dict(raw)
        raise ValueError("a table of names and texts")
    found: dict[str, str] = {}
    for item in _names(raw):
        name, equals, value = item.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ValueError("a list of name=value")
        found[name.strip()] = value.strip()
    return found


def _instances(raw: Any) -> tuple[InstanceSettings, ...]:
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise ValueError("a list of [[instances]] tables")
    found: list[InstanceSettings] = []
    for number, item in enumerate(raw):
        known = {f.name for f in fields(InstanceSettings)}
        unknown = [key for key in item if key not in known]
        if unknown:
            close = difflib.get_close_matches(unknown[0], known, n=1)
            hint = f" ('{unknown[0]}' is unknown" + (f", {close[0]}?)" if close else ")")
            raise ValueError(f"tables of {', '.join(sorted(known))}{hint}")
        found.append(
            InstanceSettings(
                name=_text(item.get("name", f"inst-{number}")),
                kind=_text(item.get("kind", "lingma")),
                command=_text(item.get("command", "")),
                args=_arguments(item.get("args", [])),
                env=_pairs(item.get("env", {})),
                work_dir=_text(item.get("work_dir", "")),
                models=_names(item.get("models", [])),
                mode=_text(item.get("mode", "")),
                login=_text(item.get("login", "")),
            )
        )
        _check_instance(found[-1])
    if len({instance.name for instance in found}) != len(found):
        raise ValueError("tables with different names")
    return tuple(found)


_ACCOUNT_WORDS: Final = "a list of name:password, or a JSON list of tables with username"


def _accounts(raw: Any) -> tuple[AccountSettings, ...]:
    """Messages here never quote what was given: it holds passwords."""
    if isinstance(raw, str):
        raw = raw.strip()
        if raw.startswith(("[", "{")):
            try:
                raw = json_text.parse(raw)
            except json_text.InvalidJsonError:
                raise ValueError(f"{_ACCOUNT_WORDS} (this JSON is not valid)") from None
        else:
            raw = [item for item in raw.split(",") if item.strip()]
    if not isinstance(raw, list):
        raise ValueError(_ACCOUNT_WORDS)
    found = tuple(_account(item) for item in raw)
    names = [account.username for account in found if account.username]
    if len(set(names)) != len(names):
        raise ValueError("accounts with different names")
    return found


def _account(item: Any) -> AccountSettings:
    if isinstance(item, str):
        name, colon, password = item.partition(":")
        if not colon or not name.strip() or not password:
            raise ValueError(_ACCOUNT_WORDS)
        return AccountSettings(name.strip(), password)
    known = {f.name for f in fields(AccountSettings)}
    if not isinstance(item, dict) or not item or set(item) - known:
        raise ValueError(f"{_ACCOUNT_WORDS}, password, session_bundle or session_bundle_file")
    if not all(isinstance(value, str) for value in item.values()):
        raise ValueError(_ACCOUNT_WORDS)
    return AccountSettings(**item)


def _check_instance(instance: InstanceSettings) -> None:
    if instance.kind not in INSTANCE_KINDS:
        raise ValueError("tables whose kind is " + " or ".join(INSTANCE_KINDS))
    if instance.kind == "acp":
        if not instance.command:
            raise ValueError("tables whose command names the agent when their kind is acp")
    elif instance.models or instance.mode or instance.login:
        raise ValueError("tables with models, mode and login only when their kind is acp")


_PARSERS: Final[dict[Any, Callable[[Any], Any]]] = {
    str: _text,
    int: _whole,
    float: _seconds,
    bool: _flag,
    tuple[str, ...]: _names,
    Mapping[str, str]: _pairs,
    tuple[InstanceSettings, ...]: _instances,
    tuple[AccountSettings, ...]: _accounts,
}
