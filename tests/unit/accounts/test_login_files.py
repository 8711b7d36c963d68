"""A login on disk is replaced as a whole or not at all, wherever a crash comes."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway_engine.accounts.login_files import (
    FileChange,
    changes,
    exchange,
    keep,
    read_login,
    recover,
)
from gateway_engine.atomic_file import begin_beside

OLD = {"cache/id": b"old id", "cache/user": b"old user", "cache/config.json": b"{}"}
NEW = {"cache/id": b"new id", "cache/user": b"new user", "cache/quota": b"{}"}


class Crash(BaseException):
    """The process is gone."""


def crash_at(number: int) -> Callable[[str], None]:
    left = [number]

    def step(name: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Crash(name)

    return step


def laid_out(folder: Path, login: dict[str, bytes]) -> None:
    (folder / "cache").mkdir()
    (folder / "cache" / "machine_token.json").write_text("other")
    for name, content in login.items():
        (folder / name).write_bytes(content)


def everything(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_replaced_and_kept(tmp_path: Path) -> None:
    laid_out(tmp_path, OLD)
    exchange(tmp_path, NEW)
    assert read_login(tmp_path) == NEW
    keep(tmp_path)
    assert not recover(tmp_path)
    assert read_login(tmp_path) == NEW
    assert everything(tmp_path) == {*NEW, "cache/machine_token.json"}
    if sys.platform != "win32":
        assert {(tmp_path / name).stat().st_mode & 0o777 for name in NEW} == {0o600}


def test_what_a_killed_write_has_left_goes(tmp_path: Path) -> None:
    laid_out(tmp_path, OLD)
    for name in ("user", "config.json", "other"):
        # As it is really left: the name that writes give once changed, and this did not follow.
        handle, left = begin_beside(tmp_path / "cache" / name)
        os.close(handle)
        left.write_bytes(b"half a login")
    (tmp_path / "cache" / ".user.swp").write_bytes(b"an editor's")
    recover(tmp_path)
    kept = {"cache/machine_token.json", f"cache/{left.name}", "cache/.user.swp"}
    assert everything(tmp_path) == {*OLD, *kept}


def test_undone(tmp_path: Path) -> None:
    laid_out(tmp_path, OLD)
    exchange(tmp_path, NEW)
    assert recover(tmp_path)
    assert read_login(tmp_path) == OLD
    assert everything(tmp_path) == {*OLD, "cache/machine_token.json"}
    assert not recover(tmp_path)


def test_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    exchange(folder, NEW)
    assert read_login(folder) == NEW
    recover(folder)
    assert read_login(folder) == {}
    recover(tmp_path / "none")
    assert read_login(tmp_path / "none") == {}


@pytest.mark.parametrize("old", [OLD, {}])
def test_a_crash_at_every_step(tmp_path: Path, old: dict[str, bytes]) -> None:
    """Before `keep` has renamed, the old login is whole afterwards; from then on the new one."""
    seen: set[bool] = set()
    for number in range(100):
        folder = tmp_path / str(number)
        folder.mkdir()
        laid_out(folder, old)
        step = crash_at(number)
        finished = kept = False
        try:
            exchange(folder, NEW, step=step)
            keep(folder, step=step)
            finished = True
        except Crash as crash:
            kept = str(crash) == "kept"
        recover(folder)
        assert read_login(folder) == (NEW if finished or kept else old), number
        assert not [name for name in everything(folder) if "exchange" in name]
        seen.add(finished)
        # The next one goes through.
        exchange(folder, NEW)
        keep(folder)
        assert read_login(folder) == NEW
        if finished:
            break
    assert seen == {True, False}


def test_a_crash_while_it_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out(tmp_path, OLD)
    exchange(tmp_path, NEW)
    unlink = Path.unlink

    def dies(self: Path, missing_ok: bool = False) -> None:
        if self.name == "quota":
            raise Crash
        unlink(self, missing_ok=missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", dies)
        with pytest.raises(Crash):
            recover(tmp_path)
    assert recover(tmp_path)
    assert read_login(tmp_path) == OLD


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out(tmp_path, OLD)
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target == tmp_path / "cache" / "user" and target.read_bytes() == OLD["cache/user"]:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space"):
            exchange(tmp_path, NEW)
    recover(tmp_path)
    assert read_login(tmp_path) == OLD


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_are_no_login(tmp_path: Path) -> None:
    laid_out(tmp_path, OLD)
    (tmp_path / "cache" / "quota").symlink_to("/etc/passwd")
    assert read_login(tmp_path) == OLD


def test_what_would_change() -> None:
    assert changes(OLD, NEW | {"cache/id": b"old id"}) == (
        FileChange("cache/id", "same"),
        FileChange("cache/user", "replace"),
        FileChange("cache/quota", "add"),
        FileChange("cache/config.json", "remove"),
    )
    assert changes({}, {}) == ()
