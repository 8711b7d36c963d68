"""Starting at login: what is written starts this very installation, and all of it can be undone."""

import plistlib
import re
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from desktop.os_integration.autostart import (
    AutostartError,
    EntryFile,
    desktop_entry,
    launch_agent,
    refresh,
    start_command,
)
from desktop.os_integration.reveal import users_environment

AWKWARD = ['/home/li lei/a"b/$HOME/`x`/100%/back\\slash/灵码', "--minimized", ""]


def exec_line(content: bytes, key: str = "Exec") -> str:
    parser = RawConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(content.decode())
    return parser["Desktop Entry"][key]


def unquoted(line: str) -> list[str]:
    """As the specification reads it: the string's escapes first, then a shell's quotes."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line.replace("\\\\", "\\"))
    return [re.sub(r"\\(.)", r"\1", quoted or plain).replace("%%", "%") for quoted, plain in words]


def test_every_word_of_the_command_survives_the_entry() -> None:
    line = exec_line(desktop_entry(AWKWARD))
    assert unquoted(line) == AWKWARD


def test_an_entry_whose_program_was_removed_starts_nothing() -> None:
    told = exec_line(desktop_entry(AWKWARD, "/srv/my gateway"), "TryExec")
    assert told.replace("\\\\", "\\") == AWKWARD[0]


def test_a_copy_with_a_home_of_its_own_keeps_it() -> None:
    assert unquoted(exec_line(desktop_entry(["gw"], "/srv/my gateway"))) == [
        "env",
        "LINGMA_GATEWAY_HOME=/srv/my gateway",
        "gw",
    ]
    agent = plistlib.loads(launch_agent("x", ["gw"], "/srv/my gateway"))
    assert agent["EnvironmentVariables"] == {"LINGMA_GATEWAY_HOME": "/srv/my gateway"}
    assert agent["ProgramArguments"] == ["gw"]


def test_it_is_written_whole_and_undone_wholly(tmp_path: Path) -> None:
    file = tmp_path / ".config" / "autostart" / "gw.desktop"
    entry = EntryFile(file, desktop_entry(["gw"]))
    assert not entry.is_on()
    entry.turn_off()
    entry.turn_on()
    assert entry.is_on()
    assert [each.name for each in file.parent.iterdir()] == ["gw.desktop"]
    entry.turn_off()
    assert list(tmp_path.iterdir()) == []


def test_a_settings_folder_with_other_things_stays(tmp_path: Path) -> None:
    entry = EntryFile(tmp_path / ".config" / "autostart" / "gw.desktop", desktop_entry(["gw"]))
    (tmp_path / ".config" / "others").mkdir(parents=True)
    entry.turn_on()
    entry.turn_off()
    assert [each.name for each in (tmp_path / ".config").iterdir()] == ["others"]


def test_entries_of_other_programs_stay(tmp_path: Path) -> None:
    other = tmp_path / "other.desktop"
    other.write_text("[Desktop Entry]\n", encoding="utf-8")
    entry = EntryFile(tmp_path / "gw.desktop", desktop_entry(["gw"]))
    entry.turn_on()
    entry.turn_off()
    assert list(tmp_path.iterdir()) == [other]


@pytest.mark.parametrize(
    "change", [(b"enabled=true", b"enabled=false"), (b"Terminal", b"Hidden=true\nTerminal")]
)
def test_what_the_user_switched_off_in_the_system_is_off_and_stays_so(
    tmp_path: Path, change: tuple[bytes, bytes]
) -> None:
    entry = EntryFile(tmp_path / "gw.desktop", desktop_entry(["gw"]))
    entry.turn_on()
    entry.file.write_bytes(entry.file.read_bytes().replace(*change))
    assert not entry.is_on()
    before = entry.file.read_bytes()
    refresh(entry)
    assert entry.file.read_bytes() == before
    entry.turn_on()
    assert entry.is_on()


def test_a_disabled_launch_agent_is_off(tmp_path: Path) -> None:
    entry = EntryFile(tmp_path / "gw.plist", launch_agent("x", ["gw"]))
    entry.turn_on()
    assert entry.is_on()
    data = plistlib.loads(entry.file.read_bytes()) | {"Disabled": True}
    entry.file.write_bytes(plistlib.dumps(data))
    assert not entry.is_on()


def test_an_entry_whose_program_has_moved_is_brought_up_to_date(tmp_path: Path) -> None:
    EntryFile(tmp_path / "gw.desktop", desktop_entry(["/old/gw"])).turn_on()
    now = EntryFile(tmp_path / "gw.desktop", desktop_entry(["/new/gw"]))
    refresh(now)
    assert unquoted(exec_line(now.file.read_bytes())) == ["/new/gw"]
    now.turn_off()
    refresh(now)
    assert not now.file.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")
    with pytest.raises(AutostartError, match="cannot write"):
        EntryFile(blocker / "gw.desktop", b"x").turn_on()


def test_each_kind_of_installation_is_started_its_own_way(tmp_path: Path) -> None:
    arguments = ["desktop", "--minimized"]
    image = {"APPIMAGE": "/apps/gw.AppImage"}
    assert start_command(image, is_frozen=True, scripts=tmp_path) == [
        "/apps/gw.AppImage",
        *arguments,
    ]
    assert start_command({}, is_frozen=True, scripts=tmp_path) == [sys.executable, *arguments]
    assert start_command({}, is_frozen=False, scripts=tmp_path)[1:3] == ["-m", "desktop"]
    script = tmp_path / ("lingma-gateway.exe" if sys.platform == "win32" else "lingma-gateway")
    script.touch()
    assert start_command({}, is_frozen=False, scripts=tmp_path) == [str(script), *arguments]


def test_programs_started_from_a_bundle_get_the_users_own_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundled = {"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": "/mine", "A": "b"}
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert users_environment(bundled) == {"LD_LIBRARY_PATH": "/mine", "A": "b"}
    alone = {"LD_LIBRARY_PATH": "/bundle", "QT_PLUGIN_PATH": "/bundle/qt"}
    assert users_environment(alone) == {}
    monkeypatch.setattr(sys, "frozen", False)
    assert users_environment(alone) == alone


def test_programs_of_the_user_get_no_secrets_of_the_settings() -> None:
    ours = {"LINGMA_PASSWORD": "canary", "API_KEYS": "canary", "ADMIN_TOKEN": "canary"}
    assert users_environment({**ours, "A": "b"}) == {"A": "b"}
