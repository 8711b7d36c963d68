"""The desktop's own key and token, wherever they can be kept."""

import sys
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import keyring
import pytest

from gateway_engine.accounts.credentials import (
    LocalSecrets,
    SecretStorage,
    load_or_create_secrets,
)
from gateway_engine.config import Settings
from gateway_engine.paths import Paths, app_paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return app_paths({"LINGMA_GATEWAY_HOME": str(tmp_path)}, cwd=tmp_path)


def backend(module: str, store: dict[tuple[str, str], str], **changes: Any) -> Any:
    def get_password(self: object, service: str, user: str) -> str | None:
        return store.get((service, user))

    def set_password(self: object, service: str, user: str, value: str) -> None:
        store[service, user] = value

    made = type(
        "Keyring",
        (),
        {"get_password": get_password, "set_password": set_password, **changes},
    )
    made.__module__ = module
    return made()


def use(monkeypatch: pytest.MonkeyPatch, chosen: Any) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: chosen)


SAFE = "keyring.backends.SecretService"


def test_keys_of_the_settings_come_first(paths: Paths) -> None:
    secrets = load_or_create_secrets(paths, Settings(api_keys=("mine", "other"), admin_token="t"))
    assert (secrets.api_key, secrets.admin_token) == ("mine", "t")
    assert secrets.storage is SecretStorage.SETTINGS
    assert load_or_create_secrets(paths, Settings(api_keys=("mine",))).admin_token
    assert not paths.data_dir.exists()


def test_a_safe_keyring(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    store: dict[tuple[str, str], str] = {}
    use(monkeypatch, backend(SAFE, store))
    first = load_or_create_secrets(paths, Settings())
    assert first.storage is SecretStorage.KEYRING
    assert first == load_or_create_secrets(paths, Settings())
    assert sorted(store.values()) == sorted([first.api_key, first.admin_token])
    [note] = paths.data_dir.iterdir()
    assert not any(secret.encode() in note.read_bytes() for secret in store.values())


def test_two_homes_have_keys_of_their_own(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, backend(SAFE, {}))
    other = app_paths({"LINGMA_GATEWAY_HOME": "/elsewhere"}, cwd=Path("/"))
    one = load_or_create_secrets(paths, Settings())
    assert one.api_key != load_or_create_secrets(other, Settings()).api_key


def test_a_safe_one_among_several(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, safe = backend("keyrings.alt.file", {}), backend(SAFE, {})
    use(monkeypatch, SimpleNamespace(backends=[plain, safe]))
    assert load_or_create_secrets(paths, Settings()).storage is SecretStorage.KEYRING


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyring.backends.fail", "builtins"])
def test_a_keyring_that_does_not_encrypt_is_refused(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    store: dict[tuple[str, str], str] = {}
    use(monkeypatch, backend(module, store))
    assert_in_file(paths)
    assert store == {}


def test_a_keyring_that_fails(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, service: str, user: str) -> str:
        raise RuntimeError("locked")

    use(monkeypatch, backend(SAFE, {}, get_password=broken))
    assert_in_file(paths)


def test_no_keyring_library(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", ModuleType("keyring"))
    assert_in_file(paths)


def test_a_keyring_that_blocks(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked = threading.Event()

    def blocking(self: object, service: str, user: str) -> str:
        unlocked.wait(10)
        return "late"

    use(monkeypatch, backend(SAFE, {}, get_password=blocking))
    try:
        assert_in_file(paths, timeout_s=0.05)
    finally:
        unlocked.set()


def test_keys_in_a_keyring_are_never_given_up(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: dict[tuple[str, str], str] = {}
    use(monkeypatch, backend(SAFE, store))
    own = load_or_create_secrets(paths, Settings())
    use(monkeypatch, backend("keyring.backends.fail", {}))
    passing = load_or_create_secrets(paths, Settings())
    assert (passing.storage, passing.path) == (SecretStorage.SESSION, None)
    assert passing.api_key not in ("", own.api_key)
    assert load_or_create_secrets(paths, Settings()).api_key != passing.api_key
    files = [p.read_bytes() for p in paths.data_dir.rglob("*") if p.is_file()]
    assert not any(passing.api_key.encode() in content for content in files)
    use(monkeypatch, backend(SAFE, store))
    assert load_or_create_secrets(paths, Settings()) == own


def test_whoever_will_not_wait_goes_on_without(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked, asked = threading.Event(), threading.Event()

    def blocking(self: object, service: str, user: str) -> str:
        asked.set()
        unlocked.wait(10)
        return "late"

    use(monkeypatch, backend(SAFE, {}, get_password=blocking))
    made: list[LocalSecrets] = []
    waiting = threading.Thread(
        target=lambda: made.append(load_or_create_secrets(paths, Settings(), timeout_s=10))
    )
    waiting.start()
    assert asked.wait(10)
    at_once = load_or_create_secrets(paths, Settings(), ask_keyring=False)
    assert at_once.storage is SecretStorage.FILE
    unlocked.set()
    waiting.join(10)
    assert made[0].storage is SecretStorage.KEYRING
    # What was made meanwhile holds: the note about the keyring came too late.
    assert load_or_create_secrets(paths, Settings()) == at_once


def assert_in_file(paths: Paths, timeout_s: float = 5.0) -> None:
    first = load_or_create_secrets(paths, Settings(), timeout_s=timeout_s)
    assert first.storage is SecretStorage.FILE
    assert first.path is not None
    assert first.path.is_relative_to(paths.data_dir)
    if sys.platform != "win32":
        assert first.path.stat().st_mode & 0o777 == 0o600
    assert len(first.api_key) > 20
    assert first == load_or_create_secrets(paths, Settings(), timeout_s=timeout_s)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"api_key":"","admin_token":""}', b'{"api_key":5,"admin_token":null}'],
)
def test_a_broken_file_is_made_anew(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    use(monkeypatch, backend("builtins", {}))
    paths.make()
    (paths.data_dir / "local-secrets.json").write_bytes(content)
    assert_in_file(paths)
