"""Where files go."""

import os
import sys
from pathlib import Path

import pytest

from gateway_engine.paths import Paths, app_paths


def all_of(paths: Paths) -> list[Path]:
    return [
        paths.config_file,
        paths.log_file,
        paths.runtime_file,
        paths.lock_file,
        paths.state_dir,
    ]


def test_one_folder_moves_everything(tmp_path: Path) -> None:
    paths = app_paths({"LINGMA_GATEWAY_HOME": "  my home "}, cwd=tmp_path)
    assert all((tmp_path / "my home") in path.parents for path in all_of(paths))
    absolute = app_paths({"LINGMA_GATEWAY_HOME": str(tmp_path / "x")}, cwd=Path("/elsewhere"))
    assert absolute.config_dir.is_relative_to(tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_the_home_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert app_paths({"LINGMA_GATEWAY_HOME": "~/x"}, cwd=Path("/")).data_dir.is_relative_to(
        tmp_path / "x"
    )
    nobody = app_paths({"LINGMA_GATEWAY_HOME": "~nobody-here/x"}, cwd=tmp_path)
    assert nobody.data_dir.is_relative_to(tmp_path / "~nobody-here")


def test_the_usual_folders_are_absolute_and_never_the_shared_one() -> None:
    for environ in ({}, {"LINGMA_GATEWAY_HOME": " "}):
        paths = app_paths(environ, cwd=Path("/elsewhere"))
        assert all(path.is_absolute() for path in all_of(paths))
        assert not paths.runtime_file.is_relative_to("/tmp")
    session = app_paths({"XDG_RUNTIME_DIR": "/run/user/1000"}, cwd=Path("/"))
    assert session.runtime_dir == Path("/run/user/1000/lingma-gateway")
    # One is found from the other: a service that runs and a command by `sudo -u`.
    without = app_paths({}, cwd=Path("/"))
    assert without.runtime_dir in session.other_runtime_dirs
    if sys.platform == "linux":
        assert Path(f"/run/user/{os.getuid()}/lingma-gateway") in without.other_runtime_dirs


def test_folders_are_private(tmp_path: Path) -> None:
    paths = app_paths({"LINGMA_GATEWAY_HOME": str(tmp_path)}, cwd=tmp_path)
    paths.make()
    paths.make()
    for folder in (paths.config_dir, paths.data_dir, paths.state_dir, paths.runtime_dir):
        assert folder.stat().st_mode & 0o077 == 0
