"""Where the process says it listens; what is stale or not ours is left alone."""

import json
import os
from pathlib import Path

import pytest

from gateway_engine.upstreams.lingma.endpoint import (
    OWNER_MARK,
    Endpoint,
    claim_work_dir,
    find_endpoint,
    foreign_process,
    parse_info,
)

ME = os.getpid()
DEAD = 4194303


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("36510\n123\n", Endpoint(36510, 123)),
        ("36510\n123\n/tmp/pipe.sock\n", Endpoint(36510, 123)),
        ("36510\r\n123\r\n", Endpoint(36510, 123)),
        (" 36510 \n 123", Endpoint(36510, 123)),
        ("36510", Endpoint(36510, 0)),
        ("\ufeff36510\r\n123\r\n", Endpoint(36510, 123)),
        ('\ufeff{"websocketPort":36510,"pid":123}', Endpoint(36510, 123)),
        ('{"websocketPort":36510,"pid":123,"ipcServerPath":""}', Endpoint(36510, 123)),
        ('\n {"websocketPort":"36510","pid":"123"}', Endpoint(36510, 123)),
        ('{"websocketPort":36510}', Endpoint(36510, 0)),
        ('{"websocketPort":36510,"pi', None),
        ('{"pid":123}', None),
        ("{}", None),
        ("", None),
        ("\n", None),
        ("0\n123", None),
        ("65536\n123", None),
        ("-5\n123", None),
        ("36510\n-1", None),
        ("36510\n" + "9" * 30, None),
        ("port\n123", None),
        ('{"websocketPort":[1],"pid":{}}', None),
    ],
)
def test_every_form(text: str, endpoint: Endpoint | None) -> None:
    assert parse_info(text) == endpoint


def test_our_own_folder_is_cleared_of_old_files(tmp_path: Path) -> None:
    work_dir = tmp_path / "deep" / "work"
    assert claim_work_dir(work_dir) == {}
    assert (work_dir / OWNER_MARK).exists()
    (work_dir / ".info").write_text(f"1\n{ME}\n")
    (work_dir / ".info.json").write_text("{}")
    assert claim_work_dir(work_dir) == {}
    assert not (work_dir / ".info").exists()
    assert not (work_dir / ".info.json").exists()


def test_a_folder_that_is_not_ours_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / ".info").write_text(f"36510\n{ME}\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    stale = claim_work_dir(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert list(stale) == [tmp_path / ".info"]
    assert find_endpoint(tmp_path, stale) is None
    assert foreign_process(tmp_path) == ME
    (tmp_path / ".info.json").write_text(json.dumps({"websocketPort": 5, "pid": ME}))
    assert find_endpoint(tmp_path, stale) == Endpoint(5, ME)


def test_a_file_written_anew_counts(tmp_path: Path) -> None:
    info = tmp_path / ".info"
    info.write_text(f"36510\n{ME}\n")
    stale = claim_work_dir(tmp_path)
    fresh = tmp_path / "fresh"
    fresh.write_text(f"36511\n{ME}\n")
    fresh.replace(info)
    assert find_endpoint(tmp_path, stale) == Endpoint(36511, ME)


def test_a_dead_process_has_no_endpoint(tmp_path: Path) -> None:
    (tmp_path / ".info").write_text(f"36510\n{DEAD}\n")
    assert find_endpoint(tmp_path, {}) is None
    assert foreign_process(tmp_path) == 0


def test_nothing_there(tmp_path: Path) -> None:
    assert find_endpoint(tmp_path, {}) is None
    assert foreign_process(tmp_path) == 0


def test_a_torn_file_is_not_read_yet(tmp_path: Path) -> None:
    whole = json.dumps({"websocketPort": 36510, "pid": ME})
    for end in range(len(whole)):
        (tmp_path / ".info").write_text(whole[:end])
        assert find_endpoint(tmp_path, {}) is None
