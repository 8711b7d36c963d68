"""Accounts' passwords: in a keyring that encrypts, or nowhere."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring
import pytest

from gateway_engine.accounts import credentials
from gateway_engine.accounts.credentials import NoKeyringError, PasswordBook
from gateway_engine.paths import Paths, app_paths
from tests.unit.accounts.test_credentials import SAFE, backend, use

SECRET = "hunter2-hunter2"
SLOW_ANSWER_S = 9.0
"""What a keyring that was unlocked has taken on a busy machine."""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return app_paths({"LINGMA_GATEWAY_HOME": str(tmp_path)}, cwd=tmp_path)


def deletes(store: dict[tuple[str, str], str]) -> Any:
    def delete_password(self: object, service: str, user: str) -> None:
        del store[service, user]

    return delete_password


def test_there_and_gone(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    store: dict[tuple[str, str], str] = {}
    use(monkeypatch, backend(SAFE, store, delete_password=deletes(store)))
    book = PasswordBook(paths)
    assert (book.names(), book.recall("inst-0")) == ((), None)
    book.remember("inst-0", "ann", SECRET)
    book.remember("inst-1", "bob", "b")
    assert PasswordBook(paths).recall("inst-0") == ("ann", SECRET)
    assert book.names() == ("inst-0", "inst-1")
    book.forget("inst-0")
    assert (book.names(), book.recall("inst-0"), len(store)) == (("inst-1",), None, 1)
    book.forget("inst-0")
    files = [p.read_bytes() for p in paths.data_dir.rglob("*") if p.is_file()]
    assert files
    assert not any(SECRET.encode() in content or b"ann" in content for content in files)


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyring.backends.fail"])
def test_never_in_plain_text(paths: Paths, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    store: dict[tuple[str, str], str] = {}
    use(monkeypatch, backend(module, store))
    with pytest.raises(NoKeyringError, match="never kept in plain text") as caught:
        PasswordBook(paths).remember("inst-0", "ann", SECRET)
    assert SECRET not in str(caught.value)
    assert (store, paths.data_dir.exists()) == ({}, False)


def test_a_keyring_that_blocks(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked = threading.Event()

    def blocking(self: object, service: str, user: str, value: str) -> None:
        unlocked.wait(10)

    use(monkeypatch, backend(SAFE, {}, set_password=blocking))
    try:
        with pytest.raises(NoKeyringError):
            PasswordBook(paths, timeout_s=0.05).remember("inst-0", "ann", SECRET)
    finally:
        unlocked.set()
    assert PasswordBook(paths).names() == ()


def test_a_keyring_on_a_busy_machine_is_waited_for(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(work: Callable[[], Any], timeout_s: float, **_more: Any) -> Any:
        if timeout_s < SLOW_ANSWER_S:
            raise TimeoutError
        return work()

    monkeypatch.setattr(credentials, "_with_deadline", slow)
    use(monkeypatch, backend(SAFE, {}))
    PasswordBook(paths).remember("inst-0", "ann", SECRET)
    assert PasswordBook(paths).recall("inst-0") == ("ann", SECRET)


def test_a_keyring_that_is_unlocked_too_late_keeps_nothing(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked, undone = threading.Event(), threading.Event()
    store: dict[tuple[str, str], str] = {}

    def late(self: object, service: str, user: str, value: str) -> None:
        unlocked.wait(10)
        store[service, user] = value

    def delete(self: object, service: str, user: str) -> None:
        del store[service, user]
        undone.set()

    use(monkeypatch, backend(SAFE, store, set_password=late, delete_password=delete))
    with pytest.raises(NoKeyringError):
        PasswordBook(paths, timeout_s=0.05).remember("inst-0", "ann", SECRET)
    unlocked.set()
    assert undone.wait(10)
    assert store == {}


def test_no_keyring_is_asked_without_need(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> None:
        raise AssertionError("somebody would be asked to unlock it")

    monkeypatch.setattr(keyring, "get_keyring", asked)
    book = PasswordBook(paths)
    assert book.recall("inst-0") is None
    book.forget("inst-0")


@pytest.mark.parametrize("content", [b"", b"junk", b"{}", b'"x"'])
def test_a_list_that_is_damaged(paths: Paths, content: bytes) -> None:
    paths.data_dir.mkdir(parents=True)
    (paths.data_dir / "passwords.json").write_bytes(content)
    assert PasswordBook(paths).names() == ()
