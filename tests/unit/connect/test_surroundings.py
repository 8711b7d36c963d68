"""What a user is told of a settings file before anything is written."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.client import Client, SettingsFile, Site
from gateway_engine.connect.surroundings import Hint, HintCode, hints, is_found


def site(home: Path, **environ: str) -> Site:
    return Site(home, {"PATH": "", **environ}, "linux")


def file_of(name: str) -> SettingsFile:
    file = CLIENTS[name].file
    assert file is not None
    return file


def told(name: str, home: Path) -> set[tuple[HintCode, Path]]:
    file = file_of(name)
    return {(h.code, h.path) for h in hints(file, file.path(site(home)), site(home))}


def test_nothing_is_told_of_an_ordinary_file(tmp_path: Path) -> None:
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "settings.json").write_text("{}")
    assert told("claude", tmp_path) == set()


@pytest.mark.parametrize(
    ("text", "is_ignored"),
    [("", False), ("\ufeff{}", False), ('{\n// mine\n"a": 1}', True), ('{"a": 1,}', True)],
)
def test_a_file_that_its_client_ignores_is_told(
    tmp_path: Path, text: str, is_ignored: bool
) -> None:
    settings = tmp_path / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(text, encoding="utf-8")
    assert told("claude", tmp_path) == ({(HintCode.NOT_PLAIN, settings)} if is_ignored else set())
    zed = tmp_path / ".config" / "zed" / "settings.json"
    zed.parent.mkdir(parents=True)
    zed.write_text(text, encoding="utf-8")
    assert (HintCode.NOT_PLAIN, zed) not in told("zed", tmp_path)


def test_what_is_missing_will_be_made(tmp_path: Path) -> None:
    assert told("codex", tmp_path) == {(HintCode.NEW_FOLDER, tmp_path / ".codex")}
    (tmp_path / ".codex").mkdir()
    assert told("codex", tmp_path) == {(HintCode.NEW_FILE, tmp_path / ".codex" / "config.toml")}


@pytest.mark.skipif(sys.platform == "win32", reason="links as POSIX has them")
def test_a_link_says_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles" / "settings.json").write_text("{}")
    (tmp_path / ".claude").symlink_to("dotfiles")
    real = tmp_path / "dotfiles" / "settings.json"
    assert told("claude", tmp_path) == {(HintCode.LINK, real.resolve())}
    real.unlink()
    real.symlink_to("settings.json")
    assert (HintCode.LINK, tmp_path / ".claude" / "settings.json") in told("claude", tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_file_that_is_locked_is_told(tmp_path: Path) -> None:
    (tmp_path / ".claude").mkdir()
    file = tmp_path / ".claude" / "settings.json"
    file.write_text("{}")
    file.chmod(0o444)
    assert told("claude", tmp_path) == {(HintCode.READ_ONLY, file)}


def test_other_files_that_matter_are_named(tmp_path: Path) -> None:
    settings = tmp_path / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text("{}")
    managed = tmp_path / "managed.json"
    file = replace(file_of("claude"), stronger=lambda site: [managed, settings])
    assert hints(file, settings, site(tmp_path)) == ()
    managed.write_text("{}")
    assert hints(file, settings, site(tmp_path)) == (Hint(HintCode.STRONGER, managed),)
    old = tmp_path / ".continue" / "config.json"
    old.parent.mkdir()
    old.write_text("{}")
    assert (HintCode.DISPLACED, old) in told("continue", tmp_path)
    (old.parent / "config.yaml").write_text("")
    assert told("continue", tmp_path) == set()


def test_who_is_found(tmp_path: Path) -> None:
    def found() -> set[str]:
        here = site(tmp_path, PATH=str(tmp_path / "bin"))
        return {name for name, client in CLIENTS.items() if is_found(client, here)}

    assert found() == {"sdk"}
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / ("aider.exe" if os.name == "nt" else "aider")
    program.write_text("")
    program.chmod(0o755)
    (tmp_path / ".vscode" / "extensions" / "saoudrizwan.claude-dev-3.1.0").mkdir(parents=True)
    (tmp_path / ".qwen").mkdir()
    assert found() == {"sdk", "aider", "cline", "qwen"}


def test_a_client_that_leaves_no_trace_counts_as_found(tmp_path: Path) -> None:
    bare: Client = replace(CLIENTS["claude"], programs=(), traces=lambda site: ())
    assert is_found(bare, site(tmp_path))
