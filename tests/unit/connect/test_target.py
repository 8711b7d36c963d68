"""Other programs' files are replaced whole, or not at all."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gateway_engine.connect.target import Target, read_target, replace_target
from gateway_engine.splicing.edits import RefusedEditError
from tests.support.house_rules import ROOT

OLD, NEW = b'{"old": 1}\n', b'{"new": 2}\n' * 1000

# Counts every call of `os` that can touch a file and ends the process, without any clean-up, before
# the one that is asked for; prints how many there were when it comes to an end.
CRASH = """
import os, pathlib, sys
sys.path.insert(0, sys.argv[1])
from gateway_engine.connect.target import read_target, replace_target
left = int(sys.argv[3])
count = 0
def step(call):
    def counted(*given, **named):
        global count, left
        count += 1
        left -= 1
        if left == 0:
            os._exit(9)
        return call(*given, **named)
    return counted
target = read_target(pathlib.Path(sys.argv[2]))
for name in ("open", "write", "fsync", "replace", "chmod", "chown", "stat", "unlink", "fdopen",
             "mkdir", "setxattr", "listxattr"):
    if hasattr(os, name):
        setattr(os, name, step(getattr(os, name)))
replace_target(target, sys.stdin.buffer.read())
print(count)
"""


def crash(file: Path, step: int) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", CRASH, str(ROOT), str(file), str(step)],
        input=NEW,
        capture_output=True,
        check=False,
        timeout=30,
    )


def test_a_crash_at_every_step_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(OLD)
    done = crash(file, 0)
    assert done.returncode == 0, done.stderr
    steps = int(done.stdout)
    assert steps >= 5
    seen = set()
    for step in range(1, steps + 1):
        file.write_bytes(OLD)
        assert crash(file, step).returncode == 9
        assert file.read_bytes() in (OLD, NEW)
        seen.add(file.read_bytes())
        # Whatever a crash left beside it does not stand in the way of the next time.
        replace_target(read_target(file), NEW)
        assert file.read_bytes() == NEW
        for left in tmp_path.glob(".*"):  # or looking at it were steps of the next time
            left.unlink()
    assert seen == {OLD, NEW}


def test_a_failure_leaves_nothing_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(OLD)
    target = read_target(file)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(os, name, full)
            with pytest.raises(OSError, match="No space"):
                replace_target(target, NEW)
        assert [p.name for p in tmp_path.iterdir()] == ["settings.json"]
        assert file.read_bytes() == OLD


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links of POSIX")
def test_mode_owner_and_links_are_kept(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real = tmp_path / "dotfiles" / "settings.json"
    real.write_bytes(OLD)
    real.chmod(0o640)
    link = tmp_path / "settings.json"
    link.symlink_to("dotfiles/settings.json")
    target = read_target(link)
    assert (target.path, target.others_can_read) == (real.resolve(), True)
    owner = (real.stat().st_uid, real.stat().st_gid)
    replace_target(target, NEW)
    assert link.is_symlink()
    assert real.read_bytes() == NEW
    assert real.stat().st_mode & 0o777 == 0o640
    assert (real.stat().st_uid, real.stat().st_gid) == owner


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "settings.json"
    target = read_target(file)
    assert target == Target(file.resolve(), None)
    replace_target(target, NEW)
    assert file.stat().st_mode & 0o777 == 0o600
    replace_target(read_target(file), None)
    assert not file.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="hard links as POSIX has them")
def test_what_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(OLD)
    os.link(file, tmp_path / "second")
    with pytest.raises(RefusedEditError, match="hard links"):
        read_target(file)
    with pytest.raises(RefusedEditError, match="no plain file"):
        read_target(tmp_path)
    (tmp_path / "latin").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(RefusedEditError, match="UTF-8"):
        _ = read_target(tmp_path / "latin").text


def test_a_file_that_changes_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(OLD)
    target = read_target(file)
    file.write_bytes(b"{}")
    with pytest.raises(RefusedEditError, match="at this very moment"):
        replace_target(target, NEW)
    assert file.read_bytes() == b"{}"
    assert [p.name for p in tmp_path.iterdir()] == ["settings.json"]


def test_a_file_that_is_in_its_place_is_so_where_folders_cannot_be_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, sync = tmp_path / "settings.json", os.fsync
    file.write_bytes(OLD)

    def files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(handle)

    monkeypatch.setattr(os, "fsync", files_only)
    replace_target(read_target(file), NEW)
    assert file.read_bytes() == NEW
