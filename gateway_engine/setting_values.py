"""Values of settings: read from what a file, the environment or a person says, and checked. Pure.

What is wrong is a SettingProblem: a code with its figures for a window, and English words that
go on after "must be". They never quote what was given: it may be a secret.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

from gateway_engine import json_text
from gateway_engine.setting_texts import is_host, is_key, is_origin, is_url
from gateway_engine.upstreams.kinds import DEFAULT_KIND, known_kinds

MAX_INSTANCES: Final = 64
_OF_SOME_KINDS: Final = ("models", "mode", "login")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class Wrong(StrEnum):
    """What is wrong with a value."""

    NO_TEXT = "no_text"
    NO_WHOLE_NUMBER = "no_whole_number"
    NO_NUMBER = "no_number"
    NO_FLAG = "no_flag"
    NO_LIST = "no_list"
    NO_PAIRS = "no_pairs"
    TOO_SMALL = "too_small"
    OUT_OF_RANGE = "out_of_range"
    NO_CHOICE = "no_choice"
    EMPTY = "empty"
    NO_ORIGIN = "no_origin"
    NO_HOST = "no_host"
    NO_URL = "no_url"
    NO_KEY = "no_key"
    BAD_ENTRY = "bad_entry"
    NO_COMMAND = "no_command"
    NO_LOGIN = "no_login"
    SAME_NAME = "same_name"
    TOO_MANY = "too_many"


class SettingProblem(ValueError):  # noqa: N818 - what a person typed is no error of the program
    """A value cannot be a setting's; `str()` is what it must be instead."""

    def __init__(
        self, code: Wrong, words: str, *, low: float = 0, high: float | None = None
    ) -> None:
        super().__init__(words)
        self.code = code
        self.low = low
        self.high = high

    @property
    def facts(self) -> dict[str, str]:
        """The same as texts, to be made a problem again by `problem_of`."""
        high = "" if self.high is None else str(self.high)
        return {"wrong": self.code.value, "must": str(self), "low": str(self.low), "high": high}


def problem_of(facts: Mapping[str, str]) -> SettingProblem:
    """The problem that has these `facts`. Raises KeyError, ValueError."""
    high = float(facts["high"]) if facts["high"] else None
    return SettingProblem(Wrong(facts["wrong"]), facts["must"], low=float(facts["low"]), high=high)


@dataclass(frozen=True, slots=True)
class InstanceSettings:
    """One `[[instances]]` table of the settings file.

    `id` is what the gateway calls it (inst-0), "" = by its place in the file: its login and its
    folders hang on that. `name` is what people call it. `models`, `mode` and `login` are for kinds
    that take them: the models to offer (the first is the default), the mode to set where it has it,
    the command line that signs in.
    """

    name: str = ""
    kind: str = DEFAULT_KIND
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    work_dir: str = ""
    models: tuple[str, ...] = ()
    mode: str = ""
    login: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """One account of LINGMA_ACCOUNTS: how it is signed in. Its secrets are not shown."""

    username: str = ""
    password: str = field(default="", repr=False)
    session_bundle: str = field(default="", repr=False)
    session_bundle_file: str = ""


def read_value(type_: Any, rules: Mapping[str, Any], raw: Any) -> Any:
    """Return `raw` as a value of a setting with this type and these rules. Raises
    SettingProblem.
    """
    value = _PARSERS[type_](raw)
    if _has_nul(value):
        raise SettingProblem(Wrong.NO_TEXT, "text without NUL characters")
    _check(value, rules)
    return value


