"""Passwords in a file that a passphrase encrypts: for computers without a keyring."""

import sys
from pathlib import Path

import pytest

from gateway_engine.accounts import sealed_passwords
from gateway_engine.accounts.bundle import BundleError
from gateway_engine.accounts.credentials import NoKeyringError, PasswordBook
from gateway_engine.accounts.sealed_passwords import FILE, first_line
from gateway_engine.paths import Paths, app_paths
from tests.unit.accounts.test_credentials import SAFE, backend, use

SECRET, PHRASE = "hunter2-hunter2", "correct horse battery"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    use(monkeypatch, backend("keyring.backends.fail", {}))
    return app_paths({"LINGMA_GATEWAY_HOME": str(tmp_path)}, cwd=tmp_path)


@pytest.fixture
def quick_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seal that takes no second, for what is told apart by its passphrase alone."""

    async def seal(data: bytes, passphrase: str) -> bytes:
        return passphrase.encode().hex().encode() + b"\n" + data[::-1]

    async def unseal(data: bytes, passphrase: str) -> bytes:
        sealed_by, _, content = data.partition(b"\n")
        if sealed_by != passphrase.encode().hex().encode():
            raise BundleError("wrong_passphrase", "it was sealed by another")
        return content[::-1]

    monkeypatch.setattr(sealed_passwords, "seal_aside", seal)
    monkeypatch.setattr(sealed_passwords, "unseal_aside", unseal)


def test_there_by_a_passphrase_that_was_typed(paths: Paths) -> None:
    book = PasswordBook(paths)
    book.unlock(PHRASE)
    book.remember("inst-0", "ann", SECRET)
    assert (book.names(), book.is_locked) == (("inst-0",), False)
    again = PasswordBook(paths)
    assert (again.names(), again.is_locked) == (("inst-0",), True)
    with pytest.raises(NoKeyringError, match="PASSPHRASE_FILE"):
        again.recall("inst-0")
    with pytest.raises(NoKeyringError, match="not the passphrase"):
        again.unlock("wrong")
    assert again.is_locked
    again.unlock(PHRASE)
    assert again.recall("inst-0") == ("ann", SECRET)
    held = [p.read_bytes() for p in paths.data_dir.rglob("*") if p.is_file()]
    assert held
    secrets = (SECRET, PHRASE, "ann")
    assert not any(each.encode() in content for each in secrets for content in held)
    if sys.platform != "win32":
        assert (paths.data_dir / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("quick_seal")
def test_gone_once_it_is_forgotten(paths: Paths) -> None:
    book = PasswordBook(paths, passphrase=lambda: PHRASE)
    book.remember("inst-0", "ann", SECRET)
    book.remember("inst-1", "bob", SECRET)
    book.forget("inst-0")
    for each in (book, PasswordBook(paths, passphrase=lambda: PHRASE)):
        assert (each.names(), each.recall("inst-0")) == (("inst-1",), None)
        assert each.recall("inst-1") == ("bob", SECRET)


def test_a_machine_that_is_too_busy_has_seen_no_wrong_passphrase(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_data: bytes, _passphrase: str) -> bytes:
        raise BundleError("too_busy", "the passphrase was not tried")

    monkeypatch.setattr(sealed_passwords, "unseal_aside", busy)
    paths.data_dir.mkdir(parents=True)
    (paths.data_dir / FILE).write_bytes(b"x")
    with pytest.raises(NoKeyringError, match="was not tried") as caught:
        PasswordBook(paths).unlock(PHRASE)
    assert caught.value.reason == "too_busy"


@pytest.mark.usefixtures("quick_seal")
@pytest.mark.parametrize("code", ["too_busy", "too_busy_to_seal"])
def test_a_machine_that_is_too_busy_has_no_broken_keyring(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    async def busy(_data: bytes, _passphrase: str) -> bytes:
        raise BundleError(code, "busy")

    book = PasswordBook(paths, passphrase=lambda: PHRASE)
    if code == "too_busy":
        book.remember("inst-1", "bob", SECRET)
    monkeypatch.setattr(sealed_passwords, "unseal_aside", busy)
    monkeypatch.setattr(sealed_passwords, "seal_aside", busy)
    before = {file: file.read_bytes() for file in paths.data_dir.rglob("*") if file.is_file()}
    with pytest.raises(NoKeyringError) as caught:
        book.remember("inst-0", "ann", SECRET)
    assert caught.value.reason == code
    after = {file: file.read_bytes() for file in paths.data_dir.rglob("*") if file.is_file()}
    assert after == before


@pytest.mark.usefixtures("quick_seal")
def test_by_the_file_of_the_settings(paths: Paths, tmp_path: Path) -> None:
    phrase = tmp_path / "phrase"
    phrase.write_text(f"{PHRASE}\nmore\n", "utf-8")
    book = PasswordBook(paths, passphrase=lambda: first_line(str(phrase)))
    book.remember("inst-0", "ann", SECRET)
    same = PasswordBook(paths, passphrase=lambda: first_line(str(phrase)))
    assert (same.recall("inst-0"), same.is_locked) == (("ann", SECRET), False)
    gone = PasswordBook(paths, passphrase=lambda: first_line(str(tmp_path / "none")))
    assert gone.is_locked
    assert first_line("") == ""


@pytest.mark.usefixtures("quick_seal")
def test_once_there_is_a_keyring_what_is_kept_in_it_holds(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    PasswordBook(paths, passphrase=lambda: PHRASE).remember("inst-0", "ann", "the-old-one")
    held: dict[tuple[str, str], str] = {}

    def delete_password(_self: object, service: str, user: str) -> None:
        del held[service, user]

    use(monkeypatch, backend(SAFE, held, delete_password=delete_password))
    with pytest.raises(NoKeyringError, match="locked"):
        PasswordBook(paths).remember("inst-0", "ann", SECRET)
    book = PasswordBook(paths, passphrase=lambda: PHRASE)
    book.remember("inst-0", "ann", SECRET)
    assert (book.recall("inst-0"), book.names()) == (("ann", SECRET), ("inst-0",))
    book.forget("inst-0")
    assert (book.recall("inst-0"), book.names()) == (None, ())


def test_without_a_passphrase_nothing_is_kept(paths: Paths) -> None:
    with pytest.raises(NoKeyringError, match="never kept in plain"):
        PasswordBook(paths).remember("inst-0", "ann", SECRET)
    assert not paths.data_dir.exists()


@pytest.mark.parametrize("content", [b"", b"junk", b"age-encryption.org/v1\n-> scrypt broken"])
def test_a_file_that_is_damaged_is_said_and_kept(paths: Paths, content: bytes) -> None:
    paths.data_dir.mkdir(parents=True)
    (paths.data_dir / FILE).write_bytes(content)
    book = PasswordBook(paths, passphrase=lambda: PHRASE)
    with pytest.raises(NoKeyringError) as caught:
        book.remember("inst-0", "ann", SECRET)
    assert caught.value.reason == "passwords_damaged"
    assert FILE in str(caught.value)
    assert (paths.data_dir / FILE).read_bytes() == content
