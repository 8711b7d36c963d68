"""Preferences survive restarts, nonsense and newer versions."""

import json
from pathlib import Path

import pytest

from desktop.preferences import FILE_NAME, Preferences, PreferencesFile


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
    file.write(Preferences(theme="light"))
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == text


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")
    PreferencesFile(blocker / "below").write(Preferences())
