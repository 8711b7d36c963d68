"""Preferences survive restarts, nonsense and newer versions."""

import json
from pathlib import Path

import pytest

from desktop.habits import Habits
from desktop.preferences import FILE_NAME, Preferences, PreferencesFile
from desktop.slices.files import PREFERENCES_NEWER
from desktop.state import AppState, reduce_all
from tests.support.hygiene import ExpectedLogs


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    mine = Preferences(theme="dark", language="zh_CN", geometry="AAA=", told_about_tray=True)
    PreferencesFile(tmp_path / "new").write(mine)
    assert PreferencesFile(tmp_path / "new").read() == mine
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"theme": 5, "language": "xx"}'])
def test_nonsense_is_read_as_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    assert PreferencesFile(tmp_path).read() == Preferences()


def test_a_file_of_a_newer_version_is_read_but_never_overwritten(tmp_path: Path) -> None:
    text = json.dumps({"version": 99, "theme": "dark", "unheard_of": [1]})
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    file = PreferencesFile(tmp_path)
    assert file.read().theme == "dark"
    assert file.is_newer
    file.write(Preferences(theme="light"))
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("version", ["99", '"2"', "1.5", "true", "null"])
def test_that_it_is_newer_is_said_in_the_window_and_the_log(
    tmp_path: Path, version: str, expected_logs: ExpectedLogs
) -> None:
    text = f'{{"version": {version}, "theme": "dark"}}'
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    expected_logs.expect("of a newer version", logger="desktop.habits")
    habits = Habits(PreferencesFile(tmp_path))
    state = reduce_all(AppState(), habits.remembered())
    assert state.file_notices == (PREFERENCES_NEWER,)
    habits.save(theme="light")
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == text


def test_of_an_ordinary_file_nothing_is_said(tmp_path: Path) -> None:
    PreferencesFile(tmp_path).write(Preferences(theme="dark"))
    habits = Habits(PreferencesFile(tmp_path))
    assert reduce_all(AppState(), habits.remembered()).file_notices == ()


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")
    PreferencesFile(blocker / "below").write(Preferences())


def test_the_window_does_not_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_for_the_disk(_descriptor: int) -> None:
        raise AssertionError("written on the UI's thread, which waits for nothing")

    monkeypatch.setattr("os.fsync", wait_for_the_disk)
    PreferencesFile(tmp_path).write(Preferences(layouts={"requests.columns": "a drag"}))
    assert PreferencesFile(tmp_path).read().layouts == {"requests.columns": "a drag"}
