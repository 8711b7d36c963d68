"""What an import of settings would change, in the user's language. No secret is in it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QLocale

from desktop import setting_words
from desktop.sentences import listed
from desktop.setting_choices import choice_title
from gateway_engine.public import (
    AccountSettings,
    Effect,
    ImportPreview,
    InstanceMove,
    Replaced,
    SettingSpec,
    setting_specs,
)

translate: Final = QCoreApplication.translate
MAX_CHARS: Final = 160
"""Of one value: a list may be long, and only what it is like is to be seen."""

_LONG: Final = re.compile(r"(\S{24})(?=\S)")
"""Where a long word may be broken into lines."""


def rows(preview: ImportPreview) -> list[tuple[str, str]]:
    """What changes, and how, one after another."""
    specs = {spec.name: spec for spec in setting_specs()}
    title = setting_words.title
    found = [(title(each.name), _moved(specs[each.name], each)) for each in preview.changes]
    if preview.instances:
        befalls = "\n".join(_befalls(move) for move in preview.instances)
        found.append((title("instances"), befalls))
    return [(name, _LONG.sub("\\1\u200b", said)) for name, said in found]


def notes(preview: ImportPreview) -> list[str]:
    """What comes of it besides."""
    effects = {spec.name: spec.effect for spec in setting_specs()}
    met = {effects[each.name] for each in preview.changes}
    if preview.instances:
        met.add(Effect.INSTANCES)
    found = [setting_words.effect(each) for each in Effect if each in met - {Effect.LIVE}]
    if preview.overridden:
        names = listed(setting_words.title(name) for name in preview.overridden)
        sentence = translate(
            "SettingsImport", "Overridden by the environment or the command line: {names}."
        )
        found.append(sentence.format(names=names))
    return found


def _moved(spec: SettingSpec, change: Replaced) -> str:
    if spec.secret:
        return _secret(change)
    before, after = _value(spec, change.before), _value(spec, change.after)
    return translate("SettingsImport", "{before} → {after}").format(before=before, after=after)


def _secret(change: Replaced) -> str:
    if not change.after:
        return translate("SettingsImport", "is emptied (its content is not shown)")
    if not change.before:
        return translate("SettingsImport", "is set (its content is not shown)")
    return translate("SettingsImport", "is replaced (its content is not shown)")


def _value(spec: SettingSpec, value: Any) -> str:
    if isinstance(value, bool):
        return translate("SettingsImport", "on") if value else translate("SettingsImport", "off")
    if isinstance(value, int | float):
        shown = QLocale().toString(float(value), "g", 12)
        return shown.replace(QLocale().groupSeparator(), "") + setting_words.unit(spec.unit, value)
    if isinstance(value, Mapping):
        text = listed(f"{name} = {inner}" for name, inner in value.items())
    elif isinstance(value, tuple):
        text = listed(
            each.username if isinstance(each, AccountSettings) else str(each) for each in value
        )
    else:
        text = choice_title(spec.name, str(value))
    text = " ".join(text.split())
    if len(text) > MAX_CHARS:
        text = text[: MAX_CHARS - 1] + "…"
    return text or translate("SettingsImport", "empty")


def _befalls(move: InstanceMove) -> str:
    name = " ".join(move.name.split())[:MAX_CHARS]
    if move.comes:
        return translate("SettingsImport", "{name} is added").format(name=name)
    if move.goes:
        return translate("SettingsImport", "{name} is removed; its folder stays").format(name=name)
    if not move.fields:
        return translate("SettingsImport", "another order")
    what = listed(_field(field) for field in move.fields)
    return translate("SettingsImport", "{name} changes: {what}").format(name=name, what=what)


def _field(name: str) -> str:
    return {
        "name": translate("SettingsImport", "name"),
        "kind": translate("SettingsImport", "program"),
        "command": translate("SettingsImport", "command"),
        "args": translate("SettingsImport", "arguments"),
        "env": translate("SettingsImport", "environment"),
        "work_dir": translate("SettingsImport", "folder"),
        "models": translate("SettingsImport", "models"),
        "mode": translate("SettingsImport", "mode"),
        "login": translate("SettingsImport", "sign-in command"),
    }.get(name, name)
