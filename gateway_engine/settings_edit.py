"""Edits of the settings file's text: only what is asked for changes. Pure.

Comments, order and layout stay as the user keeps them. Each result is read again by a parser that
had no part in the edit, and must say what it said before but for what was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway_engine.instances_edit import (
    INSTANCES,
    InstanceEntry,
    arranged,
)
from gateway_engine.setting_specs import SettingSpec, setting_specs
from gateway_engine.setting_values import instance_ids
from gateway_engine.settings_proof import plain, prove
from gateway_engine.settings_upgrade import VERSION_KEY
from gateway_engine.splicing import toml_lists, toml_tables, toml_text
from gateway_engine.splicing.toml_text import content_of

EXPORT_HEAD: Final = "# Settings of Lingma Gateway, exported.\n"
LEFT_OUT: Final = "# Left out, for they hold secrets: "


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """`values` to set, as the model has them, and names to `reset` to what holds without the file.

    `seen`: what the file said of these names when the user chose; what says something else by now
    is told as a conflict and not written over. `instances`: all of them as they shall be, None when
    they stay as they are; whoever makes the change gives new ones their ids and arranges them.
    """

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    reset: tuple[str, ...] = ()
    seen: Mapping[str, Any] | None = field(default=None, repr=False)
    instances: tuple[InstanceEntry, ...] | None = field(default=None, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Every setting that is to change."""
        arranged_too = () if self.instances is None else (INSTANCES,)
        return (*self.values, *self.reset, *arranged_too)


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
    """Return `text` with the values of `change` set and reset. Raises RefusedEditError."""
    specs = {spec.name: spec for spec in setting_specs()}
    done = text
    for name in change.reset:
        done = _without(done, name)
    for name, value in change.values.items():
        done = _put(done, specs[name], value)
    touched = {*change.values, *change.reset}
    wanted = {k: v for k, v in content_of(text).items() if k not in touched}
    wanted |= {name: plain(value) for name, value in change.values.items()}
    prove(done, wanted)
    return done


# --- sharing ---


def brought_text(text: str, given: Mapping[str, Any], in_file: Mapping[str, Any]) -> str:
    """Return `text`, which says `in_file`, with the settings of another file; what that does not
    name stays, and so does the writing of what is the same. Raises RefusedEditError.
    """
    values = {
        name: value
        for name, value in given.items()
        if name != INSTANCES and not (name in in_file and in_file[name] == value)
    }
    text = changed_text(text, SettingsChange(values))
    present = in_file.get(INSTANCES, ())
    if INSTANCES in given and given[INSTANCES] != present:
        places = {name: place for place, name in enumerate(instance_ids(present))}
        entries = [
            InstanceEntry(each, places.get(name))
            for each, name in zip(given[INSTANCES], instance_ids(given[INSTANCES]), strict=True)
        ]
        text = arranged(text, present, entries)
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


def _put(text: str, spec: SettingSpec, value: Any) -> str:
    name, wanted = spec.name, plain(value)
    if isinstance(wanted, list) and toml_text.source(text, (name,)) is not None:
        return toml_lists.put(text, name, wanted)
    text = toml_text.comments_above(text, (name,))
    if toml_text.source(text, (name,)) is not None:
        return toml_text.put(text, (name,), wanted)
    if isinstance(wanted, dict) and _has_table(text, name):
        for key in [key for key in content_of(text).get(name, {}) if key not in wanted]:
            text = toml_text.drop(text, (name, key))
        for key, inner in wanted.items():
            text = toml_text.put(text, (name, key), inner)
        return text
    return toml_text.put(_without(text, name), (name,), wanted)


def _without(text: str, name: str) -> str:
    """Without the setting, however it is written: as a pair, a table, entries, or with dots."""
    text = toml_text.comments_above(text, (name,))
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
