"""An engine that does nothing but remember what it was asked and say what it is told to say."""

import threading
from pathlib import Path
from typing import Any

from gateway_engine.inspector.recent import RecentRecords
from gateway_engine.public import (
    BackPressureStats,
    Difference,
    Emit,
    EngineEvent,
    EngineStats,
    GatewayError,
    ImportPreview,
    InstanceName,
    InstanceSettings,
    ListenerStarted,
    ListenerStopped,
    LogTail,
    Origin,
    ProgramsKnown,
    Record,
    Replaced,
    Saved,
    SettingsChange,
    SettingState,
    SettingsView,
    SmokeReport,
    SmokeStep,
    SupportFile,
    Vitals,
    setting_specs,
)
from tests.gui.fake_clients import FakeClients

URL = "http://127.0.0.1:40123"


def settings_view() -> SettingsView:
    """All settings, untouched."""
    rows = (SettingState(spec.name, spec.default, Origin.DEFAULT) for spec in setting_specs())
    return SettingsView(tuple(rows), Path("/home/li/config.toml"), models=("kmodel", "qmodel"))


class FakeSettings:
    """`SettingsControl` for tests: remembers what it was asked; `refusal` refuses changes."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked
        self.refusal = ""
        self.changes: list[SettingsChange] = []
        self.importing = FakeImporting(self)

    async def view(self) -> SettingsView:
        self.asked.append("settings")
        return settings_view()

    async def change(self, change: SettingsChange) -> Saved:
        self.changes.append(change)
        return self.saved("change settings", change.names)

    async def reload(self) -> Saved:
        return self.saved("reload settings")

    async def export(self, *, secrets: bool) -> str:
        self.asked.append(f"export settings, secrets: {secrets}")
        return "version = 1\n"

    async def add_instance(self, instance: InstanceSettings) -> Saved:
        return self.saved(f"add {instance.name}")

    async def remove_instance(self, name: InstanceName) -> Saved:
        return self.saved(f"remove {name}")

    def saved(self, what: str, names: tuple[str, ...] = ()) -> Saved:
        self.asked.append(what)
        if self.refusal:
            raise GatewayError(self.refusal)
        return Saved(Difference(names))


class FakeImporting:
    """`ImportControl` for tests: every file would change the port."""

    def __init__(self, settings: FakeSettings) -> None:
        self._settings = settings

    async def look_into(self, text: str, name: str = "") -> ImportPreview:
        self._settings.saved(f"look into {name}: {text.strip()}")
        return ImportPreview((Replaced("port", 8317, 9000),), seen="as shown")

    async def bring(self, text: str, name: str = "", *, seen: str = "") -> Saved:
        return self._settings.saved(f"import {name}: {text.strip()}, {seen}")

    async def take_back(self) -> Saved:
        return self._settings.saved("take the import back")


class FakeTurns:
    """`around` holds the turns before and after, by the id of the one between."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked
        self.around: dict[str, tuple[Record | None, Record | None]] = {}

    async def before(self, record_id: str) -> Record | None:
        self.asked.append(f"previous turn of {record_id}")
        return self.around.get(record_id, (None, None))[0]

    async def after(self, record_id: str) -> Record | None:
        self.asked.append(f"next turn of {record_id}")
        return self.around.get(record_id, (None, None))[1]


class FakeEngine:
    """`EngineControl` for tests. `asked` is what came, in order."""

    def __init__(self, emit: Emit, *, fails_to_start: bool = False) -> None:
        self._emit = emit
        self._fails_to_start = fails_to_start
        self.asked: list[str] = []
        self.clients = FakeClients(self.asked)
        self.restarted = threading.Event()
        self.settings = FakeSettings(self.asked)
        self.records = RecentRecords()
        self.turns = FakeTurns(self.asked)
        self.accounts: Any = None
        self.programs: Any = None

    async def start(self) -> None:
        self.asked.append("start")
        if self._fails_to_start:
            raise ValueError("no luck\nat all")
        self._emit(ListenerStarted(URL, 1.0))

    async def stop(self) -> None:
        self.asked.append("stop")

    async def open_listener(self) -> None:
        self.asked.append("open")
        self._emit(ListenerStarted(URL, 2.0))

    async def open_listener_nearby(self) -> None:
        self.asked.append("open nearby")
        self._emit(ListenerStarted(URL, 2.0))

    async def close_listener(self) -> None:
        self.asked.append("close")
        self._emit(ListenerStopped(3.0))

    async def restart_instance(self, name: Any) -> None:
        self.asked.append(f"restart {name}")
        self.restarted.set()

    async def stop_instance(self, name: Any) -> None:
        self.asked.append(f"stop {name}")

    async def start_instance(self, name: Any) -> None:
        self.asked.append(f"start {name}")

    async def test_instance(self, name: Any) -> SmokeReport:
        self.asked.append(f"test {name}")
        return SmokeReport((SmokeStep("instance", True, 1.0),))

    async def look(self) -> None:
        self.asked.append("look")

    async def rest(self) -> None:
        self.asked.append("rest")

    async def vitals(self) -> Vitals:
        self.asked.append("vitals")
        turns = BackPressureStats(0, 0, 1, 0, 0)
        return Vitals(1.0, 0.0, EngineStats(1, turns, (), None), ())

    async def log_tail(self, name: Any, lines: int) -> LogTail:
        self.asked.append(f"log {name}")
        return LogTail(name, 1.0, ("printed",), "", ())

    async def fetch_program(self, *, url: str = "", file: Path | None = None) -> None:
        self.asked.append(" ".join(filter(None, ("fetch program", url, str(file or "")))))

    async def support_files(self) -> tuple[SupportFile, ...]:
        self.asked.append("support files")
        return (SupportFile("README.txt", b"nothing private"),)

    async def stop_fetching_program(self) -> None:
        self.asked.append("stop fetching")

    async def programs_known(self) -> ProgramsKnown:
        return ProgramsKnown("", (), ())

    def snapshot(self) -> tuple[EngineEvent, ...]:
        return (ListenerStarted(URL, 4.0),)
