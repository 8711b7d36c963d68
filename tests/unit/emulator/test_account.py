"""The login: nonces, cache files, machines."""

from pathlib import Path

import pytest

from gateway_engine.emulator.account import Account, auth_for
from gateway_engine.emulator.ids import Ids
from gateway_engine.emulator.work_dir import WorkDir


@pytest.fixture
def work_dir(tmp_path: Path) -> WorkDir:
    work_dir = WorkDir(tmp_path)
    work_dir.create()
    return work_dir


def account(work_dir: WorkDir, machine: str = "m") -> Account:
    return Account(work_dir, Ids("seed"), machine)


def test_signing_in_is_kept_on_disk(work_dir: WorkDir) -> None:
    first = account(work_dir)
    assert (first.status, first.report()["status"]) == (1, 1)
    nonce = first.new_nonce()
    assert first.sign_in(nonce, auth_for("李雷"), "token-1")
    assert first.report()["token"] == "token-1"
    assert (work_dir.cache / "user").stat().st_mode & 0o777 in (0o600, 0o666)  # POSIX, Windows
    again = account(work_dir)
    assert again.report() == first.report()
    assert (again.status, again.name) == (2, "李雷")


def test_a_nonce_is_good_once(work_dir: WorkDir) -> None:
    signing = account(work_dir)
    nonce = signing.new_nonce()
    assert not signing.sign_in("other", auth_for("a"), "t")
    assert not signing.sign_in(nonce, "no auth", "t")
    assert not signing.sign_in(nonce, auth_for("a"), "t")
    assert signing.status == 1


def test_signing_out_removes_the_files(work_dir: WorkDir) -> None:
    signing = account(work_dir)
    signing.sign_in_as("demo")
    signing.sign_out()
    assert signing.status == 1
    assert account(work_dir).status == 1
    assert not (work_dir.cache / "user").exists()


def test_expiry(work_dir: WorkDir) -> None:
    signing = account(work_dir)
    assert not signing.expire()
    signing.sign_in_as("demo")
    assert signing.expire()
    assert signing.report()["status"] == 3


def test_a_login_does_not_travel(work_dir: WorkDir) -> None:
    account(work_dir).sign_in_as("demo")
    assert account(work_dir, "other").status == 1


@pytest.mark.parametrize("content", ["", "garbage!", "e30=", "bnVsbA=="])
def test_a_broken_login_is_none(work_dir: WorkDir, content: str) -> None:
    work_dir.write_cache("user", content)
    assert account(work_dir).status == 1


def test_a_seed_repeats_everything() -> None:
    assert Ids("x").uuid() == Ids("x").uuid()
    assert Ids("x").token("p") == Ids("x").token("p")
    assert Ids("").uuid() != Ids("").uuid()
