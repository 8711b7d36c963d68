"""Edits of the settings file's text: only what is asked for changes. Pure.

Comments, order and layout stay as the user keeps them. Each result is read again by a parser that
had no part in the edit, and must say what it said before but for what was asked.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Final

from gateway_engine.setting_specs import SettingSpec, setting_specs
from gateway_engine.setting_values import AccountSettings, InstanceSettings
from gateway_engine.settings_upgrade import VERSION_KEY
from gateway_engine.splicing import toml_tables, toml_text
from gateway_engine.splicing.edits import RefusedEditError, tree_of

INSTANCES: Final = "instances"
EXPORT_HEAD: Final = "# Settings of Lingma Gateway, exported.\n"
LEFT_OUT: Final = "# Left out, for they hold secrets: "


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """`values` to set, as the model has them, and names to `reset` to what holds without the file.

    `seen`: what the file said of these names when the user chose; what says something else by now
    is told as a conflict and not written over.
    """

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    reset: tuple[str, ...] = ()
    seen: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Every setting that is to change."""
        return (*self.values, *self.reset)


def conflicts(change: SettingsChange, in_file: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that somebody else has changed in the file since, to something else than this."""
    if change.seen is None:
        return ()
    absent = object()
    found = []
    for name in change.names:
        now = in_file.get(name, absent)
        wanted = change.values.get(name, absent)
        if now not in (change.seen.get(name, absent), wanted):
            found.append(name)
    return tuple(found)


def changed_text(text: str, change: SettingsChange) -> str:
    """Return `text` with `change` made. Raises RefusedEditError."""
    specs = {spec.name: spec for spec in setting_specs()}
    done = text
    for name in change.reset:
        done = _without(done, name)
    for name, value in change.values.items():
        done = _put(done, specs[name], value)
    wanted = {k: v for k, v in _content(text).items() if k not in change.names}
    wanted |= {name: plain(value) for name, value in change.values.items()}
    _prove(done, wanted)
    return done


def plain(value: Any) -> Any:
    """Return a value of the model as TOML has it: whole numbers of seconds without a point."""
    if isinstance(value, InstanceSettings | AccountSettings):
        given = {f.name: getattr(value, f.name) for f in fields(value) if not _is_default(f, value)}
        return {name: plain(inner) for name, inner in given.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


# --- instances ---


def with_instance(text: str, instance: InstanceSettings) -> str:
    """Return `text` with one more entry of `[[instances]]`. Raises RefusedEditError."""
    entry = plain(instance)
    before = _content(text)
    present = list(before.get(INSTANCES, []))
    if present and not toml_tables.count(text, INSTANCES):
        done = toml_text.put(text, (INSTANCES,), [*present, entry])
    else:
        if not present:
            text = toml_text.drop(text, (INSTANCES,))  # an empty list would be in the way
        done = toml_tables.add(text, INSTANCES, entry)
    _prove(done, before | {INSTANCES: [*present, entry]})
    return done


def without_instance(text: str, index: int) -> str:
    """Return `text` without this entry of `[[instances]]`. Raises RefusedEditError."""
    before = _content(text)
    left = [e for number, e in enumerate(before.get(INSTANCES, [])) if number != index]
    if toml_tables.count(text, INSTANCES):
        done = toml_tables.remove(text, INSTANCES, index)
    elif left:
        done = toml_text.put(text, (INSTANCES,), left)
    else:
        done = toml_text.drop(text, (INSTANCES,))
    wanted = {k: v for k, v in before.items() if k != INSTANCES}
    _prove(done, wanted | ({INSTANCES: left} if left else {}))
    return done


def with_instance_fields(text: str, index: int, changes: Mapping[str, Any]) -> str:
    """Return `text` with fields of this entry set; what is "" or empty leaves it. Raises
    RefusedEditError.
    """
    before = _content(text)
    entries = [dict(entry) for entry in before.get(INSTANCES, [])]
    if not 0 <= index < len(entries):
        raise RefusedEditError(f"there is no instance {index} in the file")
    done = text
    for key, value in changes.items():
        if value:
            entries[index][key] = plain(value)
        else:
            entries[index].pop(key, None)
        if toml_tables.count(text, INSTANCES):
            edit = toml_tables.put if value else toml_tables.drop
            arguments = (plain(value),) if value else ()
            done = edit(done, INSTANCES, index, key, *arguments)
    if not toml_tables.count(text, INSTANCES):
        done = toml_text.put(text, (INSTANCES,), entries)
    _prove(done, before | {INSTANCES: entries})
    return done


# --- sharing ---


def brought_text(text: str, given: Mapping[str, Any], present: int) -> str:
    """Return `text` with the settings of another file, `present` being the instances that it has
    now; what that file does not name stays. Raises RefusedEditError.
    """
    values = {name: value for name, value in given.items() if name != INSTANCES}
    text = changed_text(text, SettingsChange(values))
    if INSTANCES in given:
        for _ in range(present):
            text = without_instance(text, 0)
        for instance in given[INSTANCES]:
            text = with_instance(text, instance)
    return text


def exported_text(in_file: Mapping[str, Any], version: int, *, secrets: bool) -> str:
    """Return the settings of a file as a file of their own; without `secrets` only what is none.

    Raises RefusedEditError.
    """
    text = EXPORT_HEAD
    left_out = [] if secrets else _secret_names(in_file)
    if left_out:
        text += f"{LEFT_OUT}{', '.join(left_out)}\n"
    text += f"{VERSION_KEY} = {version}\n"
    shown = {name: value for name, value in in_file.items() if name not in left_out}
    for name, value in shown.items():
        if name != INSTANCES:
            text += f"{name} = {toml_text.written_value(plain(value))}\n"
    for instance in shown.get(INSTANCES, ()):
        entry = plain(instance)
        if not secrets:
            entry.pop("env", None)
        text = toml_tables.add(text, INSTANCES, entry)
    return text


def _secret_names(in_file: Mapping[str, Any]) -> list[str]:
    return [spec.name for spec in setting_specs() if spec.secret and in_file.get(spec.name)]


# --- inside ---


def _is_default(f: Any, value: Any) -> bool:
    default = f.default if f.default is not MISSING else f.default_factory()
    return f.name != "kind" and bool(getattr(value, f.name) == default)


def _put(text: str, spec: SettingSpec, value: Any) -> str:
    name, wanted = spec.name, plain(value)
    if toml_text.source(text, (name,)) is not None:
        return toml_text.put(text, (name,), wanted)
    if isinstance(wanted, dict) and _has_table(text, name):
        for key in [key for key in _content(text).get(name, {}) if key not in wanted]:
            text = toml_text.drop(text, (name, key))
        for key, inner in wanted.items():
            text = toml_text.put(text, (name, key), inner)
        return text
    return toml_text.put(_without(text, name), (name,), wanted)


def _without(text: str, name: str) -> str:
    """Without the setting, however it is written: as a pair, a table, entries, or with dots."""
    while toml_tables.count(text, name):
        text = toml_tables.remove(text, name, 0)
    while (found := _parts(text, name)) is not None:
        text = toml_text.drop(text, found)
    return text


def _has_table(text: str, name: str) -> bool:
    return any(
        s.value_start < 0 and s.path == (name,) and not s.is_array for s in toml_text.scan(text)
    )


def _parts(text: str, name: str) -> tuple[str, ...] | None:
    """One statement of the setting: pairs before the headers they stand under."""
    paths = [
        (s.value_start < 0, s.path)
        for s in toml_text.scan(text)
        if s.path is not None and s.path[:1] == (name,)
    ]
    return min(paths, default=(False, None), key=lambda found: found[0])[1]


def _content(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        raise RefusedEditError(f"it is no TOML that can be read: {error}") from None


def _prove(done: str, wanted: Mapping[str, Any]) -> None:
    if tree_of(_ordered(_content(done))) != tree_of(_ordered(wanted)):
        raise RefusedEditError("something besides what was asked for would change")


def _ordered(content: Mapping[str, Any]) -> dict[str, Any]:
    """Where a setting stands in the file says nothing."""
    return {
        name: _ordered(value) if isinstance(value, Mapping) else value
        for name, value in sorted(content.items())
    }


def names_in(text: str) -> Iterable[str]:
    """The settings that `text` holds. Raises RefusedEditError."""
    return [name for name in _content(text) if name != VERSION_KEY]
