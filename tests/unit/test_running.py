"""One gateway a folder, and how others find it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gateway_engine.atomic_file import write_private
from gateway_engine.config import load_settings
from gateway_engine.paths import Paths, app_paths
from gateway_engine.running import (
    AlreadyRunningError,
    DataLock,
    RunningGateway,
    read_running,
    remove_running,
    write_running,
)
from gateway_engine.settings_file import ensure_settings_file
from tests.support.hygiene import ExpectedLogs

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from gateway_engine.paths import app_paths
from gateway_engine.running import DataLock
with DataLock(app_paths({{"LINGMA_GATEWAY_HOME": {home!r}}}, cwd=Path("/"))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = app_paths({"LINGMA_GATEWAY_HOME": str(tmp_path)}, cwd=tmp_path)
    made.make()
    return made


def test_the_lock_is_held_once_and_freed(paths: Paths) -> None:
    write_running(paths, url="http://127.0.0.1:5", admin_token="t", version="1")
    with DataLock(paths):
        with pytest.raises(AlreadyRunningError, match=r"http://127\.0\.0\.1:5") as caught:
            DataLock(paths).acquire()
        assert (caught.value.pid, caught.value.url) == (os.getpid(), "http://127.0.0.1:5")
    DataLock(paths).acquire()


def test_one_that_another_kind_of_session_started_is_found(paths: Paths, tmp_path: Path) -> None:
    write_running(paths, url="http://127.0.0.1:5", admin_token="t", version="1")
    elsewhere = replace(
        paths,
        runtime_dir=tmp_path / "session",
        other_runtime_dirs=(tmp_path / "none", paths.runtime_dir),
    )
    found = read_running(elsewhere)
    assert found is not None
    assert found.url == "http://127.0.0.1:5"
    elsewhere.make()
    # What a gateway left that ended badly in this session says less than one that lives.
    ended = {"pid": 2**22 + 1, "url": "http://127.0.0.1:6", "admin_token": "o", "version": "1"}
    write_private(elsewhere.runtime_file, json.dumps(ended).encode())
    assert read_running(elsewhere) == found
    remove_running(elsewhere)
    assert elsewhere.runtime_file.exists()
    remove_running(paths)
    assert read_running(elsewhere) == RunningGateway(2**22 + 1, "http://127.0.0.1:6", "o", "1")


def test_another_process_holds_it_until_it_dies(paths: Paths, tmp_path: Path) -> None:
    code = HOLDER.format(root=str(ROOT), home=str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(AlreadyRunningError, match="LINGMA_GATEWAY_HOME"):
            DataLock(paths).acquire()
        holder.kill()
        holder.wait()
    with DataLock(paths):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_the_runtime_file(paths: Paths) -> None:
    assert read_running(paths) is None
    write_running(paths, url="u", admin_token="t", version="1")
    assert read_running(paths) == RunningGateway(os.getpid(), "u", "t", "1")
    assert paths.runtime_file.stat().st_mode & 0o777 == 0o600
    remove_running(paths)
    remove_running(paths)
    assert not paths.runtime_file.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"pid":[]}', b"\xff"])
def test_an_unreadable_runtime_file_is_none(paths: Paths, content: bytes) -> None:
    paths.runtime_file.write_bytes(content)
    assert read_running(paths) is None
    remove_running(paths)
    assert paths.runtime_file.exists()


def test_another_ones_runtime_file_stays(paths: Paths) -> None:
    paths.runtime_file.write_text('{"pid":1,"url":"u","admin_token":"t","version":"1"}')
    remove_running(paths)
    assert paths.runtime_file.exists()


def test_a_private_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "x.json"
    write_private(file, b"one")
    with pytest.raises(TypeError):
        write_private(file, None)  # type: ignore[arg-type]
    assert file.read_bytes() == b"one"
    assert [each.name for each in file.parent.iterdir()] == ["x.json"]


def test_the_first_settings_file_changes_nothing(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    file = tmp_path / "config.toml"
    ensure_settings_file(file)
    assert "version = 1" in file.read_text()
    load_settings(file=file, environ={}, dotenv=None, cli={})
    file.write_text("port = 5")
    ensure_settings_file(file)
    assert file.read_text() == "port = 5"
    expected_logs.expect("no settings file was written")
    ensure_settings_file(file / "below" / "config.toml")
