"""The settings' scenes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit

from desktop import refusals
from desktop.main_window import MainWindow
from desktop.panels.settings import SettingsPanel
from desktop.panels.settings_instances import InstancesEditor
from desktop.panels.settings_row import SettingRow
from desktop.slices.settings import (
    ImportLookedInto,
    Incoming,
    SettingsRead,
    SettingsRefused,
    SettingsSaved,
    SettingsSaving,
)
from desktop.state import AppEvent, AppState, PlanMade, reduce_all
from gateway_engine.public import (
    AccountSettings,
    ImportPreview,
    InstanceMove,
    InstanceSettings,
    ListenerStarted,
    Origin,
    Refusal,
    Replaced,
    SettingState,
    SettingsView,
    setting_specs,
)
from tests.shots.scenes.scene import Scene

FILE = Path("/home/li/.config/lingma-gateway/config.toml")
MODELS = ("org_auto", "kmodel", "qmodel", "dashscope_qwen_max")
Prepare = Callable[[MainWindow], None]
CHANGED: dict[str, Any] = {
    "api_keys": ("sk-one-0123456789", "sk-two-0123456789"),
    "model_aliases": {"gpt-4o": "kmodel", "claude-*": "qmodel"},
    "default_model": "kmodel",
    "heartbeat_sec": 7.5,
    "lingma_accounts": (AccountSettings("li.lei", "secret"),),
}


INSTANCES_SHOWN = (
    InstanceSettings("work", id="inst-0"),
    InstanceSettings(
        "Qwen at home",
        kind="acp",
        command="qwen-code",
        env={"OPENAI_API_KEY": "sk-0123456789", "OPENAI_BASE_URL": "https://home.example/v1"},
        models=("qwen3-coder", "qwen3"),
        login="qwen auth",
    ),
)


def view(**changes: Any) -> SettingsView:
    """Settings as most have them: a few in the file, two overridden."""
    rows = []
    for spec in setting_specs():
        value = CHANGED.get(spec.name, spec.default)
        in_file = spec.name in CHANGED
        origin = Origin.FILE if in_file else Origin.DEFAULT
        if spec.name == "port":
            value, origin = 9000, Origin.CLI
        if spec.name == "admin_token":
            value, origin = "admin-0123456789", Origin.ENV
        rows.append(SettingState(spec.name, value, origin, in_file, value if in_file else None))
    return replace(SettingsView(tuple(rows), FILE, models=MODELS), **changes)


def instances_view(*instances: InstanceSettings, **changes: Any) -> SettingsView:
    """Settings with these instances in the file."""
    rows = tuple(
        replace(row, value=instances, file_value=instances, in_file=True, origin=Origin.FILE)
        if row.name == "instances" and instances
        else row
        for row in view().rows
    )
    return view(rows=rows, **changes)


def scenes() -> tuple[Scene, ...]:
    """Not read yet, typical, changed, wrong, refused, everything at once."""
    typical = _after(SettingsRead(view()))
    words = "Invalid value (at line 3, column 8)"
    problem = Refusal("no_toml_in_line", words, {"file": str(FILE), "line": "3", "words": words})
    broken = view(problem=problem)
    everything = _after(
        SettingsRead(view(changed_on_disk=True, at_next_start=("lingma_force_refresh",))),
        SettingsSaved(("port", "admin_token")),
    )
    full = {
        "api_keys": tuple(f"sk-{n:064}" for n in range(40)),
        "allowed_hosts": tuple(f"a.very.long.name.of.a.host.{n}.example.com" for n in range(40)),
        "lingma_work_dir": "/a/folder/that/lies/deep" * 12,
        "instances": tuple(
            InstanceSettings(f"agent {n} with a name that is long" * (1 + n % 3), command="/x" * 60)
            for n in range(8)
        ),
    }
    rows = tuple(
        replace(
            row,
            value=full[row.name],
            file_value=full[row.name],
            in_file=True,
            origin=Origin.FILE,
        )
        if row.name in full
        else row
        for row in view().rows
    )
    of_instances = _after(SettingsRead(instances_view(*INSTANCES_SHOWN)))
    none = _after(SettingsRead(instances_view(unlisted=(InstanceSettings("inst-0", id="inst-0"),))))
    return (
        _scene("unread", AppState()),
        _scene("typical", typical),
        _scene("changed", typical, prepare=_change),
        _scene("saving", reduce_all(typical, [SettingsSaving()]), prepare=_change),
        _scene("wrong", typical, prepare=_mistype),
        _scene("refused", reduce_all(typical, [_refused()]), prepare=_change),
        _scene("importing", reduce_all(typical, [ImportLookedInto(_incoming())])),
        _scene("importing_nothing", reduce_all(typical, [ImportLookedInto(_nothing_new())])),
        _scene(
            "importing_large_text",
            reduce_all(typical, [ImportLookedInto(_incoming())]),
            size=(900, 1400),
            type_scale=2.0,
        ),
        _scene("imported", reduce_all(typical, [SettingsSaved((), Path("/home/li/old.toml"))])),
        _scene("broken", _after(SettingsRead(broken))),
        _scene("everything", everything),
        _scene("found", typical, prepare=_search("model")),
        _scene("found_nothing", typical, prepare=_search("zebra")),
        _scene("instances", of_instances, size=(1160, 1500), prepare=_edit_instance),
        _scene("no_instances", none, prepare=_search("upstream instances")),
        _scene(
            "instances_large_text",
            of_instances,
            size=(900, 600),
            type_scale=2.0,
            prepare=_edit_instance,
        ),
        _scene("overfull", _after(SettingsRead(view(rows=rows))), size=(1160, 6200)),
        _scene("small", typical, size=(900, 600), prepare=_change),
        _scene("wide", typical, size=(2560, 1440), prepare=_change),
        _scene("large_text", everything, size=(1400, 1700), type_scale=2.0, prepare=_change),
        _scene("small_large_text", typical, size=(900, 600), type_scale=2.0, prepare=_change),
    )


def _incoming() -> Incoming:
    """A file that changes something of every kind."""
    after: dict[str, Any] = {
        "port": 9001,
        "api_keys": ("sk-other-0123456789",),
        "admin_token": "",
        "metrics_public": True,
        "heartbeat_sec": 2.5,
        "allowed_hosts": tuple(f"a.long.name.of.a.host.{n}.example.com" for n in range(20)),
        "model_aliases": {"gpt-4o": "qmodel"},
        "lingma_work_dir": "/srv/a-name-that-goes-on-and-on-and-on-without-any-place-to-break",
    }
    rows = {row.name: row for row in view().rows}
    changes = tuple(Replaced(name, rows[name].value, value) for name, value in after.items())
    moves = (
        InstanceMove("Qwen at home", comes=True),
        InstanceMove("work", fields=("command", "env")),
        InstanceMove("old", goes=True),
    )
    preview = ImportPreview(changes, moves, overridden=("port",))
    return Incoming(Path("/home/li/settings of the other machine.toml"), "", preview)


def _nothing_new() -> Incoming:
    return Incoming(Path("/home/li/same.toml"), "", ImportPreview(()))


def _scene(name: str, state: AppState, prepare: Prepare | None = None, **given: Any) -> Scene:
    def prepared(window: MainWindow) -> None:
        panel = _panel(window)
        while not panel.is_whole:  # its rows are made a few at a time
            QCoreApplication.processEvents()
        if prepare is not None:
            prepare(window)

    return Scene(name, state, panel="settings", prepare=prepared, **given)


def _after(*events: AppEvent) -> AppState:
    up = (PlanMade("lingma", "127.0.0.1", 8317), ListenerStarted("http://127.0.0.1:8317", 0.0))
    return reduce_all(AppState(), [*up, *events])


def _panel(window: MainWindow) -> SettingsPanel:
    return window.findChildren(SettingsPanel)[-1]


def _change(window: MainWindow) -> None:
    draft = _panel(window).context.actions.settings.draft
    draft.put("host", "0.0.0.0")
    draft.put("lingma_instance_count", 3)
    draft.put_back("heartbeat_sec")


def _mistype(window: MainWindow) -> None:
    (host,) = (r for r in _panel(window).findChildren(SettingRow) if r.spec.name == "host")
    (field,) = host.findChildren(QLineEdit)
    field.clear()
    field.textEdited.emit("")  # as a user who empties it


def _refused() -> SettingsRefused:
    refusal = Refusal("endpoint_forbidden", "port 80 is not allowed", {"port": "80"})
    return SettingsRefused(refusals.words(refusal))


def _edit_instance(window: MainWindow) -> None:
    _search("upstream instances")(window)
    (editor,) = _panel(window).findChildren(InstancesEditor)
    editor.rows[1].edit.click()
    editor.add_one(InstanceSettings("Agent", kind="acp"))
    editor.rows[-1].edit.click()


def _search(text: str) -> Callable[[MainWindow], None]:
    def search(window: MainWindow) -> None:
        _panel(window).findChildren(QLineEdit)[0].setText(text)

    return search
