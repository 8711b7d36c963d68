"""Settings files of other versions: brought up to date with a copy kept, or left alone."""

import stat
import tomllib
from pathlib import Path

import pytest

from gateway_engine import settings_upgrade
from gateway_engine.config import NewerSettingsError, SettingsError, load_settings
from gateway_engine.settings_file import (
    HEAD,
    ensure_settings_file,
    read_settings,
    upgrade_settings_file,
    write_settings,
)
from gateway_engine.settings_upgrade import (
    SETTINGS_FILE_VERSION,
    STEPS,
    NewerTextError,
    Step,
    upgraded,
)
from gateway_engine.splicing import toml_text
from tests.support.hygiene import ExpectedLogs

FIRST = Path(__file__).parents[1] / "golden" / "upgrades" / "config-version-1.toml"


def rename(old: str, new: str) -> Step:
    """A step as a later version may need: one setting is called otherwise."""

    def step(text: str) -> str:
        source = toml_text.source(text, (old,))
        if source is None:
            return text
        return toml_text.put_source(
            toml_text.put(toml_text.drop(text, (old,)), (new,), 0), (new,), source
        )

    return step


LATER = (rename("port", "door"), rename("door", "gate"))


def test_a_file_of_the_first_version_can_be_read_for_good() -> None:
    loaded = load_settings(file=FIRST, environ={}, dotenv=None, cli={})
    assert loaded.settings.port == 8400
    assert loaded.settings.model_aliases == {"gpt-4o": "kmodel"}
    assert [each.name for each in loaded.settings.instances] == ["mine", "agent"]


def test_each_step_is_taken_once_and_comments_stay() -> None:
    text = FIRST.read_text("utf-8")
    made = upgraded(text, LATER)
    assert (made.found, made.version, made.is_new) == (1, 3, True)
    assert "gate = 8400" in made.text
    assert "version = 3" in made.text
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert len(comments) == 5
    assert all(f"#{comment}" in made.text for comment in comments)
    again = upgraded(made.text, LATER)
    assert (again.text, again.is_new) == (made.text, False)
    assert tomllib.loads(upgraded("door = 5\nversion = 2\n", LATER).text) == {
        "gate": 5,
        "version": 3,
    }
    assert upgraded("port = 5\n", ()).text == "port = 5\n"


def test_a_newer_text_and_a_senseless_version_are_refused() -> None:
    with pytest.raises(NewerTextError) as caught:
        upgraded("version = 4\n", LATER)
    assert (caught.value.found, caught.value.known) == (4, 3)
    for bad in ("0", "-1", "true", '"2"', "1.5"):
        with pytest.raises(ValueError, match="version must be"):
            upgraded(f"version = {bad}\n", LATER)


def test_the_file_is_copied_before_it_is_changed(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("was brought from version 1 to 3", logger="gateway_engine.settings_file")
    file = tmp_path / "config.toml"
    file.write_bytes(FIRST.read_bytes())
    copy = upgrade_settings_file(file, LATER)
    assert copy == tmp_path / "config.toml.version-1"
    assert copy.read_bytes() == FIRST.read_bytes()
    assert "gate = 8400" in file.read_text("utf-8")
    for each in (file, copy):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert upgrade_settings_file(file, LATER) is None
    assert file.read_bytes() == before


def test_an_old_file_starts_the_gateway_and_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    """As a later version will: two of today's settings were called otherwise, one file has no
    version at all."""
    expected_logs.expect("was brought from version 1 to 3", logger="gateway_engine.settings_file")
    steps = (rename("listen_port", "port"), rename("silence_sec", "idle_timeout_sec"))
    monkeypatch.setattr(settings_upgrade, "STEPS", steps)
    file = tmp_path / "config.toml"
    old = "# mine\nlisten_port = 8400 # not 8317\n\n# long\nsilence_sec = 9\n"
    file.write_text(old)
    before = load_settings(file=file, environ={}, dotenv=None, cli={})
    assert (before.settings.port, before.settings.idle_timeout_sec) == (8400, 9)
    assert file.read_text() == old, "reading changes nothing"
    copy = upgrade_settings_file(file)
    assert copy is not None
    assert copy.read_text() == old
    made = file.read_text()
    assert "port = 8400\n" in made
    assert all(comment in made for comment in ("# mine", "# not 8317", "# long"))
    assert load_settings(file=file, environ={}, dotenv=None, cli={}).settings == before.settings
    assert upgrade_settings_file(file) is None
    # Whoever puts an old file back keeps the copy of the first one too.
    file.write_text("silence_sec = 5\n")
    expected_logs.expect("was brought from version 1 to 3", logger="gateway_engine.settings_file")
    second = upgrade_settings_file(file)
    assert second == tmp_path / "config.toml.version-1.2"
    assert (copy.read_text(), second.read_text()) == (old, "silence_sec = 5\n")


def test_what_needs_no_upgrade_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert upgrade_settings_file(file, LATER) is None
    assert not file.exists()
    for text in ("version = 99\nport = 1\n", "port = \n", f"version = {1 + len(STEPS)}\n"):
        file.write_text(text)
        assert upgrade_settings_file(file) is None
        assert file.read_text() == text
        assert [each.name for each in tmp_path.iterdir()] == ["config.toml"]


def test_a_newer_file_is_neither_read_nor_edited(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("version = 99\nsomething_new = 1\n")
    with pytest.raises(NewerSettingsError, match="newer Lingma Gateway"):
        load_settings(file=file, environ={}, dotenv=None, cli={})
    with pytest.raises(NewerSettingsError, match="newer Lingma Gateway"):
        read_settings(file)


def test_nothing_is_written_over_what_somebody_else_wrote(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    ensure_settings_file(file)
    assert file.read_text() == HEAD
    assert f"version = {SETTINGS_FILE_VERSION}" in HEAD
    read = read_settings(file)
    file.write_text("port = 1\n")
    with pytest.raises(SettingsError, match="changed by somebody else"):
        write_settings(read, "port = 2\n")
    assert file.read_text() == "port = 1\n"
    write_settings(read_settings(file), "port = 2\n")
    assert file.read_text() == "port = 2\n"
    file.unlink()
    absent = read_settings(file)
    assert absent.text == HEAD
    write_settings(absent, "port = 3\n")
    assert file.read_text() == "port = 3\n"