def _has_nul(value: Any) -> bool:
    """Whether a NUL stands in it: no path, argument, variable or header may hold one."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, InstanceSettings | AccountSettings):
        return any(_has_nul(getattr(value, f.name)) for f in fields(value))
    if isinstance(value, Mapping):
        return any(_has_nul(each) for each in (*value, *value.values()))
    return isinstance(value, tuple) and any(_has_nul(each) for each in value)


def _check(value: Any, rules: Mapping[str, Any]) -> None:
    low, high = rules.get("minimum"), rules.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        code = Wrong.TOO_SMALL if high is None else Wrong.OUT_OF_RANGE
        words = f"at least {low}" if high is None else f"between {low} and {high}"
        raise SettingProblem(code, words, low=low or 0, high=high)
    if "named" in rules and not value:
        raise SettingProblem(Wrong.EMPTY, rules["named"])
    if "choices" in rules and value not in rules["choices"]:
        raise SettingProblem(Wrong.NO_CHOICE, "one of " + ", ".join(rules["choices"]))
    if "of" in rules:
        code, words, fits = _TEXTS[rules["of"]]
        entries = (value,) if isinstance(value, str) else value
        if not all(fits(entry) for entry in entries if entry):
            raise SettingProblem(code, words)


_TEXTS: Final[Mapping[str, tuple[Wrong, str, Callable[[str], bool]]]] = {
    "origin": (
        Wrong.NO_ORIGIN,
        "origins as browsers send them: https://example.com, or tauri: for an app",
        is_origin,
    ),
    "host": (Wrong.NO_HOST, "a name or an address, without scheme, port or path", is_host),
    "key": (
        Wrong.NO_KEY,
        "what a header can carry: one line, without characters that are not seen",
        is_key,
    ),
    "url": (Wrong.NO_URL, "an address that begins with https:// or http://", is_url),
}


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise SettingProblem(Wrong.NO_TEXT, "a text")
    return raw.strip()


def _whole(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise SettingProblem(Wrong.NO_WHOLE_NUMBER, "a whole number")
    try:
        return int(raw)
    except ValueError:
        raise SettingProblem(Wrong.NO_WHOLE_NUMBER, "a whole number") from None


def _seconds(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise SettingProblem(Wrong.NO_NUMBER, "a number of seconds")
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        raise SettingProblem(Wrong.NO_NUMBER, "a number of seconds") from None
    if not 0 <= value < float("inf"):
        raise SettingProblem(Wrong.NO_NUMBER, "a number of seconds, 0 for no limit")
    return value


def _flag(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    words = {"true": True, "1": True, "yes": True, "on": True}
    words |= {"false": False, "0": False, "no": False, "off": False, "": False}
    if isinstance(raw, str) and raw.strip().lower() in words:
        return words[raw.strip().lower()]
    raise SettingProblem(Wrong.NO_FLAG, "true or false")


def _names(raw: Any) -> tuple[str, ...]:
    items = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise SettingProblem(Wrong.NO_LIST, "a list of texts")
    return tuple(item.strip() for item in items if item.strip())


def _arguments(raw: Any) -> tuple[str, ...]:
    """Arguments of a program, as they are: an empty one is one too."""
    if isinstance(raw, list) and all(isinstance(item, str) for item in raw):
        return tuple(raw)
    raise SettingProblem(Wrong.NO_LIST, "a list of texts")


def _pairs(raw: Any) -> dict[str, str]:
    if isinstance(raw, Mapping):
        if all(isinstance(value, str) for value in raw.values()):
            return dict(raw)
        raise SettingProblem(Wrong.NO_PAIRS, "a table of names and texts")
    found: dict[str, str] = {}
    for item in _names(raw):
        name, equals, value = item.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise SettingProblem(Wrong.NO_PAIRS, "a list of name=value")
        found[name.strip()] = value.strip()
    return found


def _instances(raw: Any) -> tuple[InstanceSettings, ...]:
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise SettingProblem(Wrong.BAD_ENTRY, "a list of [[instances]] tables")
    if len(raw) > MAX_INSTANCES:
        raise SettingProblem(
            Wrong.TOO_MANY, f"at most {MAX_INSTANCES} [[instances]] tables", high=MAX_INSTANCES
        )
    found: list[InstanceSettings] = []
    for number, item in enumerate(raw):
        known = {f.name for f in fields(InstanceSettings)}
        unknown = [key for key in item if key not in known]
        if unknown:
            close = difflib.get_close_matches(unknown[0], known, n=1)
            hint = f" ('{unknown[0][:60]}' is unknown" + (f", {close[0]}?)" if close else ")")
            raise SettingProblem(Wrong.BAD_ENTRY, f"tables of {', '.join(sorted(known))}{hint}")
        found.append(
            InstanceSettings(
                name=_text(item.get("name", f"inst-{number}")),
                kind=_text(item.get("kind", DEFAULT_KIND)),
                command=_text(item.get("command", "")),
                args=_arguments(item.get("args", [])),
                env=_pairs(item.get("env", {})),
                work_dir=_text(item.get("work_dir", "")),
                models=_names(item.get("models", [])),
                mode=_text(item.get("mode", "")),
                login=_text(item.get("login", "")),
                id=_text(item.get("id", "")),
            )
        )
        check_instance(found[-1])
    check_instances(found)
    ids = instance_ids(tuple(found))
    if len(set(ids)) != len(ids):
        raise SettingProblem(Wrong.BAD_ENTRY, "tables with different ids")
    return tuple(found)


def check_instances(found: Sequence[InstanceSettings]) -> None:
    """Refuse two of the same name. Raises SettingProblem."""
    if len({instance.name for instance in found}) != len(found):
        raise SettingProblem(Wrong.SAME_NAME, "tables with different names")


def instance_ids(instances: tuple[InstanceSettings, ...]) -> tuple[str, ...]:
    """What the gateway calls each of these: its own id, else inst- and its place."""
    return tuple(each.id or f"inst-{number}" for number, each in enumerate(instances))


_ACCOUNT_WORDS: Final = "a list of name:password, or a JSON list of tables with username"


def _accounts(raw: Any) -> tuple[AccountSettings, ...]:
    """Messages here never quote what was given: it holds passwords."""
    if isinstance(raw, str):
        raw = raw.strip()
        if raw.startswith(("[", "{")):
            try:
                raw = json_text.parse(raw)
            except json_text.InvalidJsonError:
                raise SettingProblem(
                    Wrong.BAD_ENTRY, f"{_ACCOUNT_WORDS} (this JSON is not valid)"
                ) from None
        else:
            raw = [item for item in raw.split(",") if item.strip()]
    if not isinstance(raw, list):
        raise SettingProblem(Wrong.BAD_ENTRY, _ACCOUNT_WORDS)
    found = tuple(_account(item) for item in raw)
    names = [account.username for account in found if account.username]
    if len(set(names)) != len(names):
        raise SettingProblem(Wrong.BAD_ENTRY, "accounts with different names")
    return found


def _account(item: Any) -> AccountSettings:
    if isinstance(item, str):
        name, colon, password = item.partition(":")
        if not colon or not name.strip() or not password:
            raise SettingProblem(Wrong.BAD_ENTRY, _ACCOUNT_WORDS)
        return AccountSettings(name.strip(), password)
    known = {f.name for f in fields(AccountSettings)}
    if not isinstance(item, dict) or not item or set(item) - known:
        raise SettingProblem(
            Wrong.BAD_ENTRY, f"{_ACCOUNT_WORDS}, password, session_bundle or session_bundle_file"
        )
    if not all(isinstance(value, str) for value in item.values()):
        raise SettingProblem(Wrong.BAD_ENTRY, _ACCOUNT_WORDS)
    return AccountSettings(**item)


def check_instance(instance: InstanceSettings) -> None:
    """Refuse one that says what cannot be. Raises SettingProblem."""
    if instance.id and _ID.fullmatch(instance.id) is None:
        raise SettingProblem(
            Wrong.BAD_ENTRY, "tables whose id is of small letters, digits and dashes"
        )
    kinds = known_kinds()
    kind = kinds.get(instance.kind)
    if kind is None:
        raise SettingProblem(Wrong.BAD_ENTRY, "tables whose kind is " + " or ".join(kinds))
    for name in _OF_SOME_KINDS:
        if getattr(instance, name) and name not in kind.fields:
            having = " or ".join(each.name for each in kinds.values() if name in each.fields)
            raise SettingProblem(
                Wrong.BAD_ENTRY, f"tables with {name} only when their kind is {having}"
            )
    kind.check(instance)


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
