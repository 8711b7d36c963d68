"""Secrets in the OS keyring: the gateway's own key and token, and the passwords of accounts.

The gateway's two are made at first start; where there is no keyring that is safe they lie in a 0600
file, and the user is told. A password is kept in such a keyring or not at all. The only module that
knows the keyring library.
"""

import concurrent.futures
import contextlib
import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from gateway_engine import json_text
from gateway_engine.accounts.sealed_passwords import LockedError, SealedPasswords
from gateway_engine.atomic_file import write_private
from gateway_engine.config import Settings
from gateway_engine.paths import Paths

logger = logging.getLogger(__name__)

SERVICE: Final = "lingma-gateway"
KEY_PREFIX: Final = "lgw-"
KEYRING_TIMEOUT_S: Final = 20.0
"""One that is there has needed 9 s on a busy machine. One that is locked says so at once where it
cannot ask anybody.
"""
PROMPT_TIMEOUT_S: Final = 60.0
"""For a person who is asked to unlock it."""
KEYS_FILE: Final = "local-secrets.json"
IN_KEYRING: Final = {"storage": "keyring"}
"""What the file of the keys holds when they are not in it."""
SAFE_BACKENDS: Final = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Backends that encrypt. Anything else (plain-text ones get installed silently) is refused."""


class SecretStorage(StrEnum):
    """Where the secrets lie."""

    SETTINGS = "settings"
    KEYRING = "keyring"
    FILE = "file"
    SESSION = "session"
    """Nowhere: the keyring holds others and does not answer now."""


@dataclass(frozen=True, slots=True)
class LocalSecrets:
    """What the desktop hands to clients and keeps for itself. `path` is set for storage FILE."""

    api_key: str
    admin_token: str
    storage: SecretStorage
    path: Path | None = None


def load_or_create_secrets(
    paths: Paths,
    settings: Settings,
    *,
    timeout_s: float = KEYRING_TIMEOUT_S,
    ask_keyring: bool = True,
) -> LocalSecrets:
    """Return this installation's secrets, made now when there are none. Raises OSError.

    Blocks up to `timeout_s` on a keyring that asks its user: call it off the UI thread. Keys that
    lie in a keyring are never given up for others: while it does not answer, some hold that are
    kept nowhere, and the next time it is asked again.
    """
    if settings.api_keys:
        return LocalSecrets(
            settings.api_keys[0],
            settings.admin_token or _new_token(),
            SecretStorage.SETTINGS,
        )
    file = paths.data_dir / KEYS_FILE
    kept = _from_file(file)
    if kept is not None:
        return kept
    account = _place(paths)
    try:
        if not ask_keyring:
            raise TimeoutError
        stored = _with_deadline(lambda: _keyring_pair(account), timeout_s)
    except Exception as error:  # noqa: BLE001 - keyring backends raise whatever their system raises
        return _without_keyring(file, type(error).__name__)
    if not file.exists():
        write_private(file, json_text.render(IN_KEYRING))
    return LocalSecrets(stored[0], stored[1], SecretStorage.KEYRING)


def _without_keyring(file: Path, why: str) -> LocalSecrets:
    if _says_keyring(file):
        logger.info("the OS keyring with the keys does not answer (%s): others hold for now", why)
        return LocalSecrets(_new_key(), _new_token(), SecretStorage.SESSION)
    made_meanwhile = _from_file(file)
    if made_meanwhile is not None:
        return made_meanwhile
    logger.info("no usable OS keyring (%s): keys are kept in %s", why, file)
    return _in_file(file, _new_key(), _new_token())


def keep_in_file(paths: Paths, api_key: str, admin_token: str) -> LocalSecrets:
    """Keep these from now on, whatever lies in a keyring that does not answer. Raises OSError."""
    return _in_file(paths.data_dir / KEYS_FILE, api_key, admin_token)


def _in_file(file: Path, api_key: str, admin_token: str) -> LocalSecrets:
    write_private(file, json_text.render({"api_key": api_key, "admin_token": admin_token}))
    return LocalSecrets(api_key, admin_token, SecretStorage.FILE, file)


def _says_keyring(file: Path) -> bool:
    try:
        return bool(json_text.parse(file.read_bytes()) == IN_KEYRING)
    except (OSError, ValueError):
        return False


def _from_file(file: Path) -> LocalSecrets | None:
    try:
        value = json_text.parse(file.read_bytes())
        if value == IN_KEYRING:
            return None
        pair = (value["api_key"], value["admin_token"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        pair = ("", "")
    if not all(isinstance(secret, str) and secret for secret in pair):
        logger.info("%s is unreadable, making new keys", file)
        return None
    return LocalSecrets(*pair, SecretStorage.FILE, file)


class NoKeyringError(Exception):
    """There is no keyring that encrypts, it is locked, or it does not answer: nothing was done.

    `reason` is set where it is about the file of passwords: LockedError's.
    """

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class PasswordBook:
    """Accounts' passwords in the OS keyring, else in a file that a passphrase encrypts, else
    nowhere. Blocks up to `timeout_s`, and while it encrypts: call it in a thread.

    `passwords.json` in the data folder says which instances have one, and nothing else: without an
    entry there no keyring is asked, which might ask its user to unlock it.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        timeout_s: float = KEYRING_TIMEOUT_S,
        passphrase: Callable[[], str] = lambda: "",
    ) -> None:
        self._sealed = SealedPasswords(paths.data_dir, passphrase)
        self._file = paths.data_dir / "passwords.json"
        self._prefix = f"password-{_place(paths)}-"
        self._timeout_s = timeout_s

    def names(self) -> tuple[str, ...]:
        """The instances that have a password here."""
        return tuple(sorted({*self._in_keyring(), *self._sealed.names()}))

    @property
    def is_locked(self) -> bool:
        """Whether passwords are kept that need a passphrase which is not at hand."""
        return bool(self._sealed.names()) and not self._sealed.is_unlocked

    def unlock(self, passphrase: str) -> None:
        """Use this passphrase for the file of passwords. Raises NoKeyringError: it is wrong."""
        try:
            self._sealed.unlock(passphrase)
        except LockedError as error:
            raise NoKeyringError(str(error), error.reason) from None

    def _in_keyring(self) -> tuple[str, ...]:
        try:
            value = json_text.parse(self._file.read_bytes())
        except (OSError, ValueError):
            return ()
        return tuple(str(name) for name in value) if isinstance(value, list) else ()

    def remember(self, name: str, username: str, password: str) -> None:
        """Keep a password. Raises NoKeyringError, OSError."""
        secret = json_text.render([username, password]).decode()
        place = self._prefix + name
        try:
            # Unlocked too late it would be kept, and nobody would know of it.
            self._ask(
                lambda box: box.set_password(SERVICE, place, secret),
                undo=lambda box: box.delete_password(SERVICE, place),
            )
        except NoKeyringError:
            if not self._sealed.is_unlocked:
                raise
            self._in_file(lambda: self._sealed.put(name, username, password))
            return
        self._write({*self._in_keyring(), name})
        if name in self._sealed.names():  # from a time without a keyring: it would win
            self._in_file(lambda: self._sealed.remove(name))

    def recall(self, name: str) -> tuple[str, str] | None:
        """The account's name and password, None when none is kept. Raises NoKeyringError."""
        if name in self._sealed.names():
            found: tuple[str, str] | None = self._in_file(lambda: self._sealed.get(name))
            return found
        if name not in self._in_keyring():
            return None
        secret = self._ask(lambda box: box.get_password(SERVICE, self._prefix + name))
        try:
            username, password = json_text.parse(secret or "")
        except (ValueError, TypeError):
            return None
        return str(username), str(password)

    def forget(self, name: str) -> None:
        """Keep it no longer. Raises NoKeyringError, OSError."""
        if name in self._sealed.names():
            self._in_file(lambda: self._sealed.remove(name))
        if name in self._in_keyring():
            self._ask(lambda box: box.delete_password(SERVICE, self._prefix + name))
            self._write({*self._in_keyring()} - {name})

    def _in_file(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except LockedError as error:
            raise NoKeyringError(str(error), error.reason) from None

    def _ask(
        self, work: Callable[[Any], Any], *, undo: Callable[[Any], Any] = lambda box: None
    ) -> Any:
        try:
            return _with_deadline(
                lambda: work(_safe_keyring()),
                self._timeout_s,
                undo=lambda: undo(_safe_keyring()),
            )
        except Exception as error:
            raise NoKeyringError(
                f"there is no usable system keyring ({type(error).__name__}): it is missing, locked"
                " or does not answer. Unlock it, give a passphrase (PASSPHRASE_FILE) to encrypt the"
                " password with, or give the password by LINGMA_PASSWORD; it is never kept in plain"
                " text"
            ) from error

    def _write(self, names: set[str]) -> None:
        write_private(self._file, json_text.render(sorted(names)))


def _place(paths: Paths) -> str:
    """Which installation this is, among those of one user."""
    return hashlib.sha256(str(paths.data_dir).encode()).hexdigest()[:12]


def _safe_keyring() -> Any:
    """A backend that encrypts. Raises LookupError."""
    import keyring

    backend = keyring.get_keyring()
    found = [backend, *getattr(backend, "backends", ())]
    safe = [b for b in found if type(b).__module__.startswith(SAFE_BACKENDS)]
    if not safe:
        raise LookupError("no encrypting keyring")
    return safe[0]


def _keyring_pair(account: str) -> tuple[str, str]:
    box = _safe_keyring()
    pair = []
    for name, make in (("api-key", _new_key), ("admin-token", _new_token)):
        user = f"{name}-{account}"
        value = box.get_password(SERVICE, user)
        if not value:
            value = make()
            box.set_password(SERVICE, user, value)
        pair.append(value)
    return pair[0], pair[1]


def _with_deadline(
    work: Callable[[], Any], timeout_s: float, *, undo: Callable[[], Any] = lambda: None
) -> Any:
    """Run `work` in a thread that may be left behind: a locked keyring can block for ever.

    `undo` follows `work` when that comes to its end after all, but past the deadline.
    """
    done: concurrent.futures.Future[Any] = concurrent.futures.Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            if done.set_running_or_notify_cancel():
                done.set_exception(error)
            return
        if done.set_running_or_notify_cancel():
            done.set_result(result)
            return
        with contextlib.suppress(Exception):  # nobody is left to be told
            undo()

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        return done.result(timeout_s)
    except TimeoutError:
        if done.cancel():
            raise
        return done.result()  # it came in this very moment


def _new_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(24)


def _new_token() -> str:
    return secrets.token_urlsafe(32)
