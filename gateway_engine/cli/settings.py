"""`lingma-gateway settings`: show and change the settings file, with every check of a start."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from gateway_engine.atomic_file import write_private
from gateway_engine.cli.settings_telling import SettingsTelling
from gateway_engine.config import LoadedSettings, Origin, SettingsError
from gateway_engine.effective_config import effective_config, shown_value
from gateway_engine.importing import given_by, preview_of, text_of_import
from gateway_engine.json_text import render
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare
from gateway_engine.setting_specs import SettingSpec, setting_specs
from gateway_engine.setting_values import SettingProblem
from gateway_engine.settings_checks import refuse_unusable
from gateway_engine.settings_edit import (
    SettingsChange,
    brought_text,
    changed_text,
    exported_text,
)
from gateway_engine.settings_file import SettingsText, read_settings, write_settings
from gateway_engine.settings_upgrade import SETTINGS_FILE_VERSION
from gateway_engine.splicing.edits import RefusedEditError

EXIT_OK = 0
BEFORE_IMPORT: Final = ".before-import"


def settings(options: argparse.Namespace) -> int:
    """Run `settings ACTION`. Raises SettingsError."""
    launch = LaunchOptions(config_file=options.config)
    plan = prepare(launch, environ=os.environ, cwd=Path.cwd())
    loaded = plan.loaded
    match options.action:
        case "list":
            _list(loaded)
        case "get":
            _say(_shown(loaded, _spec(options.name)))
        case "export":
            _export(loaded, options.out, secrets=options.secrets)
        case "reload":
            for line in SettingsTelling(plan).read_again():
                _say(line)
        case "set":
            spec = _spec(options.name)
            _change(loaded, launch, SettingsChange({spec.name: _read(spec, options.value)}))
        case "reset":
            _change(loaded, launch, SettingsChange(reset=(_spec(options.name).name,)))
        case _:
            _bring(loaded, launch, options.file, dry_run=options.dry_run)
    return EXIT_OK


def _list(loaded: LoadedSettings) -> None:
    for spec in setting_specs():
        origin = loaded.origins[spec.name]
        mark = "" if origin is Origin.DEFAULT else f"  ({origin.value})"
        _say(f"{spec.name.upper()} = {_shown(loaded, spec)}{mark}")


def _shown(loaded: LoadedSettings, spec: SettingSpec) -> str:
    return render(effective_config(loaded)[spec.name.upper()].value).decode()


def _export(loaded: LoadedSettings, out: Path | None, *, secrets: bool) -> None:
    try:
        text = exported_text(loaded.in_file, SETTINGS_FILE_VERSION, secrets=secrets)
    except RefusedEditError as error:
        raise SettingsError(str(error)) from None
    if out is None:
        sys.stdout.write(text)
        return
    try:
        write_private(out, text.encode())
    except OSError as error:
        raise SettingsError(f"{out}: {error.strerror}") from None


def _bring(loaded: LoadedSettings, launch: LaunchOptions, file: Path, *, dry_run: bool) -> None:
    if not file.exists():
        raise SettingsError(f"{file} does not exist")
    text = text_of_import(file)
    given = given_by(text, str(file))
    names = tuple(given)

    def edit(text: str) -> str:
        return brought_text(text, given, loaded.in_file)

    before, brought, plan = _worked_out(loaded, launch, edit, names)
    if dry_run:
        for line in _told(given, loaded):
            _say(line)
        return
    if brought != before.text and before.content is not None:
        copy = loaded.file.with_name(f"{loaded.file.name}{BEFORE_IMPORT}")
        try:
            write_private(copy, before.content)
        except OSError as error:
            raise SettingsError(f"{copy}: {error.strerror}") from None
        sys.stderr.write(f"lingma-gateway: as it was, the file is kept as {copy}\n")
    _write(before, brought, plan, names)


def _told(given: Mapping[str, Any], loaded: LoadedSettings) -> list[str]:
    """What an import changes, a line each; secrets are not shown."""
    changes, moves = preview_of(given, loaded.in_file)
    specs = {spec.name: spec for spec in setting_specs()}
    lines = []
    for change in changes:
        hidden = specs[change.name].secret
        shown = [
            render(shown_value(value, hidden=hidden)).decode()
            for value in (change.before, change.after)
        ]
        lines.append(f"{change.name.upper()} = {' -> '.join(shown)}")
    for move in moves:
        what = "comes" if move.comes else "goes" if move.goes else f"gets {', '.join(move.fields)}"
        lines.append(f"INSTANCES: {move.name} {what}")
    return lines or ["nothing would change"]


def _change(loaded: LoadedSettings, launch: LaunchOptions, change: SettingsChange) -> None:
    names = change.names
    done = _worked_out(loaded, launch, lambda text: changed_text(text, change), names)
    _write(*done, names)


def _worked_out(
    loaded: LoadedSettings,
    launch: LaunchOptions,
    edit: Callable[[str], str],
    names: tuple[str, ...],
) -> tuple[SettingsText, str, EnginePlan]:
    """The file as it is, the text it gets, and the plan made of that. Raises SettingsError."""
    before = read_settings(loaded.file)
    try:
        text = edit(before.text)
    except RefusedEditError as error:
        raise SettingsError(f"{loaded.file} cannot be edited: {error}") from None
    plan = prepare(launch, environ=os.environ, cwd=Path.cwd(), text=text)
    refuse_unusable(plan.settings, names, headless=False)
    return before, text, plan


def _write(before: SettingsText, text: str, plan: EnginePlan, names: tuple[str, ...]) -> None:
    try:
        write_settings(before, text)
    except OSError as error:
        raise SettingsError(f"{before.file} cannot be written: {error.strerror}") from None
    for line in SettingsTelling(plan).said(before, text, names):
        sys.stderr.write(f"lingma-gateway: {line}\n")


def _spec(name: str) -> SettingSpec:
    for spec in setting_specs():
        if spec.name == name.lower():
            return spec
    raise SettingsError(f"there is no setting {name}; `settings list` shows them all")


def _read(spec: SettingSpec, text: str) -> object:
    if spec.file_only:
        raise SettingsError(f"{spec.name} is edited in the settings file")
    try:
        return spec.read(text)
    except SettingProblem as error:
        raise SettingsError(f"{spec.name.upper()} must be {error}") from None


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
